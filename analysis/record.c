#include "analysis/record.h"

#include "params/table.h"

static dw_status write_key(dw_file *file, const dw_param_entry *entry, const dw_params *params) {
  const void *at = dw_param_at(entry, params);
  switch (entry->type) {
    case DW_PARAM_BOOL: return dw_attribute_write_int(file, "/", entry->key, *(const bool *)at ? 1 : 0);
    case DW_PARAM_INT64: return dw_attribute_write_int(file, "/", entry->key, *(const int64_t *)at);
    case DW_PARAM_REAL: return dw_attribute_write_real(file, "/", entry->key, *(const double *)at);
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE: return dw_attribute_write_text(file, "/", entry->key, at);
    case DW_PARAM_REAL_LIST: {
      const dw_real_list *list = at;
      return dw_attribute_write_reals(file, "/", entry->key, (size_t)list->count, list->value);
    }
    case DW_PARAM_INT64_ARRAY: return dw_attribute_write_ints(file, "/", entry->key, entry->count, at);
  }
  return dw_fail(DW_ERR_INTERNAL, "%s: a parameter of unknown type", entry->key);
}

dw_status dw_record_write(dw_file *file, const dw_record *record) {
  DW_TRY(dw_provenance_write(file, record->provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "config", record->config));
  for (size_t i = 0; i < dw_table_size(); i++) {
    DW_TRY(write_key(file, dw_table_entry(i), record->params));
  }
  return DW_OK;
}
