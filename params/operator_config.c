#include "params/operator_config.h"

#include <errno.h>
#include <libconfig.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "params/literals.h"
#include "params/suggest.h"

enum { FILE_LENGTH = 1 << 20, PATH_LENGTH = 128 };

typedef enum key_type { KEY_INT, KEY_REAL, KEY_TEXT, KEY_LIST, KEY_REALS } key_type;

typedef struct key {
  const char *name;
  key_type type;
  size_t offset;
  double initial;
  double low;
  double high;
  const char *choices; /* of a text; NULL: any */
} key;

#define AT(member) offsetof(dw_operator_config, member)

static const key KEYS[] = {{"kind", KEY_TEXT, AT(kind), 0.0, 0.0, 0.0, "corrector|jump"},
                           {"base", KEY_TEXT, AT(base), 0.0, 0.0, 0.0, NULL},
                           {"set", KEY_LIST, AT(set), 0.0, 0.0, 0.0, NULL},
                           {"shells", KEY_INT, AT(shells), 16.0, 1.0, 64.0, NULL},
                           {"cheap.points", KEY_INT, AT(cheap.points), 64.0, 8.0, 4096.0, NULL},
                           {"cheap.s", KEY_REAL, AT(cheap.s), 0.0, 0.0, 1.0, NULL},
                           {"cheap.fat_from", KEY_REAL, AT(cheap.fat_from), 0.0, 0.0, 1e6, NULL},
                           {"net.channels", KEY_INT, AT(net.channels), 8.0, 1.0, 32.0, NULL},
                           {"net.layers", KEY_INT, AT(net.layers), 4.0, 2.0, 8.0, NULL},
                           {"net.nets", KEY_INT, AT(net.nets), 1.0, 1.0, (double)DW_OPERATOR_NETS, NULL},
                           {"net.seed", KEY_INT, AT(net.seed), 1.0, 0.0, 1e15, NULL},
                           {"train.first", KEY_INT, AT(train.first), 1000.0, 0.0, 1e15, NULL},
                           {"train.runs", KEY_INT, AT(train.runs), 44.0, 2.0, 10000.0, NULL},
                           {"train.steps", KEY_INT, AT(train.steps), 1000.0, 1.0, 1e7, NULL},
                           {"train.rate", KEY_REAL, AT(train.rate), 0.02, 1e-6, 1.0, NULL},
                           {"train.w", KEY_REALS, AT(train.w), 0.0, -0.333, 100.0, NULL},
                           {"test.first", KEY_INT, AT(test.first), 2000.0, 0.0, 1e15, NULL},
                           {"test.runs", KEY_INT, AT(test.runs), 12.0, 1.0, 10000.0, NULL},
                           {"test.w", KEY_REALS, AT(test.w), 0.0, -0.333, 100.0, NULL},
                           {"jump.steps", KEY_INT, AT(jump.steps), 32.0, 1.0, 1e6, NULL},
                           {"jump.jumps", KEY_INT, AT(jump.jumps), 4.0, 1.0, 64.0, NULL}};

enum { KEY_COUNT = sizeof KEYS / sizeof KEYS[0] };

static void *place(dw_operator_config *config, const key *k) { return (char *)config + k->offset; }

static void set_defaults(dw_operator_config *config) {
  memset(config, 0, sizeof *config);
  memcpy(config->kind, "corrector", sizeof "corrector");
  for (int i = 0; i < KEY_COUNT; i++) {
    if (KEYS[i].type == KEY_INT) {
      *(int64_t *)place(config, &KEYS[i]) = (int64_t)KEYS[i].initial;
    } else if (KEYS[i].type == KEY_REAL) {
      *(double *)place(config, &KEYS[i]) = KEYS[i].initial;
    }
  }
}

typedef struct reader {
  dw_operator_config *config;
  dw_report *report;
  const char *name;
} reader;

static void complain(const reader *r, const config_setting_t *setting, const key *k, const char *what) {
  dw_report_add(r->report, k->name, "%s:%u: %s: %s", r->name, config_setting_source_line(setting), k->name, what);
}

static bool is_choice(const char *text, const char *choices) {
  const size_t length = strlen(text);
  for (const char *at = choices; *at != '\0';) {
    const size_t span = strcspn(at, "|");
    if (span == length && strncmp(at, text, span) == 0) {
      return true;
    }
    at += span + (at[span] == '|');
  }
  return false;
}

static void take_text(const reader *r, const config_setting_t *setting, const key *k, char *to) {
  const char *text = config_setting_type(setting) == CONFIG_TYPE_STRING ? config_setting_get_string(setting) : NULL;
  if (text == NULL) {
    complain(r, setting, k, "expected text in double quotes");
  } else if (strlen(text) >= DW_TEXT_LENGTH) {
    complain(r, setting, k, "the text is too long; at most 511 bytes");
  } else if (k->choices != NULL && !is_choice(text, k->choices)) {
    char near[PATH_LENGTH];
    const char *meant = dw_suggest_choice(text, k->choices, near, sizeof near);
    dw_report_add(r->report, k->name, "%s:%u: %s: \"%s\" is no choice; %s%s%s one of %s", r->name,
                  config_setting_source_line(setting), k->name, text, meant != NULL ? "did you mean " : "take",
                  meant != NULL ? meant : "", meant != NULL ? "?" : "", k->choices);
  } else {
    memset(to, 0, DW_TEXT_LENGTH);
    memcpy(to, text, strlen(text));
  }
}

static void take_number(const reader *r, const config_setting_t *setting, const key *k) {
  const int type = config_setting_type(setting);
  const bool whole = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
  if (!whole && (k->type == KEY_INT || type != CONFIG_TYPE_FLOAT)) {
    complain(r, setting, k, k->type == KEY_INT ? "expected an integer" : "expected a number");
    return;
  }
  const double value = whole ? (double)config_setting_get_int64(setting) : config_setting_get_float(setting);
  if (!(value >= k->low && value <= k->high)) {
    dw_report_add(r->report, k->name, "%s:%u: %s: %g is outside %g to %g", r->name, config_setting_source_line(setting),
                  k->name, value, k->low, k->high);
  } else if (k->type == KEY_INT) {
    *(int64_t *)place(r->config, k) = config_setting_get_int64(setting);
  } else {
    *(double *)place(r->config, k) = value;
  }
}

static void take_list(const reader *r, const config_setting_t *setting, const key *k) {
  const int type = config_setting_type(setting);
  const int count = config_setting_length(setting);
  if ((type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY) || count > DW_OPERATOR_SETS) {
    complain(r, setting, k, "expected a list of at most 32 texts \"key=value\"");
    return;
  }
  r->config->sets = count;
  for (int i = 0; i < count; i++) {
    take_text(r, config_setting_get_elem(setting, (unsigned int)i), k, r->config->set[i]);
  }
}

static void take_reals(const reader *r, const config_setting_t *setting, const key *k) {
  const int type = config_setting_type(setting);
  const int count = config_setting_length(setting);
  dw_operator_list *list = place(r->config, k);
  if ((type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY) || count > DW_OPERATOR_BACKGROUNDS) {
    complain(r, setting, k, "expected a list of at most 8 numbers");
    return;
  }
  list->count = count;
  for (int i = 0; i < count; i++) {
    const config_setting_t *element = config_setting_get_elem(setting, (unsigned int)i);
    const int kind = config_setting_type(element);
    const bool whole = kind == CONFIG_TYPE_INT || kind == CONFIG_TYPE_INT64;
    const double value = whole ? (double)config_setting_get_int64(element) : config_setting_get_float(element);
    if ((!whole && kind != CONFIG_TYPE_FLOAT) || !(value > k->low && value <= k->high) ||
        (i > 0 && !(value > list->value[i - 1]))) {
      complain(r, setting, k, "expected numbers above -1/3, each larger than the one before");
      return;
    }
    list->value[i] = value;
  }
}

static const key *find(const char *name) {
  for (int i = 0; i < KEY_COUNT; i++) {
    if (strcmp(KEYS[i].name, name) == 0) {
      return &KEYS[i];
    }
  }
  return NULL;
}

static bool is_group(const char *name) {
  const size_t length = strlen(name);
  for (int i = 0; i < KEY_COUNT; i++) {
    if (strncmp(KEYS[i].name, name, length) == 0 && KEYS[i].name[length] == '.') {
      return true;
    }
  }
  return false;
}

static void report_unknown(const reader *r, const config_setting_t *setting, const char *path) {
  const char *near = NULL;
  size_t best = 1 + strlen(path) / 3;
  for (int i = 0; i < KEY_COUNT; i++) {
    const size_t distance = dw_edit_distance(path, KEYS[i].name);
    if (distance <= best) {
      best = distance;
      near = KEYS[i].name;
    }
  }
  dw_report_add(r->report, NULL, "%s:%u: %s: unknown key; %s%s%s", r->name, config_setting_source_line(setting), path,
                near != NULL ? "did you mean " : "docs/operator.md lists all keys", near != NULL ? near : "",
                near != NULL ? "?" : "");
}

static void take_setting(const reader *r, const config_setting_t *setting, const char *path) {
  const key *k = find(path);
  if (k == NULL) {
    report_unknown(r, setting, path);
  } else if (k->type == KEY_TEXT) {
    take_text(r, setting, k, place(r->config, k));
  } else if (k->type == KEY_LIST) {
    take_list(r, setting, k);
  } else if (k->type == KEY_REALS) {
    take_reals(r, setting, k);
  } else {
    take_number(r, setting, k);
  }
}

static void take_all(const reader *r, const config_setting_t *root) {
  for (int i = 0; i < config_setting_length(root); i++) {
    const config_setting_t *setting = config_setting_get_elem(root, (unsigned int)i);
    const char *name = config_setting_name(setting);
    if (!is_group(name) || !config_setting_is_group(setting)) {
      take_setting(r, setting, name);
      continue;
    }
    for (int j = 0; j < config_setting_length(setting); j++) {
      const config_setting_t *member = config_setting_get_elem(setting, (unsigned int)j);
      char path[PATH_LENGTH];
      (void)snprintf(path, sizeof path, "%s.%s", name, config_setting_name(member));
      take_setting(r, member, path);
    }
  }
}

static void check(const reader *r) {
  const dw_operator_config *c = r->config;
  const int64_t first = c->train.first < c->test.first ? c->train.first + c->train.runs : c->test.first + c->test.runs;
  const int64_t second = c->train.first < c->test.first ? c->test.first : c->train.first;
  if (first > second) {
    dw_report_add(r->report, NULL, "%s: test.first: test runs share seeds with training runs; take others", r->name);
  }
  if ((c->train.w.count > 0 || c->test.w.count > 0) && strcmp(c->kind, "jump") != 0) {
    dw_report_add(r->report, NULL, "%s: train.w, test.w: a corrector knows one background; take kind = \"jump\"",
                  r->name);
  }
  if (c->train.runs < 2 * c->train.w.count) {
    dw_report_add(r->report, NULL, "%s: train.runs: %lld of them are too few for %lld backgrounds; take two of each",
                  r->name, (long long)c->train.runs, (long long)c->train.w.count);
  }
  if (2 * c->shells >= c->cheap.points) {
    dw_report_add(r->report, NULL, "%s: shells: %lld of them are too many for cheap.points = %lld; take less than half",
                  r->name, (long long)c->shells, (long long)c->cheap.points);
  }
}

dw_status dw_operator_config_from_text(dw_operator_config *config, const char *text, const char *name,
                                       dw_report *report) {
  void *safe = NULL;
  set_defaults(config);
  DW_TRY(dw_alloc(&safe, strlen(text) + 1, DW_LITERALS_GROWTH, "the configuration"));
  const reader r = {config, report, name};
  const size_t before = report->count;
  const char *problem = NULL;
  const size_t line = dw_literals_make_safe(text, safe, &problem);
  config_t tree;
  config_init(&tree);
  if (line > 0) {
    dw_report_add(report, NULL, "%s:%zu: %s", name, line, problem);
  } else if (config_read_string(&tree, safe) == CONFIG_TRUE) {
    take_all(&r, config_root_setting(&tree));
    check(&r);
  } else {
    dw_report_add(report, NULL, "%s:%d: %s; look here and on the line before for a missing ; or quote", name,
                  config_error_line(&tree), config_error_text(&tree));
  }
  config_destroy(&tree);
  dw_free(safe);
  if (report->count > before) {
    return dw_fail(DW_ERR_PARAM, "%s: %zu problem(s); correct them and start again", name, report->count - before);
  }
  return DW_OK;
}

dw_status dw_operator_config_read(dw_operator_config *config, const char *path, dw_report *report) {
  void *text = NULL;
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return dw_fail(DW_ERR_FILE, "%s: can't be opened: %s; give the path of a configuration file", path,
                   strerror(errno));
  }
  dw_status status = dw_alloc(&text, FILE_LENGTH + 1, 1, "the configuration");
  if (status == DW_OK) {
    const size_t length = fread(text, 1, FILE_LENGTH + 1, file);
    if (ferror(file) || length > FILE_LENGTH || memchr(text, '\0', length) != NULL) {
      status = dw_fail(DW_ERR_FILE, "%s: is not a configuration; give the path of a configuration file", path);
    } else {
      ((char *)text)[length] = '\0';
      status = dw_operator_config_from_text(config, text, path, report);
    }
  }
  (void)fclose(file);
  dw_free(text);
  return status;
}

static void print_key(FILE *stream, const key *k, const dw_operator_config *config) {
  const void *at = (const char *)config + k->offset;
  const char *dot = strchr(k->name, '.');
  if (dot != NULL) { /* a group of one key is merged by no reader, so groups are opened and closed by the caller */
    (void)fprintf(stream, "  ");
  }
  (void)fprintf(stream, "%s = ", dot != NULL ? dot + 1 : k->name);
  if (k->type == KEY_INT) {
    (void)fprintf(stream, "%lld;\n", (long long)*(const int64_t *)at);
  } else if (k->type == KEY_REAL) {
    (void)fprintf(stream, "%.17e;\n", *(const double *)at);
  } else if (k->type == KEY_TEXT) {
    (void)fprintf(stream, "\"%s\";\n", (const char *)at);
  } else if (k->type == KEY_REALS) {
    const dw_operator_list *list = at;
    (void)fputs("(", stream);
    for (int64_t i = 0; i < list->count; i++) {
      (void)fprintf(stream, "%s%.17e", i > 0 ? ", " : "", list->value[i]);
    }
    (void)fputs(");\n", stream);
  } else {
    (void)fputs("(", stream);
    for (int64_t i = 0; i < config->sets; i++) {
      (void)fprintf(stream, "%s\"%s\"", i > 0 ? ", " : "", config->set[i]);
    }
    (void)fputs(");\n", stream);
  }
}

dw_status dw_operator_config_text(const dw_operator_config *config, char **text) {
  void *block = NULL;
  enum { LENGTH = (DW_OPERATOR_SETS + 8) * (DW_TEXT_LENGTH + 16) };
  *text = NULL;
  DW_TRY(dw_alloc(&block, LENGTH, 1, "the configuration"));
  memset(block, 0, LENGTH);
  FILE *stream = fmemopen(block, LENGTH, "w");
  if (stream == NULL) {
    dw_free(block);
    return dw_fail(DW_ERR_MEMORY, "no memory for the text of a configuration");
  }
  char open[PATH_LENGTH] = "";
  for (int i = 0; i < KEY_COUNT; i++) {
    const size_t length = strcspn(KEYS[i].name, ".");
    const bool grouped = KEYS[i].name[length] == '.';
    if (open[0] != '\0' && !(grouped && strncmp(open, KEYS[i].name, length) == 0 && open[length] == '\0')) {
      (void)fputs("};\n", stream);
      open[0] = '\0';
    }
    if (grouped && open[0] == '\0') {
      (void)snprintf(open, sizeof open, "%.*s", (int)length, KEYS[i].name);
      (void)fprintf(stream, "%s = {\n", open);
    }
    print_key(stream, &KEYS[i], config);
  }
  (void)fprintf(stream, "%s", open[0] != '\0' ? "};\n" : "");
  const bool failed = ferror(stream) != 0;
  if (fclose(stream) != 0 || failed) {
    dw_free(block);
    return dw_fail(DW_ERR_MEMORY, "no memory for the text of a configuration");
  }
  *text = block;
  return DW_OK;
}
