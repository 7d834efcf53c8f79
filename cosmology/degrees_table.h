/* The rows that dw_degrees_at interpolates between; for cosmology/degrees.c and its test only. */
#ifndef DW_COSMOLOGY_DEGREES_TABLE_H
#define DW_COSMOLOGY_DEGREES_TABLE_H

#include <stddef.h>

typedef struct dw_degrees_row {
  double temperature; /* GeV, rising */
  double energy;      /* g_* */
  double entropy;     /* g_*s */
} dw_degrees_row;

extern const dw_degrees_row dw_degrees_table[];
extern const size_t dw_degrees_rows;

#endif
