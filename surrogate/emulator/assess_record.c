#include "surrogate/emulator/assess_record.h"

#include <string.h>

#include "base/memory.h"

/* One row more, in a block that doubles when it is full. */
static dw_status add(dw_assess_rows *rows, const void *row, size_t size) {
  enum { FIRST = 64 };
  if (rows->count == rows->room) {
    const int64_t room = rows->room > 0 ? 2 * rows->room : FIRST;
    void *larger = NULL;
    DW_TRY(dw_alloc(&larger, (size_t)room, size, "comparisons one by one"));
    if (rows->count > 0) {
      memcpy(larger, rows->row, (size_t)rows->count * size);
    }
    dw_free(rows->row);
    rows->row = larger;
    rows->room = room;
  }
  memcpy((char *)rows->row + (size_t)rows->count * size, row, size);
  rows->count++;
  return DW_OK;
}

dw_status dw_assess_record_point(dw_assess_record *record, const dw_assess_point *point) {
  return add(&record->points, point, sizeof *point);
}

dw_status dw_assess_record_value(dw_assess_record *record, int64_t quantity, const dw_assess_value *value) {
  return add(&record->values[quantity], value, sizeof *value);
}

void dw_assess_record_finalize(dw_assess_record *record) {
  dw_free(record->points.row);
  for (int64_t q = 0; q < DW_EMULATOR_QUANTITIES; q++) {
    dw_free(record->values[q].row);
  }
  memset(record, 0, sizeof *record);
}
