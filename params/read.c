#include "params/read.h"

#include <stdio.h>

#include "base/memory.h"
#include "params/source.h"
#include "params/suggest.h"

enum { PATH_LENGTH = 256, PROBLEM_LENGTH = 1024 };

typedef struct reader {
  dw_params *params;
  dw_report *report;
  const char *name;
} reader;

static void report_unknown(const reader *r, const config_setting_t *setting, const char *path) {
  char near[PATH_LENGTH];
  const int group = config_setting_is_group(setting);
  if (dw_suggest_path(path, group, near, sizeof near) != NULL) {
    dw_report_add(r->report, NULL, "%s:%u: %s: unknown %s; did you mean %s?", r->name,
                  config_setting_source_line(setting), path, group ? "group" : "key", near);
  } else {
    dw_report_add(r->report, NULL, "%s:%u: %s: unknown %s; `dwell params` lists all keys", r->name,
                  config_setting_source_line(setting), path, group ? "group" : "key");
  }
}

/* Unknown groups are reported once, not key by key. Recursion is as deep as the groups of the table. */
static void take_group(const reader *r, const config_setting_t *group, const char *path) {
  const int members = config_setting_length(group);
  for (int i = 0; i < members; i++) {
    const config_setting_t *setting = config_setting_get_elem(group, (unsigned int)i);
    char key[PATH_LENGTH];
    (void)snprintf(key, sizeof key, "%s%s%s", path, *path == '\0' ? "" : ".", config_setting_name(setting));
    const dw_param_entry *entry = dw_table_find(key);
    if (entry != NULL) {
      char problem[PROBLEM_LENGTH];
      const dw_given given = dw_source_given(setting);
      if (!dw_param_assign(entry, r->params, &given, problem, sizeof problem)) {
        dw_report_add(r->report, entry->key, "%s:%u: %s: %s", r->name, config_setting_source_line(setting), key,
                      problem);
      }
    } else if (!dw_table_is_group(key)) {
      report_unknown(r, setting, key);
    } else if (config_setting_is_group(setting)) {
      take_group(r, setting, key);
    } else {
      dw_report_add(r->report, NULL, "%s:%u: %s: got a value, expected a group; write %s = { ... };", r->name,
                    config_setting_source_line(setting), key, config_setting_name(setting));
    }
  }
}

static dw_status problems_since(const dw_report *report, size_t before, const char *name) {
  if (report->count == before) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM, "%s: %zu problem(s) with the parameters; correct them and start again", name,
                 report->count - before);
}

static void take_root(void *context, const config_setting_t *root) { take_group(context, root, ""); }

dw_status dw_params_from_text(dw_params *params, const char *text, const char *name, dw_report *report) {
  reader r = {params, report, name};
  const size_t before = report->count;
  DW_TRY(dw_source_parse(text, name, report, take_root, &r));
  return problems_since(report, before, name);
}

dw_status dw_params_read(dw_params *params, const char *path, dw_report *report) {
  char *text = NULL;
  DW_TRY(dw_source_read(path, &text));
  const dw_status status = dw_params_from_text(params, text, path, report);
  dw_free(text);
  return status;
}
