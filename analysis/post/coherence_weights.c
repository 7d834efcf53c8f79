#include "analysis/post/coherence_weights.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

/* The mean of the model over the pairs of entry e. */
static double mean_of_model(const dw_coherence_shell *shell, const dw_coherence_model *model, double scale, int64_t e) {
  double sum = 0.0;
  for (int64_t i = shell->begin[e]; i < shell->begin[e + 1]; i++) {
    sum += model->value(shell->x[i][0], shell->x[i][1], scale);
  }
  return sum / (double)(shell->begin[e + 1] - shell->begin[e]);
}

/* What the model says of entry e. */
static double expected(const dw_coherence_shell *shell, const dw_coherence_model *model, double scale, int64_t e) {
  const double mean = mean_of_model(shell, model, scale, e);
  return shell->errors == DW_ERRORS_INDEPENDENT ? mean : dw_coherence_z(mean);
}

/* n times the covariance of the coherence of two pairs. */
static double pair_covariance(const double a[2], const double b[2], const dw_coherence_model *model, double scale) {
  const double rho12 = model->value(a[0], a[1], scale);
  const double rho34 = model->value(b[0], b[1], scale);
  const double rho13 = model->value(a[0], b[0], scale);
  const double rho14 = model->value(a[0], b[1], scale);
  const double rho23 = model->value(a[1], b[0], scale);
  const double rho24 = model->value(a[1], b[1], scale);
  return 0.5 * rho12 * rho34 * (rho13 * rho13 + rho14 * rho14 + rho23 * rho23 + rho24 * rho24) + rho13 * rho24 +
         rho14 * rho23 - rho12 * (rho13 * rho14 + rho23 * rho24) - rho34 * (rho13 * rho23 + rho14 * rho24);
}

static double entry_covariance(const dw_coherence_shell *shell, const dw_coherence_model *model, double scale,
                               int64_t e, int64_t f) {
  double sum = 0.0;
  for (int64_t i = shell->begin[e]; i < shell->begin[e + 1]; i++) {
    for (int64_t j = shell->begin[f]; j < shell->begin[f + 1]; j++) {
      sum += pair_covariance(shell->x[i], shell->x[j], model, scale);
    }
  }
  return sum / (double)((shell->begin[e + 1] - shell->begin[e]) * (shell->begin[f + 1] - shell->begin[f]));
}

/* The covariance of z into weights->factor. */
static void model_covariance(dw_coherence_weights *weights, const dw_coherence_shell *shell,
                             const dw_coherence_model *model, double scale) {
  const int64_t n = weights->entries;
  double *slope = weights->residual;
  for (int64_t e = 0; e < n; e++) {
    slope[e] = dw_coherence_z_slope(mean_of_model(shell, model, scale, e));
  }
  for (int64_t e = 0; e < n; e++) {
    for (int64_t f = 0; f <= e; f++) {
      const double covariance = entry_covariance(shell, model, scale, e, f) / shell->components * slope[e] * slope[f];
      weights->factor[e * n + f] = weights->factor[f * n + e] = covariance;
    }
    const double floor_z = DW_COHERENCE_FLOOR * slope[e];
    const double second_order = 1.0 / (shell->components * shell->components);
    weights->factor[e * n + e] = fmax(0.0, weights->factor[e * n + e]) + floor_z * floor_z + second_order;
  }
}

/* weights->factor becomes its Cholesky factor; false if it has none. */
static bool decompose(dw_coherence_weights *weights) {
  const size_t n = (size_t)weights->entries;
  gsl_matrix_view matrix = gsl_matrix_view_array(weights->factor, n, n);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  const int failed = gsl_linalg_cholesky_decomp1(&matrix.matrix);
  (void)gsl_set_error_handler(handler);
  bool positive = failed == GSL_SUCCESS;
  for (size_t i = 0; i < n; i++) {
    positive = positive && isfinite(weights->factor[i * n + i]);
  }
  return positive;
}

static dw_status start(dw_coherence_weights *weights, const dw_coherence_shell *shell) {
  const int64_t n = weights->entries;
  if (shell->errors == DW_ERRORS_GAUSSIAN) {
    memset(weights->factor, 0, (size_t)(n * n) * sizeof *weights->factor);
    for (int64_t e = 0; e < n; e++) {
      weights->factor[e * n + e] = 1.0 / shell->components;
    }
  } else {
    memcpy(weights->factor, shell->covariance, (size_t)(n * n) * sizeof *weights->factor);
  }
  return decompose(weights) ? DW_OK : dw_fail(DW_ERR_INTERNAL, "the covariance of the coherence isn't positive");
}

dw_status dw_coherence_weights_create(dw_coherence_weights *weights, const dw_coherence_shell *shell) {
  const size_t n = (size_t)shell->entries;
  *weights = (dw_coherence_weights){.entries = shell->entries};
  dw_status status = dw_alloc((void **)&weights->factor, n * n, sizeof *weights->factor, "covariance of the coherence");
  if (status == DW_OK) {
    status = dw_alloc((void **)&weights->residual, n, sizeof *weights->residual, "residuals of the coherence");
  }
  if (status == DW_OK) {
    status = start(weights, shell);
  }
  if (status != DW_OK) {
    dw_coherence_weights_destroy(weights);
  }
  return status;
}

void dw_coherence_weights_destroy(dw_coherence_weights *weights) {
  dw_free(weights->factor);
  dw_free(weights->residual);
  *weights = (dw_coherence_weights){.entries = 0};
}

dw_status dw_coherence_weights_update(dw_coherence_weights *weights, const dw_coherence_shell *shell,
                                      const dw_coherence_model *model, double scale) {
  if (shell->errors != DW_ERRORS_GAUSSIAN) {
    return DW_OK;
  }
  model_covariance(weights, shell, model, scale);
  if (decompose(weights)) {
    return DW_OK;
  }
  model_covariance(weights, shell, model, scale);
  for (int64_t i = 0; i < weights->entries * weights->entries; i++) {
    weights->factor[i] *= i % (weights->entries + 1) == 0 ? 1.0 : 0.0;
  }
  return decompose(weights) ? DW_OK
                            : dw_fail(DW_ERR_INTERNAL, "model %s gives errors that aren't numbers", model->name);
}

/* v^T W v by forward substitution; v is overwritten. */
static double square(const dw_coherence_weights *weights, double *v) {
  const int64_t n = weights->entries;
  double sum = 0.0;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < i; j++) {
      v[i] -= weights->factor[i * n + j] * v[j];
    }
    v[i] /= weights->factor[i * n + i];
    sum += v[i] * v[i];
  }
  return sum;
}

double dw_coherence_weights_distance(const dw_coherence_weights *weights, const dw_coherence_shell *shell,
                                     const dw_coherence_model *model, double scale) {
  for (int64_t e = 0; e < weights->entries; e++) {
    weights->residual[e] = shell->value[e] - expected(shell, model, scale, e);
  }
  return square(weights, weights->residual);
}

double dw_coherence_weights_information(const dw_coherence_weights *weights, const dw_coherence_shell *shell,
                                        const dw_coherence_model *model, double scale) {
  const double step = 1e-4; /* of ln(scale): error 1e-8, rounding 1e-12 */
  for (int64_t e = 0; e < weights->entries; e++) {
    const double up = expected(shell, model, scale * exp(step), e);
    const double down = expected(shell, model, scale * exp(-step), e);
    weights->residual[e] = (up - down) / (2.0 * step);
  }
  return square(weights, weights->residual);
}
