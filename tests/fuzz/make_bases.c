/* The valid files that the HDF5 targets spoil, in the current folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/run.h"
#include "surrogate/operator/model_file.h"
#include "tests/surrogate/emulator_fixture.h"
#include "tests/surrogate/operator/lesson.h"

static const char config[] =
    "name = \"bases\"; seed = 7; output = \"run\"; overwrite = true; lattice = { points = 8; length = 3.5; };"
    "time = { end = 1.2; step = 0.2; }; gw = { coarsening = 2; };"
    "analysis = { interval = 0.2; spectra_interval = 0.2; utc_reference = [ 1.1 ]; };"
    "store = { snapshots = [ 1.2 ]; slices = 0.0; checkpoint_minutes = 30.0; };";

static void make_run(void) {
  static dw_run run;
  static dw_params params;
  static dw_report report;
  char *const words[] = {(char *)(uintptr_t) "make_bases"};
  dw_report_init(&report);
  assert_ok(dw_params_defaults(&params));
  assert_ok(dw_params_from_text(&params, config, "config", &report));
  assert_ok(dw_run_create_from(&run, &params, false, true, false, dw_comm_self(), 1, words));
  assert_ok(dw_run_evolve(&run));
  dw_run_destroy(&run);
}

static void make_dataset(void) {
  static dw_provenance provenance;
  static dw_params params;
  const truth what = {.points = 8, .seeds = 2, .blind = 2, .scatter = 0.05};
  dw_dataset *d = truth_dataset(&what);
  assert_ok(dw_params_defaults(&params));
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  const dw_record record = {.provenance = &provenance, .params = &params, .config = d->base};
  assert_ok(dw_dataset_write(d, "dataset.h5", &record));
  dw_dataset_destroy(d);
}

static void make_operator(void) {
  static dw_provenance provenance;
  dw_corrector *model = NULL;
  lesson_make("runs = 2; steps = 2;");
  lesson_config.test.runs = 1;
  assert_ok(dw_corrector_train(&model, &lesson_config, &lesson_base, NULL, NULL));
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_corrector_write(model, "operator.h5", &provenance, dw_comm_self()));
  dw_corrector_destroy(model);
}

/* Small, of two levels: hundreds of spoiled ones a second. */
static void make_emulator(void) {
  static dw_provenance provenance;
  const truth what = {.points = 10, .seeds = 2, .scatter = 0.05, .cheap = 10};
  dw_emulator *e = NULL;
  dw_dataset *d = truth_dataset(&what);
  dw_emulator_options options = dw_emulator_defaults();
  options.levels = DW_LEVELS_BOTH;
  assert_ok(dw_emulator_train(&e, d, &options));
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_emulator_write(e, "emulator.h5", &provenance));
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

int main(void) {
  make_run();
  make_dataset();
  make_operator();
  make_emulator();
  (void)unlink("snapshot.h5");
  return link("run/snapshots/snapshot_000004.h5", "snapshot.h5") == 0 ? 0 : 1;
}
