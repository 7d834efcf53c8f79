/* Waves in a background that the field drives. */
#include "fields/expansion.h"
#include "tests/dw_test.h"
#include "tests/gw/waves.h"

enum { TIMES = 6 };

static const dw_initial NOISE = {.kind = "white-noise", .seed = 3, .rms = 0.3, .cutoff = 3.0};

/* `record`: NULL, or the background that is given. */
static void open_run(waves *w, const char *method, int coarsening, const dw_background_record *record) {
  const choices c = {
      .points = 8 * coarsening, .spacing = 0.5, .s = 1.0, .expansion = 1.0, .precision = DW_SINGLE, .dtau = 0.05};
  assert_ok(waves_open(w, &c, method, coarsening, 0));
  assert_ok(dw_background_driven(&w->sim.model.background, 1.0 / 3.0, 1.0));
  w->sim.model.background.record = record;
  w->sim.state->tau_start = w->sim.model.background.tau_start;
  assert_ok(simulation_start(&w->sim, &NOISE));
}

static uint64_t wave_of(waves *w, int polarisation) {
  for (int i = 0; i < TIMES; i++) {
    assert_ok(dw_gw_advance(w->gw, 1));
  }
  waves_measure(w);
  return dw_modes_fingerprint(w->now.wave[polarisation]) + 3 * dw_modes_fingerprint(w->now.rate[polarisation]);
}

/* Catches a step of field or waves that asks for a before it is known, or at another time than where it is written
 * down: the same scale factor, given beforehand, makes the same bits. */
static void waves_feel_the_scale_factor_that_comes_out(void **state) {
  (void)state;
  static const char *const methods[] = {"lattice", "modes"};
  for (int i = 0; i < 6; i++) {
    const int coarsening = 1 << i / 2;
    waves driven, given;
    dw_expansion *expansion = NULL;
    open_run(&driven, methods[i % 2], coarsening, NULL);
    assert_ok(dw_expansion_create(&expansion, driven.sim.state, &driven.sim.model, 1.0, TIMES * coarsening));
    assert_ok(dw_expansion_begin(expansion));
    const uint64_t found = wave_of(&driven, i / 2 % 2);
    open_run(&given, methods[i % 2], coarsening, expansion->record);
    assert_true(wave_of(&given, i / 2 % 2) == found);
    for (int k = 0; k < 2; k++) {
      const dw_field *const a[2] = {driven.sim.state->phi[0], driven.sim.state->pi[0]};
      const dw_field *const b[2] = {given.sim.state->phi[0], given.sim.state->pi[0]};
      assert_true(dw_field_fingerprint(a[k]) == dw_field_fingerprint(b[k]));
    }
    const double tau = dw_state_tau(driven.sim.state);
    assert_true(dw_background_hubble(&driven.sim.model.background, tau) > 1.001 / tau); /* not the fluid's */
    dw_expansion_destroy(expansion);
    waves_close(&given);
    waves_close(&driven);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(waves_feel_the_scale_factor_that_comes_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
