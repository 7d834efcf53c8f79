#include "bench/network.h"

#include <string.h>

#include "base/memory.h"

/* Site updates of one call of bench_evolve, about: long enough to be timed, short enough to take turns often. */
static const double UPDATES = 1.0e8;

double bench_sites(const bench_network *network) {
  const double n = (double)network->lattice->points;
  return n * n * n;
}

double bench_own_sites(const bench_network *network) {
  const dw_lattice *lattice = network->lattice;
  return (double)lattice->count[0] * (double)lattice->count[1] * (double)lattice->points;
}

/* A field of unit size, so that no arithmetic meets subnormal numbers, with walls to be measured. */
static void fill(const dw_state *state) {
  for (int64_t x = 0; x < state->lattice->count[0]; x++) {
    for (int64_t y = 0; y < state->lattice->count[1]; y++) {
      for (int64_t z = 0; z < state->lattice->points; z++) {
        const int64_t place = (x + state->lattice->start[0]) / 16 + (y + state->lattice->start[1]) / 16 + z / 16;
        dw_field_set(state->phi[0], x, y, z, place % 2 == 0 ? 0.8 : -0.8);
      }
    }
  }
}

static int halo_of(const dw_model *model, const bench_choice *choice) {
  const dw_steps_companion tensors = {.coarsening = choice->coarsening, .reach = DW_WAVE_ORDER / 2};
  if (choice->waves == NULL) {
    return dw_steps_depth(model, choice->together, NULL).q;
  }
  return strcmp(choice->waves, "lattice") == 0
             ? dw_steps_depth(model, choice->together * choice->coarsening, &tensors).q
             : dw_steps_depth(model, choice->coarsening, NULL).q;
}

static dw_status make(bench_network *network, const bench_choice *choice) {
  const double length = 0.07 * (double)choice->points;
  DW_TRY(dw_lattice_create(&network->lattice, dw_comm_world(), choice->points, length, halo_of(&network->model, choice),
                           choice->waves == NULL ? 2 : choice->coarsening, NULL));
  DW_TRY(dw_state_create(&network->state, network->lattice, &network->model, choice->precision, 1e-3));
  fill(network->state);
  if (choice->waves != NULL) {
    const dw_emission_choice emission = {.waves = true,
                                         .method = choice->waves,
                                         .coarsening = choice->coarsening,
                                         .stress_coarsening = choice->coarsening,
                                         .together = choice->together};
    DW_TRY(dw_emission_create(&network->emission, network->state, &emission));
  }
  return DW_OK;
}

dw_status bench_network_open(bench_network *network, const bench_choice *choice) {
  const double before = (double)dw_memory_held();
  const int unit = choice->together * (choice->waves == NULL ? 1 : choice->coarsening);
  memset(network, 0, sizeof *network);
  network->model = (dw_model){.s = 1.0, .stencil = choice->stencil};
  DW_TRY(dw_potential_find(&network->model.potential, "double-well"));
  DW_TRY(dw_integrator_find(&network->model.integrator, "leapfrog"));
  DW_TRY(dw_background_init(&network->model.background, "power-law", 1.0 / 3.0, 1.0));
  DW_TRY(make(network, choice));
  network->steps = ((int)(UPDATES / bench_sites(network)) / unit + 1) * unit;
  network->unit = choice->together;
  network->held = ((double)dw_memory_held() - before) / bench_own_sites(network);
  bench_evolve(network);
  return network->status;
}

void bench_network_close(bench_network *network) {
  dw_emission_destroy(network->emission);
  dw_state_destroy(network->state);
  dw_lattice_destroy(network->lattice);
}

void bench_evolve(void *context) {
  bench_network *network = context;
  if (network->emission == NULL) {
    dw_steps(network->state, network->steps, NULL);
    return;
  }
  for (int done = 0; done < network->steps && network->status == DW_OK;) {
    network->status = dw_emission_advance(network->emission, network->unit);
    done += network->unit * network->lattice->align;
  }
}
