#include "analysis/post/fit.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>

enum { MOST_ITERATIONS = 300 };

static const double very_bad = 1e100; /* its square is finite */

typedef struct problem {
  const dw_fit_data *data;
  dw_fit_function function;
  const void *context;
  int parameters;
} problem;

const char *dw_fit_state_text(dw_fit_state state) {
  switch (state) {
    case DW_FIT_TOO_FEW_POINTS: return "too few points";
    case DW_FIT_NOT_CONVERGED: return "not converged";
    case DW_FIT_UNDETERMINED: return "parameters not determined by the points";
    case DW_FIT_DONE: break;
  }
  return "done";
}

/* One row of f and J; the parameters of a GSL vector may be strided. */
static double residual(const problem *p, int64_t point, const gsl_vector *at, double *gradient) {
  double parameter[DW_FIT_MOST_PARAMETERS];
  for (int i = 0; i < p->parameters; i++) {
    parameter[i] = gsl_vector_get(at, (size_t)i);
  }
  const double value = p->function(p->context, p->data->x[point], parameter, gradient);
  const double r = (value - p->data->y[point]) / p->data->error[point];
  return isfinite(r) ? r : very_bad;
}

static int residuals(const gsl_vector *at, void *context, gsl_vector *f) {
  const problem *p = context;
  double gradient[DW_FIT_MOST_PARAMETERS];
  for (int64_t n = 0; n < p->data->points; n++) {
    gsl_vector_set(f, (size_t)n, residual(p, n, at, gradient));
  }
  return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *at, void *context, gsl_matrix *j) {
  const problem *p = context;
  double gradient[DW_FIT_MOST_PARAMETERS];
  for (int64_t n = 0; n < p->data->points; n++) {
    residual(p, n, at, gradient);
    for (int i = 0; i < p->parameters; i++) {
      const double slope = gradient[i] / p->data->error[n];
      gsl_matrix_set(j, (size_t)n, (size_t)i, isfinite(slope) ? slope : 0.0);
    }
  }
  return GSL_SUCCESS;
}

/* An empty result, and whether there is something to fit. */
static dw_status begin(const dw_fit_data *data, int parameters, dw_fit *fit, bool *enough) {
  if (parameters < 1 || parameters > DW_FIT_MOST_PARAMETERS) {
    return dw_fail(DW_ERR_INTERNAL, "a fit with %d parameters", parameters);
  }
  for (int64_t n = 0; n < data->points; n++) {
    if (!(isfinite(data->x[n]) && isfinite(data->y[n]) && isfinite(data->error[n]) && data->error[n] > 0.0)) {
      return dw_fail(DW_ERR_INTERNAL, "a fit through x = %g, y = %g with error %g", data->x[n], data->y[n],
                     data->error[n]);
    }
  }
  *fit = (dw_fit){.state = DW_FIT_TOO_FEW_POINTS, .parameters = parameters, .dof = data->points - parameters};
  fit->chi2 = fit->scale = (double)NAN;
  for (int i = 0; i < DW_FIT_MOST_PARAMETERS; i++) {
    fit->value[i] = fit->error[i] = (double)NAN;
    for (int j = 0; j < DW_FIT_MOST_PARAMETERS; j++) {
      fit->covariance[i][j] = (double)NAN;
    }
  }
  gsl_set_error_handler_off();
  *enough = fit->dof >= 0;
  return DW_OK;
}

static double scale_of(dw_fit_errors kind, double chi2, int64_t dof) {
  if (kind == DW_FIT_ERRORS_KNOWN || (kind == DW_FIT_ERRORS_AT_LEAST && dof == 0)) {
    return 1.0;
  }
  if (dof == 0) {
    return (double)NAN;
  }
  const double scatter = sqrt(chi2 / (double)dof);
  return kind == DW_FIT_ERRORS_AT_LEAST ? fmax(1.0, scatter) : scatter;
}

/* What both kinds of fit end with; fit->chi2 and the state are known. */
static void finish(dw_fit_errors kind, const gsl_vector *at, const gsl_matrix *covariance, dw_fit *fit) {
  if (fit->state == DW_FIT_NOT_CONVERGED) {
    return;
  }
  fit->scale = scale_of(kind, fit->chi2, fit->dof);
  for (int i = 0; i < fit->parameters; i++) {
    fit->value[i] = gsl_vector_get(at, (size_t)i);
    if (fit->state != DW_FIT_DONE) {
      continue;
    }
    for (int j = 0; j < fit->parameters; j++) {
      fit->covariance[i][j] = fit->scale * fit->scale * gsl_matrix_get(covariance, (size_t)i, (size_t)j);
    }
    fit->error[i] = sqrt(fit->covariance[i][i]);
  }
}

/* By how much chi^2 would still fall if the model were linear from here on: g^T C g with g = J^T f. */
static double decrement(const gsl_multifit_nlinear_workspace *w, const gsl_matrix *covariance, int parameters) {
  double gradient[DW_FIT_MOST_PARAMETERS];
  gsl_vector_view g = gsl_vector_view_array(gradient, (size_t)parameters);
  gsl_blas_dgemv(CblasTrans, 1.0, w->J, w->f, 0.0, &g.vector);
  double sum = 0.0;
  for (int i = 0; i < parameters; i++) {
    for (int j = 0; j < parameters; j++) {
      sum += gradient[i] * gsl_matrix_get(covariance, (size_t)i, (size_t)j) * gradient[j];
    }
  }
  return sum;
}

/* chi^2 of y = 0, the measure for one that is rounding only. */
static double power(const dw_fit_data *data) {
  double sum = 0.0;
  for (int64_t n = 0; n < data->points; n++) {
    sum += (data->y[n] / data->error[n]) * (data->y[n] / data->error[n]);
  }
  return sum;
}

/* A column that is a combination of others, or nothing, gets no covariance. */
static bool is_determined(const gsl_matrix *covariance, int parameters) {
  for (int i = 0; i < parameters; i++) {
    const double variance = gsl_matrix_get(covariance, (size_t)i, (size_t)i);
    if (!(isfinite(variance) && variance > 0.0)) {
      return false;
    }
  }
  return true;
}

static void solve(gsl_multifit_nlinear_workspace *w, const dw_fit_data *data, gsl_matrix *covariance, dw_fit *fit) {
  int why = 0;
  /* Its verdict isn't asked for: a start at the minimum counts as no progress there. */
  (void)gsl_multifit_nlinear_driver(MOST_ITERATIONS, 1e-9, 1e-14, 0.0, NULL, NULL, &why, w);
  fit->iterations = (int)gsl_multifit_nlinear_niter(w);
  gsl_blas_ddot(w->f, w->f, &fit->chi2);
  (void)gsl_multifit_nlinear_covar(w->J, 1e-10, covariance);
  const bool exact = fit->chi2 <= 1e-20 * power(data);
  const bool stationary = exact || decrement(w, covariance, fit->parameters) <= 1e-6 * fit->chi2;
  if (!stationary || fit->chi2 >= very_bad) {
    fit->state = DW_FIT_NOT_CONVERGED;
  } else {
    fit->state = is_determined(covariance, fit->parameters) ? DW_FIT_DONE : DW_FIT_UNDETERMINED;
  }
  finish(data->kind, w->x, covariance, fit);
}

dw_status dw_fit_nonlinear(const dw_fit_data *data, dw_fit_function function, const void *context, int parameters,
                           const double *start, dw_fit *fit) {
  bool enough = false;
  DW_TRY(begin(data, parameters, fit, &enough));
  if (!enough) {
    return DW_OK;
  }
  const size_t p = (size_t)parameters;
  problem all = {.data = data, .function = function, .context = context, .parameters = parameters};
  gsl_multifit_nlinear_fdf fdf = {
      .f = residuals, .df = jacobian, .fvv = NULL, .n = (size_t)data->points, .p = p, .params = &all};
  const gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
  gsl_multifit_nlinear_workspace *w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &how, fdf.n, p);
  gsl_matrix *covariance = gsl_matrix_calloc(p, p);
  dw_status status = DW_OK;
  if (w == NULL || covariance == NULL) {
    status = dw_fail(DW_ERR_MEMORY, "no memory for a fit of %lld points", (long long)data->points);
  } else {
    const gsl_vector_const_view from = gsl_vector_const_view_array(start, p);
    (void)gsl_multifit_nlinear_init(&from.vector, &fdf, w); /* fails only if a function does */
    solve(w, data, covariance, fit);
  }
  gsl_matrix_free(covariance);
  gsl_multifit_nlinear_free(w);
  return status;
}

/* Matrices and vectors of a linear fit. */
typedef struct linear {
  gsl_multifit_linear_workspace *work;
  gsl_matrix *powers;
  gsl_matrix *covariance;
  gsl_vector *y;
  gsl_vector *weight;
  gsl_vector *value;
} linear;

static void linear_free(linear *l) {
  gsl_multifit_linear_free(l->work);
  gsl_matrix_free(l->powers);
  gsl_matrix_free(l->covariance);
  gsl_vector_free(l->y);
  gsl_vector_free(l->weight);
  gsl_vector_free(l->value);
}

static bool linear_alloc(linear *l, size_t points, size_t parameters) {
  *l = (linear){.work = gsl_multifit_linear_alloc(points, parameters),
                .powers = gsl_matrix_alloc(points, parameters),
                .covariance = gsl_matrix_calloc(parameters, parameters),
                .y = gsl_vector_alloc(points),
                .weight = gsl_vector_alloc(points),
                .value = gsl_vector_alloc(parameters)};
  return l->work != NULL && l->powers != NULL && l->covariance != NULL && l->y != NULL && l->weight != NULL &&
         l->value != NULL;
}

static void linear_fill(linear *l, const dw_fit_data *data, int degree, double pivot) {
  for (int64_t n = 0; n < data->points; n++) {
    double term = 1.0;
    for (int i = 0; i <= degree; i++) {
      gsl_matrix_set(l->powers, (size_t)n, (size_t)i, term);
      term *= data->x[n] - pivot;
    }
    gsl_vector_set(l->y, (size_t)n, data->y[n]);
    gsl_vector_set(l->weight, (size_t)n, 1.0 / (data->error[n] * data->error[n]));
  }
}

dw_status dw_fit_polynomial(const dw_fit_data *data, int degree, double pivot, dw_fit *fit) {
  bool enough = false;
  DW_TRY(begin(data, degree + 1, fit, &enough));
  if (!enough) {
    return DW_OK;
  }
  linear l;
  dw_status status = DW_OK;
  if (!linear_alloc(&l, (size_t)data->points, (size_t)degree + 1)) {
    status = dw_fail(DW_ERR_MEMORY, "no memory for a fit of %lld points", (long long)data->points);
  } else {
    linear_fill(&l, data, degree, pivot);
    size_t rank = 0;
    const int failed =
        gsl_multifit_wlinear_tsvd(l.powers, l.weight, l.y, 1e-13, l.value, l.covariance, &fit->chi2, &rank, l.work);
    const bool full = rank == (size_t)degree + 1;
    fit->state = failed != GSL_SUCCESS ? DW_FIT_NOT_CONVERGED : full ? DW_FIT_DONE : DW_FIT_UNDETERMINED;
    finish(data->kind, l.value, l.covariance, fit);
  }
  linear_free(&l);
  return status;
}

void dw_fit_inflate(dw_fit *fit, double factor) {
  fit->scale *= factor;
  for (int i = 0; i < fit->parameters; i++) {
    fit->error[i] *= factor;
    for (int j = 0; j < fit->parameters; j++) {
      fit->covariance[i][j] *= factor * factor;
    }
  }
}

double dw_fit_propagate(const dw_fit *fit, const double *gradient) {
  double variance = 0.0;
  for (int i = 0; i < fit->parameters; i++) {
    for (int j = 0; j < fit->parameters; j++) {
      variance += gradient[i] * fit->covariance[i][j] * gradient[j];
    }
  }
  return variance < 0.0 ? 0.0 : sqrt(variance); /* rounding; a NAN stays one */
}
