/* What a potential of the user's own costs: the step with a plug-in that is the double well, against the built-in one.
 *
 *   bench_potential [N...]
 *
 * The two take turns; medians of the steps and of the ratio of neighbours are printed, and whether the fields have the
 * same bits at the end. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/timing.h"
#include "fields/plugin.h"
#include "fields/step.h"
#include "lattice/comm.h"

enum { ROUNDS = 5, MOST_SIZES = 16 };

static const char SOURCE[] =
    "#define DWELL_INTERFACE 1\n"
    "#include \"dwell_potential.h\"\n"
    "static double v0(const dwell_numbers *at, double phi) { return (phi * phi - 1) * (phi * phi - 1) / 4; }\n"
    "static double vb(const dwell_numbers *at, double phi) { return phi * (phi * phi / 3 - 1); }\n"
    "static dwell_real slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, dwell_real phi) {\n"
    "  return (phi * phi - 1) * (c0 * phi + cb);\n"
    "}\n"
    "DWELL_POTENTIAL(slope, v0, vb)\n";

typedef struct stepping {
  dw_model model;
  dw_state *state;
  int repeat;
} stepping;

static void advance(void *context) {
  const stepping *stepper = context;
  for (int r = 0; r < stepper->repeat; r++) {
    dw_step(stepper->state);
  }
}

/* A smooth field of unit size, so that no arithmetic meets subnormal numbers. */
static void fill(dw_state *state) {
  for (int64_t x = 0; x < state->lattice->count[0]; x++) {
    for (int64_t y = 0; y < state->lattice->count[1]; y++) {
      for (int64_t z = 0; z < state->lattice->points; z++) {
        dw_field_set(state->phi[0], x, y, z, 0.3 + 0.1 * (double)((x + y + z) % 7));
      }
    }
  }
}

static dw_status prepare(stepping *stepper, const dw_plugin *plugin, const dw_lattice *lattice,
                         dw_precision precision) {
  stepper->model = (dw_model){.s = 1.0, .stencil = 2, .values = {.bias = 0.01, .plugin = plugin}};
  DW_TRY(dw_model_set_potential(&stepper->model, "double-well"));
  DW_TRY(dw_integrator_find(&stepper->model.integrator, "leapfrog"));
  DW_TRY(dw_background_init(&stepper->model.background, "power-law", 1.0 / 3.0, 1.0));
  DW_TRY(dw_state_create(&stepper->state, lattice, &stepper->model, precision, 1e-3));
  fill(stepper->state);
  const double points = (double)lattice->points;
  stepper->repeat = (int)(1.5e8 / (points * points * points)) + 1;
  return DW_OK;
}

static dw_status measure(const dw_plugin *plugin, int64_t points, dw_precision precision) {
  dw_lattice *lattice = NULL;
  stepping own;
  stepping builtin;
  DW_TRY(dw_lattice_create(&lattice, dw_comm_world(), points, 0.07 * (double)points, 1, 2, NULL));
  DW_TRY(prepare(&own, plugin, lattice, precision));
  DW_TRY(prepare(&builtin, NULL, lattice, precision));
  advance(&own);
  advance(&builtin);
  double seconds[2][ROUNDS];
  double ratio[ROUNDS];
  for (int round = 0; round < ROUNDS; round++) {
    seconds[0][round] = bench_timed(advance, &builtin) / builtin.repeat;
    seconds[1][round] = bench_timed(advance, &own) / own.repeat;
    ratio[round] = seconds[1][round] / seconds[0][round];
  }
  const uint64_t bits[2] = {dw_field_fingerprint(builtin.state->phi[0]), dw_field_fingerprint(own.state->phi[0])};
  const double sites = (double)points * (double)points * (double)points;
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)printf("%5lld  %-6s  %9d  %7d  %13.3f  %13.3f  %7.3f  %s\n", (long long)points,
                 precision == DW_SINGLE ? "single" : "double", dw_comm_size(dw_comm_world()), omp_get_max_threads(),
                 1e9 * bench_median(seconds[0], ROUNDS) / sites, 1e9 * bench_median(seconds[1], ROUNDS) / sites,
                 bench_median(ratio, ROUNDS), bits[0] == bits[1] ? "same" : "other");
    (void)fflush(stdout);
  }
  dw_state_destroy(own.state);
  dw_state_destroy(builtin.state);
  dw_lattice_destroy(lattice);
  return DW_OK;
}

/* The file of the plug-in is needed only until it is loaded. */
static dw_status load(dw_plugin **plugin) {
  static char path[] = "/tmp/dwell-bench-XXXXXX";
  dw_status status = DW_OK;
  if (dw_comm_rank(dw_comm_world()) == 0) {
    const int descriptor = mkstemp(path);
    const ssize_t length = (ssize_t)sizeof SOURCE - 1;
    if (descriptor < 0 || write(descriptor, SOURCE, sizeof SOURCE - 1) != length || close(descriptor) != 0) {
      status = dw_fail(DW_ERR_FILE, "%s can't be written", path);
    }
  }
  DW_TRY(dw_comm_agree(dw_comm_world(), status));
  status = dw_plugin_load(plugin, dw_comm_world(), path, "double well");
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)unlink(path);
  }
  return status;
}

int main(int argc, char **argv) {
  dw_status status = dw_comm_start(&argc, &argv);
  int64_t sizes[MOST_SIZES] = {64, 128, 256};
  int count = 3;
  if (argc > 1) {
    count = argc - 1 < MOST_SIZES ? argc - 1 : MOST_SIZES;
    for (int i = 0; i < count; i++) {
      sizes[i] = strtoll(argv[i + 1], NULL, 10);
    }
  }
  dw_plugin *plugin = NULL;
  if (status == DW_OK) {
    status = load(&plugin);
  }
  if (status == DW_OK && dw_comm_rank(dw_comm_world()) == 0 && getenv("DWELL_BENCH_NO_HEADER") == NULL) {
    (void)printf("    N  prec    processes  threads  built-in [ns]  plug-in [ns]   ratio    bits\n");
  }
  for (int i = 0; i < count && status == DW_OK; i++) {
    status = measure(plugin, sizes[i], DW_SINGLE);
    if (status == DW_OK) {
      status = measure(plugin, sizes[i], DW_DOUBLE);
    }
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "bench_potential: %s\n", dw_message());
  }
  dw_plugin_unload(plugin);
  dw_comm_stop();
  return dw_exit_code(status);
}
