/* What gravitational waves and the correlator cost, in units of the bare evolution of the field at the same moment.
 *
 *   bench_waves [N...]      a table for the processes and threads it is started with; see bench/run
 *
 * For each method and coarsening, steps of the field alone, steps with waves, and one measurement (correlator of the
 * stress, spectra of the waves) take turns; medians are printed. "evolution" is the time with waves over that without;
 * "measurement" is in steps of the field alone. Held is everything on the first process, field, scratch of the field's
 * own spectrum and waves, in bytes a site. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/emission.h"
#include "base/memory.h"
#include "bench/timing.h"
#include "fields/initial.h"
#include "fields/step.h"

enum { ROUNDS = 7, MOST_SIZES = 16, STEPS = 8 };

typedef struct setting {
  dw_state *state;
  dw_emission *emission;
  dw_spectra *spectra;
  int coarsening;
  dw_status status;
} setting;

static void step_bare(void *context) {
  const setting *s = context;
  for (int i = 0; i < STEPS; i++) {
    dw_step(s->state);
  }
}

static void step_waves(void *context) {
  setting *s = context;
  for (int i = 0; i < STEPS && s->status == DW_OK; i += s->coarsening) {
    s->status = dw_emission_advance(s->emission, 1);
  }
}

static void measure_once(void *context) {
  setting *s = context;
  double rho = 0.0;
  double peak = 0.0;
  if (s->status == DW_OK) {
    s->status = dw_emission_measure(s->emission, s->spectra, &rho, &peak);
  }
}

static void print_row(const setting *s, const char *method, dw_precision precision, double bare, double waves,
                      double measurement, double held) {
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)printf("%5lld  %-6s  %-7s  %d  %9d  %7d  %8.3f  %8.3f  %9.2f  %11.1f  %10.1f\n",
                 (long long)s->state->lattice->points, precision == DW_SINGLE ? "single" : "double", method,
                 s->coarsening, dw_comm_size(dw_comm_world()), omp_get_max_threads(), 1e9 * bare, 1e9 * waves,
                 waves / bare, measurement / bare, held);
    (void)fflush(stdout);
  }
}

static dw_status time_all(setting *s, const char *method, dw_precision precision) {
  double bare[ROUNDS];
  double waves[ROUNDS];
  double measurement[ROUNDS];
  const double n = (double)s->state->lattice->points;
  const double sites = n * n * n;
  const double local = (double)(s->state->lattice->count[0] * s->state->lattice->count[1]) * n;
  step_waves(s);
  measure_once(s);
  for (int round = 0; round < ROUNDS; round++) {
    bare[round] = bench_timed(step_bare, s) / STEPS / sites;
    waves[round] = bench_timed(step_waves, s) / STEPS / sites;
    measurement[round] = bench_timed(measure_once, s) / sites;
  }
  print_row(s, method, precision, bench_median(bare, ROUNDS), bench_median(waves, ROUNDS),
            bench_median(measurement, ROUNDS), (double)dw_memory_peak() / local);
  return s->status;
}

static dw_status run_one(int64_t points, dw_precision precision, const char *method, int coarsening) {
  dw_model model = {.s = 1.0, .stencil = 2};
  DW_TRY(dw_potential_find(&model.potential, "double-well"));
  DW_TRY(dw_integrator_find(&model.integrator, "leapfrog"));
  DW_TRY(dw_background_init(&model.background, "power-law", 1.0 / 3.0, 1.0));
  const dw_emission_choice choice = {
      .waves = true, .method = method, .coarsening = coarsening, .stress_coarsening = coarsening};
  const dw_initial noise = {.kind = "white-noise", .seed = 1, .rms = 0.1, .cutoff = 3.0};
  dw_lattice *lattice = NULL;
  dw_modes *modes = NULL;
  setting s = {.coarsening = coarsening};
  DW_TRY(dw_lattice_create(&lattice, dw_comm_world(), points, 0.07 * (double)points, coarsening + 1, coarsening, NULL));
  DW_TRY(dw_state_create(&s.state, lattice, &model, precision, 0.0175));
  DW_TRY(dw_modes_create(&modes, lattice, DW_ALL_MODES, precision));
  DW_TRY(dw_initial_set(&noise, s.state, modes));
  DW_TRY(dw_emission_create(&s.emission, s.state, &choice));
  DW_TRY(dw_spectra_create(&s.spectra, dw_comm_world(), "unwritten", NULL));
  DW_TRY(dw_emission_declare(s.emission, s.spectra));
  DW_TRY(time_all(&s, method, precision));
  dw_spectra_destroy(s.spectra);
  dw_emission_destroy(s.emission);
  dw_modes_destroy(modes);
  dw_state_destroy(s.state);
  dw_lattice_destroy(lattice);
  return DW_OK;
}

int main(int argc, char **argv) {
  dw_status status = dw_comm_start(&argc, &argv);
  int64_t sizes[MOST_SIZES] = {256};
  int count = 1;
  if (argc > 1) {
    count = argc - 1 < MOST_SIZES ? argc - 1 : MOST_SIZES;
    for (int i = 0; i < count; i++) {
      sizes[i] = strtoll(argv[i + 1], NULL, 10);
    }
  }
  if (dw_comm_rank(dw_comm_world()) == 0 && getenv("DWELL_BENCH_NO_HEADER") == NULL) {
    (void)printf(
        "    N  prec    method   c  processes  threads  bare ns  waves ns  evolution  measurement  bytes/site\n");
  }
  for (int i = 0; i < count && status == DW_OK; i++) {
    /* The peak of memory so far is printed, so the smaller ones come first. */
    status = run_one(sizes[i], DW_SINGLE, "lattice", 4);
    status = status == DW_OK ? run_one(sizes[i], DW_SINGLE, "modes", 2) : status;
    status = status == DW_OK ? run_one(sizes[i], DW_SINGLE, "lattice", 2) : status;
    status = status == DW_OK ? run_one(sizes[i], DW_DOUBLE, "lattice", 2) : status;
    status = status == DW_OK ? run_one(sizes[i], DW_SINGLE, "lattice", 1) : status;
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "bench_waves: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
