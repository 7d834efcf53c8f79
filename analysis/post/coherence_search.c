#include "analysis/post/coherence_search.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

enum { GRID = 80, MOST_GAPS = 512, MOST_STEPS = 100 };

/* The scan goes this much beyond the shortest and the longest lag. */
static const double reach = 20.0;

double dw_coherence_problem_chi2(const dw_coherence_problem *problem, double scale) {
  double sum = 0.0;
  for (int64_t i = 0; i < problem->data->shells; i++) {
    sum += problem->factor[i].chi2 *
           dw_coherence_weights_distance(&problem->weights[i], &problem->data->shell[i], problem->model, scale);
  }
  return sum;
}

static double chi2_of_logarithm(double logarithm, void *problem) {
  return dw_coherence_problem_chi2(problem, exp(logarithm));
}

static int64_t pairs_of(const dw_coherence_shell *shell) { return shell->begin[shell->entries]; }

static double lag_of(const dw_coherence_shell *shell, int64_t pair) {
  return fabs(shell->x[pair][0] - shell->x[pair][1]);
}

/* The shortest and the longest lag that isn't 0. */
static void range_of(const dw_coherence_data *data, double *shortest, double *longest) {
  *shortest = INFINITY;
  *longest = 0.0;
  for (int64_t i = 0; i < data->shells; i++) {
    for (int64_t j = 0; j < pairs_of(&data->shell[i]); j++) {
      const double lag = lag_of(&data->shell[i], j);
      *shortest = lag > 0.0 ? fmin(*shortest, lag) : *shortest;
      *longest = fmax(*longest, lag);
    }
  }
}

/* Refines a minimum between low and high; where GSL can't, the guess stays. */
static double refine(const dw_coherence_problem *problem, double low, double guess, double high) {
  gsl_function f = {.function = chi2_of_logarithm, .params = (void *)problem};
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gsl_min_fminimizer *minimiser = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
  double best = guess;
  if (minimiser != NULL && gsl_min_fminimizer_set(minimiser, &f, guess, low, high) == GSL_SUCCESS) {
    for (int i = 0; i < MOST_STEPS; i++) {
      const int failed = gsl_min_fminimizer_iterate(minimiser);
      best = gsl_min_fminimizer_x_minimum(minimiser);
      if (failed != GSL_SUCCESS ||
          gsl_min_fminimizer_x_upper(minimiser) - gsl_min_fminimizer_x_lower(minimiser) < 1e-7) {
        break;
      }
    }
  }
  if (minimiser != NULL) {
    gsl_min_fminimizer_free(minimiser);
  }
  (void)gsl_set_error_handler(handler);
  return best;
}

static void search_smooth(const dw_coherence_problem *problem, dw_coherence_scale_found *found) {
  double shortest, longest;
  range_of(problem->data, &shortest, &longest);
  const double low = log(shortest / reach);
  const double step = (log(longest * reach) - low) / (GRID - 1);
  int best = 0;
  double least = INFINITY;
  for (int i = 0; i < GRID; i++) {
    const double chi2 = dw_coherence_problem_chi2(problem, exp(low + i * step));
    if (chi2 < least) {
      least = chi2;
      best = i;
    }
  }
  const double guess = low + best * step;
  if (best == 0 || best == GRID - 1) {
    *found = (dw_coherence_scale_found){.value = exp(guess), .error = INFINITY, .limit = true};
    return;
  }
  found->value = exp(refine(problem, guess - step, guess, guess + step));
  double information = 0.0;
  for (int64_t i = 0; i < problem->data->shells; i++) {
    information +=
        problem->factor[i].information *
        dw_coherence_weights_information(&problem->weights[i], &problem->data->shell[i], problem->model, found->value);
  }
  found->error = found->value / sqrt(information);
  found->limit = false;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Edges of the gaps: half the shortest lag, the lags, twice the longest one. Returns how many. */
static int64_t sort_edges(const dw_coherence_data *data, double *edge) {
  int64_t count = 0;
  for (int64_t i = 0; i < data->shells; i++) {
    for (int64_t j = 0; j < pairs_of(&data->shell[i]); j++) {
      const double lag = lag_of(&data->shell[i], j);
      edge[count] = lag;
      count += lag > 0.0 ? 1 : 0;
    }
  }
  qsort(edge, (size_t)count, sizeof *edge, ascending);
  int64_t distinct = 0;
  for (int64_t i = 0; i < count; i++) {
    if (distinct == 0 || edge[i] > edge[distinct - 1] * (1.0 + 1e-9)) { /* equal but for rounding */
      edge[distinct++] = edge[i];
    }
  }
  return distinct;
}

/* edge, count values ascending: gap g lies between edge[g] and edge[g + 1]. */
static void best_gap(const dw_coherence_problem *problem, const double *edge, int64_t count, double *chi2,
                     dw_coherence_scale_found *found) {
  int64_t best = 0;
  for (int64_t g = 0; g < count - 1; g++) {
    chi2[g] = dw_coherence_problem_chi2(problem, 0.5 * (edge[g] + edge[g + 1]));
    best = chi2[g] < chi2[best] ? g : best;
  }
  int64_t left = best;
  int64_t right = best;
  while (left > 0 && chi2[left - 1] <= chi2[best] + 1.0) {
    left--;
  }
  while (right < count - 2 && chi2[right + 1] <= chi2[best] + 1.0) {
    right++;
  }
  found->value = 0.5 * (edge[best] + edge[best + 1]);
  found->limit = best == 0 || best == count - 2;
  found->error = found->limit ? (double)INFINITY : 0.5 * (edge[right + 1] - edge[left]);
}

static dw_status search_stepped(const dw_coherence_problem *problem, dw_coherence_scale_found *found) {
  int64_t pairs = 0;
  for (int64_t i = 0; i < problem->data->shells; i++) {
    pairs += pairs_of(&problem->data->shell[i]);
  }
  double *edge;
  double tried[MOST_GAPS + 1];
  double chi2[MOST_GAPS];
  DW_TRY(dw_alloc((void **)&edge, (size_t)pairs + 1, sizeof *edge, "lags"));
  const int64_t lags = sort_edges(problem->data, edge);
  const int64_t inner = lags < MOST_GAPS - 1 ? lags : MOST_GAPS - 1;
  tried[0] = lags > 0 ? 0.5 * edge[0] : 0.5;
  for (int64_t i = 0; i < inner; i++) {
    tried[i + 1] = edge[inner > 1 ? i * (lags - 1) / (inner - 1) : 0];
  }
  tried[inner + 1] = 2.0 * tried[inner];
  dw_free(edge);
  best_gap(problem, tried, inner + 2, chi2, found);
  return DW_OK;
}

dw_status dw_coherence_problem_search(const dw_coherence_problem *problem, dw_coherence_scale_found *found) {
  if (problem->model->scale == DW_SCALE_STEPPED) {
    return search_stepped(problem, found);
  }
  search_smooth(problem, found);
  return DW_OK;
}
