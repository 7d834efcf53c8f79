#include "analysis/post/archive_compare.h"

#include <string.h>

bool dw_key_decides_run(const dw_param_entry *entry) { return entry->restart == DW_RESTART_FIXED; }

bool dw_key_decides_ensemble(const dw_param_entry *entry) {
  static const char *const free_keys[] = {
      "name", "output", "overwrite", "seed", "lattice.processes", "fields.potential_file"};
  for (size_t i = 0; i < sizeof free_keys / sizeof free_keys[0]; i++) {
    if (strcmp(entry->key, free_keys[i]) == 0) {
      return false;
    }
  }
  return strncmp(entry->key, "store.", 6) != 0;
}

static size_t bytes_of(const dw_param_entry *entry) {
  switch (entry->type) {
    case DW_PARAM_BOOL: return sizeof(bool);
    case DW_PARAM_INT64: return sizeof(int64_t);
    case DW_PARAM_REAL: return sizeof(double);
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE: return DW_TEXT_LENGTH;
    case DW_PARAM_REAL_LIST: return sizeof(dw_real_list);
    case DW_PARAM_INT64_ARRAY: return entry->count * sizeof(int64_t);
  }
  return 0;
}

const dw_param_entry *dw_params_difference(const dw_params *a, const dw_params *b,
                                           bool (*counts)(const dw_param_entry *entry)) {
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    if (counts(entry) && memcmp(dw_param_at(entry, a), dw_param_at(entry, b), bytes_of(entry)) != 0) {
      return entry;
    }
  }
  return NULL;
}
