#include "params/literals.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789";
static const char hexadecimals[] = "0123456789abcdefABCDEF";

/* Length of the text at `c`, in its quotes; 0 if it isn't closed on its line. */
static size_t text_length(const char *c) {
  size_t i = 1;
  while (c[i] != '\0' && c[i] != '"' && c[i] != '\n') {
    i += c[i] == '\\' && c[i + 1] != '\0' ? 2 : 1;
  }
  return c[i] == '"' ? i + 1 : 0;
}

/* Length of the comment, text, name or other character at `c`, by libconfig's rules; or 0 and why it can't go to
 * libconfig. */
static size_t piece_length(const char *c, const char **problem) {
  if (c[0] == '#' || (c[0] == '/' && c[1] == '/')) {
    return strcspn(c, "\n");
  }
  if (c[0] == '/' && c[1] == '*') {
    const char *end = strstr(c + 2, "*/");
    *problem = "a comment is never closed; add */";
    return end == NULL ? 0 : (size_t)(end - c) + 2;
  }
  if (c[0] == '"') {
    *problem = "a text isn't closed on its line; add the quote";
    return text_length(c);
  }
  if (c[0] == '@') {
    *problem = "@include isn't supported; put all keys into one file";
    return 0;
  }
  size_t i = 1;
  if (isalpha((unsigned char)c[0]) || c[0] == '*') {
    while (isalnum((unsigned char)c[i]) || (c[i] != '\0' && strchr("-_*", c[i]) != NULL)) {
      i++;
    }
  }
  return i;
}

/* Length of the number at `c` without its L; 0 if there is none. */
static size_t number_length(const char *c, int *integer) {
  const size_t sign = c[0] == '+' || c[0] == '-';
  *integer = 1;
  if (c[sign] == '0' && (c[sign + 1] == 'x' || c[sign + 1] == 'X')) {
    const size_t count = strspn(c + sign + 2, hexadecimals);
    return count == 0 ? 0 : sign + 2 + count;
  }
  const size_t whole = strspn(c + sign, digits);
  size_t length = sign + whole;
  size_t fraction = 0;
  if (c[length] == '.') {
    fraction = strspn(c + length + 1, digits);
    length += 1 + fraction;
    *integer = 0;
  }
  if (whole + fraction == 0) {
    return 0;
  }
  if (c[length] == 'e' || c[length] == 'E') {
    const size_t power_sign = c[length + 1] == '+' || c[length + 1] == '-';
    const size_t power = strspn(c + length + 1 + power_sign, digits);
    if (power > 0) {
      length += 1 + power_sign + power;
      *integer = 0;
    }
  }
  return length;
}

static int fits(const char *c, size_t length) {
  int hexadecimal = length > 2 && memchr(c, 'x', length) != NULL;
  hexadecimal |= length > 2 && memchr(c, 'X', length) != NULL;
  /* The number ends at a character that can't be a part of it. */
  errno = 0;
  (void)strtoll(c, NULL, hexadecimal ? 16 : 10);
  return errno != ERANGE;
}

size_t dw_literals_make_safe(const char *text, char *safe, const char **problem) {
  size_t line = 1;
  bool comment = false;
  while (*text != '\0') {
    int integer = 0;
    const size_t number = number_length(text, &integer);
    const size_t length = number > 0 ? number : piece_length(text, problem);
    if (length == 0) {
      return line;
    }
    /* libconfig reads a lone point as 0: make it the syntax error that it is. */
    memcpy(safe, number == 0 && *text == '.' ? "?" : text, length);
    for (size_t i = 0; i < length; i++) {
      line += text[i] == '\n';
    }
    safe += length;
    comment = *text == '#' || (text[0] == '/' && text[1] == '/');
    if (number > 0 && integer) {
      const size_t suffix = strspn(text + length, "L");
      if (suffix <= 2) {
        const int fit = fits(text, length);
        memcpy(safe, fit ? "L" : ".0", 2);
        safe += fit ? 1 : 2;
        text += suffix;
      }
    }
    text += length;
  }
  /* libconfig 1.5 knows a comment on a line only by the end of that line. */
  if (comment) {
    *safe++ = '\n';
  }
  *safe = '\0';
  return 0;
}
