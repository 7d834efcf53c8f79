/* Section route: gravitational waves from the stress at unequal times, against those that were evolved, and what each
 * assumption about the coherence makes of the equal-time correlator. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/analyse_route_private.h"
#include "app/analyse_shell.h"
#include "base/memory.h"

static const char DENSITY[] = "m^2 eta^4/M_P^2";

static const struct {
  const char *name;
  const char *unit;
  const char *doc;
} field[DW_FOUND_FIELDS] = {
    [DW_FOUND_K] = {"k", "m", "mean comoving |k| of each shell (K)"},
    [DW_FOUND_X] = {"x", "1", "k tau (K)"},
    [DW_FOUND_MODES] = {"modes", "1", "tracked modes of all runs (K)"},
    [DW_FOUND_EVOLVED] = {"evolved", DENSITY, "drho_dlnk as evolved (K)"},
    [DW_FOUND_EVOLVED_AVERAGED] = {"evolved_averaged", DENSITY, "drho_dlnk_averaged as evolved (K)"},
    [DW_FOUND_ROUTE] = {"drho_dlnk", DENSITY, "drho_dlnk from the stress at unequal times (K)"},
    [DW_FOUND_ROUTE_ERROR] = {"drho_dlnk_error", DENSITY, "its standard error for the modes that were tracked (K)"},
    [DW_FOUND_ROUTE_AVERAGED] = {"drho_dlnk_averaged", DENSITY, "the same averaged over an oscillation (K)"},
    [DW_FOUND_SPACING_ERROR] = {"spacing_error", "1", "relative error from the spacing of the samples (K)"},
    [DW_FOUND_WELL_SAMPLED] = {"well_sampled", "1", "1 where modes and samples suffice (K)"},
    [DW_FOUND_COHERENT] = {"coherent", DENSITY, "drho_dlnk from the equal-time correlator, C = 1 (K)"},
    [DW_FOUND_INCOHERENT] = {"incoherent", DENSITY, "the same, C a delta with the fitted weight (K)"},
    [DW_FOUND_TOP_HAT] = {"top-hat", DENSITY, "the same, C the fitted top hat (K)"},
    [DW_FOUND_GAUSSIAN] = {"gaussian", DENSITY, "the same, C the fitted Gaussian (K)"},
    [DW_FOUND_EIGEN_90] = {"eigenmodes_90", "1", "eigenmodes that give 90 % of drho_dlnk (K)"},
    [DW_FOUND_EIGEN_99] = {"eigenmodes_99", "1", "eigenmodes that give 99 % of it (K)"},
    [DW_FOUND_EIGEN_NEGATIVE] = {"eigenvalues_negative", "1", "negative eigenvalues over the trace (K)"},
};

/* --- times --- */

/* The step of the source's start is the multiple of gw.coarsening nearest to gw.start (docs/conventions.md). */
static double source_start(const dw_archive *run) {
  const int64_t *step = run->gw.step;
  const double *tau = run->gw.tau;
  const int64_t last = run->gw.rows - 1;
  const double first = dw_archive_tau_first(run);
  if (run->params.gw.start <= first || last == 0) {
    return first;
  }
  const double unit = (tau[last] - tau[0]) / (double)(step[last] - step[0]) * (double)run->params.gw.coarsening;
  return first + unit * floor((run->params.gw.start - first) / unit + 0.5);
}

/* The last spectra of the window. */
static void choose_times(dw_route_job *j) {
  const dw_archive *run = j->input->run[0];
  const dw_archive_tracks *tracks = &run->tracks;
  j->end = dw_analyse_last_time(j->input);
  j->a = run->gw.a[dw_analyse_row(&run->gw, j->end)];
  j->start = source_start(run);
  j->from = j->start;
  j->to = j->end;
  for (int64_t s = 0; s < tracks->samples; s++) { /* the last one up to the start, the first one from the end on */
    j->from = tracks->tau[s] <= j->start * (1.0 + DW_ROUTE_SLACK) ? tracks->tau[s] : j->from;
    const int64_t back = tracks->samples - 1 - s;
    j->to = tracks->tau[back] >= j->end * (1.0 - DW_ROUTE_SLACK) ? tracks->tau[back] : j->to;
  }
}

/* Mean over the members at the end. */
static double evolved(const dw_route_job *j, const char *name, int64_t shell) {
  double sum = 0.0;
  for (int r = 0; r < j->input->runs; r++) {
    const dw_archive_spectra *gw = &j->input->run[r]->gw;
    sum += dw_archive_value(gw, name)[dw_analyse_row(gw, j->end) * gw->shells + shell];
  }
  return sum / j->input->runs;
}

/* --- the section --- */

static dw_status fill(dw_route_job *j) {
  const bool has_tracks = dw_analyse_has_tracks(j->input);
  const dw_archive_spectra *gw = &j->input->run[0]->gw;
  for (int64_t n = 0; n < j->shells; n++) {
    double *line = j->table[n];
    for (int i = 0; i < DW_FOUND_FIELDS; i++) {
      line[i] = (double)NAN;
    }
    line[DW_FOUND_K] = gw->k[n];
    line[DW_FOUND_X] = gw->k[n] * j->end;
    line[DW_FOUND_MODES] = 0.0;
    line[DW_FOUND_WELL_SAMPLED] = 0.0;
    line[DW_FOUND_EVOLVED] = evolved(j, "drho_dlnk", n);
    line[DW_FOUND_EVOLVED_AVERAGED] = evolved(j, "drho_dlnk_averaged", n);
    if (has_tracks) {
      DW_TRY(dw_route_take_tracks(j, n, line));
    }
    DW_TRY(dw_route_take_assumed(j, n, line));
  }
  return DW_OK;
}

static dw_status tell_arrays(const dw_route_job *j, dw_findings *findings) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)j->shells + 1, sizeof(double), "second route"));
  double *column = block;
  dw_status status = DW_OK;
  for (int i = 0; i < DW_FOUND_FIELDS && status == DW_OK; i++) {
    char path[64];
    (void)snprintf(path, sizeof path, "route/%s", field[i].name);
    for (int64_t n = 0; n < j->shells; n++) {
      column[n] = j->table[n][i];
    }
    status = dw_findings_reals(findings, path, 1, &j->shells, column, field[i].unit, field[i].doc);
  }
  dw_free(block);
  return status;
}

static dw_status tell_lines(const dw_route_job *j, bool has_tracks, dw_findings *findings) {
  DW_TRY(dw_findings_line(findings, "  %8s %7s %10s | over it: %8s %8s %8s %8s%s", "k", "k tau", "evolved", "coherent",
                          "incoh.", "top-hat", "gaussian",
                          has_tracks ? " | from UTC    error averaged  modes | 90 % 99 %" : ""));
  for (int64_t n = 0; n < j->shells; n++) {
    const double *l = j->table[n];
    const double by = 1.0 / l[DW_FOUND_EVOLVED];
    char tracks[96] = "";
    if (has_tracks) {
      (void)snprintf(tracks, sizeof tracks, " | %8.4f %8.4f %8.4f %6.0f | %4.0f %4.0f%s", l[DW_FOUND_ROUTE] * by,
                     l[DW_FOUND_ROUTE_ERROR] * by, l[DW_FOUND_ROUTE_AVERAGED] / l[DW_FOUND_EVOLVED_AVERAGED],
                     l[DW_FOUND_MODES], l[DW_FOUND_EIGEN_90], l[DW_FOUND_EIGEN_99],
                     l[DW_FOUND_WELL_SAMPLED] > 0.0 ? "" : "  badly sampled");
    }
    DW_TRY(dw_findings_line(findings, "  %8.4g %7.4g %10.4g |          %8.3f %8.3f %8.3f %8.3f%s", l[DW_FOUND_K],
                            l[DW_FOUND_X], l[DW_FOUND_EVOLVED], l[DW_FOUND_COHERENT] * by, l[DW_FOUND_INCOHERENT] * by,
                            l[DW_FOUND_TOP_HAT] * by, l[DW_FOUND_GAUSSIAN] * by, tracks));
  }
  return DW_OK;
}

static dw_status tell_summary(const dw_route_job *j, dw_findings *findings) {
  int64_t good = 0;
  int64_t within = 0;
  double worst = 0.0;
  double negative = 0.0;
  for (int64_t n = 0; n < j->shells; n++) {
    const double *l = j->table[n];
    const double off = fabs(l[DW_FOUND_ROUTE] / l[DW_FOUND_EVOLVED] - 1.0);
    if (l[DW_FOUND_WELL_SAMPLED] > 0.0) {
      good++;
      within += off <= 0.1;
      worst = fmax(worst, off);
    }
    negative = fmax(negative, -l[DW_FOUND_EIGEN_NEGATIVE]);
  }
  const int64_t counts[3] = {good, within, j->shells};
  const int64_t shape = 3;
  DW_TRY(dw_findings_ints(findings, "route/within", 1, &shape, counts, "1",
                          "well sampled shells, those of them within 10 % of the evolved spectrum, all shells"));
  DW_TRY(dw_findings_line(findings, "  negative eigenvalues: at most %.2g of the trace", negative));
  return dw_findings_line(findings,
                          "  from the UTC within 10 %% of the evolved spectrum in %lld of %lld well sampled shells "
                          "(worst %.3g %%), of %lld",
                          (long long)within, (long long)good, 100.0 * worst, (long long)j->shells);
}

static dw_status tell(const dw_route_job *j, dw_findings *findings) {
  const bool has_tracks = dw_analyse_has_tracks(j->input);
  DW_TRY(dw_findings_line(findings, "route        to gravitational waves at tau = %.6g, sourced from tau = %.6g",
                          j->end, j->start));
  DW_TRY(dw_findings_real(findings, "route/tau", j->end, "1/m", "conformal time of the spectra compared"));
  DW_TRY(dw_findings_real(findings, "route/start", j->start, "1/m", "conformal time from which the stress sources"));
  DW_TRY(tell_arrays(j, findings));
  DW_TRY(tell_lines(j, has_tracks, findings));
  if (!has_tracks) {
    return dw_findings_line(findings,
                            "  no tracks of modes (analysis.tracks): only the assumptions about the coherence");
  }
  return tell_summary(j, findings);
}

static dw_status work(dw_route_job *j, dw_findings *findings) {
  const dw_archive *run = j->input->run[0];
  dw_coherence_data data = {.room = 0};
  dw_green_init(&j->green, &run->model.background);
  choose_times(j);
  dw_status status = dw_analyse_coherence_fit(j->input, &data, &j->coherence, &j->known);
  dw_coherence_data_destroy(&data);
  if (status == DW_OK) {
    status = fill(j);
  }
  return status == DW_OK ? tell(j, findings) : status;
}

dw_status dw_analyse_route(const dw_analyse_input *input, dw_findings *findings) {
  const int64_t unequal = dw_analyse_unequal_shells(input);
  dw_route_job j = {.input = input, .shells = input->run[0]->gw.shells};
  j.shells = unequal < j.shells ? unequal : j.shells;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)j.shells + 1, sizeof *j.table, "second route"));
  j.table = block;
  const dw_status status = work(&j, findings);
  dw_free(block);
  return status;
}
