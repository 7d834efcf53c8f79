#include "analysis/domains.h"
#include "analysis/measure.h"
#include "analysis/power.h"
#include "base/memory.h"
#include "bench/network.h"
#include "bench/parts.h"
#include "bench/timing.h"

enum { KINDS = 5 };

/* All that a default run measures. */
typedef struct instruments {
  bench_network network;
  dw_measure *measure;
  dw_modes *modes;
  dw_shells *shells;
  dw_spectra *spectra;
  double *power;
  dw_status status;
} instruments;

static void keep(instruments *all, dw_status status) {
  if (all->status == DW_OK) {
    all->status = status;
  }
}

static void measure_row(void *context) {
  instruments *all = context;
  dw_measurement unused;
  keep(all, dw_measure_state(all->measure, all->network.state, &unused));
}

static void find_domains(void *context) {
  instruments *all = context;
  dw_domains *domains = NULL;
  dw_state_exchange(all->network.state);
  keep(all, dw_domains_find(&domains, all->network.state->phi[0], all->network.model.stencil, 64));
  dw_domains_destroy(domains);
}

static void transform(void *context) {
  instruments *all = context;
  dw_modes_forward(all->modes, all->network.state->phi[0]);
}

static void measure_power(void *context) {
  instruments *all = context;
  keep(all, dw_power_measure(all->network.state->phi[0], all->modes, all->shells, all->power,
                             all->power + all->shells->shells));
}

static void measure_spectra(void *context) {
  instruments *all = context;
  double rho = 0.0;
  double peak = 0.0;
  measure_power(all);
  keep(all, dw_emission_measure(all->network.emission, all->spectra, &rho, &peak));
}

typedef struct kind {
  const char *what;
  void (*work)(void *context);
} kind;

static const kind kinds[KINDS] = {{"row of the time series", measure_row},
                                  {"domains and walls", find_domains},
                                  {"transform of the field", transform},
                                  {"spectrum of the field", measure_power},
                                  {"spectra of field, stress and waves", measure_spectra}};

static dw_status open_all(instruments *all, int64_t points) {
  const bench_choice choice = {
      .points = points, .precision = DW_SINGLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 2};
  void *power = NULL;
  DW_TRY(bench_network_open(&all->network, &choice));
  DW_TRY(dw_measure_create(&all->measure, all->network.state));
  DW_TRY(dw_modes_create(&all->modes, all->network.lattice, DW_ALL_MODES, DW_SINGLE));
  DW_TRY(dw_shells_create(&all->shells, all->modes, NULL, NULL));
  DW_TRY(dw_alloc(&power, 2 * (size_t)all->shells->shells, sizeof(double), "spectrum"));
  all->power = power;
  DW_TRY(dw_spectra_create(&all->spectra, dw_comm_world(), "unwritten", NULL));
  return dw_emission_declare(all->network.emission, all->spectra);
}

static void close_all(instruments *all) {
  dw_spectra_destroy(all->spectra);
  dw_free(all->power);
  dw_shells_destroy(all->shells);
  dw_modes_destroy(all->modes);
  dw_measure_destroy(all->measure);
  bench_network_close(&all->network);
}

dw_status bench_measurements(const bench_table *table, int64_t points) {
  instruments all = {.status = DW_OK};
  double seconds[KINDS][BENCH_MOST_ROUNDS];
  double steps[KINDS][BENCH_MOST_ROUNDS];
  DW_TRY(open_all(&all, points));
  for (int round = -1; round < table->rounds; round++) { /* the first isn't kept */
    for (int i = 0; i < KINDS; i++) {
      const double step = bench_timed(bench_evolve, &all.network) / all.network.steps;
      const double taken = bench_timed(kinds[i].work, &all);
      seconds[i][round < 0 ? 0 : round] = taken;
      steps[i][round < 0 ? 0 : round] = taken / step;
    }
  }
  const double sites = bench_sites(&all.network);
  for (int i = 0; i < KINDS; i++) {
    bench_row row = bench_row_of("measure", kinds[i].what, points, DW_SINGLE);
    const double taken = bench_median(seconds[i], table->rounds);
    row.ns = 1e9 * taken / sites;
    row.steps = bench_median(steps[i], table->rounds);
    if (kinds[i].work == transform) { /* the usual count for real data */
      row.rate = 2.5 * sites * log2(sites) / taken * 1e-9;
    }
    bench_table_add(table, &row);
  }
  keep(&all, all.network.status);
  close_all(&all);
  return all.status;
}
