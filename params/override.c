/* Defaults and --set: parameters that don't come from a file. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "params/read.h"
#include "params/suggest.h"
#include "params/value.h"

enum { PATH_LENGTH = 256, PROBLEM_LENGTH = 1024 };

dw_status dw_params_defaults(dw_params *params) {
  memset(params, 0, sizeof *params);
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    char problem[PROBLEM_LENGTH];
    if (!dw_param_parse(entry, params, entry->initial, problem, sizeof problem)) {
      return dw_fail(DW_ERR_INTERNAL, "default of %s: %s", entry->key, problem);
    }
  }
  return DW_OK;
}

static void report_unknown(const char *key, dw_report *report) {
  char near[PATH_LENGTH];
  if (dw_table_is_group(key)) {
    dw_report_add(report, NULL, "--set %s: is a group; set its keys one by one, %s.KEY=VALUE", key, key);
  } else if (dw_suggest_path(key, 0, near, sizeof near) != NULL) {
    dw_report_add(report, NULL, "--set %s: unknown key; did you mean %s?", key, near);
  } else {
    dw_report_add(report, NULL, "--set %s: unknown key; `dwell params` lists all keys", key);
  }
}

/* The name before the '=', without the blanks around it. */
static void key_of(const char *assignment, char *key, size_t size) {
  while (isspace((unsigned char)*assignment)) {
    assignment++;
  }
  size_t length = strcspn(assignment, "=");
  while (length > 0 && isspace((unsigned char)assignment[length - 1])) {
    length--;
  }
  (void)snprintf(key, size, "%.*s", length < size ? (int)length : (int)size - 1, assignment);
}

dw_status dw_params_set(dw_params *params, const char *assignment, dw_report *report) {
  char key[PATH_LENGTH];
  char problem[PROBLEM_LENGTH];
  key_of(assignment, key, sizeof key);
  const char *equals = strchr(assignment, '=');
  const dw_param_entry *entry = dw_table_find(key);
  const size_t before = report->count;
  if (*key == '\0') {
    dw_report_add(report, NULL, "--set %.64s: no key given; write --set group.key=value", assignment);
  } else if (entry == NULL) {
    report_unknown(key, report);
  } else if (equals == NULL) {
    dw_report_add(report, entry->key, "--set %s: no value given; write --set %s=VALUE", key, key);
  } else if (!dw_param_parse(entry, params, equals + 1, problem, sizeof problem)) {
    dw_report_add(report, entry->key, "--set %s: %s", key, problem);
  }
  if (report->count == before) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM, "--set %s: refused; correct it and start again", key);
}
