#include "cosmology/green_numeric.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

enum { ROWS = 2, VARIABLES = 2 * ROWS };

/* Of each step, in the variables below, which are of order one. */
static const double tolerance = 1e-15;

/* Of a part of the way, times k. */
static const double phase_limit = 2.0;

typedef struct sweep {
  const dw_background *background;
  double upper; /* 1/m; time runs back from here */
  double k;
  double rate; /* m; the variables are r0 and r1 times this for the row of h, r0 over this and r1 for that of h' */
} sweep;

static int slope(double back, const double *y, double *dy, void *context) {
  const sweep *s = context;
  const double hubble = dw_background_hubble(s->background, s->upper - back);
  for (int r = 0; r < ROWS; r++) {
    dy[2 * r] = -s->k * s->k / s->rate * y[2 * r + 1];
    dy[2 * r + 1] = s->rate * y[2 * r] - 2.0 * hubble * y[2 * r + 1];
  }
  return isfinite(hubble) ? GSL_SUCCESS : GSL_EBADFUNC;
}

/* In parts with a clock of their own: on one clock the rounding of tau adds up, times k, over thousands of steps. */
static int go_back(gsl_odeiv2_driver *driver, sweep *s, double from, double to, double *y) {
  const double parts = ceil((from - to) * s->rate / phase_limit);
  for (double n = 0.0; n < parts; n++) {
    double back = 0.0;
    s->upper = from - n / parts * (from - to);
    const int code = gsl_odeiv2_driver_apply(driver, &back, (from - to) / parts, y);
    if (code != GSL_SUCCESS) {
      return code;
    }
  }
  return GSL_SUCCESS;
}

static dw_status sweep_back(gsl_odeiv2_driver *driver, sweep *s, double tau, int count, const double *tau1,
                            double (*t)[2][2]) {
  double y[VARIABLES] = {1.0, 0.0, 0.0, 1.0};
  for (int i = count - 1; i >= 0; i--) {
    if (go_back(driver, s, i == count - 1 ? tau : tau1[i + 1], tau1[i], y) != GSL_SUCCESS) {
      return dw_fail(DW_ERR_INTERNAL, "no numerical solution for waves with k = %g from tau = %g back to %g", s->k, tau,
                     tau1[i]);
    }
    t[i][0][0] = y[0];
    t[i][0][1] = y[1] / s->rate;
    t[i][1][0] = y[2] * s->rate;
    t[i][1][1] = y[3];
  }
  return DW_OK;
}

dw_status dw_green_transfer_numeric(const dw_background *background, double k, double tau, int count,
                                    const double *tau1, double (*t)[2][2]) {
  const double longest = count > 0 ? tau - tau1[0] : 0.0;
  sweep s = {background, tau, k, longest > 0.0 ? hypot(k, 1.0 / longest) : 1.0};
  const gsl_odeiv2_system system = {slope, NULL, VARIABLES, &s};
  gsl_set_error_handler_off();
  gsl_odeiv2_driver *driver =
      gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 0.01 / s.rate, tolerance, 0.0);
  if (driver == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the integration of waves");
  }
  const dw_status status = sweep_back(driver, &s, tau, count, tau1, t);
  gsl_odeiv2_driver_free(driver);
  return status;
}
