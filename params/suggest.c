#include "params/suggest.h"

#include <stdio.h>
#include <string.h>

#include "params/table.h"

enum { NAME_LENGTH = 64, FAR = 1000 };

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

size_t dw_edit_distance(const char *a, const char *b) {
  const size_t m = strlen(a);
  const size_t n = strlen(b);
  if (m >= NAME_LENGTH || n >= NAME_LENGTH) {
    return FAR;
  }
  size_t d[NAME_LENGTH][NAME_LENGTH];
  for (size_t i = 0; i <= m; i++) {
    for (size_t j = 0; j <= n; j++) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = smaller(smaller(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[m][n];
}

/* How many edits may be a slip of the fingers. */
static size_t tolerance(const char *name) { return 1 + strlen(name) / 3; }

static const char *last_name(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot == NULL ? path : dot + 1;
}

/* A wrong group costs one edit, however many letters it has. */
static size_t path_distance(const char *given, const char *known) {
  return smaller(dw_edit_distance(given, known), dw_edit_distance(last_name(given), last_name(known)) + 1);
}

const char *dw_suggest_path(const char *path, int group, char *buffer, size_t size) {
  size_t best = FAR;
  for (size_t i = 0; i < dw_table_size(); i++) {
    char known[NAME_LENGTH];
    (void)snprintf(known, sizeof known, "%s", dw_table_entry(i)->key);
    /* For groups: the path of the key without its last name, then without its last two, ... */
    char *end = group ? strrchr(known, '.') : known + strlen(known);
    while (end != NULL) {
      *end = '\0';
      const size_t distance = path_distance(path, known);
      if (distance < best) {
        best = distance;
        (void)snprintf(buffer, size, "%s", known);
      }
      end = group ? strrchr(known, '.') : NULL;
    }
  }
  return best <= tolerance(last_name(path)) ? buffer : NULL;
}

const char *dw_suggest_choice(const char *text, const char *choices, char *buffer, size_t size) {
  size_t best = FAR;
  for (const char *start = choices; *start != '\0';) {
    char choice[NAME_LENGTH];
    const size_t length = strcspn(start, "|");
    (void)snprintf(choice, sizeof choice, "%.*s", (int)length, start);
    const size_t distance = dw_edit_distance(text, choice);
    if (distance < best) {
      best = distance;
      (void)snprintf(buffer, size, "%s", choice);
    }
    start += length + (start[length] == '|');
  }
  return best <= tolerance(text) ? buffer : NULL;
}
