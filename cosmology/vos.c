#include "cosmology/vos.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <gsl/gsl_roots.h>
#include <math.h>

enum { LENGTH, VELOCITY, VARIABLES };
enum { MOST_STEPS = 1000000, MOST_ITERATIONS = 200 };

static const double tolerance = 1e-10;

typedef struct problem {
  const dw_vos *vos;
  const dw_background *background;
} problem;

dw_vos dw_vos_standard(void) { return (dw_vos){.c = 0.0, .d = 0.26, .r = 1.42, .q = 3.35, .b = 1.08, .k0 = 1.77}; }

double dw_vos_momentum(const dw_vos *vos, double velocity) {
  const double x = pow(vos->q * velocity * velocity, vos->b);
  return vos->k0 * (1.0 - x) / (1.0 + x);
}

/* c v + d [k_0 - k(v)]^r, with k_0 - k = 2 k_0 x/(1 + x) >= 0. */
static double loss(const dw_vos *vos, double velocity) {
  const double x = pow(vos->q * velocity * velocity, vos->b);
  return vos->c * velocity + vos->d * pow(2.0 * vos->k0 * x / (1.0 + x), vos->r);
}

static dw_status check(const dw_vos *vos) {
  if (vos->c >= 0.0 && vos->d >= 0.0 && vos->r > 0.0 && vos->q > 0.0 && vos->b > 0.0 && vos->k0 >= 0.0 &&
      isfinite(vos->c + vos->d + vos->r + vos->q + vos->b + vos->k0)) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM, "no model of walls has c = %g, d = %g, r = %g, q = %g, b = %g, k_0 = %g", vos->c, vos->d,
                 vos->r, vos->q, vos->b, vos->k0);
}

static int slope(double tau, const double y[], double dydt[], void *context) {
  const problem *of = context;
  const double h = dw_background_hubble(of->background, tau);
  const double v = y[VELOCITY];
  dydt[LENGTH] = 3.0 * v * v * h * y[LENGTH] + loss(of->vos, v);
  dydt[VELOCITY] = (1.0 - v * v) * (dw_vos_momentum(of->vos, v) / y[LENGTH] - 3.0 * h * v);
  return isfinite(dydt[LENGTH]) && isfinite(dydt[VELOCITY]) ? GSL_SUCCESS : GSL_EBADFUNC;
}

/* Of the area parameter: A_t = t/(a l) and, the same formula, l = t/(a A_t). */
static double other(const dw_background *background, double tau, double length_or_parameter) {
  return dw_background_time(background, tau) / (dw_background_scale_factor(background, tau) * length_or_parameter);
}

static dw_status check_start(const dw_background *background, double tau_start, dw_vos_point start) {
  const double length = other(background, tau_start, start.area_parameter);
  if (!(isfinite(length) && length > 0.0 && start.area_parameter > 0.0 && start.velocity >= 0.0 &&
        start.velocity < 1.0)) {
    return dw_fail(DW_ERR_PARAM, "no walls have A_t = %g and v = %g at tau = %g", start.area_parameter, start.velocity,
                   tau_start);
  }
  return DW_OK;
}

static dw_status integrate(gsl_odeiv2_driver *driver, const dw_background *background, double tau_start,
                           dw_vos_point start, size_t count, const double *tau, dw_vos_point *point) {
  double y[VARIABLES] = {other(background, tau_start, start.area_parameter), start.velocity};
  double now = tau_start;
  for (size_t i = 0; i < count; i++) {
    if (!(isfinite(tau[i]) && tau[i] >= now)) {
      return dw_fail(DW_ERR_PARAM, "walls can't be followed from tau = %g back to %g", now, tau[i]);
    }
    if (tau[i] > now && gsl_odeiv2_driver_apply(driver, &now, tau[i], y) != GSL_SUCCESS) {
      return dw_fail(DW_ERR_INVALID, "the model of walls has no solution beyond tau = %g (l = %g, v = %g)", now,
                     y[LENGTH], y[VELOCITY]);
    }
    point[i] = (dw_vos_point){.area_parameter = other(background, tau[i], y[LENGTH]), .velocity = y[VELOCITY]};
  }
  return DW_OK;
}

dw_status dw_vos_integrate(const dw_vos *vos, const dw_background *background, double tau_start, dw_vos_point start,
                           size_t count, const double *tau, dw_vos_point *point) {
  DW_TRY(check(vos));
  DW_TRY(check_start(background, tau_start, start));
  problem of = {.vos = vos, .background = background};
  gsl_odeiv2_system system = {.function = slope, .dimension = VARIABLES, .params = &of};
  (void)gsl_set_error_handler_off();
  const double first = 1e-3 * other(background, tau_start, start.area_parameter);
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, first, 1e-14, tolerance);
  if (driver == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the model of walls");
  }
  (void)gsl_odeiv2_driver_set_nmax(driver, MOST_STEPS);
  const dw_status status = integrate(driver, background, tau_start, start, count, tau, point);
  gsl_odeiv2_driver_free(driver);
  return status;
}

/* --- fixed points --- */

typedef struct balance {
  const dw_vos *vos;
  double n; /* H t */
} balance;

static double growth(const balance *of, double v) { return 1.0 - of->n - 3.0 * of->n * v * v; }

static double imbalance(double v, void *context) {
  const balance *of = context;
  return dw_vos_momentum(of->vos, v) * growth(of, v) - 3.0 * of->n * v * loss(of->vos, v);
}

static dw_status find_velocity(balance *of, double highest, double *velocity) {
  gsl_function function = {.function = imbalance, .params = of};
  gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
  if (solver == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the model of walls");
  }
  int code = gsl_root_fsolver_set(solver, &function, 0.0, highest);
  int test = GSL_CONTINUE;
  for (int i = 0; i < MOST_ITERATIONS && code == GSL_SUCCESS && test == GSL_CONTINUE; i++) {
    code = gsl_root_fsolver_iterate(solver);
    test = gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0.0, 1e-15);
  }
  *velocity = gsl_root_fsolver_root(solver);
  gsl_root_fsolver_free(solver);
  return code == GSL_SUCCESS ? DW_OK : dw_fail(DW_ERR_INTERNAL, "the fixed point of walls isn't found");
}

dw_status dw_vos_fixed_point(const dw_vos *vos, double p, dw_vos_point *point) {
  DW_TRY(check(vos));
  if (!(isfinite(p) && p >= 0.0)) {
    return dw_fail(DW_ERR_PARAM, "walls have no fixed point in a ~ tau^%g; give a power >= 0", p);
  }
  balance of = {.vos = vos, .n = p / (1.0 + p)};
  if (!(vos->k0 > 0.0 && vos->c + vos->d > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "walls with k_0 = %g, c = %g, d = %g never scale", vos->k0, vos->c, vos->d);
  }
  (void)gsl_set_error_handler_off();
  /* Up to here both factors on the left are >= 0; there one of them is 0 and the imbalance negative, or v is 1. */
  const double most = of.n > 0.0 ? sqrt((1.0 - of.n) / (3.0 * of.n)) : 1.0;
  const double highest = fmin(fmin(1.0 / sqrt(vos->q), most), 1.0);
  if (imbalance(highest, &of) >= 0.0) { /* v = 1, or 1/sqrt q in flat space where nothing slows walls down */
    point->velocity = highest;
  } else {
    DW_TRY(find_velocity(&of, highest, &point->velocity));
  }
  point->area_parameter = growth(&of, point->velocity) / loss(vos, point->velocity);
  return DW_OK;
}
