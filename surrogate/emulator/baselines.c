#include "surrogate/emulator/baselines.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/linear.h"

static double square_distance(int64_t dims, const double *a, const double *b) {
  double sum = 0.0;
  for (int64_t d = 0; d < dims; d++) {
    sum += (a[d] - b[d]) * (a[d] - b[d]);
  }
  return sum;
}

int64_t dw_baseline_nearest(int64_t dims, int64_t points, const double *x, const double *at) {
  int64_t best = 0;
  for (int64_t i = 1; i < points; i++) {
    if (square_distance(dims, x + i * dims, at) < square_distance(dims, x + best * dims, at)) {
      best = i;
    }
  }
  return best;
}

/* --- the simplex method --- */

/* Rows 0 ... D: sum w_i (x_i - at) = 0 and sum w_i = 1; row D + 1: reduced costs. Columns: n points, D + 1 artificial
 * ones, the right-hand side. */
typedef struct tableau {
  int64_t rows;    /* D + 1 */
  int64_t points;  /* n */
  int64_t columns; /* n + D + 2 */
  double *entry;   /* (rows + 1, columns) */
  int64_t *basis;  /* (rows) */
} tableau;

static const double ARTIFICIAL = 1e4; /* cost, far above any squared distance in -1 ... 1 */
static const double ZERO = 1e-9;

static void fill(tableau *t, int64_t dims, const double *x, const double *at) {
  double *cost = t->entry + t->rows * t->columns;
  memset(t->entry, 0, (size_t)((t->rows + 1) * t->columns) * sizeof *t->entry);
  for (int64_t i = 0; i < t->points; i++) {
    for (int64_t d = 0; d < dims; d++) {
      t->entry[d * t->columns + i] = x[i * dims + d] - at[d];
    }
    t->entry[dims * t->columns + i] = 1.0;
    cost[i] = square_distance(dims, x + i * dims, at);
  }
  t->entry[dims * t->columns + t->columns - 1] = 1.0;
  for (int64_t r = 0; r < t->rows; r++) {
    t->entry[r * t->columns + t->points + r] = 1.0;
    t->basis[r] = t->points + r;
    for (int64_t c = 0; c < t->columns; c++) {
      cost[c] -= ARTIFICIAL * (c >= t->points && c < t->columns - 1 ? 0.0 : t->entry[r * t->columns + c]);
    }
  }
}

static void pivot(tableau *t, int64_t row, int64_t column) {
  double *own = t->entry + row * t->columns;
  const double by = own[column];
  for (int64_t c = 0; c < t->columns; c++) {
    own[c] /= by;
  }
  for (int64_t r = 0; r <= t->rows; r++) {
    const double factor = t->entry[r * t->columns + column];
    for (int64_t c = 0; c < t->columns && r != row; c++) {
      t->entry[r * t->columns + c] -= factor * own[c];
    }
  }
  t->basis[row] = column;
}

/* Bland's rule: the first column that lowers the cost, the row of the first basic one among equals. */
static bool step(tableau *t) {
  const double *cost = t->entry + t->rows * t->columns;
  int64_t column = 0;
  while (column < t->points && cost[column] > -ZERO) {
    column++;
  }
  if (column == t->points) {
    return false;
  }
  int64_t row = -1;
  double least = HUGE_VAL;
  for (int64_t r = 0; r < t->rows; r++) {
    const double entry = t->entry[r * t->columns + column];
    const double ratio = entry > ZERO ? fmax(t->entry[r * t->columns + t->columns - 1], 0.0) / entry : HUGE_VAL;
    const bool tie = row >= 0 && fabs(ratio - least) <= 1e-12 && t->basis[r] < t->basis[row];
    if (entry > ZERO && (ratio < least - 1e-12 || tie)) {
      row = r;
      least = ratio;
    }
  }
  if (row < 0) {
    return false;
  }
  pivot(t, row, column);
  return true;
}

dw_status dw_baseline_simplex(int64_t dims, int64_t points, const double *x, const double *at, double *weight,
                              bool *inside) {
  tableau t = {.rows = dims + 1, .points = points, .columns = points + dims + 2};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)((t.rows + 1) * t.columns + t.rows), sizeof(double), "simplex of a scan"));
  t.entry = block;
  t.basis = (int64_t *)(void *)(t.entry + (t.rows + 1) * t.columns);
  fill(&t, dims, x, at);
  const int64_t most = 50 * (points + t.rows);
  for (int64_t i = 0; i < most && step(&t); i++) {
  }
  double sum = 0.0;
  memset(weight, 0, (size_t)points * sizeof *weight);
  for (int64_t r = 0; r < t.rows; r++) {
    if (t.basis[r] < points) {
      weight[t.basis[r]] = fmax(t.entry[r * t.columns + t.columns - 1], 0.0);
      sum += weight[t.basis[r]];
    }
  }
  double left = fabs(sum - 1.0);
  for (int64_t r = 0; r < t.rows; r++) {
    left += t.basis[r] >= points ? fabs(t.entry[r * t.columns + t.columns - 1]) : 0.0;
  }
  *inside = left < 1e-7;
  if (!*inside) {
    memset(weight, 0, (size_t)points * sizeof *weight);
    weight[dw_baseline_nearest(dims, points, x, at)] = 1.0;
  }
  dw_free(block);
  return DW_OK;
}

/* --- regression --- */

int64_t dw_baseline_terms(int64_t dims, int degree) { return 1 + dims + (degree > 1 ? dims * (dims + 1) / 2 : 0); }

void dw_baseline_polynomial(int64_t dims, int degree, const double *x, double *term) {
  *term++ = 1.0;
  for (int64_t d = 0; d < dims; d++) {
    *term++ = x[d];
  }
  for (int64_t d = 0; d < dims && degree > 1; d++) {
    for (int64_t e = d; e < dims; e++) {
      *term++ = x[d] * x[e];
    }
  }
}

dw_status dw_baseline_regress(int64_t dims, int degree, int64_t points, int64_t outputs, const double *x,
                              const double *y, double *coefficient) {
  const int64_t terms = dw_baseline_terms(dims, degree);
  double *matrix = NULL;
  DW_TRY(dw_alloc((void **)&matrix, (size_t)(points * terms), sizeof *matrix, "regression"));
  for (int64_t i = 0; i < points; i++) {
    dw_baseline_polynomial(dims, degree, x + i * dims, matrix + i * terms);
  }
  memcpy(coefficient, y, (size_t)(points * outputs) * sizeof *y);
  const dw_status status = dw_linear_least_squares(points, terms, outputs, matrix, coefficient);
  dw_free(matrix);
  return status;
}
