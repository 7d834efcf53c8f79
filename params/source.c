#include "params/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "params/literals.h"

enum { FILE_LENGTH = 1 << 20 };

static dw_given element_of(const void *source, size_t index) {
  return dw_source_given(config_setting_get_elem(source, (unsigned int)index));
}

dw_given dw_source_given(const config_setting_t *setting) {
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

/* libconfig stops at the first of these and names no key. */
static void report_syntax(const char *name, dw_report *report, const config_t *config) {
  const char *what = config_error_text(config) == NULL ? "syntax error" : config_error_text(config);
  const char *remedy = "look here and on the line before for a missing ; or quote, or a comma at the end of a list";
  if (strstr(what, "duplicate") != NULL) {
    remedy = "give each key and each group once";
  } else if (strstr(what, "mismatched") != NULL) {
    remedy = "write all numbers with a decimal point, or the list in ( )";
  }
  dw_report_add(report, NULL, "%s:%d: %s; %s", name, config_error_line(config), what, remedy);
}

dw_status dw_source_parse(const char *text, const char *name, dw_report *report, dw_source_take take, void *context) {
  void *safe = NULL;
  DW_TRY(dw_alloc(&safe, strlen(text) + 1, DW_LITERALS_GROWTH, "the configuration"));
  const char *problem = NULL;
  const size_t line = dw_literals_make_safe(text, safe, &problem);
  if (line > 0) {
    dw_report_add(report, NULL, "%s:%zu: %s", name, line, problem);
  } else {
    config_t config;
    config_init(&config);
    if (config_read_string(&config, safe) == CONFIG_TRUE) {
      take(context, config_root_setting(&config));
    } else {
      report_syntax(name, report, &config);
    }
    config_destroy(&config);
  }
  dw_free(safe);
  return DW_OK;
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

dw_status dw_source_read(const char *path, char **text) {
  void *block = NULL;
  *text = NULL;
  DW_TRY(dw_alloc(&block, FILE_LENGTH + 1, 1, "the configuration"));
  const dw_status status = read_text(path, block);
  if (status != DW_OK) {
    dw_free(block);
    return status;
  }
  *text = block;
  return DW_OK;
}
