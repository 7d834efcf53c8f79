/* Stress and waves when the n-th allocation fails on one process, for every n and process. The linker replaces dw_alloc
 * (--wrap). */
#include "analysis/emission.h"
#include "base/memory.h"
#include "tests/analysis/record_fixture.h"
#include "tests/faults/faults.h"
#include "tests/fields/simulation.h"
#include "tests/lattice/fixture.h"

/* All that a run does with it. The state is put back to where the waves start. */
static dw_status use(dw_emission *emission, dw_state *state, dw_spectra *spectra) {
  double rho = 0.0;
  double peak = 0.0;
  state->step = 0;
  DW_TRY(dw_emission_declare(emission, spectra));
  DW_TRY(dw_emission_advance(emission, 1));
  return dw_emission_measure(emission, spectra, &rho, &peak);
}

/* Everything from its making to its end; *good is cleared by a pointer left beside a failure. */
static dw_status live(dw_state *state, const dw_emission_choice *choice, const dw_record *record, bool *good) {
  dw_emission *emission = NULL;
  dw_spectra *spectra = NULL;
  dw_status status = dw_spectra_create(&spectra, dw_comm_world(), "spectra.h5", record);
  if (status == DW_OK) {
    status = dw_emission_create(&emission, state, choice);
    *good = *good && (status == DW_OK) == (emission != NULL);
  }
  if (status == DW_OK) {
    status = use(emission, state, spectra);
  }
  dw_emission_destroy(emission);
  dw_spectra_destroy(spectra);
  return status;
}

static void fail_in_turn(dw_state *state, const dw_emission_choice *choice, const dw_record *record) {
  const int rank = dw_comm_rank(dw_comm_world());
  const size_t before = dw_memory_held();
  bool good = true;
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_all_ok(live(state, choice, record, &good));
  assert_all(good && dw_memory_held() == before);
  const int64_t mine = dw_faults_count(DW_FAULT_MEMORY);
  for (int victim = 0; victim < dw_comm_size(dw_comm_world()); victim++) {
    int64_t turns = rank == victim ? mine : 0;
    dw_comm_max_int64(dw_comm_world(), &turns, 1);
    assert_all(turns >= 30);
    for (int64_t n = 1; n <= turns; n++) {
      dw_faults_arm(DW_FAULT_MEMORY, rank == victim ? n : 0);
      assert_all_status(live(state, choice, record, &good), DW_ERR_MEMORY);
      dw_faults_disarm();
      assert_all(good && dw_memory_held() == before);
    }
  }
}

/* Catches a failure that hangs the others, isn't reported by all, crashes the clean-up, or leaks. */
static void every_allocation_fails_once(void **state) {
  (void)state;
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  for (int i = 0; i < 2 * 2; i++) {
    const int64_t step[2] = {2, 4};
    const dw_emission_choice choice = {
        .waves = true,
        .method = i % 2 == 0 ? "lattice" : "modes",
        .coarsening = 2,
        .stress_coarsening = i < 2 ? 2 : 1,
        .parts = i < 2,
        .utc = {.references = i % 3, .step = step, .shells = 2, .earlier = i % 2 == 1, .states = i < 2 ? 1 : 0},
        .tracks = {.modes = i % 2, .shells = 2, .every = 2, .samples = 1}};
    const choices c = {.comm = dw_comm_world(), .points = 16, .align = dw_emission_align(&choice), .s = 1.0};
    simulation sim;
    dw_faults_disarm();
    assert_all_ok(simulation_open(&sim, &c));
    fixture_fill(sim.state->phi[0]);
    fail_in_turn(sim.state, &choice, record);
    simulation_close(&sim);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails_once),
};

DW_TEST_MPI_MAIN(tests)
