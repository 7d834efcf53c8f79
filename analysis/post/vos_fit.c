#include "analysis/post/vos_fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdbool.h>

#include "base/memory.h"

enum { LOG_D, LOG_K0, LOG_AREA, LOG_MOMENTUM, UNKNOWNS };
enum { MOST_ITERATIONS = 200 };

typedef struct problem {
  const dw_vos *vos;
  const dw_background *background;
  const dw_vos_series *series;
  dw_vos_point *model; /* one for each row */
} problem;

static bool in_range(const dw_vos_series *s, size_t i) {
  return isfinite(s->tau[i]) && (i == 0 || s->tau[i] > s->tau[i - 1]) && isfinite(s->area_parameter[i]) &&
         s->area_parameter[i] > 0.0 && s->velocity[i] > 0.0 && s->velocity[i] < 1.0 &&
         (s->area_parameter_error == NULL ||
          (isfinite(s->area_parameter_error[i]) && s->area_parameter_error[i] > 0.0 && isfinite(s->velocity_error[i]) &&
           s->velocity_error[i] > 0.0));
}

static dw_status check(const dw_vos_series *series, size_t least) {
  if (series->count < least) {
    return dw_fail(DW_ERR_PARAM, "the model of walls: %zu rows, at least %zu are needed", series->count, least);
  }
  if ((series->area_parameter_error == NULL) != (series->velocity_error == NULL)) {
    return dw_fail(DW_ERR_PARAM, "the model of walls: errors of both A_t and v are needed, or of none");
  }
  for (size_t i = 0; i < series->count; i++) {
    if (!in_range(series, i)) {
      return dw_fail(DW_ERR_PARAM, "the model of walls: row %zu (tau = %g, A_t = %g, v = %g) is out of range", i,
                     series->tau[i], series->area_parameter[i], series->velocity[i]);
    }
  }
  return DW_OK;
}

/* Deviations of the model in units of the errors, or relative ones. A logarithm: divided by the measured value, values
 * that are too low by chance would count more. */
static void residuals(const dw_vos_series *s, size_t i, const dw_vos_point *model, double deviation[2]) {
  if (s->area_parameter_error != NULL) {
    deviation[0] = (model[i].area_parameter - s->area_parameter[i]) / s->area_parameter_error[i];
    deviation[1] = (model[i].velocity - s->velocity[i]) / s->velocity_error[i];
  } else {
    deviation[0] = log(model[i].area_parameter / s->area_parameter[i]);
    deviation[1] = log(model[i].velocity / s->velocity[i]);
  }
}

/* Of rows first ... count - 1. */
static dw_vos_deviation deviation_of(const dw_vos_series *s, size_t first, const dw_vos_point *model) {
  dw_vos_deviation d = {.chi2 = s->area_parameter_error == NULL ? (double)NAN : 0.0, .values = 2 * (s->count - first)};
  for (size_t i = first; i < s->count; i++) {
    double r[2];
    residuals(s, i, model, r);
    d.chi2 += r[0] * r[0] + r[1] * r[1];
    d.rms_area_parameter += pow(model[i].area_parameter / s->area_parameter[i] - 1.0, 2);
    d.rms_velocity += pow(model[i].velocity / s->velocity[i] - 1.0, 2);
  }
  d.rms_area_parameter = sqrt(d.rms_area_parameter / (double)(s->count - first));
  d.rms_velocity = sqrt(d.rms_velocity / (double)(s->count - first));
  return d;
}

static dw_status solve(const problem *of, const dw_vos *vos, dw_vos_point start) {
  const dw_vos_series *s = of->series;
  return dw_vos_integrate(vos, of->background, s->tau[0], start, s->count, s->tau, of->model);
}

dw_status dw_vos_compare(const dw_vos *vos, const dw_background *background, const dw_vos_series *series,
                         dw_vos_deviation *deviation) {
  DW_TRY(check(series, 2));
  problem of = {.vos = vos, .background = background, .series = series};
  DW_TRY(dw_alloc((void **)&of.model, series->count, sizeof *of.model, "model of walls"));
  const dw_status status = solve(&of, vos, (dw_vos_point){series->area_parameter[0], series->velocity[0]});
  if (status == DW_OK) {
    *deviation = deviation_of(series, 1, of.model);
  }
  dw_free(of.model);
  return status;
}

/* --- fit --- */

/* Logarithms keep d, k_0 and A_t positive and v between 0 and 1 (gamma v is any positive number). */
static void unpack(const problem *of, const gsl_vector *x, dw_vos *vos, dw_vos_point *start) {
  const double momentum = exp(gsl_vector_get(x, LOG_MOMENTUM));
  *vos = *of->vos;
  vos->d = exp(gsl_vector_get(x, LOG_D));
  vos->k0 = exp(gsl_vector_get(x, LOG_K0));
  *start = (dw_vos_point){.area_parameter = exp(gsl_vector_get(x, LOG_AREA)),
                          .velocity = momentum / sqrt(1.0 + momentum * momentum)};
}

static int evaluate(const gsl_vector *x, void *context, gsl_vector *f) {
  const problem *of = context;
  dw_vos vos;
  dw_vos_point start;
  unpack(of, x, &vos, &start);
  if (solve(of, &vos, start) != DW_OK) {
    return GSL_EBADFUNC;
  }
  for (size_t i = 0; i < of->series->count; i++) {
    double r[2];
    residuals(of->series, i, of->model, r);
    gsl_vector_set(f, 2 * i, r[0]);
    gsl_vector_set(f, 2 * i + 1, r[1]);
  }
  return GSL_SUCCESS;
}

static dw_status take(const problem *of, gsl_multifit_nlinear_workspace *work, gsl_matrix *covariance,
                      dw_vos_fit *fit) {
  unpack(of, gsl_multifit_nlinear_position(work), &fit->vos, &fit->start);
  DW_TRY(solve(of, &fit->vos, fit->start));
  fit->deviation = deviation_of(of->series, 0, of->model);
  if (gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0.0, covariance) != GSL_SUCCESS) {
    return dw_fail(DW_ERR_INVALID, "the model of walls: no errors of d and k_0 can be found");
  }
  const double log_d = sqrt(gsl_matrix_get(covariance, LOG_D, LOG_D));
  const double log_k0 = sqrt(gsl_matrix_get(covariance, LOG_K0, LOG_K0));
  double spread = 1.0; /* of a residual */
  if (of->series->area_parameter_error == NULL) {
    const gsl_vector *f = gsl_multifit_nlinear_residual(work);
    spread = gsl_blas_dnrm2(f) / sqrt((double)(f->size - UNKNOWNS));
  }
  fit->d_error = spread * fit->vos.d * log_d;
  fit->k0_error = spread * fit->vos.k0 * log_k0;
  fit->correlation = gsl_matrix_get(covariance, LOG_D, LOG_K0) / (log_d * log_k0);
  if (!(fit->d_error < fit->vos.d && fit->k0_error < fit->vos.k0 && isfinite(fit->correlation))) {
    return dw_fail(DW_ERR_INVALID,
                   "the model of walls: these rows don't determine d and k_0 (%.2g +- %.1g, %.2g +- %.1g)", fit->vos.d,
                   fit->d_error, fit->vos.k0, fit->k0_error);
  }
  return DW_OK;
}

static dw_status minimise(problem *of, gsl_multifit_nlinear_workspace *work, gsl_vector *x) {
  const dw_vos_series *s = of->series;
  const double v = s->velocity[0];
  gsl_multifit_nlinear_fdf system = {.f = evaluate, .n = 2 * s->count, .p = UNKNOWNS, .params = of};
  int info = 0;
  gsl_vector_set(x, LOG_D, log(of->vos->d));
  gsl_vector_set(x, LOG_K0, log(of->vos->k0));
  gsl_vector_set(x, LOG_AREA, log(s->area_parameter[0]));
  gsl_vector_set(x, LOG_MOMENTUM, log(v / sqrt(1.0 - v * v)));
  if (gsl_multifit_nlinear_init(x, &system, work) != GSL_SUCCESS ||
      gsl_multifit_nlinear_driver(MOST_ITERATIONS, 1e-8, 1e-10, 0.0, NULL, NULL, &info, work) != GSL_SUCCESS) {
    return dw_fail(DW_ERR_INVALID, "the model of walls: no d and k_0 fit these rows (d = %g, k_0 = %g last)",
                   exp(gsl_vector_get(gsl_multifit_nlinear_position(work), LOG_D)),
                   exp(gsl_vector_get(gsl_multifit_nlinear_position(work), LOG_K0)));
  }
  return DW_OK;
}

static dw_status run(problem *of, dw_vos_fit *fit) {
  gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
  options.fdtype = GSL_MULTIFIT_NLINEAR_CTRDIFF;
  options.h_df = 1e-4; /* the integration is good to 1e-10: the slopes to about 1e-6 then, from either side */
  gsl_multifit_nlinear_workspace *work =
      gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, 2 * of->series->count, UNKNOWNS);
  gsl_vector *x = gsl_vector_alloc(UNKNOWNS);
  gsl_matrix *covariance = gsl_matrix_alloc(UNKNOWNS, UNKNOWNS);
  dw_status status = work == NULL || x == NULL || covariance == NULL
                         ? dw_fail(DW_ERR_MEMORY, "no memory for a fit of the model of walls")
                         : minimise(of, work, x);
  if (status == DW_OK) {
    status = take(of, work, covariance, fit);
  }
  gsl_matrix_free(covariance); /* all three take NULL */
  gsl_vector_free(x);
  gsl_multifit_nlinear_free(work);
  return status;
}

dw_status dw_vos_fit_series(const dw_vos *vos, const dw_background *background, const dw_vos_series *series,
                            dw_vos_fit *fit) {
  DW_TRY(check(series, 3));
  if (!(vos->d > 0.0 && vos->k0 > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "the model of walls: a fit can't start from d = %g and k_0 = %g", vos->d, vos->k0);
  }
  problem of = {.vos = vos, .background = background, .series = series};
  DW_TRY(dw_alloc((void **)&of.model, series->count, sizeof *of.model, "model of walls"));
  (void)gsl_set_error_handler_off();
  const dw_status status = run(&of, fit);
  dw_free(of.model);
  return status;
}
