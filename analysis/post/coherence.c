#include "analysis/post/coherence.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "analysis/post/coherence_search.h"
#include "base/memory.h"

/* Rounds in which the covariance of normal components follows the scale. */
enum { ROUNDS = 5 };

/* What a fitted parameter has to gain: three standard deviations. */
static const double price = 9.0;

/* Mean and variance of chi^2 if the model is true. */
typedef struct expectation {
  double mean;
  double variance;
} expectation;

/* Entries of a shell less its share of the parameters. */
static double dimensions(const dw_coherence_problem *problem, const dw_coherence_shell *shell) {
  const double entries = (double)dw_coherence_data_entries(problem->data);
  return (double)shell->entries * (1.0 - problem->model->parameters / entries);
}

/* Fills problem->factor. */
static expectation expect(dw_coherence_problem *problem) {
  expectation e = {0.0, 0.0};
  for (int64_t i = 0; i < problem->data->shells; i++) {
    const dw_coherence_shell *shell = &problem->data->shell[i];
    const double q = dimensions(problem, shell);
    const bool estimated = shell->errors == DW_ERRORS_JACKKNIFE;
    const double nu = shell->draws - 1.0;
    problem->factor[i] = (dw_coherence_factors){1.0, 1.0};
    if (estimated) {
      problem->factor[i].chi2 = (nu - q - 1.0) / nu;
      problem->factor[i].information = (nu - q - 1.0) / nu * (nu - q) / (nu - 1.0);
    }
    e.mean += q;
    e.variance += 2.0 * q * (estimated ? (nu - 1.0) / (nu - q - 3.0) : 1.0);
  }
  return e;
}

/* The chance of a larger chi^2: with Q = mean, chi^2 (d/(d - 2))/Q is F(Q, d) distributed, d from the variance. */
static double chance(double chi2, const expectation *e) {
  const double q = e->mean;
  const double ratio = e->variance / (q * q);
  const double excess = ratio * q - 2.0; /* 0 for chi^2 */
  if (excess < 1e-6) {
    return gsl_cdf_chisq_Q(chi2, q);
  }
  const double d = (4.0 * ratio * q + 2.0 * q - 4.0) / excess;
  return gsl_cdf_fdist_Q(chi2 * d / ((d - 2.0) * q), q, d);
}

static dw_status update(const dw_coherence_problem *problem, double scale) {
  for (int64_t i = 0; i < problem->data->shells; i++) {
    DW_TRY(dw_coherence_weights_update(&problem->weights[i], &problem->data->shell[i], problem->model, scale));
  }
  return DW_OK;
}

static bool follows_model(const dw_coherence_data *data) {
  for (int64_t i = 0; i < data->shells; i++) {
    if (data->shell[i].errors == DW_ERRORS_GAUSSIAN) {
      return true;
    }
  }
  return false;
}

static dw_status find_scale(const dw_coherence_problem *problem, dw_coherence_fit *fit) {
  const dw_coherence_weight weight = dw_coherence_table_weight(&problem->data->table);
  dw_coherence_scale_found found = {.value = NAN, .error = NAN, .limit = false};
  if (problem->model->scale == DW_SCALE_WEIGHT) {
    found.value = weight.value;
    found.error = weight.complete ? weight.error : (double)INFINITY;
    found.limit = !weight.complete;
  }
  if (problem->model->parameters > 0) {
    DW_TRY(dw_coherence_problem_search(problem, &found));
    for (int round = 1; round < ROUNDS && follows_model(problem->data); round++) {
      DW_TRY(update(problem, found.value));
      DW_TRY(dw_coherence_problem_search(problem, &found));
    }
  } else {
    DW_TRY(update(problem, found.value));
  }
  fit->scale = found.value;
  fit->scale_error = found.error;
  fit->limit = found.limit;
  return DW_OK;
}

/* problem->weights are zero or created, so that the caller may destroy all. */
static dw_status solve(dw_coherence_problem *problem, dw_coherence_fit *fit) {
  const expectation e = expect(problem);
  for (int64_t i = 0; i < problem->data->shells; i++) {
    DW_TRY(dw_coherence_weights_create(&problem->weights[i], &problem->data->shell[i]));
  }
  DW_TRY(find_scale(problem, fit));
  fit->chi2 = dw_coherence_problem_chi2(problem, fit->scale);
  fit->dof = e.mean;
  fit->p = chance(fit->chi2, &e);
  fit->score = fit->chi2 + price * problem->model->parameters;
  return DW_OK;
}

dw_status dw_coherence_fit_model(const dw_coherence_data *data, const dw_coherence_model *model,
                                 dw_coherence_fit *fit) {
  *fit = (dw_coherence_fit){.model = model};
  if (dw_coherence_data_entries(data) < 2) {
    return dw_fail(DW_ERR_PARAM, "too few modes or times to fit models of the coherence: take more shells or samples");
  }
  dw_coherence_problem problem = {.data = data, .model = model};
  const size_t shells = (size_t)data->shells;
  dw_status status = dw_alloc((void **)&problem.weights, shells, sizeof *problem.weights, "weights of shells");
  if (status == DW_OK) {
    for (int64_t i = 0; i < data->shells; i++) {
      problem.weights[i] = (dw_coherence_weights){.entries = 0};
    }
    status = dw_alloc((void **)&problem.factor, shells, sizeof *problem.factor, "factors of shells");
  }
  if (status == DW_OK) {
    status = solve(&problem, fit);
  }
  for (int64_t i = 0; i < data->shells && problem.weights != NULL; i++) {
    dw_coherence_weights_destroy(&problem.weights[i]);
  }
  dw_free(problem.weights);
  dw_free(problem.factor);
  return status;
}

dw_status dw_coherence_compare(const dw_coherence_data *data, dw_coherence_comparison *comparison) {
  *comparison = (dw_coherence_comparison){.best = 0};
  for (int i = 0; i < DW_COHERENCE_MODELS; i++) {
    DW_TRY(dw_coherence_fit_model(data, &dw_coherence_models[i], &comparison->fit[i]));
    const dw_coherence_fit *fit = &comparison->fit[i];
    const dw_coherence_fit *best = &comparison->fit[comparison->best];
    const bool good = fit->p >= DW_COHERENCE_P;
    if (i == 0 || (good && !comparison->fits) || (good == comparison->fits && fit->score < best->score)) {
      comparison->best = i;
      comparison->fits = good;
    }
  }
  return DW_OK;
}
