#include "params/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "params/suggest.h"

enum { NOTE_LENGTH = 256, PREFIX_LENGTH = 32 };

static void real_format(double value, char *buffer, size_t size) {
  for (int digits = 15; digits <= 17; digits++) {
    (void)snprintf(buffer, size, "%.*g", digits, value);
    if (strtod(buffer, NULL) == value) {
      break;
    }
  }
  const size_t length = strlen(buffer);
  if (isfinite(value) && strpbrk(buffer, ".e") == NULL && length + 3 <= size) {
    memcpy(buffer + length, ".0", 3);
  }
}

/* What the user gave, for "got ..., expected ...". */
static const char *describe(const dw_given *given, char *buffer, size_t size) {
  char number[PREFIX_LENGTH];
  switch (given->kind) {
    case DW_GIVEN_BOOL: (void)snprintf(buffer, size, given->flag ? "true" : "false"); break;
    case DW_GIVEN_INTEGER: (void)snprintf(buffer, size, "the integer %" PRId64, given->integer); break;
    case DW_GIVEN_REAL:
      real_format(given->real, number, sizeof number);
      (void)snprintf(buffer, size, "the real %s", number);
      break;
    case DW_GIVEN_TEXT: (void)snprintf(buffer, size, "the text \"%.64s\"", given->text); break;
    case DW_GIVEN_LIST: (void)snprintf(buffer, size, "a list of %zu", given->count); break;
    case DW_GIVEN_GROUP: (void)snprintf(buffer, size, "a group"); break;
  }
  return buffer;
}

/* `prefix` names an element of a list; "" for the whole value. */
static bool wrong_type(const dw_param_entry *entry, const dw_given *given, const char *prefix, char *problem,
                       size_t size) {
  char got[NOTE_LENGTH];
  char type[PREFIX_LENGTH];
  const bool quoted = entry->type == DW_PARAM_TEXT || entry->type == DW_PARAM_CHOICE;
  const bool list = entry->type == DW_PARAM_REAL_LIST;
  const char *quote = quoted ? "\"" : "";
  if (prefix[0] != '\0') {
    (void)snprintf(type, sizeof type, list ? "real" : "integer");
  } else {
    (void)dw_param_type_name(entry, type, sizeof type);
  }
  (void)snprintf(problem, size, "%sgot %s, expected %s; write for example %s = %s%s%s", prefix,
                 describe(given, got, sizeof got), type, entry->key, quote, list ? "[1.0, 2.5]" : entry->initial,
                 quote);
  return false;
}

static bool out_of_range(const dw_param_entry *entry, const char *value, const char *prefix, char *problem,
                         size_t size) {
  char allowed[NOTE_LENGTH];
  (void)snprintf(problem, size, "%s%s is out of range; allowed: %s", prefix, value,
                 dw_param_allowed(entry, allowed, sizeof allowed));
  return false;
}

static bool in_range(const dw_param_entry *entry, double value) {
  return (entry->low_excluded ? value > entry->low : value >= entry->low) &&
         (entry->high_excluded ? value < entry->high : value <= entry->high);
}

static bool is_choice(const dw_param_entry *entry, const char *text) {
  const size_t length = strlen(text);
  for (const char *start = entry->choices; *start != '\0';) {
    const size_t span = strcspn(start, "|");
    if (span == length && strncmp(start, text, span) == 0) {
      return true;
    }
    start += span + (start[span] == '|');
  }
  return false;
}

static bool take_integer(const dw_param_entry *entry, const dw_given *given, const char *prefix, int64_t *value,
                         char *problem, size_t size) {
  if (given->kind == DW_GIVEN_REAL && fabs(given->real) >= 0x1p63) {
    (void)snprintf(problem, size, "%s%.17g doesn't fit an integer of 64 bits; give a smaller one", prefix, given->real);
    return false;
  }
  if (given->kind != DW_GIVEN_INTEGER) {
    return wrong_type(entry, given, prefix, problem, size);
  }
  char text[PREFIX_LENGTH];
  (void)snprintf(text, sizeof text, "%" PRId64, given->integer);
  if (entry->choices != NULL && !is_choice(entry, text)) {
    char allowed[NOTE_LENGTH];
    (void)snprintf(problem, size, "%s is not a choice; allowed: %s", text,
                   dw_param_allowed(entry, allowed, sizeof allowed));
    return false;
  }
  if (!in_range(entry, (double)given->integer)) {
    return out_of_range(entry, text, prefix, problem, size);
  }
  *value = given->integer;
  return true;
}

static bool take_real(const dw_param_entry *entry, const dw_given *given, const char *prefix, double *value,
                      char *problem, size_t size) {
  if (given->kind != DW_GIVEN_REAL && given->kind != DW_GIVEN_INTEGER) {
    return wrong_type(entry, given, prefix, problem, size);
  }
  const double real = given->kind == DW_GIVEN_REAL ? given->real : (double)given->integer;
  if (!isfinite(real)) {
    (void)snprintf(problem, size, "%s%g is not a finite number; give one that fits a double", prefix, real);
    return false;
  }
  if (!in_range(entry, real)) {
    char text[PREFIX_LENGTH];
    real_format(real, text, sizeof text);
    return out_of_range(entry, text, prefix, problem, size);
  }
  *value = real;
  return true;
}

static bool take_text(const dw_param_entry *entry, const dw_given *given, char *value, char *problem, size_t size) {
  if (given->kind != DW_GIVEN_TEXT) {
    return wrong_type(entry, given, "", problem, size);
  }
  const char *text = given->text;
  const size_t length = strlen(text);
  if (entry->choices != NULL && !is_choice(entry, text)) {
    char near[NOTE_LENGTH];
    char allowed[NOTE_LENGTH];
    const bool found = dw_suggest_choice(text, entry->choices, near, sizeof near) != NULL;
    (void)snprintf(problem, size, "\"%.64s\" is not a choice; %s%s%sallowed: %s", text, found ? "did you mean \"" : "",
                   found ? near : "", found ? "\"? " : "", dw_param_allowed(entry, allowed, sizeof allowed));
    return false;
  }
  if (length >= DW_TEXT_LENGTH) {
    (void)snprintf(problem, size, "a text of %zu bytes is too long; give at most %d", length, DW_TEXT_LENGTH - 1);
    return false;
  }
  if (!in_range(entry, (double)length)) {
    (void)snprintf(problem, size, "the text is empty; write for example %s = \"%s\"", entry->key, entry->initial);
    return false;
  }
  for (const char *c = text; *c != '\0'; c++) {
    if ((unsigned char)*c < 0x20 || *c == 0x7f) {
      (void)snprintf(problem, size, "byte %zu of the text is a control character; write one line of plain text",
                     (size_t)(c - text) + 1);
      return false;
    }
  }
  /* The given text may be the stored one. */
  char padded[DW_TEXT_LENGTH] = {0};
  memcpy(padded, text, length);
  memcpy(value, padded, sizeof padded);
  return true;
}

static bool take_array(const dw_param_entry *entry, const dw_given *given, int64_t *value, char *problem, size_t size) {
  enum { ARRAY_LENGTH = 16 };
  int64_t taken[ARRAY_LENGTH] = {0};
  if (given->kind != DW_GIVEN_LIST || given->count != entry->count || entry->count > ARRAY_LENGTH) {
    return wrong_type(entry, given, "", problem, size);
  }
  for (size_t i = 0; i < entry->count; i++) {
    char prefix[PREFIX_LENGTH];
    (void)snprintf(prefix, sizeof prefix, "element %zu: ", i + 1);
    const dw_given element = given->element(given->source, i);
    if (!take_integer(entry, &element, prefix, &taken[i], problem, size)) {
      return false;
    }
  }
  memcpy(value, taken, entry->count * sizeof *value);
  return true;
}

static bool take_list(const dw_param_entry *entry, const dw_given *given, dw_real_list *value, char *problem,
                      size_t size) {
  if (given->kind != DW_GIVEN_LIST) {
    return wrong_type(entry, given, "", problem, size);
  }
  if (given->count > DW_LIST_LENGTH) {
    (void)snprintf(problem, size, "a list of %zu is too long; give at most %d", given->count, DW_LIST_LENGTH);
    return false;
  }
  dw_real_list taken = {0};
  for (size_t i = 0; i < given->count; i++) {
    char prefix[PREFIX_LENGTH];
    (void)snprintf(prefix, sizeof prefix, "element %zu: ", i + 1);
    const dw_given element = given->element(given->source, i);
    if (!take_real(entry, &element, prefix, &taken.value[i], problem, size)) {
      return false;
    }
  }
  taken.count = (int64_t)given->count;
  *value = taken;
  return true;
}

bool dw_param_assign(const dw_param_entry *entry, void *params, const dw_given *given, char *problem, size_t size) {
  void *at = (char *)params + entry->offset;
  switch (entry->type) {
    case DW_PARAM_BOOL:
      if (given->kind != DW_GIVEN_BOOL) {
        return wrong_type(entry, given, "", problem, size);
      }
      *(bool *)at = given->flag;
      return true;
    case DW_PARAM_INT64: return take_integer(entry, given, "", at, problem, size);
    case DW_PARAM_REAL: return take_real(entry, given, "", at, problem, size);
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE: return take_text(entry, given, at, problem, size);
    case DW_PARAM_REAL_LIST: return take_list(entry, given, at, problem, size);
    case DW_PARAM_INT64_ARRAY: return take_array(entry, given, at, problem, size);
  }
  return false;
}

static dw_given list_element(const void *source, size_t index) {
  return (dw_given){.kind = DW_GIVEN_REAL, .real = ((const dw_real_list *)source)->value[index]};
}

static dw_given array_element(const void *source, size_t index) {
  return (dw_given){.kind = DW_GIVEN_INTEGER, .integer = ((const int64_t *)source)[index]};
}

size_t dw_param_count(const dw_param_entry *entry, const dw_params *params) {
  if (entry->type == DW_PARAM_REAL_LIST) {
    /* A negative count becomes a huge one, which is refused. */
    return (size_t)((const dw_real_list *)dw_param_at(entry, params))->count;
  }
  return entry->count;
}

dw_given dw_param_given(const dw_param_entry *entry, const dw_params *params) {
  const void *at = dw_param_at(entry, params);
  dw_given given = {.source = at, .count = dw_param_count(entry, params)};
  switch (entry->type) {
    case DW_PARAM_BOOL:
      given.kind = DW_GIVEN_BOOL;
      given.flag = *(const bool *)at;
      break;
    case DW_PARAM_INT64:
      given.kind = DW_GIVEN_INTEGER;
      given.integer = *(const int64_t *)at;
      break;
    case DW_PARAM_REAL:
      given.kind = DW_GIVEN_REAL;
      given.real = *(const double *)at;
      break;
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE:
      given.kind = DW_GIVEN_TEXT;
      given.text = at;
      break;
    case DW_PARAM_REAL_LIST:
      given.kind = DW_GIVEN_LIST;
      given.element = list_element;
      break;
    case DW_PARAM_INT64_ARRAY:
      given.kind = DW_GIVEN_LIST;
      given.element = array_element;
      break;
  }
  return given;
}

static void text_format(const char *text, char *buffer, size_t size) {
  size_t used = 0;
  buffer[used++] = '"';
  for (const char *c = text; *c != '\0' && used + 4 < size; c++) {
    if (*c == '"' || *c == '\\') {
      buffer[used++] = '\\';
    }
    buffer[used++] = *c;
  }
  buffer[used++] = '"';
  buffer[used] = '\0';
}

const char *dw_param_format(const dw_param_entry *entry, const dw_params *params, size_t index, char *buffer,
                            size_t size) {
  const void *at = dw_param_at(entry, params);
  switch (entry->type) {
    case DW_PARAM_BOOL: (void)snprintf(buffer, size, *(const bool *)at ? "true" : "false"); break;
    case DW_PARAM_REAL: real_format(*(const double *)at, buffer, size); break;
    case DW_PARAM_REAL_LIST: real_format(((const dw_real_list *)at)->value[index], buffer, size); break;
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE: text_format(at, buffer, size); break;
    case DW_PARAM_INT64:
    case DW_PARAM_INT64_ARRAY: {
      /* Without the L, libconfig keeps 32 bits only. */
      const int64_t value = ((const int64_t *)at)[index];
      (void)snprintf(buffer, size, "%" PRId64 "%s", value, value > INT32_MAX || value < INT32_MIN ? "L" : "");
      break;
    }
  }
  return buffer;
}
