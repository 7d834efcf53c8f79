/* Section route: what the tracks of a shell give. */
#include <math.h>

#include "analysis/post/eigen.h"
#include "analysis/post/route_modes.h"
#include "app/analyse_route_private.h"
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

static dw_route route_of(const dw_route_job *j, const dw_analyse_shell *of, double start) {
  return (dw_route){.green = &j->green,
                    .count = (int)of->samples,
                    .tau = of->tau,
                    .start = start,
                    .end = j->end,
                    .a = j->a,
                    .rule = DW_ROUTE_CUBIC};
}

static dw_status take_modes(const dw_route_job *j, const dw_analyse_shell *of, double *line) {
  const dw_route route = route_of(j, of, j->start);
  dw_route_gw mean;
  dw_route_gw error;
  DW_TRY(dw_route_modes(&route, (int)of->modes, of->k_mode, of->amplitude, &mean, &error));
  line[DW_FOUND_MODES] = (double)of->modes;
  /* <k> of the whole shell instead of that of the sample */
  double k_sample = 0.0;
  for (int64_t m = 0; m < of->modes; m++) {
    k_sample += of->k_mode[m] / (double)of->modes;
  }
  const double factor = pow(of->k / k_sample, 3.0);
  line[DW_FOUND_ROUTE] = factor * mean.drho_dlnk;
  line[DW_FOUND_ROUTE_ERROR] = factor * error.drho_dlnk;
  line[DW_FOUND_ROUTE_AVERAGED] = factor * mean.averaged;
  return DW_OK;
}

/* What the spacing of the samples costs: the route with every second sample, both from that one's first time on. Cubic
 * interpolation is of order four, so the difference is fifteen times the error of all samples. */
static dw_status take_spacing(const dw_route_job *j, const dw_analyse_shell *of, int64_t shell, double *line) {
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
      line[DW_FOUND_SPACING_ERROR] = fabs(energy[1].averaged / energy[0].averaged - 1.0) / 15.0;
    }
  }
  dw_analyse_shell_free(&half);
  return status;
}

static bool is_well_sampled(const dw_route_job *j, const dw_analyse_shell *of, int64_t shell, const double *line) {
  const dw_archive_tracks *tracks = &j->input->run[0]->tracks;
  const double left_out = fmax(0.0, of->tau[0] - j->start) + fmax(0.0, j->end - of->tau[of->samples - 1]);
  const bool complete = 2 * (tracks->first[shell + 1] - tracks->first[shell]) == tracks->shell_count[shell];
  const bool accurate = line[DW_FOUND_ROUTE_ERROR] <= MOST_ERROR * line[DW_FOUND_ROUTE];
  return line[DW_FOUND_SPACING_ERROR] <= MOST_SPACING_ERROR && of->k * left_out <= MOST_PHASE_LEFT_OUT &&
         (complete || accurate);
}

/* How many eigenmodes of a shell's correlator make its waves. */
static void count_eigenmodes(const dw_eigen *eigen, const double *weight_rate, double *share, double *line) {
  double trace = 0.0;
  dw_eigen_shares(eigen, weight_rate, share);
  for (int i = 0; i < eigen->count; i++) {
    trace += eigen->value[i];
  }
  line[DW_FOUND_EIGEN_90] = dw_eigen_enough(eigen->count, share, 0.9);
  line[DW_FOUND_EIGEN_99] = dw_eigen_enough(eigen->count, share, 0.99);
  line[DW_FOUND_EIGEN_NEGATIVE] = eigen->negative_sum / trace;
}

static dw_status find_eigenmodes(const dw_route_job *j, const dw_analyse_shell *of, double *line) {
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

static dw_status take_eigenmodes(const dw_route_job *j, int64_t shell, double *line) {
  dw_analyse_shell of;
  dw_status status = dw_analyse_shell_make(&of, j->input, shell, j->from, j->to, EIGEN_SAMPLES);
  if (status == DW_OK && of.samples >= 2 && of.modes >= 1) {
    status = find_eigenmodes(j, &of, line);
  }
  dw_analyse_shell_free(&of);
  return status;
}

dw_status dw_route_take_tracks(const dw_route_job *j, int64_t shell, double *line) {
  dw_analyse_shell of;
  dw_status status = dw_analyse_shell_make(&of, j->input, shell, j->from, j->to, 0);
  if (status == DW_OK && of.samples >= 2 && of.modes >= 1) {
    status = take_modes(j, &of, line);
    if (status == DW_OK) {
      status = take_spacing(j, &of, shell, line);
    }
    if (status == DW_OK) {
      line[DW_FOUND_WELL_SAMPLED] = is_well_sampled(j, &of, shell, line) ? 1.0 : 0.0;
    }
  }
  dw_analyse_shell_free(&of);
  DW_TRY(status);
  return take_eigenmodes(j, shell, line);
}
