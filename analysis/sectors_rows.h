/* The sums of one row behind analysis/sectors.h, in each storage precision. */
#ifndef DW_ANALYSIS_SECTORS_ROWS_H
#define DW_ANALYSIS_SECTORS_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/sectors.h"

/* Bytes of scratch for rows of n sites. */
#define DW_SECTORS_SCRATCH(n) (7 * ((size_t)(n) + 8))

typedef struct dw_sectors_input {
  const void *phi[2];    /* the row; neighbours at +-stride_x, +-stride_y elements */
  const void *corner[2]; /* row (x + 1, y + 1) */
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
  ptrdiff_t n;
  int order; /* 2 or 4 */
  int walls; /* N */
  double vacuum[DW_MOST_SECTORS][2];
  unsigned char *scratch; /* DW_SECTORS_SCRATCH(n) bytes */
} dw_sectors_input;

/* Weighted links and plaquettes, in units of links and plaquettes. */
typedef struct dw_sectors_sums {
  double area[DW_MOST_PAIRS];
  double strings;
  double junctions;
  int64_t string_count;
  int64_t junction_count;
  int64_t sites[DW_MOST_SECTORS];
} dw_sectors_sums;

/* *sums of this row alone. */
void dw_sectors_row_f32(const dw_sectors_input *in, dw_sectors_sums *sums);
void dw_sectors_row_f64(const dw_sectors_input *in, dw_sectors_sums *sums);

#endif
