#include "app/analyse_coherence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/analyse_shell.h"
#include "base/memory.h"

int64_t dw_analyse_unequal_shells(const dw_analyse_input *input) {
  const dw_archive *run = input->run[0];
  return dw_analyse_has_tracks(input) ? run->tracks.shells : run->utc.shells;
}

/* --- tracks --- */

static dw_status add_tracks(const dw_analyse_input *input, int64_t shell, dw_coherence_data *data) {
  dw_analyse_shell of;
  dw_utc_estimate estimate = {.utc = NULL};
  dw_status status = dw_analyse_shell_make(&of, input, shell, input->from, input->to, DW_ANALYSE_TIMES);
  if (status == DW_OK && of.samples >= 2 && of.modes >= 2) {
    const dw_utc_tracks tracks = {.samples = of.samples, .modes = of.modes, .amplitude = of.amplitude};
    status = dw_utc_estimate_tracks(&estimate, &tracks);
    if (status == DW_OK) {
      status = dw_coherence_data_add_tracks(data, &tracks, &estimate, of.x);
    }
  }
  dw_utc_estimate_destroy(&estimate);
  dw_analyse_shell_free(&of);
  return status;
}

/* --- references --- */

/* Rows and references within the window, and what they have in one shell. */
typedef struct excerpt {
  int64_t references;
  int64_t times;
  int64_t *at; /* (R) */
  double *x;   /* (T) */
  double *etc; /* (T) */
  double *utc; /* (R,T) */
  void *block; /* owns them */
} excerpt;

static bool is_within(const dw_analyse_input *input, double tau) {
  const double slack = 1e-9 * fabs(input->to);
  return tau >= input->from - slack && tau <= input->to + slack;
}

/* The row of a reference among those of the window; -1 where it isn't there. */
static int64_t row_of(const dw_archive_spectra *utc, int64_t first, int64_t times, double tau) {
  for (int64_t t = 0; t < times; t++) {
    if (fabs(utc->tau[first + t] - tau) <= 1e-9 * tau) {
      return t;
    }
  }
  return -1;
}

static dw_status excerpt_make(excerpt *e, const dw_analyse_input *input, const dw_archive *run, int64_t shell) {
  const dw_archive_spectra *utc = &run->utc;
  const double *all = dw_archive_value(utc, "value");
  const double *etc = dw_archive_value(&run->etc, "value");
  int64_t first = 0;
  memset(e, 0, sizeof *e);
  for (int64_t t = utc->rows - 1; t >= 0; t--) {
    if (is_within(input, utc->tau[t])) {
      first = t;
      e->times++;
    }
  }
  const size_t reals = (size_t)(e->times * (2 + utc->references) + utc->references) + 1;
  DW_TRY(dw_alloc(&e->block, reals, sizeof(double), "coherence of references"));
  e->x = e->block;
  e->etc = e->x + e->times;
  e->utc = e->etc + e->times;
  e->at = (int64_t *)(e->utc + utc->references * e->times);
  for (int64_t t = 0; t < e->times; t++) {
    e->x[t] = utc->k[shell] * utc->tau[first + t];
    e->etc[t] = etc[(first + t) * run->etc.shells + shell];
  }
  for (int64_t r = 0; r < utc->references; r++) {
    const int64_t at = row_of(utc, first, e->times, utc->reference_tau[r]);
    for (int64_t t = 0; at >= 0 && t < e->times; t++) {
      e->utc[e->references * e->times + t] = all[(r * utc->rows + first + t) * utc->shells + shell];
    }
    if (at >= 0) {
      e->at[e->references++] = at;
    }
  }
  return DW_OK;
}

/* Of one member. */
static dw_status add_references(const dw_analyse_input *input, const dw_archive *run, int64_t shell,
                                dw_coherence_data *data) {
  excerpt e;
  dw_utc_estimate estimate = {.utc = NULL};
  DW_TRY(excerpt_make(&e, input, run, shell));
  dw_status status = DW_OK;
  if (e.references > 0 && e.times >= 2) {
    const double count = (double)run->utc.count[shell];
    status = dw_utc_estimate_reference(&estimate, e.references, e.times, e.at, e.utc, e.etc, count);
    if (status == DW_OK) {
      status = dw_coherence_data_add_reference(data, &estimate, e.at, e.x, 2.0 * count);
    }
  }
  dw_utc_estimate_destroy(&estimate);
  dw_free(e.block);
  return status;
}

dw_status dw_analyse_coherence_add(const dw_analyse_input *input, int64_t shell, dw_coherence_data *data) {
  if (dw_analyse_has_tracks(input)) {
    return add_tracks(input, shell, data);
  }
  for (int r = 0; r < input->runs; r++) {
    DW_TRY(add_references(input, input->run[r], shell, data));
  }
  return DW_OK;
}

dw_status dw_analyse_coherence_fit(const dw_analyse_input *input, dw_coherence_data *data,
                                   dw_coherence_comparison *comparison, bool *known) {
  const int64_t shells = dw_analyse_unequal_shells(input);
  *known = false;
  memset(comparison, 0, sizeof *comparison);
  DW_TRY(dw_coherence_data_create(data, shells * input->runs, DW_ANALYSE_BINS, DW_ANALYSE_BIN));
  for (int64_t n = 0; n < shells; n++) {
    DW_TRY(dw_analyse_coherence_add(input, n, data));
  }
  *known = dw_coherence_data_entries(data) >= 2;
  return *known ? dw_coherence_compare(data, comparison) : DW_OK;
}

/* --- the section --- */

/* What is told of a fit, one line each. */
static dw_status tell_fit(const dw_coherence_fit *fit, dw_findings *findings) {
  char scale[64] = "";
  if (!isnan(fit->scale)) {
    (void)snprintf(scale, sizeof scale, "x_c = %.4g +- %.2g%s", fit->scale, fit->scale_error,
                   fit->limit ? " (a bound)" : "");
  }
  return dw_findings_line(findings, "  %-12s chi^2/dof = %8.4g/%.3g, p = %-8.2g %s", fit->model->name, fit->chi2,
                          fit->dof, fit->p, scale);
}

static dw_status tell_all(const dw_coherence_comparison *comparison, dw_findings *findings) {
  for (int m = 0; m < DW_COHERENCE_MODELS; m++) {
    const dw_coherence_fit *fit = &comparison->fit[m];
    const double row[6] = {fit->scale, fit->scale_error, fit->chi2, fit->dof, fit->p, fit->limit ? 1.0 : 0.0};
    const int64_t shape = 6;
    char path[64];
    (void)snprintf(path, sizeof path, "coherence/%s", fit->model->name);
    DW_TRY(tell_fit(fit, findings));
    DW_TRY(dw_findings_reals(findings, path, 1, &shape, row, "1",
                             "all shells: x_c, its error, chi^2, degrees of freedom, p, 1 if x_c is a bound"));
  }
  const char *best = dw_coherence_models[comparison->best].name;
  DW_TRY(dw_findings_word(findings, "coherence/best", best));
  DW_TRY(dw_findings_word(findings, "coherence/verdict", comparison->fits ? best : "none fits"));
  return comparison->fits
             ? dw_findings_line(findings, "  best: %s", best)
             : dw_findings_line(findings, "  none of the models fits (p < %g); nearest: %s", DW_COHERENCE_P, best);
}

/* The coherence against the lag |k tau1 - k tau2|, as rows lag, C, error, pairs. */
static dw_status tell_table(const dw_coherence_table *table, dw_findings *findings) {
  double row[DW_ANALYSE_BINS][4];
  for (int64_t i = 0; i < table->bins && i < DW_ANALYSE_BINS; i++) {
    const dw_coherence_row r = dw_coherence_table_row(table, i);
    row[i][0] = r.lag;
    row[i][1] = r.coherence;
    row[i][2] = r.error;
    row[i][3] = (double)r.pairs;
  }
  const int64_t shape[2] = {DW_ANALYSE_BINS, 4};
  const dw_coherence_weight weight = dw_coherence_table_weight(table);
  DW_TRY(dw_findings_reals(findings, "coherence/table", 2, shape, &row[0][0], "1",
                           "all shells: lag |k tau1 - k tau2|, mean coherence, its error, pairs"));
  DW_TRY(dw_findings_real(findings, "coherence/weight", weight.value, "1",
                          "integral of the coherence over k tau1 - k tau2"));
  return dw_findings_line(findings, "  coherence time (its integral over the lag): %.4g +- %.2g/k%s", weight.value,
                          weight.error, weight.complete ? "" : ", a lower limit");
}

/* Numbers of one shell: for each model x_c, error, chi^2, dof, p; and the best one. */
enum { NUMBERS = 5 };

typedef struct by_shell {
  double *number; /* (K, models, NUMBERS); owned */
  double *k;      /* (K) */
  int64_t *best;  /* (K): index of the model, -1 none fits, -2 not known */
} by_shell;

static void note_shell(by_shell *of, int64_t n, bool known, const dw_coherence_comparison *comparison) {
  for (int m = 0; m < DW_COHERENCE_MODELS; m++) {
    const dw_coherence_fit *fit = &comparison->fit[m];
    const double numbers[NUMBERS] = {fit->scale, fit->scale_error, fit->chi2, fit->dof, fit->p};
    for (int i = 0; i < NUMBERS; i++) {
      of->number[(n * DW_COHERENCE_MODELS + m) * NUMBERS + i] = known ? numbers[i] : (double)NAN;
    }
  }
  of->best[n] = !known ? -2 : comparison->fits ? comparison->best : -1;
}

static dw_status fit_shell(const dw_analyse_input *input, int64_t n, by_shell *of) {
  dw_coherence_data data = {.room = 0};
  dw_coherence_comparison comparison = {.best = 0};
  dw_status status = dw_coherence_data_create(&data, input->runs, DW_ANALYSE_BINS, DW_ANALYSE_BIN);
  if (status == DW_OK) {
    status = dw_analyse_coherence_add(input, n, &data);
  }
  const bool known = status == DW_OK && dw_coherence_data_entries(&data) >= 2;
  if (known) {
    status = dw_coherence_compare(&data, &comparison);
  }
  dw_coherence_data_destroy(&data);
  note_shell(of, n, known, &comparison);
  return status;
}

static dw_status tell_shells(const by_shell *of, int64_t shells, dw_findings *findings) {
  const int64_t shape[3] = {shells, DW_COHERENCE_MODELS, NUMBERS};
  DW_TRY(dw_findings_reals(findings, "coherence/k", 1, &shells, of->k, "m", "mean comoving |k| of each shell (K)"));
  DW_TRY(dw_findings_reals(findings, "coherence/shells", 3, shape, of->number, "1",
                           "each shell and model (coherent, incoherent, top-hat, gaussian): x_c, its error, chi^2, "
                           "degrees of freedom, p (K,4,5)"));
  DW_TRY(dw_findings_ints(findings, "coherence/shell_best", 1, &shells, of->best, "1",
                          "model that fits a shell best, by index; -1 none fits, -2 too few modes or times (K)"));
  int64_t none = 0;
  int64_t unknown = 0;
  int64_t gaussian = 0;
  for (int64_t n = 0; n < shells; n++) {
    none += of->best[n] == -1;
    unknown += of->best[n] == -2;
    gaussian += of->best[n] >= 0 && strcmp(dw_coherence_models[of->best[n]].name, "gaussian") == 0;
  }
  return dw_findings_line(
      findings, "  shell by shell: gaussian in %lld of %lld, none fits in %lld, too few modes or times in %lld",
      (long long)gaussian, (long long)shells, (long long)none, (long long)unknown);
}

static dw_status fit_shells(const dw_analyse_input *input, dw_findings *findings) {
  const int64_t shells = dw_analyse_unequal_shells(input);
  const int64_t numbers = shells * DW_COHERENCE_MODELS * NUMBERS;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(numbers + 2 * shells), sizeof(double), "coherence of shells"));
  by_shell of = {.number = block};
  of.k = of.number + numbers;
  of.best = (int64_t *)(of.k + shells);
  const dw_archive *run = input->run[0];
  const double *k = dw_analyse_has_tracks(input) ? run->tracks.shell_k : run->utc.k;
  memcpy(of.k, k, (size_t)shells * sizeof *k);
  dw_status status = DW_OK;
  for (int64_t n = 0; n < shells && status == DW_OK; n++) {
    status = fit_shell(input, n, &of);
  }
  if (status == DW_OK) {
    status = tell_shells(&of, shells, findings);
  }
  dw_free(block);
  return status;
}

/* The coherence of all pairs of times, from tracks: (K,S,S) with its error, and the times. */
typedef struct matrix {
  int64_t samples;
  double *tau;   /* (S); owns the others */
  double *value; /* (K,S,S) */
  double *error; /* (K,S,S) */
} matrix;

static dw_status matrix_take(matrix *m, const dw_analyse_input *input, int64_t shell, int64_t shells) {
  dw_analyse_shell of;
  dw_utc_estimate estimate = {.utc = NULL};
  void *block = NULL;
  dw_status status = dw_analyse_shell_make(&of, input, shell, input->from, input->to, DW_ANALYSE_TIMES);
  const int64_t pairs = of.samples * of.samples;
  if (status == DW_OK && m->tau == NULL) {
    m->samples = of.samples;
    status = dw_alloc(&block, (size_t)(of.samples + 2 * shells * pairs) + 1, sizeof(double), "coherence of all times");
    m->tau = block;
    m->value = m->tau + of.samples;
    m->error = m->value + shells * pairs;
  }
  if (status == DW_OK && of.samples >= 2 && of.modes >= 2) {
    const dw_utc_tracks tracks = {.samples = of.samples, .modes = of.modes, .amplitude = of.amplitude};
    status = dw_utc_estimate_tracks(&estimate, &tracks);
  }
  for (int64_t i = 0; status == DW_OK && i < pairs; i++) {
    m->tau[i / of.samples] = of.tau[i / of.samples];
    m->value[shell * pairs + i] = estimate.utc != NULL ? estimate.coherence[i] : (double)NAN;
    m->error[shell * pairs + i] = estimate.utc != NULL ? estimate.error[i] : (double)NAN;
  }
  dw_utc_estimate_destroy(&estimate);
  dw_analyse_shell_free(&of);
  return status;
}

static dw_status tell_matrix(const dw_analyse_input *input, dw_findings *findings) {
  matrix m = {.samples = 0};
  const int64_t shells = dw_analyse_unequal_shells(input);
  dw_status status = DW_OK;
  for (int64_t n = 0; n < shells && status == DW_OK; n++) {
    status = matrix_take(&m, input, n, shells);
  }
  const int64_t shape[3] = {shells, m.samples, m.samples};
  if (status == DW_OK && m.samples > 0) {
    status = dw_findings_reals(findings, "coherence/tau", 1, &m.samples, m.tau, "1/m", "conformal times (S)");
    if (status == DW_OK) {
      status = dw_findings_reals(findings, "coherence/matrix", 3, shape, m.value, "1",
                                 "C(k tau1, k tau2) of each shell (K,S,S)");
    }
    if (status == DW_OK) {
      status = dw_findings_reals(findings, "coherence/matrix_error", 3, shape, m.error, "1",
                                 "its standard error, by a jackknife over modes (K,S,S)");
    }
  }
  dw_free(m.tau);
  return status;
}

dw_status dw_analyse_coherence(const dw_analyse_input *input, dw_findings *findings) {
  dw_coherence_data data = {.room = 0};
  dw_coherence_comparison comparison;
  bool known = false;
  DW_TRY(dw_findings_line(findings, "coherence    of the stress, from %s",
                          dw_analyse_has_tracks(input) ? "tracks of modes" : "reference times"));
  dw_status status = dw_analyse_coherence_fit(input, &data, &comparison, &known);
  if (status == DW_OK) {
    status = tell_table(&data.table, findings);
  }
  if (status == DW_OK) {
    status = known ? tell_all(&comparison, findings)
                   : dw_findings_line(findings,
                                      "  too few modes or times in the window for a fit; --from takes in earlier ones");
  }
  dw_coherence_data_destroy(&data);
  DW_TRY(status);
  DW_TRY(fit_shells(input, findings));
  return dw_analyse_has_tracks(input) ? tell_matrix(input, findings) : DW_OK;
}
