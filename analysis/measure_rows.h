/* The sums of one row behind analysis/measure.h, in each storage precision. */
#ifndef DW_ANALYSIS_MEASURE_ROWS_H
#define DW_ANALYSIS_MEASURE_ROWS_H

#include <stddef.h>

#include "base/precision.h"

/* Sums over the sites of a row; lengths in dx. Inside: where phi lies in the mask of the walls. */
enum {
  DW_SUM_PHI,
  DW_SUM_SQUARE,       /* phi^2 */
  DW_SUM_VELOCITY,     /* phi'^2 */
  DW_SUM_GRADIENT,     /* forward form */
  DW_SUM_DEGENERATE,   /* v0 */
  DW_SUM_BIAS,         /* v_b */
  DW_SUM_W_VELOCITY,   /* W phi'^2 */
  DW_SUM_W_GRADIENT,   /* W |grad phi|^2, centred */
  DW_SUM_W_DEGENERATE, /* W v0 */
  DW_SUM_POSITIVE,     /* sites with phi > 0 */
  DW_SUM_INSIDE,       /* sites inside */
  DW_SUM_INSIDE_VELOCITY,
  DW_SUM_INSIDE_GRADIENT, /* forward form, each link as far as it lies inside */
  DW_SUM_INSIDE_DEGENERATE,
  DW_LANE_SUMS,
  DW_SUM_AREA = DW_LANE_SUMS, /* links that cross, weighted */
  DW_ROW_SUMS
};

typedef struct dw_measure_input {
  const void *phi;      /* the row; neighbours at +-stride_x, +-stride_y elements */
  const void *velocity; /* phi' */
  const double *v0;     /* potential of the row */
  const double *vb;
  void *line;           /* scratch: n + 4 reals */
  unsigned char *links; /* scratch: n + 8 bytes */
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
  ptrdiff_t n;
  int order;        /* 2 or 4 */
  double vacuum[2]; /* W is v0/barrier between these */
  double barrier;   /* 0: no walls, W = 0 */
  double mask[2];   /* inside is between these; equal: nowhere */
} dw_measure_input;

void dw_measure_row_f32(const dw_measure_input *in, double sums[DW_ROW_SUMS]);
void dw_measure_row_f64(const dw_measure_input *in, double sums[DW_ROW_SUMS]);

#endif
