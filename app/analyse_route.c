/* Section route: gravitational waves from the stress at unequal times, against those that were evolved, and what each
 * assumption about the coherence makes of the equal-time correlator. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/post/eigen.h"
#include "analysis/post/route_models.h"
#include "analysis/post/route_modes.h"
#include "app/analyse_coherence.h"
#include "app/analyse_shell.h"
#include "base/memory.h"

/* Samples that eigenmodes are taken of at most; the time goes with the third power. */
enum { EIGEN_SAMPLES = 256 };

/* A shell counts as well sampled where the spacing of the samples costs less than this share of the energy, the waves
 * turn by less than that within the time that the samples leave out at start or end, and the modes that were tracked
 * are all of it or give its mean to this accuracy. */
static const double MOST_SPACING_ERROR = 0.02;
static const double MOST_PHASE_LEFT_OUT = 0.02;
static const double MOST_ERROR = 0.05;

static const double SLACK = 1e-9; /* of a time */

/* What is told of each shell, (K) arrays of analysis.h5. */
enum {
  K,
  X,
  MODES,
  EVOLVED,
  EVOLVED_AVERAGED,
  ROUTE,
  ROUTE_ERROR,
  ROUTE_AVERAGED,
  SPACING_ERROR,
  WELL_SAMPLED,
  COHERENT,
  INCOHERENT,
  TOP_HAT,
  GAUSSIAN,
  EIGEN_90,
  EIGEN_99,
  EIGEN_NEGATIVE,
  FIELDS
};

static const char DENSITY[] = "m^2 eta^4/M_P^2";

static const struct {
  const char *name;
  const char *unit;
  const char *doc;
} field[FIELDS] = {
    [K] = {"k", "m", "mean comoving |k| of each shell (K)"},
    [X] = {"x", "1", "k tau (K)"},
    [MODES] = {"modes", "1", "tracked modes of all runs (K)"},
    [EVOLVED] = {"evolved", DENSITY, "drho_dlnk as evolved (K)"},
    [EVOLVED_AVERAGED] = {"evolved_averaged", DENSITY, "drho_dlnk_averaged as evolved (K)"},
    [ROUTE] = {"drho_dlnk", DENSITY, "drho_dlnk from the stress at unequal times (K)"},
    [ROUTE_ERROR] = {"drho_dlnk_error", DENSITY, "its standard error for the modes that were tracked (K)"},
    [ROUTE_AVERAGED] = {"drho_dlnk_averaged", DENSITY, "the same averaged over an oscillation (K)"},
    [SPACING_ERROR] = {"spacing_error", "1", "relative error from the spacing of the samples (K)"},
    [WELL_SAMPLED] = {"well_sampled", "1", "1 where modes and samples suffice (K)"},
    [COHERENT] = {"coherent", DENSITY, "drho_dlnk from the equal-time correlator, C = 1 (K)"},
    [INCOHERENT] = {"incoherent", DENSITY, "the same, C a delta with the fitted weight (K)"},
    [TOP_HAT] = {"top-hat", DENSITY, "the same, C the fitted top hat (K)"},
    [GAUSSIAN] = {"gaussian", DENSITY, "the same, C the fitted Gaussian (K)"},
    [EIGEN_90] = {"eigenmodes_90", "1", "eigenmodes that give 90 % of drho_dlnk (K)"},
    [EIGEN_99] = {"eigenmodes_99", "1", "eigenmodes that give 99 % of it (K)"},
    [EIGEN_NEGATIVE] = {"eigenvalues_negative", "1", "negative eigenvalues over the trace (K)"},
};

typedef struct job {
  const dw_analyse_input *input;
  dw_green green;
  double start; /* of the source, 1/m */
  double end;   /* of the row compared with, 1/m */
  double a;     /* there */
  double from;  /* of the samples of tracks that are needed: beyond start and end where these lie between samples */
  double to;
  int64_t shells; /* K */
  dw_coherence_comparison coherence;
  bool known; /* the coherence was fitted */
  double (*table)[FIELDS];
} job;

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
static void choose_times(job *j) {
  const dw_archive *run = j->input->run[0];
  const dw_archive_tracks *tracks = &run->tracks;
  j->end = dw_analyse_last_time(j->input);
  j->a = run->gw.a[dw_analyse_row(&run->gw, j->end)];
  j->start = source_start(run);
  j->from = j->start;
  j->to = j->end;
  for (int64_t s = 0; s < tracks->samples; s++) { /* the last one up to the start, the first one from the end on */
    j->from = tracks->tau[s] <= j->start * (1.0 + SLACK) ? tracks->tau[s] : j->from;
    const int64_t back = tracks->samples - 1 - s;
    j->to = tracks->tau[back] >= j->end * (1.0 - SLACK) ? tracks->tau[back] : j->to;
  }
}

/* Mean over the members at the end. */
static double evolved(const job *j, const char *name, int64_t shell) {
  double sum = 0.0;
  for (int r = 0; r < j->input->runs; r++) {
    const dw_archive_spectra *gw = &j->input->run[r]->gw;
    sum += dw_archive_value(gw, name)[dw_analyse_row(gw, j->end) * gw->shells + shell];
  }
  return sum / j->input->runs;
}

/* --- from the tracks --- */

static dw_route route_of(const job *j, const dw_analyse_shell *of, double start) {
  return (dw_route){.green = &j->green,
                    .count = (int)of->samples,
                    .tau = of->tau,
                    .start = start,
                    .end = j->end,
                    .a = j->a,
                    .rule = DW_ROUTE_CUBIC};
}

static dw_status take_modes(const job *j, const dw_analyse_shell *of, double *line) {
  const dw_route route = route_of(j, of, j->start);
  dw_route_gw mean;
  dw_route_gw error;
  DW_TRY(dw_route_modes(&route, (int)of->modes, of->k_mode, of->amplitude, &mean, &error));
  line[MODES] = (double)of->modes;
  /* <k> of the whole shell instead of that of the sample */
  double k_sample = 0.0;
  for (int64_t m = 0; m < of->modes; m++) {
    k_sample += of->k_mode[m] / (double)of->modes;
  }
  const double factor = pow(of->k / k_sample, 3.0);
  line[ROUTE] = factor * mean.drho_dlnk;
  line[ROUTE_ERROR] = factor * error.drho_dlnk;
  line[ROUTE_AVERAGED] = factor * mean.averaged;
  return DW_OK;
}

/* What the spacing of the samples costs: the route with every second sample, both from that one's first time on. Cubic
 * interpolation is of order four, so the difference is fifteen times the error of all samples. */
static dw_status take_spacing(const job *j, const dw_analyse_shell *of, int64_t shell, double *line) {
  dw_analyse_shell half;
  dw_status status = dw_analyse_shell_make(&half, j->input, shell, j->from, j->to, (of->samples + 1) / 2);
  if (status == DW_OK && half.samples >= 4) {
    const double start = fmax(j->start, half.tau[0]);
    const dw_route fine = route_of(j, of, start);
    const dw_route coarse = route_of(j, &half, start);
    dw_route_gw energy[2];
    dw_route_gw unused;
    status = dw_route_modes(&fine, (int)of->modes, of->k_mode, of->amplitude, &energy[0], &unused);
    if (status == DW_OK) {
      status = dw_route_modes(&coarse, (int)half.modes, half.k_mode, half.amplitude, &energy[1], &unused);
    }
    if (status == DW_OK) {
      line[SPACING_ERROR] = fabs(energy[1].averaged / energy[0].averaged - 1.0) / 15.0;
    }
  }
  dw_analyse_shell_free(&half);
  return status;
}

static bool is_well_sampled(const job *j, const dw_analyse_shell *of, int64_t shell, const double *line) {
  const dw_archive_tracks *tracks = &j->input->run[0]->tracks;
  const double left_out = fmax(0.0, of->tau[0] - j->start) + fmax(0.0, j->end - of->tau[of->samples - 1]);
  const bool complete = 2 * (tracks->first[shell + 1] - tracks->first[shell]) == tracks->shell_count[shell];
  const bool accurate = line[ROUTE_ERROR] <= MOST_ERROR * line[ROUTE];
  return line[SPACING_ERROR] <= MOST_SPACING_ERROR && of->k * left_out <= MOST_PHASE_LEFT_OUT && (complete || accurate);
}

/* How many eigenmodes of a shell's correlator make its waves. */
static void count_eigenmodes(const dw_eigen *eigen, const double *weight_rate, double *share, double *line) {
  double trace = 0.0;
  dw_eigen_shares(eigen, weight_rate, share);
  for (int i = 0; i < eigen->count; i++) {
    trace += eigen->value[i];
  }
  line[EIGEN_90] = dw_eigen_enough(eigen->count, share, 0.9);
  line[EIGEN_99] = dw_eigen_enough(eigen->count, share, 0.99);
  line[EIGEN_NEGATIVE] = eigen->negative_sum / trace;
}

static dw_status find_eigenmodes(const job *j, const dw_analyse_shell *of, double *line) {
  const size_t n = (size_t)of->samples;
  const dw_route route = route_of(j, of, j->start);
  dw_eigen eigen = {.count = 0};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, n * (n + 3), sizeof(double), "eigenmodes"));
  double *weight_h = block;
  double *weight_rate = weight_h + n;
  double *share = weight_rate + n;
  double *utc = share + n;
  dw_route_mode_correlator((int)n, (int)of->modes, of->amplitude, utc);
  dw_status status = dw_route_weights(&route, of->k, weight_h, weight_rate);
  if (status == DW_OK) {
    status = dw_eigen_init(&eigen, (int)n, of->tau, utc);
  }
  if (status == DW_OK) {
    count_eigenmodes(&eigen, weight_rate, share, line);
  }
  dw_eigen_finalize(&eigen);
  dw_free(block);
  return status;
}

static dw_status take_eigenmodes(const job *j, int64_t shell, double *line) {
  dw_analyse_shell of;
  dw_status status = dw_analyse_shell_make(&of, j->input, shell, j->from, j->to, EIGEN_SAMPLES);
  if (status == DW_OK && of.samples >= 2 && of.modes >= 1) {
    status = find_eigenmodes(j, &of, line);
  }
  dw_analyse_shell_free(&of);
  return status;
}

static dw_status take_tracks(const job *j, int64_t shell, double *line) {
  dw_analyse_shell of;
  dw_status status = dw_analyse_shell_make(&of, j->input, shell, j->from, j->to, 0);
  if (status == DW_OK && of.samples >= 2 && of.modes >= 1) {
    status = take_modes(j, &of, line);
    if (status == DW_OK) {
      status = take_spacing(j, &of, shell, line);
    }
    if (status == DW_OK) {
      line[WELL_SAMPLED] = is_well_sampled(j, &of, shell, line) ? 1.0 : 0.0;
    }
  }
  dw_analyse_shell_free(&of);
  DW_TRY(status);
  return take_eigenmodes(j, shell, line);
}

/* --- from the equal-time correlator with an assumption --- */

static const struct {
  const char *name;
  dw_coherence model;
  int field;
} assumptions[] = {
    {"coherent", DW_COHERENCE_FULL, COHERENT},
    {"incoherent", DW_COHERENCE_NONE, INCOHERENT},
    {"top-hat", DW_COHERENCE_TOP_HAT, TOP_HAT},
    {"gaussian", DW_COHERENCE_GAUSSIAN, GAUSSIAN},
};

static double scale_of(const dw_coherence_comparison *comparison, const char *name) {
  for (int m = 0; m < DW_COHERENCE_MODELS; m++) {
    if (strcmp(comparison->fit[m].model->name, name) == 0) {
      return comparison->fit[m].scale;
    }
  }
  return (double)NAN;
}

/* Mean over the members of the equal-time correlator at a time; 0 where one of them has none. */
static double correlator_at(const job *j, int64_t shell, double tau) {
  double sum = 0.0;
  for (int r = 0; r < j->input->runs; r++) {
    const dw_archive_spectra *spectra = &j->input->run[r]->etc;
    const int64_t row = dw_analyse_row(spectra, tau);
    if (row < 0) {
      return 0.0;
    }
    sum += dw_archive_value(spectra, "value")[row * spectra->shells + shell] / j->input->runs;
  }
  return sum;
}

/* Times while the source acts, with one beyond its start where that lies between them, and the equal-time correlator of
 * a shell; returns how many. */
static int correlator_rows(const job *j, int64_t shell, double *tau, double *etc) {
  const dw_archive_spectra *first = &j->input->run[0]->etc;
  int count = 0;
  for (int64_t t = 0; t < first->rows && first->tau[t] <= j->end * (1.0 + SLACK); t++) {
    const double value = correlator_at(j, shell, first->tau[t]);
    if (value > 0.0) {
      count = count > 0 && first->tau[t] <= j->start * (1.0 + SLACK) ? 0 : count;
      tau[count] = first->tau[t];
      etc[count++] = value;
    }
  }
  return count;
}

static dw_status take_assumptions(const job *j, int64_t shell, double *line) {
  void *block = NULL;
  const dw_archive_spectra *spectra = &j->input->run[0]->etc;
  DW_TRY(dw_alloc(&block, 2 * (size_t)spectra->rows, sizeof(double), "equal-time correlator"));
  double *tau = block;
  double *etc = tau + spectra->rows;
  const int count = correlator_rows(j, shell, tau, etc);
  const dw_route route = {.green = &j->green, .count = count, .tau = tau, .start = j->start, .end = j->end, .a = j->a};
  dw_status status = DW_OK;
  for (size_t i = 0; i < sizeof assumptions / sizeof assumptions[0] && status == DW_OK && count >= 3; i++) {
    const bool is_free = assumptions[i].model == DW_COHERENCE_FULL;
    const double x_c = is_free ? 1.0 : j->known ? scale_of(&j->coherence, assumptions[i].name) : (double)NAN;
    dw_route_gw gw = {.drho_dlnk = (double)NAN};
    if (x_c > 0.0 && isfinite(x_c)) {
      status = dw_route_model(&route, spectra->k[shell], etc, assumptions[i].model, x_c, &gw);
    }
    if (status == DW_ERR_PARAM) { /* a coherence time too short to be integrated */
      gw.drho_dlnk = (double)NAN;
      status = DW_OK;
    }
    line[assumptions[i].field] = gw.drho_dlnk;
  }
  dw_free(block);
  return status;
}

/* --- the section --- */

static dw_status fill(job *j) {
  const bool has_tracks = dw_analyse_has_tracks(j->input);
  const dw_archive_spectra *gw = &j->input->run[0]->gw;
  for (int64_t n = 0; n < j->shells; n++) {
    double *line = j->table[n];
    for (int i = 0; i < FIELDS; i++) {
      line[i] = (double)NAN;
    }
    line[K] = gw->k[n];
    line[X] = gw->k[n] * j->end;
    line[MODES] = 0.0;
    line[WELL_SAMPLED] = 0.0;
    line[EVOLVED] = evolved(j, "drho_dlnk", n);
    line[EVOLVED_AVERAGED] = evolved(j, "drho_dlnk_averaged", n);
    if (has_tracks) {
      DW_TRY(take_tracks(j, n, line));
    }
    DW_TRY(take_assumptions(j, n, line));
  }
  return DW_OK;
}

static dw_status tell_arrays(const job *j, dw_findings *findings) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)j->shells + 1, sizeof(double), "second route"));
  double *column = block;
  dw_status status = DW_OK;
  for (int i = 0; i < FIELDS && status == DW_OK; i++) {
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

static dw_status tell_lines(const job *j, bool has_tracks, dw_findings *findings) {
  DW_TRY(dw_findings_line(findings, "  %8s %7s %10s | over it: %8s %8s %8s %8s%s", "k", "k tau", "evolved", "coherent",
                          "incoh.", "top-hat", "gaussian",
                          has_tracks ? " | from UTC    error averaged  modes | 90 % 99 %" : ""));
  for (int64_t n = 0; n < j->shells; n++) {
    const double *l = j->table[n];
    const double by = 1.0 / l[EVOLVED];
    char tracks[96] = "";
    if (has_tracks) {
      (void)snprintf(tracks, sizeof tracks, " | %8.4f %8.4f %8.4f %6.0f | %4.0f %4.0f%s", l[ROUTE] * by,
                     l[ROUTE_ERROR] * by, l[ROUTE_AVERAGED] / l[EVOLVED_AVERAGED], l[MODES], l[EIGEN_90], l[EIGEN_99],
                     l[WELL_SAMPLED] > 0.0 ? "" : "  badly sampled");
    }
    DW_TRY(dw_findings_line(findings, "  %8.4g %7.4g %10.4g |          %8.3f %8.3f %8.3f %8.3f%s", l[K], l[X],
                            l[EVOLVED], l[COHERENT] * by, l[INCOHERENT] * by, l[TOP_HAT] * by, l[GAUSSIAN] * by,
                            tracks));
  }
  return DW_OK;
}

static dw_status tell_summary(const job *j, dw_findings *findings) {
  int64_t good = 0;
  int64_t within = 0;
  double worst = 0.0;
  double negative = 0.0;
  for (int64_t n = 0; n < j->shells; n++) {
    const double *l = j->table[n];
    const double off = fabs(l[ROUTE] / l[EVOLVED] - 1.0);
    if (l[WELL_SAMPLED] > 0.0) {
      good++;
      within += off <= 0.1;
      worst = fmax(worst, off);
    }
    negative = fmax(negative, -l[EIGEN_NEGATIVE]);
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

static dw_status tell(const job *j, dw_findings *findings) {
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

static dw_status work(job *j, dw_findings *findings) {
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
  job j = {.input = input, .shells = input->run[0]->gw.shells};
  j.shells = unequal < j.shells ? unequal : j.shells;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)j.shells + 1, sizeof *j.table, "second route"));
  j.table = block;
  const dw_status status = work(&j, findings);
  dw_free(block);
  return status;
}
