/* A scale factor from a file: Hermite cubics of ln a in ln tau with Steffen's slopes. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cosmology/background_private.h"

enum { LINE_LENGTH = 1024, PANELS = 8 };

/* The row before tau, or the first. */
static int row_at(const dw_background *b, double log_tau) {
  int low = 0;
  int high = b->rows;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (log_tau >= b->row[middle].log_tau) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

/* ln a, and d ln a/d ln tau and its derivative. */
static void cubic(const dw_background *b, double log_tau, double value[3]) {
  const int i = row_at(b, log_tau);
  const dw_background_row *left = &b->row[i];
  const double x = log_tau - left->log_tau;
  if (i == b->rows - 1 || x < 0.0) {
    value[0] = left->log_a + left->slope * x;
    value[1] = left->slope;
    value[2] = 0.0;
    return;
  }
  const double h = left[1].log_tau - left->log_tau;
  const double mean = (left[1].log_a - left->log_a) / h;
  const double second = (3.0 * mean - 2.0 * left->slope - left[1].slope) / h;
  const double third = (left->slope + left[1].slope - 2.0 * mean) / (h * h);
  value[0] = left->log_a + x * (left->slope + x * (second + x * third));
  value[1] = left->slope + x * (2.0 * second + x * 3.0 * third);
  value[2] = 2.0 * second + 6.0 * third * x;
}

static double table_scale_factor(const dw_background *b, double tau) {
  double value[3];
  cubic(b, log(tau), value);
  return exp(value[0]);
}

static double table_hubble(const dw_background *b, double tau) {
  double value[3];
  cubic(b, log(tau), value);
  return value[1] / tau;
}

/* d(1/H)/dtau with 1/H = tau/slope. */
static double table_power(const dw_background *b, double tau) {
  double value[3];
  cubic(b, log(tau), value);
  return value[1] * value[1] / (value[1] - value[2]);
}

/* int a dtau = int a tau dln tau. */
static double integral(const dw_background *b, double from, double to) {
  const double near = sqrt(5.0 - 2.0 * sqrt(10.0 / 7.0)) / 3.0;
  const double far = sqrt(5.0 + 2.0 * sqrt(10.0 / 7.0)) / 3.0;
  const double point[5] = {-far, -near, 0.0, near, far};
  const double w_near = (322.0 + 13.0 * sqrt(70.0)) / 900.0;
  const double w_far = (322.0 - 13.0 * sqrt(70.0)) / 900.0;
  const double weight[5] = {w_far, w_near, 128.0 / 225.0, w_near, w_far};
  const double half = 0.5 * (to - from) / PANELS;
  double sum = 0.0;
  for (int i = 0; i < PANELS; i++) {
    for (int j = 0; j < 5; j++) {
      const double x = from + half * (2 * i + 1 + point[j]);
      double value[3];
      cubic(b, x, value);
      sum += weight[j] * exp(value[0] + x);
    }
  }
  return half * sum;
}

static double table_time(const dw_background *b, double tau) {
  const double log_tau = log(tau);
  const int i = row_at(b, log_tau);
  const dw_background_row *row = &b->row[i];
  if (i == b->rows - 1 || log_tau < row->log_tau) {
    const double here = exp(row->log_a + row->log_tau);
    return row->time + here * expm1((1.0 + row->slope) * (log_tau - row->log_tau)) / (1.0 + row->slope);
  }
  return row->time + integral(b, row->log_tau, log_tau);
}

static const dw_background_functions table = {"table", true, table_scale_factor, table_hubble, table_time, table_power};

/* 0 for a line that says nothing, 1 for a row, -1 for neither. */
static int parse(const char *line, double *tau, double *a) {
  const char *at = line + strspn(line, " \t\r\n");
  if (*at == '\0' || *at == '#') {
    return 0;
  }
  char *end = NULL;
  *tau = strtod(at, &end);
  if (end == at) {
    return -1;
  }
  at = end;
  *a = strtod(at, &end);
  return end != at && end[strspn(end, " \t\r\n")] == '\0' ? 1 : -1;
}

static dw_status add_row(dw_background *b, const char *path, int line, double tau, double a) {
  if (b->rows == DW_BACKGROUND_MOST_ROWS) {
    return dw_fail(DW_ERR_PARAM, "%s:%d: too many rows; give at most %d", path, line, DW_BACKGROUND_MOST_ROWS);
  }
  if (!(isfinite(tau) && isfinite(a) && tau > 0.0 && a > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "%s:%d: tau = %g, a = %g; both have to be > 0", path, line, tau, a);
  }
  dw_background_row *row = &b->row[b->rows];
  row->log_tau = log(tau);
  row->log_a = log(a);
  if (b->rows > 0 && !(row->log_tau > row[-1].log_tau && row->log_a > row[-1].log_a)) {
    return dw_fail(DW_ERR_PARAM, "%s:%d: tau = %g, a = %g; both have to increase from row to row", path, line, tau, a);
  }
  b->tau_start = b->rows == 0 ? tau : b->tau_start;
  b->rows++;
  return DW_OK;
}

static dw_status read_rows(dw_background *b, const char *path, FILE *file) {
  char text[LINE_LENGTH];
  for (int line = 1; fgets(text, sizeof text, file) != NULL; line++) {
    double tau = 0.0;
    double a = 0.0;
    const int kind = strlen(text) + 1 < sizeof text ? parse(text, &tau, &a) : -1;
    if (kind < 0) {
      return dw_fail(DW_ERR_PARAM, "%s:%d: expected two numbers, tau and a, or a comment that begins with #", path,
                     line);
    }
    if (kind > 0) {
      DW_TRY(add_row(b, path, line, tau, a));
    }
  }
  if (ferror(file)) {
    return dw_fail(DW_ERR_FILE, "can't read %s: %s", path, strerror(errno));
  }
  return b->rows >= 3 ? DW_OK : dw_fail(DW_ERR_PARAM, "%s: %d rows; give at least 3", path, b->rows);
}

/* Mean slope from row i to the next, and the distance. */
static double secant(const dw_background *b, int i, double *h) {
  *h = b->row[i + 1].log_tau - b->row[i].log_tau;
  return (b->row[i + 1].log_a - b->row[i].log_a) / *h;
}

/* Slope in an end row of the parabola through it and the two rows next to it, between 0 and twice the secant. */
static double end_slope(double near, double h_near, double far, double h_far) {
  const double slope = near + (near - far) * h_near / (h_near + h_far);
  return fmin(fmax(slope, 0.0), 2.0 * near);
}

/* Steffen's equations 11 and 24 to 26, for values that increase. */
static void find_slopes(dw_background *b) {
  const int last = b->rows - 1;
  double h_left, h;
  double left = secant(b, 0, &h_left);
  double right = secant(b, 1, &h);
  b->row[0].slope = end_slope(left, h_left, right, h);
  for (int i = 1; i < last; i++) {
    left = secant(b, i - 1, &h_left);
    right = secant(b, i, &h);
    const double parabola = (left * h + right * h_left) / (h_left + h);
    b->row[i].slope = fmin(2.0 * fmin(left, right), parabola);
  }
  b->row[last].slope = end_slope(right, h, left, h_left);
}

static dw_status check_slopes(const dw_background *b, const char *path) {
  if (b->row[0].slope > 0.0 && b->row[b->rows - 1].slope > 0.0) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM,
                 "%s: H = 0 in the first or the last row, where a bends too much from row to row; give more rows",
                 path);
}

dw_status dw_background_table(dw_background *background, const char *path) {
  dw_background_begin(background, &table);
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    return dw_fail(DW_ERR_FILE, "cosmology.table: can't open %s: %s", path, strerror(errno));
  }
  const dw_status status = read_rows(background, path, file);
  (void)fclose(file);
  DW_TRY(status);
  const double first = background->row[0].log_a;
  for (int i = 0; i < background->rows; i++) {
    background->row[i].log_a -= first;
  }
  find_slopes(background);
  DW_TRY(check_slopes(background, path));
  dw_background_row *row = background->row;
  background->hubble_start = row[0].slope / background->tau_start;
  background->w = background->p = (double)NAN;
  row[0].time = background->tau_start / (1.0 + row[0].slope);
  for (int i = 1; i < background->rows; i++) {
    row[i].time = row[i - 1].time + integral(background, row[i - 1].log_tau, row[i].log_tau);
  }
  return DW_OK;
}
