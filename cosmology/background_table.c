/* An expansion from the rows of a file: ln a as a curve of ln tau. */
#include <math.h>
#include <string.h>

#include "cosmology/background_private.h"

enum { PANELS = 8 };

/* --- the functions of a background --- */

/* ln a, and d ln a/d ln tau and its derivative. */
static void curve(const dw_background *b, double log_tau, double value[3]) {
  dw_monotone_value(b->row, b->rows, log_tau, value);
}

static double table_scale_factor(const dw_background *b, double tau) {
  double value[3];
  curve(b, log(tau), value);
  return exp(value[0]);
}

static double table_hubble(const dw_background *b, double tau) {
  double value[3];
  curve(b, log(tau), value);
  return value[1] / tau;
}

/* d(1/H)/dtau with 1/H = tau/slope. */
static double table_power(const dw_background *b, double tau) {
  double value[3];
  curve(b, log(tau), value);
  return value[1] * value[1] / (value[1] - value[2]);
}

/* int exp(y + sign x) dx of the curve, where it has no corner between the limits. */
static double integral(const dw_background *b, double from, double to, double sign) {
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
      curve(b, x, value);
      sum += weight[j] * exp(value[0] + sign * x);
    }
  }
  return half * sum;
}

/* int a dtau = int a tau dln tau. */
static double table_time(const dw_background *b, double tau) {
  const double log_tau = log(tau);
  const int i = dw_monotone_at(b->row, b->rows, log_tau);
  const dw_monotone *row = &b->row[i];
  if (i == b->rows - 1 || log_tau < row->x) {
    const double power = 1.0 + row->slope[0];
    return b->row_time[i] + exp(row->y + row->x) * expm1(power * (log_tau - row->x)) / power;
  }
  return b->row_time[i] + integral(b, row->x, log_tau, 1.0);
}

static const dw_background_functions table = {"table", true, table_scale_factor, table_hubble, table_time, table_power};

/* --- from the rows to the curve --- */

static dw_status fit_scale_factor(dw_background *b, const char *path) {
  dw_monotone_fit(b->row, b->rows, true);
  if (b->row[0].slope[0] > 0.0 && b->row[b->rows - 1].slope[0] > 0.0) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM,
                 "%s: H = 0 in the first or the last row, where a bends too much from row to row; give more rows",
                 path);
}

/* An end of an interval, y = -ln H over x = ln a, becomes one of ln a over ln tau: with S = d ln a/d ln tau = tau a H
 * and 1/p = d(1/(a H))/dtau = y' - 1, dS/dln tau = S - S^2/p. */
static void turn_end(dw_monotone *row, int side, double size) {
  row->bend[side] = size - size * size * (row->slope[side] - 1.0);
  row->slope[side] = size;
}

/* Equation of state by equation of state, H has corners: each interval keeps its own slopes. */
static dw_status fit_hubble(dw_background *b, const char *path) {
  dw_monotone *row = b->row;
  for (int i = 0; i < b->rows; i++) {
    row[i].y = -row[i].y;
  }
  dw_monotone_fit(row, b->rows, false);
  if (!(row[0].slope[0] > 1.0)) {
    return dw_fail(DW_ERR_PARAM,
                   "%s: H falls as a^-%.4g in the first row; it has to fall faster than 1/a there, so that tau begins",
                   path, row[0].slope[0]);
  }
  double *tau = b->row_time; /* for now */
  tau[0] = exp(row[0].y - row[0].x) / (row[0].slope[0] - 1.0);
  for (int i = 1; i < b->rows; i++) {
    tau[i] = tau[i - 1] + integral(b, row[i - 1].x, row[i].x, -1.0);
  }
  for (int i = 0; i < b->rows; i++) {
    turn_end(&row[i], 0, tau[i] * exp(row[i].x - row[i].y));
    const int right = i + 1 < b->rows ? i + 1 : i;
    turn_end(&row[i], 1, tau[right] * exp(row[right].x - row[right].y));
  }
  for (int i = 0; i < b->rows; i++) {
    row[i].y = row[i].x;
    row[i].x = log(tau[i]);
  }
  b->tau_start = tau[0];
  dw_monotone_guard(row, b->rows);
  return DW_OK;
}

static const dw_background_columns known[] = {{"tau-a", "tau", "a", false}, {"a-hubble", "a", "H", true}};

dw_status dw_background_table(dw_background *background, const char *path, const char *columns) {
  dw_background_begin(background, &table);
  const bool of_hubble = strcmp(columns, known[1].name) == 0;
  if (!of_hubble && strcmp(columns, known[0].name) != 0) {
    return dw_fail(DW_ERR_PARAM, "cosmology.table_columns: \"%s\" is unknown; there are: %s, %s", columns,
                   known[0].name, known[1].name);
  }
  DW_TRY(dw_background_read_rows(background, path, &known[of_hubble ? 1 : 0]));
  dw_monotone *row = background->row;
  const double first = of_hubble ? row[0].x : row[0].y;
  for (int i = 0; i < background->rows; i++) {
    *(of_hubble ? &row[i].x : &row[i].y) -= first;
  }
  DW_TRY(of_hubble ? fit_hubble(background, path) : fit_scale_factor(background, path));
  background->hubble_start = row[0].slope[0] / background->tau_start;
  background->w = background->p = (double)NAN;
  background->row_time[0] = background->tau_start / (1.0 + row[0].slope[0]);
  for (int i = 1; i < background->rows; i++) {
    background->row_time[i] = background->row_time[i - 1] + integral(background, row[i - 1].x, row[i].x, 1.0);
  }
  return DW_OK;
}
