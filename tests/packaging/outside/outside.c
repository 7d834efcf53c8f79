/* A program outside the tree, on the installed libraries: a network of 24^3 sites and what the shipped model predicts
 * in the middle of its ranges. Prints one line of each. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fields/initial.h"
#include "fields/step.h"
#include "lattice/modes.h"
#include "surrogate/emulator/emulator.h"

static dw_status evolve(void) {
  static dw_model model = {.s = 1.0, .stencil = 2};
  dw_lattice *lattice = NULL;
  dw_state *state = NULL;
  dw_modes *modes = NULL;
  const dw_initial initial = {.kind = "white-noise", .seed = 7, .rms = 0.1, .cutoff = 3.0};
  DW_TRY(dw_integrator_find(&model.integrator, "leapfrog"));
  DW_TRY(dw_background_init(&model.background, "power-law", 1.0 / 3.0, 1.0));
  DW_TRY(dw_model_set_potential(&model, "double-well"));
  DW_TRY(dw_lattice_create(&lattice, dw_comm_world(), 24, 10.0, dw_model_halo(&model), 1, NULL));
  DW_TRY(dw_state_create(&state, lattice, &model, DW_SINGLE, 0.05));
  DW_TRY(dw_modes_create(&modes, lattice, DW_ALL_MODES, DW_SINGLE));
  DW_TRY(dw_initial_set(&initial, state, modes));
  const uint64_t start = dw_field_fingerprint(state->phi[0]);
  for (int i = 0; i < 20; i++) {
    dw_step(state);
  }
  const uint64_t end = dw_field_fingerprint(state->phi[0]);
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)printf("network %016" PRIx64 " to %016" PRIx64 ", tau %.17g\n", start, end, dw_state_tau(state));
  }
  dw_modes_destroy(modes);
  dw_state_destroy(state);
  dw_lattice_destroy(lattice);
  return DW_OK;
}

static dw_status predict(const char *model) {
  dw_emulator *emulator = NULL;
  dw_emulator_prediction *prediction = NULL;
  double middle[16];
  DW_TRY(dw_emulator_read(&emulator, model));
  DW_TRY(dw_emulator_prediction_create(&prediction, emulator, false));
  for (int64_t d = 0; d < dw_emulator_parameters(emulator); d++) {
    const dw_dataset_key *key = dw_emulator_key(emulator, d);
    middle[d] = key->logarithmic ? sqrt(key->low * key->high) : 0.5 * (key->low + key->high);
  }
  DW_TRY(dw_emulator_predict(emulator, middle, prediction));
  (void)printf("model %s, %" PRId64 " numbers, the first %.17g\n", dw_emulator_verdict_name(prediction->verdict),
               prediction->outputs, prediction->value[0]);
  dw_emulator_prediction_destroy(prediction);
  dw_emulator_destroy(emulator);
  return DW_OK;
}

int main(int argc, char **argv) {
  dw_status status = argc == 2 ? dw_comm_start(NULL, NULL) : dw_fail(DW_ERR_PARAM, "usage: outside MODEL");
  if (status == DW_OK) {
    status = evolve();
  }
  if (status == DW_OK && dw_comm_rank(dw_comm_world()) == 0) {
    status = predict(argv[1]);
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "outside: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
