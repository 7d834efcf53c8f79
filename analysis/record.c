#include "analysis/record.h"

#include "params/print.h"

static dw_status write_key(void *context, const dw_param_item *item) {
  dw_file *file = context;
  const char *key = item->entry->key;
  switch (item->entry->type) {
    case DW_PARAM_BOOL: return dw_attribute_write_int(file, "/", key, *(const bool *)item->value ? 1 : 0);
    case DW_PARAM_INT64: return dw_attribute_write_int(file, "/", key, *(const int64_t *)item->value);
    case DW_PARAM_REAL: return dw_attribute_write_real(file, "/", key, *(const double *)item->value);
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE: return dw_attribute_write_text(file, "/", key, item->value);
    case DW_PARAM_REAL_LIST: return dw_attribute_write_reals(file, "/", key, item->count, item->value);
    case DW_PARAM_INT64_ARRAY: return dw_attribute_write_ints(file, "/", key, item->count, item->value);
  }
  return dw_fail(DW_ERR_INTERNAL, "%s: a parameter of unknown type", key);
}

dw_status dw_record_write(dw_file *file, const dw_record *record) {
  DW_TRY(dw_provenance_write(file, record->provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "config", record->config));
  return dw_params_for_each(record->params, write_key, file);
}
