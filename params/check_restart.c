/* What a restart may change. */
#include <stdio.h>
#include <string.h>

#include "params/check_private.h"

/* Parameters are padded with zeros, but some may not have come through the table. */
bool dw_param_same(const dw_param_entry *entry, const dw_params *one, const dw_params *other) {
  const dw_given a = dw_param_given(entry, one);
  const dw_given b = dw_param_given(entry, other);
  if (a.kind == DW_GIVEN_TEXT) {
    return strcmp(a.text, b.text) == 0;
  }
  if (a.kind != DW_GIVEN_LIST) {
    return a.flag == b.flag && a.integer == b.integer && a.real == b.real;
  }
  for (size_t i = 0; i < a.count && a.count == b.count; i++) {
    const dw_given x = a.element(a.source, i);
    const dw_given y = b.element(b.source, i);
    if (x.integer != y.integer || x.real != y.real) {
      return false;
    }
  }
  return a.count == b.count;
}

/* A value for a message: all elements, or as many as fit. */
static void value_text(const dw_param_entry *entry, const dw_params *params, char *text, size_t size) {
  const size_t count = dw_param_count(entry, params);
  const bool list = entry->type == DW_PARAM_REAL_LIST || entry->type == DW_PARAM_INT64_ARRAY;
  size_t used = (size_t)snprintf(text, size, list ? "[" : "");
  for (size_t i = 0; i < count; i++) {
    char element[DW_VALUE_LENGTH];
    (void)dw_param_format(entry, params, i, element, sizeof element);
    if (used + strlen(element) + 8 > size) {
      (void)snprintf(text + used, size - used, "...");
      return;
    }
    used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", element);
  }
  (void)snprintf(text + used, size - used, list ? "]" : "");
}

/* For reals only. */
static bool is_smaller(const dw_param_entry *entry, const dw_params *a, const dw_params *b) {
  return dw_param_given(entry, a).real < dw_param_given(entry, b).real;
}

dw_status dw_params_compare(const dw_params *old, const dw_params *new, dw_report *report) {
  const size_t before = report->count;
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    char was[PROBLEM_LENGTH];
    char is_now[PROBLEM_LENGTH];
    value_text(entry, old, was, sizeof was);
    value_text(entry, new, is_now, sizeof is_now);
    if (entry->restart == DW_RESTART_FIXED && !dw_param_same(entry, old, new)) {
      dw_report_add(report, entry->key,
                    "%s: was %s, is now %s; a restart can't change it: set it back, or start a new run", entry->key,
                    was, is_now);
    } else if (entry->restart == DW_RESTART_LATER && is_smaller(entry, new, old)) {
      dw_report_add(report, entry->key, "%s: was %s, is now %s; a restart can only end later: set it to %s or more",
                    entry->key, was, is_now, was);
    }
  }
  return dw_problems_since(report, before, " for a restart");
}
