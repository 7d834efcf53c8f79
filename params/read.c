#include "params/read.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "params/literals.h"
#include "params/suggest.h"
#include "params/value.h"

enum { PATH_LENGTH = 256, PROBLEM_LENGTH = 1024, FILE_LENGTH = 1 << 20 };

typedef struct reader {
  dw_params *params;
  dw_report *report;
  const char *name;
} reader;

static dw_given given_of(const config_setting_t *setting);

static dw_given element_of(const void *source, size_t index) {
  return given_of(config_setting_get_elem(source, (unsigned int)index));
}

static dw_given given_of(const config_setting_t *setting) {
  switch (config_setting_type(setting)) {
    case CONFIG_TYPE_BOOL:
      return (dw_given){.kind = DW_GIVEN_BOOL, .flag = config_setting_get_bool(setting) == CONFIG_TRUE};
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64: return (dw_given){.kind = DW_GIVEN_INTEGER, .integer = config_setting_get_int64(setting)};
    case CONFIG_TYPE_FLOAT: return (dw_given){.kind = DW_GIVEN_REAL, .real = config_setting_get_float(setting)};
    case CONFIG_TYPE_STRING: return (dw_given){.kind = DW_GIVEN_TEXT, .text = config_setting_get_string(setting)};
    case CONFIG_TYPE_ARRAY:
    case CONFIG_TYPE_LIST:
      return (dw_given){.kind = DW_GIVEN_LIST,
                        .count = (size_t)config_setting_length(setting),
                        .element = element_of,
                        .source = setting};
    default: return (dw_given){.kind = DW_GIVEN_GROUP};
  }
}

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
      const dw_given given = given_of(setting);
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

/* libconfig stops at the first of these and names no key. */
static void report_syntax(const reader *r, const config_t *config) {
  const char *what = config_error_text(config) == NULL ? "syntax error" : config_error_text(config);
  const char *remedy = "look here and on the line before for a missing ; or quote, or a comma at the end of a list";
  if (strstr(what, "duplicate") != NULL) {
    remedy = "give each key and each group once";
  } else if (strstr(what, "mismatched") != NULL) {
    remedy = "write all numbers with a decimal point, or the list in ( )";
  }
  dw_report_add(r->report, NULL, "%s:%d: %s; %s", r->name, config_error_line(config), what, remedy);
}

static dw_status problems_since(const dw_report *report, size_t before, const char *name) {
  if (report->count == before) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM, "%s: %zu problem(s) with the parameters; correct them and start again", name,
                 report->count - before);
}

dw_status dw_params_from_text(dw_params *params, const char *text, const char *name, dw_report *report) {
  void *safe = NULL;
  DW_TRY(dw_alloc(&safe, strlen(text) + 1, DW_LITERALS_GROWTH, "the configuration"));
  const reader r = {params, report, name};
  const size_t before = report->count;
  const char *problem = NULL;
  const size_t line = dw_literals_make_safe(text, safe, &problem);
  if (line > 0) {
    dw_report_add(report, NULL, "%s:%zu: %s", name, line, problem);
  } else {
    config_t config;
    config_init(&config);
    if (config_read_string(&config, safe) == CONFIG_TRUE) {
      take_group(&r, config_root_setting(&config), "");
    } else {
      report_syntax(&r, &config);
    }
    config_destroy(&config);
  }
  dw_free(safe);
  return problems_since(report, before, name);
}

/* The whole file as a text. `text` holds FILE_LENGTH + 1 bytes. */
static dw_status read_text(const char *path, char *text) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return dw_fail(DW_ERR_FILE, "%s: can't be opened: %s; give the path of a configuration file", path,
                   strerror(errno));
  }
  errno = 0;
  const size_t length = fread(text, 1, FILE_LENGTH + 1, file);
  const int failed = ferror(file);
  const int reason = errno;
  (void)fclose(file);
  if (failed) {
    return dw_fail(DW_ERR_FILE, "%s: can't be read: %s; give the path of a configuration file", path, strerror(reason));
  }
  if (length > FILE_LENGTH || memchr(text, '\0', length) != NULL) {
    return dw_fail(DW_ERR_FILE, "%s: is not a configuration (%s); give the path of a configuration file", path,
                   length > FILE_LENGTH ? "more than 1 MiB" : "it has zero bytes");
  }
  text[length] = '\0';
  return DW_OK;
}

dw_status dw_params_read(dw_params *params, const char *path, dw_report *report) {
  void *text = NULL;
  DW_TRY(dw_alloc(&text, FILE_LENGTH + 1, 1, "the configuration"));
  dw_status status = read_text(path, text);
  if (status == DW_OK) {
    status = dw_params_from_text(params, text, path, report);
  }
  dw_free(text);
  return status;
}
