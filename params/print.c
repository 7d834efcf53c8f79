#include "params/print.h"

#include <string.h>

#include "params/value.h"

enum { NOTE_LENGTH = 256, COMMENT_COLUMN = 40 };

static dw_status written(FILE *file) {
  if (ferror(file)) {
    return dw_fail(DW_ERR_FILE, "the parameters can't be written; is the disk full?");
  }
  return DW_OK;
}

/* "key = value;" and, to its right, what it means. */
static void write_entry(FILE *file, const dw_param_entry *entry, const dw_params *params, int depth) {
  const char *dot = strrchr(entry->key, '.');
  const bool list = entry->type == DW_PARAM_REAL_LIST || entry->type == DW_PARAM_INT64_ARRAY;
  int column = fprintf(file, "%*s%s = %s", 2 * depth, "", dot == NULL ? entry->key : dot + 1, list ? "[" : "");
  const size_t count = dw_param_count(entry, params);
  for (size_t i = 0; i < count; i++) {
    char element[DW_VALUE_LENGTH];
    column += fprintf(file, "%s%s", i > 0 ? ", " : "", dw_param_format(entry, params, i, element, sizeof element));
  }
  column += fprintf(file, "%s;", list ? "]" : "");
  (void)fprintf(file, "%*s // %s%s%s%s\n", column < COMMENT_COLUMN ? COMMENT_COLUMN - column : 0, "",
                entry->unit[0] == '\0' ? "" : "[", entry->unit, entry->unit[0] == '\0' ? "" : "] ", entry->doc);
}

/* Writes the rows from `index` on whose keys begin with `group` ("" or "fields."), and returns the next row. */
static size_t write_group(FILE *file, const dw_params *params, size_t index, const char *group, int depth) {
  const size_t length = strlen(group);
  while (index < dw_table_size() && strncmp(dw_table_entry(index)->key, group, length) == 0) {
    const dw_param_entry *entry = dw_table_entry(index);
    const char *name = entry->key + length;
    const char *dot = strchr(name, '.');
    if (dot == NULL) {
      write_entry(file, entry, params, depth);
      index++;
      continue;
    }
    char inner[NOTE_LENGTH];
    (void)snprintf(inner, sizeof inner, "%.*s", (int)(dot + 1 - entry->key), entry->key);
    (void)fprintf(file, "%s%*s%.*s = {\n", depth == 0 ? "\n" : "", 2 * depth, "", (int)(dot - name), name);
    index = write_group(file, params, index, inner, depth + 1);
    (void)fprintf(file, "%*s};\n", 2 * depth, "");
  }
  return index;
}

dw_status dw_params_write(FILE *file, const dw_params *params) {
  (void)fprintf(file, "// Every parameter of a run, [unit] and meaning; this file runs again as it is.\n");
  (void)write_group(file, params, 0, "", 0);
  return written(file);
}

static const char *restart_text(const dw_param_entry *entry) {
  switch (entry->restart) {
    case DW_RESTART_FIXED: return "no";
    case DW_RESTART_LATER: return "later only";
    case DW_RESTART_FREE: break;
  }
  return "yes";
}

dw_status dw_params_reference(FILE *file, bool markdown) {
  if (markdown) {
    (void)fprintf(file, "| key | type | default | allowed | unit | may change at a restart | meaning |\n"
                        "|---|---|---|---|---|---|---|\n");
  }
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    const bool quoted = entry->type == DW_PARAM_TEXT || entry->type == DW_PARAM_CHOICE;
    const char *quote = quoted ? "\"" : "";
    char type[NOTE_LENGTH];
    char allowed[NOTE_LENGTH];
    (void)dw_param_type_name(entry, type, sizeof type);
    (void)dw_param_allowed(entry, allowed, sizeof allowed);
    if (markdown) {
      (void)fprintf(file, "| `%s` | %s | `%s%s%s` | %s | %s | %s | %s |\n", entry->key, type, quote, entry->initial,
                    quote, allowed, entry->unit, restart_text(entry), entry->doc);
    } else {
      (void)fprintf(file, "%s = %s%s%s\n    %s\n    %s; allowed: %s%s%s; may change at a restart: %s\n", entry->key,
                    quote, entry->initial, quote, entry->doc, type, allowed,
                    entry->unit[0] == '\0' ? "" : "; unit: ", entry->unit, restart_text(entry));
    }
  }
  return written(file);
}

dw_status dw_params_text(const dw_params *params, char **text) {
  size_t length = 0;
  *text = NULL;
  FILE *stream = open_memstream(text, &length);
  if (stream == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the text of the parameters");
  }
  const dw_status status = dw_params_write(stream, params);
  return fclose(stream) == 0 ? status : dw_fail(DW_ERR_MEMORY, "no memory for the text of the parameters");
}

void dw_params_forget_names(dw_params *params) {
  memset(params->name, 0, sizeof params->name);
  memset(params->output, 0, sizeof params->output);
  params->overwrite = false;
  params->lattice.processes[0] = 0;
  params->lattice.processes[1] = 0;
  params->store.checkpoint_minutes = 0.0;
  params->store.walltime_minutes = 0.0;
}

dw_status dw_params_for_each(const dw_params *params, dw_param_visit visit, void *context) {
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    dw_param_item item = {entry, dw_param_at(entry, params), dw_param_count(entry, params)};
    if (entry->type == DW_PARAM_TEXT || entry->type == DW_PARAM_CHOICE) {
      item.count = strlen(item.value);
    } else if (entry->type == DW_PARAM_REAL_LIST) {
      item.value = ((const dw_real_list *)item.value)->value;
    }
    DW_TRY(visit(context, &item));
  }
  return DW_OK;
}
