/* Values written as text: --set and the defaults of the table. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "params/value.h"

enum { SCALAR_LENGTH = 512 };

/* A piece of text, not terminated. */
typedef struct span {
  const char *start;
  size_t length;
} span;

static span trimmed(const char *start, const char *end) {
  while (start < end && isspace((unsigned char)*start)) {
    start++;
  }
  while (end > start && isspace((unsigned char)end[-1])) {
    end--;
  }
  return (span){start, (size_t)(end - start)};
}

/* Digits only or 0x..., with an L or LL at the end as libconfig has it. */
static bool is_integer(const char *text) {
  text += *text == '+' || *text == '-';
  const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  text += hexadecimal ? 2 : 0;
  const size_t digits = strspn(text, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789");
  text += digits;
  return digits > 0 && (*text == '\0' || strcmp(text, "L") == 0 || strcmp(text, "LL") == 0);
}

/* Not what strtod would take besides: nan, inf, hexadecimal digits. */
static bool is_real(const char *text) {
  char *end = NULL;
  (void)strtod(text, &end);
  return end != text && *end == '\0' && strspn(text, "+-.0123456789eE") == strlen(text);
}

/* `text` must live as long as the result. */
static dw_given scalar(const char *text) {
  if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0) {
    return (dw_given){.kind = DW_GIVEN_BOOL, .flag = strcasecmp(text, "true") == 0};
  }
  if (is_integer(text)) {
    const char *digits = text + (*text == '+' || *text == '-');
    errno = 0;
    const long long value = strtoll(text, NULL, digits[0] == '0' && tolower((unsigned char)digits[1]) == 'x' ? 16 : 10);
    if (errno != ERANGE) {
      return (dw_given){.kind = DW_GIVEN_INTEGER, .integer = value};
    }
    return (dw_given){.kind = DW_GIVEN_REAL, .real = strtod(text, NULL)};
  }
  if (is_real(text)) {
    return (dw_given){.kind = DW_GIVEN_REAL, .real = strtod(text, NULL)};
  }
  return (dw_given){.kind = DW_GIVEN_TEXT, .text = text};
}

/* What is too long for a number isn't cut to one. */
static dw_given scalar_in(span piece, char *buffer) {
  const size_t length = piece.length < SCALAR_LENGTH ? piece.length : SCALAR_LENGTH - 1;
  memcpy(buffer, piece.start, length);
  buffer[length] = '\0';
  return length < piece.length ? (dw_given){.kind = DW_GIVEN_TEXT, .text = buffer} : scalar(buffer);
}

/* The inside of a list and a place for the element in use. */
typedef struct list_source {
  span inside;
  char *buffer;
} list_source;

static dw_given list_element(const void *source, size_t index) {
  const list_source *list = source;
  const char *end = list->inside.start + list->inside.length;
  const char *start = list->inside.start;
  for (size_t i = 0; i < index; i++) {
    start = (const char *)memchr(start, ',', (size_t)(end - start)) + 1;
  }
  const char *comma = memchr(start, ',', (size_t)(end - start));
  return scalar_in(trimmed(start, comma == NULL ? end : comma), list->buffer);
}

static bool parse_list(const dw_param_entry *entry, void *params, span value, char *problem, size_t size) {
  char buffer[SCALAR_LENGTH];
  const char first = value.length > 1 ? value.start[0] : '\0';
  const char last = value.length > 1 ? value.start[value.length - 1] : '\0';
  list_source source = {value, buffer};
  if ((first == '[' && last == ']') || (first == '(' && last == ')')) {
    source.inside = trimmed(value.start + 1, value.start + value.length - 1);
  }
  dw_given given = {.kind = DW_GIVEN_LIST, .element = list_element, .source = &source};
  for (size_t i = 0; i < source.inside.length; i++) {
    given.count += source.inside.start[i] == ',';
  }
  given.count += source.inside.length > 0;
  return dw_param_assign(entry, params, &given, problem, size);
}

/* "..." without the quotes, \" and \\ resolved, into buffer; false if the quotes don't match. */
static bool unquote(span value, char *buffer, size_t size) {
  size_t used = 0;
  size_t i = 1;
  for (; i < value.length && value.start[i] != '"'; i++) {
    i += value.start[i] == '\\' && i + 1 < value.length;
    if (used + 1 < size) {
      buffer[used++] = value.start[i];
    }
  }
  buffer[used] = '\0';
  return i + 1 == value.length;
}

static bool parse_text(const dw_param_entry *entry, void *params, span value, char *problem, size_t size) {
  /* Larger than any text that is allowed, so that one that is cut is refused for its length. */
  char buffer[2 * DW_TEXT_LENGTH];
  if (value.length > 0 && value.start[0] == '"') {
    if (!unquote(value, buffer, sizeof buffer)) {
      (void)snprintf(problem, size, "the quotes don't match; write %s=\"text\", or the text without quotes",
                     entry->key);
      return false;
    }
  } else {
    const size_t length = value.length < sizeof buffer ? value.length : sizeof buffer - 1;
    memcpy(buffer, value.start, length);
    buffer[length] = '\0';
  }
  const dw_given given = {.kind = DW_GIVEN_TEXT, .text = buffer};
  return dw_param_assign(entry, params, &given, problem, size);
}

bool dw_param_parse(const dw_param_entry *entry, void *params, const char *text, char *problem, size_t size) {
  const span value = trimmed(text, text + strlen(text));
  if (entry->type == DW_PARAM_TEXT || entry->type == DW_PARAM_CHOICE) {
    return parse_text(entry, params, value, problem, size);
  }
  if (value.length == 0) {
    (void)snprintf(problem, size, "no value given; write for example %s=%s", entry->key, entry->initial);
    return false;
  }
  if (entry->type == DW_PARAM_REAL_LIST || entry->type == DW_PARAM_INT64_ARRAY) {
    return parse_list(entry, params, value, problem, size);
  }
  char buffer[SCALAR_LENGTH];
  const dw_given given = scalar_in(value, buffer);
  return dw_param_assign(entry, params, &given, problem, size);
}
