#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "params/scan.h"
#include "params/source.h"
#include "params/suggest.h"

enum { PATH_LENGTH = 256, PROBLEM_LENGTH = 1024, NAMES_LENGTH = 512 };

typedef struct reader {
  dw_scan *scan;
  dw_report *report;
  const char *name;
} reader;

/* Keys of scans may have the names of parameters, so the report knows this one alone, on which the others depend. */
static const char *known(const char *key) { return strcmp(key, DW_SCAN_DESIGN) == 0 ? DW_SCAN_DESIGN : NULL; }

static void complain(const reader *r, const config_setting_t *setting, const char *key, const char *problem) {
  dw_report_add(r->report, known(key), "%s:%u: %s: %s", r->name, config_setting_source_line(setting), key, problem);
}

/* The names below `group` ("" or "cheap."), "a|b|c": those of the table, and those that have no row. */
static const char *names_below(const char *group, char *names, size_t size) {
  const size_t length = strlen(group);
  size_t used = (size_t)snprintf(names, size, "%s", length == 0 ? "parameters|set|cheap|quantities" : "set");
  for (size_t i = 0; i < dw_scan_table_size(); i++) {
    const char *key = dw_scan_table_entry(i)->key;
    if (strncmp(key, group, length) == 0 && strchr(key + length, '.') == NULL) {
      used += (size_t)snprintf(names + used, size - used, "|%s", key + length);
    }
  }
  return names;
}

static void report_unknown(const reader *r, const config_setting_t *setting, const char *key, const char *names) {
  char near[PATH_LENGTH];
  char problem[PROBLEM_LENGTH];
  if (dw_suggest_choice(config_setting_name(setting), names, near, sizeof near) != NULL) {
    (void)snprintf(problem, sizeof problem, "unknown key; did you mean %s?", near);
  } else {
    (void)snprintf(problem, sizeof problem, "unknown key; docs/scans.md lists those of a scan");
  }
  complain(r, setting, key, problem);
}

/* --- lists of texts --- */

static void take_sets(const reader *r, const config_setting_t *setting, const char *key, dw_scan_sets *sets) {
  const dw_given given = dw_source_given(setting);
  if (given.kind != DW_GIVEN_LIST) {
    complain(r, setting, key, "expected a list of texts; write it as ( \"TEXT\", \"TEXT\" )");
    return;
  }
  for (size_t i = 0; i < given.count; i++) {
    const dw_given element = given.element(given.source, i);
    char problem[PROBLEM_LENGTH] = "";
    if (element.kind != DW_GIVEN_TEXT) {
      (void)snprintf(problem, sizeof problem, "element %zu isn't a text; write it in quotes", i + 1);
    } else if (strlen(element.text) >= DW_SCAN_SET_LENGTH) {
      (void)snprintf(problem, sizeof problem, "element %zu is too long; at most %d bytes", i + 1,
                     DW_SCAN_SET_LENGTH - 1);
    } else if (sets->count == DW_SCAN_SETS) {
      (void)snprintf(problem, sizeof problem, "more than %d elements; give fewer", DW_SCAN_SETS);
    } else {
      (void)snprintf(sets->text[sets->count++], DW_SCAN_SET_LENGTH, "%s", element.text);
      continue;
    }
    complain(r, setting, key, problem);
    return;
  }
}

/* --- parameters --- */

static const dw_param_entry *find_key_row(const char *name) {
  for (size_t i = 0; i < dw_scan_key_table_size(); i++) {
    if (strcmp(dw_scan_key_table_entry(i)->key, name) == 0) {
      return dw_scan_key_table_entry(i);
    }
  }
  return NULL;
}

static void take_key(const reader *r, const config_setting_t *group) {
  dw_scan_key *key = &r->scan->key[r->scan->keys++];
  bool given_min = false;
  bool given_max = false;
  memset(key, 0, sizeof *key);
  key->line = config_setting_source_line(group);
  (void)snprintf(key->scale, sizeof key->scale, "linear");
  for (int i = 0; i < config_setting_length(group); i++) {
    const config_setting_t *setting = config_setting_get_elem(group, (unsigned int)i);
    const char *name = config_setting_name(setting);
    const dw_param_entry *entry = find_key_row(name);
    char problem[PROBLEM_LENGTH];
    const dw_given given = dw_source_given(setting);
    if (entry == NULL) {
      report_unknown(r, setting, name, "key|min|max|scale|points|values");
    } else if (!dw_param_assign(entry, key, &given, problem, sizeof problem)) {
      complain(r, setting, name, problem);
    }
    given_min = given_min || strcmp(name, "min") == 0;
    given_max = given_max || strcmp(name, "max") == 0;
  }
  key->has_range = given_min && given_max;
  if (key->key[0] == '\0') {
    complain(r, group, "parameters", "a parameter without key; write { key = \"cosmology.w\"; min = 0.0; max = 1.0; }");
  } else if (given_min != given_max) {
    complain(r, group, key->key, "min and max belong together; give both");
  }
}

static void take_keys(const reader *r, const config_setting_t *setting) {
  if (config_setting_is_list(setting) != CONFIG_TRUE) {
    complain(r, setting, "parameters",
             "expected a list of groups; write parameters = ( { key = \"cosmology.w\"; min = 0.0; max = 1.0; } );");
    return;
  }
  for (int i = 0; i < config_setting_length(setting); i++) {
    const config_setting_t *group = config_setting_get_elem(setting, (unsigned int)i);
    if (config_setting_is_group(group) != CONFIG_TRUE) {
      complain(r, group, "parameters", "expected a group; write { key = \"cosmology.w\"; min = 0.0; max = 1.0; }");
    } else if (r->scan->keys == DW_SCAN_KEYS) {
      complain(r, group, "parameters", "more than 16 parameters; scan fewer");
      return;
    } else {
      take_key(r, group);
    }
  }
}

/* --- the file --- */

static void take_group(const reader *r, const config_setting_t *group, const char *prefix);

static void take_cheap(const reader *r, const config_setting_t *setting) {
  if (config_setting_is_group(setting) != CONFIG_TRUE) {
    complain(r, setting, "cheap", "got a value, expected a group; write cheap = { seeds = 16; };");
    return;
  }
  r->scan->cheap.enabled = true;
  take_group(r, setting, "cheap.");
}

static void take_setting(const reader *r, const config_setting_t *setting, const char *prefix, const char *key) {
  const dw_param_entry *entry = dw_scan_table_find(key);
  char text[PROBLEM_LENGTH];
  if (entry != NULL) {
    const dw_given given = dw_source_given(setting);
    if (!dw_param_assign(entry, r->scan, &given, text, sizeof text)) {
      complain(r, setting, key, text);
    }
  } else if (strcmp(key, "parameters") == 0) {
    take_keys(r, setting);
  } else if (strcmp(key, "set") == 0) {
    take_sets(r, setting, key, &r->scan->set);
  } else if (strcmp(key, "quantities") == 0) {
    take_sets(r, setting, key, &r->scan->quantities);
  } else if (strcmp(key, "cheap") == 0) {
    take_cheap(r, setting);
  } else if (strcmp(key, "cheap.set") == 0) {
    take_sets(r, setting, key, &r->scan->cheap.set);
  } else {
    report_unknown(r, setting, key, names_below(prefix, text, sizeof text));
  }
}

static void take_group(const reader *r, const config_setting_t *group, const char *prefix) {
  for (int i = 0; i < config_setting_length(group); i++) {
    const config_setting_t *setting = config_setting_get_elem(group, (unsigned int)i);
    char key[PATH_LENGTH];
    (void)snprintf(key, sizeof key, "%s%s", prefix, config_setting_name(setting));
    take_setting(r, setting, prefix, key);
  }
}

static void take_root(void *context, const config_setting_t *root) { take_group(context, root, ""); }

/* The base's path from the program's own directory. */
static void resolve_base(dw_scan *scan, dw_report *report) {
  const char *slash = strrchr(scan->path, '/');
  if (scan->base[0] == '\0' || scan->base[0] == '/' || slash == NULL) {
    return;
  }
  char joined[2 * DW_TEXT_LENGTH];
  (void)snprintf(joined, sizeof joined, "%.*s/%s", (int)(slash - scan->path), scan->path, scan->base);
  if (strlen(joined) >= DW_TEXT_LENGTH) {
    dw_report_add(report, NULL, "%s: base: the path is too long; at most %d bytes", scan->path, DW_TEXT_LENGTH - 1);
    return;
  }
  memset(scan->base, 0, sizeof scan->base);
  memcpy(scan->base, joined, strlen(joined));
}

dw_status dw_scan_read(dw_scan *scan, const char *path, dw_report *report) {
  char *text = NULL;
  const size_t before = report->count;
  if (strlen(path) >= DW_TEXT_LENGTH) {
    return dw_fail(DW_ERR_FILE, "%.64s...: the path is too long", path);
  }
  DW_TRY(dw_source_read(path, &text));
  (void)snprintf(scan->path, sizeof scan->path, "%s", path);
  reader r = {scan, report, path};
  const dw_status status = dw_source_parse(text, path, report, take_root, &r);
  dw_free(text);
  DW_TRY(status);
  resolve_base(scan, report);
  return report->count == before ? DW_OK : dw_fail(DW_ERR_PARAM, "%s: there are problems with the scan", path);
}

dw_status dw_scan_set(dw_scan *scan, const char *assignment, dw_report *report) {
  const char *equals = strchr(assignment, '=');
  char key[PATH_LENGTH];
  char problem[PROBLEM_LENGTH];
  const size_t before = report->count;
  (void)snprintf(key, sizeof key, "%.*s", equals == NULL ? PATH_LENGTH - 1 : (int)(equals - assignment), assignment);
  const dw_param_entry *entry = dw_scan_table_find(key);
  if (equals == NULL) {
    dw_report_add(report, NULL, "--set %s: no value given; write --set %s=VALUE", key, key);
  } else if (strncmp(assignment, "base.", 5) == 0) {
    if (scan->set.count == DW_SCAN_SETS || strlen(assignment + 5) >= DW_SCAN_SET_LENGTH) {
      dw_report_add(report, NULL, "--set %s: too many or too long assignments; put them into the base run", key);
    } else {
      (void)snprintf(scan->set.text[scan->set.count++], DW_SCAN_SET_LENGTH, "%s", assignment + 5);
    }
  } else if (entry == NULL) {
    char names[NAMES_LENGTH];
    char near[PATH_LENGTH];
    const bool found = dw_suggest_choice(key, names_below("", names, sizeof names), near, sizeof near) != NULL;
    dw_report_add(report, NULL, "--set %s: unknown key of a scan; %s%s%skeys of the base run are base.KEY", key,
                  found ? "did you mean " : "", found ? near : "", found ? "? " : "");
  } else if (!dw_param_parse(entry, scan, equals + 1, problem, sizeof problem)) {
    dw_report_add(report, known(key), "--set %s: %s", key, problem);
  }
  return report->count == before ? DW_OK : dw_fail(DW_ERR_PARAM, "--set %s: refused", key);
}
