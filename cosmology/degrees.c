#include "cosmology/degrees.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_interp.h>
#include <math.h>

#include "cosmology/degrees_table.h"

enum { ROWS = 160 };

static dw_degrees row(size_t i) {
  return (dw_degrees){.energy = dw_degrees_table[i].energy, .entropy = dw_degrees_table[i].entropy};
}

static double interpolate(gsl_interp *spline, const double *x, const double *y, double at) {
  double value = NAN;
  if (gsl_interp_init(spline, x, y, dw_degrees_rows) != GSL_SUCCESS ||
      gsl_interp_eval_e(spline, x, y, at, NULL, &value) != GSL_SUCCESS) {
    return NAN;
  }
  return value;
}

dw_status dw_degrees_at(double temperature, dw_degrees *degrees) {
  const size_t last = dw_degrees_rows - 1;
  if (!(isfinite(temperature) && temperature > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "a plasma can't have the temperature %g GeV; give a value > 0", temperature);
  }
  if (temperature <= dw_degrees_table[0].temperature || temperature >= dw_degrees_table[last].temperature) {
    *degrees = row(temperature <= dw_degrees_table[0].temperature ? 0 : last);
    return DW_OK;
  }
  if (dw_degrees_rows > ROWS) {
    return dw_fail(DW_ERR_INTERNAL, "degrees of freedom: the table has %zu rows, %d at most", dw_degrees_rows, ROWS);
  }
  double x[ROWS], energy[ROWS], entropy[ROWS];
  for (size_t i = 0; i <= last; i++) {
    x[i] = log(dw_degrees_table[i].temperature);
    energy[i] = row(i).energy;
    entropy[i] = row(i).entropy;
  }
  (void)gsl_set_error_handler_off();
  gsl_interp *spline = gsl_interp_alloc(gsl_interp_steffen, dw_degrees_rows);
  if (spline == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for degrees of freedom");
  }
  degrees->energy = interpolate(spline, x, energy, log(temperature));
  degrees->entropy = interpolate(spline, x, entropy, log(temperature));
  gsl_interp_free(spline);
  return isfinite(degrees->energy) && isfinite(degrees->entropy)
             ? DW_OK
             : dw_fail(DW_ERR_INTERNAL, "degrees of freedom at T = %g GeV can't be interpolated", temperature);
}

dw_degrees dw_degrees_today(void) { return row(0); }
