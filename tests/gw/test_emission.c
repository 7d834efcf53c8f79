/* What joins stress and waves (analysis/emission.h): grids of their own, and the memory and the files of it all. */
#include "analysis/emission.h"
#include "base/memory.h"
#include "tests/analysis/record_fixture.h"
#include "tests/gw/waves.h"
#include "tests/lattice/fixture.h"

/* --- stress and waves on grids of their own --- */

static void open_field(simulation *sim, const dw_emission_choice *choice, int64_t points, dw_precision precision) {
  const choices c = {.comm = dw_comm_world(),
                     .points = points,
                     .stencil = 2,
                     .align = dw_emission_align(choice),
                     .precision = precision,
                     .s = 1.0,
                     .expansion = 1.0};
  const int64_t shift[3] = {2, 0, 1};
  assert_all_ok(simulation_open(sim, &c));
  fixture_fill(sim->state->phi[0]);
  fixture_fill_shifted(sim->state->pi[0], shift, 0.6);
}

/* What is left of a run: all that the waves write, and what is measured at the end. */
typedef struct outcome {
  char fingerprint[16][DW_FILE_NAME];
  int64_t datasets;
  double rho;
  double peak;
} outcome;

static void read_fingerprints(outcome *o, const char *name) {
  char child[DW_FILE_NAME];
  char path[DW_FILE_NAME + 8];
  dw_file *file = NULL;
  o->datasets = 1;
  assert_all_ok(dw_file_open(&file, dw_comm_world(), name));
  for (int64_t i = 0; i < o->datasets; i++) {
    assert_all_ok(dw_file_child(file, "/gw", i, &o->datasets, child));
    assert_all(o->datasets <= 16);
    (void)snprintf(path, sizeof path, "/gw/%s", child);
    assert_all_ok(dw_attribute_read_text(file, path, "fingerprint", o->fingerprint[i], DW_FILE_NAME));
  }
  dw_file_close(file);
}

/* Four steps of the waves; measured after each of them or at the end alone. */
static outcome run(const dw_emission_choice *choice, const dw_record *record, bool often) {
  outcome o = {.datasets = 0};
  simulation sim;
  dw_emission *emission = NULL;
  dw_spectra *spectra = NULL;
  dw_file *file = NULL;
  open_field(&sim, choice, 36, DW_DOUBLE);
  assert_all_ok(dw_emission_create(&emission, sim.state, choice));
  assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), "spectra.h5", record));
  assert_all_ok(dw_emission_declare(emission, spectra));
  while (sim.state->step < 16) {
    assert_all_ok(dw_emission_advance(emission, 1));
    if (often || sim.state->step == 16) {
      assert_all_ok(dw_emission_measure(emission, spectra, &o.rho, &o.peak));
    }
  }
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "emission.h5", 0));
  assert_all_ok(dw_emission_write(emission, file));
  assert_all_ok(dw_file_commit(&file));
  if (choice->waves) {
    read_fingerprints(&o, "emission.h5");
  }
  dw_spectra_destroy(spectra);
  dw_emission_destroy(emission);
  simulation_close(&sim);
  return o;
}

/* Catches waves that depend on the grid of the stress or on what is measured, and a stress of the wrong grid that
 * closes their rate. */
static void stress_on_another_grid_leaves_the_waves_alone(void **state) {
  (void)state;
  static const int other[3] = {4, 4, 2};
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  for (int i = 0; i < 2 * 3; i++) {
    dw_emission_choice choice = {
        .waves = true, .method = i % 2 == 0 ? "lattice" : "modes", .coarsening = 1 << i / 2, .parts = i < 4};
    choice.stress_coarsening = choice.coarsening;
    const outcome one = run(&choice, record, false);
    choice.stress_coarsening = other[i / 2];
    const outcome two = run(&choice, record, true);
    assert_all(one.rho > 0.0 && one.peak > 0.0 && one.datasets >= 6);
    assert_all(memcmp(&one.rho, &two.rho, sizeof one.rho) == 0 && memcmp(&one.peak, &two.peak, sizeof one.peak) == 0);
    assert_all(one.datasets == two.datasets);
    bool good = true;
    for (int64_t d = 0; d < one.datasets; d++) {
      good = good && strlen(one.fingerprint[d]) == 16 && strcmp(one.fingerprint[d], two.fingerprint[d]) == 0;
      good = good && (d == 0 || strcmp(one.fingerprint[d], one.fingerprint[d - 1]) != 0);
    }
    assert_all(good);
  }
}

/* Catches waves that are measured though there are none, and an unknown method or a grid that doesn't fit accepted. */
static void choices_that_have_no_waves(void **state) {
  (void)state;
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  dw_emission_choice choice = {.method = "lattice", .coarsening = 2, .stress_coarsening = 4};
  const outcome none = run(&choice, record, false);
  assert_all(isnan(none.rho) && isnan(none.peak));
  assert_all_int_equal(dw_emission_file_bytes(&choice, 36, DW_DOUBLE), 0);
  simulation sim;
  dw_emission *emission = NULL;
  const size_t before = dw_memory_held();
  open_field(&sim, &choice, 36, DW_DOUBLE);
  choice = (dw_emission_choice){.waves = true, .method = "ether", .coarsening = 4, .stress_coarsening = 4};
  assert_all_status(dw_emission_create(&emission, sim.state, &choice), DW_ERR_PARAM);
  assert_all(emission == NULL);
  choice.method = "modes";
  choice.coarsening = 8;
  assert_all_status(dw_emission_create(&emission, sim.state, &choice), DW_ERR_PARAM);
  assert_all(emission == NULL);
  simulation_close(&sim);
  assert_all(dw_memory_held() == before);
}

/* --- bytes --- */

/* Bookkeeping beside the bytes predicted: structs, and tables and rows of one dimension. */
static bool is_about(size_t held, size_t predicted, int64_t points) {
  const size_t most = 6144 + 64 * (size_t)points;
  const bool good = held >= predicted && held - predicted <= most;
  if (!good) {
    (void)fprintf(stderr, "process %d: %zu bytes held, %zu predicted\n", dw_comm_rank(dw_comm_world()), held,
                  predicted);
  }
  return good;
}

static void check_parts(const char *method, int coarsening, int stencil, dw_precision precision, int64_t points) {
  const choices c = {
      .comm = dw_comm_world(), .points = points, .stencil = stencil, .align = coarsening, .precision = precision};
  simulation sim;
  dw_coarse *coarse = NULL;
  dw_modes *held = NULL;
  dw_gw *gw = NULL;
  assert_all_ok(simulation_open(&sim, &c));
  const dw_share share = dw_lattice_share(sim.lattice);
  size_t before = dw_memory_held();
  assert_all_ok(dw_coarse_create(&coarse, sim.state, coarsening, 1));
  assert_all(is_about(dw_memory_held() - before, dw_coarse_bytes(&share, coarsening, precision), points));
  before = dw_memory_held();
  assert_all_ok(dw_modes_hold(&held, coarse->modes));
  const size_t modes = dw_memory_held() - before - sizeof(dw_modes); /* two blocks, each in whole cache lines */
  const size_t promised = dw_coarse_held_bytes(&share, coarsening, precision);
  assert_all(modes >= promised && modes < promised + 2 * (size_t)DW_CACHE_LINE);
  before = dw_memory_held();
  assert_all_ok(dw_gw_create(&gw, method, sim.state, coarse, 0));
  assert_all(is_about(dw_memory_held() - before, dw_gw_bytes(method, &share, coarsening, 1, precision), points));
  dw_gw_destroy(gw);
  assert_all(dw_memory_held() == before);
  dw_modes_destroy(held);
  dw_coarse_destroy(coarse);
  simulation_close(&sim);
}

/* Catches memory that `check` doesn't promise, or promises in vain: a field, a set of modes or a buffer forgotten or
 * counted twice, for this process's share of an uneven division. */
static void memory_is_what_is_promised(void **state) {
  (void)state;
  for (int i = 0; i < 2 * 2 * 2 * 3; i++) {
    const int coarsening = 1 << i / 8;
    check_parts(i % 2 == 0 ? "lattice" : "modes", coarsening, 2 + 2 * (i / 2 % 2),
                i / 4 % 2 == 0 ? DW_DOUBLE : DW_SINGLE, 44);
  }
  const int64_t step = 4;
  for (int i = 0; i < 2 * 2 * 9; i++) {
    const dw_emission_choice choice = {.waves = i % 4 < 3,
                                       .method = i % 2 == 0 ? "lattice" : "modes",
                                       .coarsening = 1 << i / 4 % 3,
                                       .stress_coarsening = 1 << i / 12,
                                       .parts = i % 3 == 0,
                                       .utc = {.references = i % 2, .step = &step, .shells = 2, .states = i % 4},
                                       .tracks = {.modes = 3 * (i % 3), .shells = 2, .every = 4, .samples = i}};
    const dw_precision precision = i % 5 < 2 ? DW_SINGLE : DW_DOUBLE;
    simulation sim;
    dw_emission *emission = NULL;
    open_field(&sim, &choice, 44, precision);
    const dw_share share = dw_lattice_share(sim.lattice);
    const size_t before = dw_memory_held();
    assert_all_ok(dw_emission_create(&emission, sim.state, &choice));
    assert_all(is_about(dw_memory_held() - before, dw_emission_bytes(&choice, &share, precision), 3 * 44));
    dw_emission_destroy(emission);
    assert_all(dw_memory_held() == before);
    simulation_close(&sim);
  }
}

/* Bytes of a file, on process 0; 0 elsewhere. */
static int64_t size_of(const char *name) {
  int64_t size = 0;
  FILE *file = dw_comm_rank(dw_comm_world()) == 0 ? fopen(name, "r") : NULL;
  if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
    size = ftell(file);
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  dw_comm_max_int64(dw_comm_world(), &size, 1);
  return size;
}

/* Catches a checkpoint larger than the space that was asked for, or much smaller. */
static void files_are_as_large_as_promised(void **state) {
  (void)state;
  for (int i = 0; i < 2 * 2 * 3; i++) {
    const dw_emission_choice choice = {
        .waves = true, .method = i % 2 == 0 ? "lattice" : "modes", .coarsening = 1 << i / 4, .stress_coarsening = 4};
    const dw_precision precision = i / 2 % 2 == 0 ? DW_SINGLE : DW_DOUBLE;
    simulation sim;
    dw_emission *emission = NULL;
    dw_file *file = NULL;
    open_field(&sim, &choice, 44, precision);
    assert_all_ok(dw_emission_create(&emission, sim.state, &choice));
    assert_all_ok(dw_file_create(&file, dw_comm_world(), "size.h5", 0));
    assert_all_ok(dw_emission_write(emission, file));
    assert_all_ok(dw_file_commit(&file));
    const int64_t promised = (int64_t)dw_emission_file_bytes(&choice, 44, precision);
    const int64_t found = size_of("size.h5");
    assert_all_int_equal(promised, dw_gw_file_bytes(choice.method, 44, choice.coarsening, precision));
    assert_all(found >= promised && found <= promised + 32768);
    dw_emission_destroy(emission);
    simulation_close(&sim);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(stress_on_another_grid_leaves_the_waves_alone),
    cmocka_unit_test(choices_that_have_no_waves),
    cmocka_unit_test(memory_is_what_is_promised),
    cmocka_unit_test(files_are_as_large_as_promised),
};

DW_TEST_MPI_MAIN(tests)
