/* Contradictions between parameters, and what a restart may change. */
#include "params_test.h"

#include <math.h>

/* The defaults with these assignments, up to a NULL. */
static void given(const char *const *assignments) {
  assert_ok(dw_params_defaults(&params));
  dw_report_init(&report);
  for (; *assignments != NULL; assignments++) {
    assert_ok(dw_params_set(&params, *assignments, &report));
  }
}

#define WITH(...) given((const char *const[]){__VA_ARGS__, NULL})

static void expect_sound(void) {
  const dw_status status = dw_params_validate(&params, &report);
  assert_string_equal(report.text, "");
  assert_ok(status);
}

static void expect_contradiction(const char *line) {
  assert_status(dw_params_validate(&params, &report), DW_ERR_PARAM);
  assert_string_equal(report.text, line);
}

/* Catches defaults that contradict each other. */
static void test_defaults_are_sound(void **state) {
  (void)state;
  expect_sound();
}

/* Catches a coarse lattice that doesn't fit the fine one. */
static void test_lattice(void **state) {
  (void)state;
  WITH("lattice.points=250", "gw.coarsening=4");
  expect_contradiction("lattice.points: 250 is not a multiple of gw.coarsening = 4; make it 248 or 252, or set "
                       "gw.coarsening = 1\n");
  WITH("lattice.points=250");
  expect_sound();
  WITH("lattice.points=251", "gw.coarsening=1");
  expect_sound();
  WITH("lattice.points=250", "analysis.stress_coarsening=4");
  expect_contradiction(
      "lattice.points: 250 is not a multiple of analysis.stress_coarsening = 4; make it 248 or 252, or "
      "set analysis.stress_coarsening = 1\n");
  WITH("lattice.points=8", "gw.coarsening=4");
  expect_contradiction("gw.coarsening: 4 leaves 2 of 8 points a side, too few for a derivative; set gw.coarsening = "
                       "1\n");
  WITH("lattice.points=8");
  expect_sound();
}

/* Catches a step beyond the limit of leapfrog, 2/sqrt(12) or 2/sqrt(16), and one below it that is refused. */
static void test_step(void **state) {
  (void)state;
  WITH("time.step=0.578", "gw.method=modes");
  expect_contradiction("time.step: leapfrog is unstable at 0.578 with lattice.stencil = 2; stay below 0.5774\n");
  WITH("time.step=0.577", "gw.method=modes");
  expect_sound();
  WITH("time.step=0.5", "lattice.stencil=4");
  expect_contradiction("time.step: leapfrog is unstable at 0.5 with lattice.stencil = 4; stay below 0.5\n");
  WITH("time.step=0.499", "lattice.stencil=4");
  expect_sound();
  WITH("time.step=0.55");
  expect_contradiction("time.step: the gravitational waves are unstable at 0.55; stay below 0.5, or set gw.method "
                       "= \"modes\"\n");
  WITH("time.step=0.5", "gw.coarsening=1");
  expect_contradiction("time.step: the gravitational waves are unstable at 0.5; stay below 0.5, or set gw.method "
                       "= \"modes\"\n");
  WITH("time.step=0.55", "gw.enabled=false");
  expect_sound();
  WITH("time.step=0.55", "gw.method=modes");
  expect_sound();
  WITH("time.step=0.6", "gw.method=modes", "time.integrator=yoshida6"); /* has a limit of its own */
  expect_sound();
}

/* Catches a mass, bias, Hubble rate or source time that the chosen physics can't use. */
static void test_physics(void **state) {
  (void)state;
  WITH("cosmology.hubble_start=0");
  expect_contradiction("cosmology.hubble_start: must be > 0 in an expanding background; give H/m at the start, or set "
                       "cosmology.background = \"flat\"\n");
  WITH("cosmology.hubble_start=0", "cosmology.background=flat");
  expect_sound();
  WITH("fields.mass=1");
  expect_contradiction("fields.mass: belongs to fields.potential = \"free\", not to \"double-well\"; leave it out, or "
                       "choose that\n");
  WITH("fields.walls=5", "fields.potential=double-wells");
  expect_contradiction("fields.walls: belongs to fields.potential = \"z-n\", not to \"double-wells\"; leave it out, or "
                       "choose that\n");
  WITH("fields.coupling=0.5");
  expect_contradiction(
      "fields.coupling: belongs to fields.potential = \"double-wells\", not to \"double-well\"; leave it "
      "out, or choose that\n");
  WITH("fields.melting=2", "fields.potential=melting");
  expect_sound();
  WITH("fields.walls=3"); /* the default, as config.cfg has it */
  expect_sound();
  WITH("fields.mass=1", "fields.potential=free");
  expect_sound();
  WITH("fields.bias=0.01", "fields.potential=free");
  expect_contradiction("fields.bias: the free field has none; set it to 0, or fields.potential = \"double-well\"\n");
  WITH("gw.start=10");
  expect_contradiction("gw.start: 10 is after time.end = 9.5; start earlier, end later, or set gw.enabled = false\n");
  WITH("gw.start=10", "gw.enabled=false");
  expect_sound();
  WITH("gw.start=9.5");
  expect_sound();
}

#define CHAIN "cosmology.background=chain", "cosmology.chain_w=0,0.3333333333333333,1"

/* Catches a chain of backgrounds without links, one whose lists don't fit, or lists that nothing reads. */
static void test_chain(void **state) {
  (void)state;
  WITH(CHAIN, "cosmology.chain_until=3,7");
  expect_sound();
  WITH("cosmology.background=chain", "cosmology.chain_w=1");
  expect_sound();
  WITH("cosmology.background=chain");
  expect_contradiction("cosmology.chain_w: the background \"chain\" needs its equations of state; give for example "
                       "[0.0, 0.3333333333333333], or set another cosmology.background\n");
  WITH(CHAIN, "cosmology.chain_until=3");
  expect_contradiction("cosmology.chain_until: 1 times for 3 equations of state; give one fewer than "
                       "cosmology.chain_w has, 2\n");
  WITH(CHAIN, "cosmology.chain_until=3,7", "cosmology.hubble_start=0");
  expect_contradiction("cosmology.hubble_start: must be > 0 in an expanding background; give H/m at the start, or set "
                       "cosmology.background = \"flat\"\n");
  WITH("cosmology.chain_w=0", "cosmology.chain_until=3");
  expect_contradiction("cosmology.chain_w: belongs to the background \"chain\", not to \"power-law\"; set it to [], or "
                       "cosmology.background = \"chain\"\n"
                       "cosmology.chain_until: belongs to the background \"chain\", not to \"power-law\"; set it to "
                       "[], or cosmology.background = \"chain\"\n");
}

/* Catches a table without a file, and a file that nothing reads. */
static void test_table(void **state) {
  (void)state;
  WITH("cosmology.background=table", "cosmology.table=a.txt", "cosmology.hubble_start=0");
  expect_sound();
  WITH("cosmology.background=table");
  expect_contradiction("cosmology.table: the background \"table\" needs the path of its file; set it, or another "
                       "cosmology.background\n");
  WITH("cosmology.table=a.txt");
  expect_contradiction("cosmology.table: belongs to the background \"table\", not to \"power-law\"; set it to \"\", or "
                       "cosmology.background = \"table\"\n");
}

/* Catches a self-consistent background with an equation that has no action of its own, and a key that nothing reads. */
static void test_driven(void **state) {
  (void)state;
  static const char ending[] = ", or give another cosmology.background than \"self-consistent\"\n";
  char line[512];
  WITH("cosmology.background=self-consistent", "cosmology.eta=0.1", "fields.bias=0.1");
  expect_sound();
  WITH("cosmology.eta=0.1");
  expect_contradiction(
      "cosmology.eta: belongs to the background \"self-consistent\", not to \"power-law\"; set it to 0, "
      "or cosmology.background = \"self-consistent\"\n");
  WITH("cosmology.background=self-consistent", "cosmology.hubble_start=0");
  assert_status(dw_params_validate(&params, &report), DW_ERR_PARAM);
  static const char *const cases[][2] = {
      {"fields.s=0.5", "fields.s: fat walls don't have the energy that drives the expansion; set it to 1"},
      {"fields.physical_from=3",
       "fields.physical_from: fat walls don't have the energy that drives the expansion; set it to 0"},
      {"fields.potential=melting",
       "fields.potential: what melts the walls exchanges energy with them and would have to be followed too; choose "
       "another"},
      {"fields.bias_start=2",
       "fields.bias_start: energy that is switched on comes from nowhere; set it and fields.bias_full to 0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    WITH("cosmology.background=self-consistent", cases[i][0], "fields.bias=0.1");
    (void)snprintf(line, sizeof line, "%s%s", cases[i][1], ending);
    assert_status(dw_params_validate(&params, &report), DW_ERR_PARAM);
    assert_non_null(strstr(report.text, line));
  }
}

/* Catches coefficients that another potential would ignore, or that can't make two vacua. */
static void test_coefficients(void **state) {
  (void)state;
  WITH("fields.potential_coefficients=[0.25,0,-0.5,0,0.25]");
  expect_contradiction(
      "fields.potential_coefficients: belong to \"polynomial\", not to \"double-well\"; leave them out, "
      "or set fields.potential = \"polynomial\"\n");
  WITH("fields.potential=polynomial", "fields.potential_coefficients=[0.25,0,-0.5,0,0.25]");
  expect_sound();
  WITH("fields.potential=polynomial", "fields.potential_coefficients=[0.25,0,-0.5,0,0.25,0,0,0,0,0]");
  expect_contradiction(
      "fields.potential_coefficients: 10 given; two vacua need 5 (up to phi^4), and there may be 9 (up "
      "to phi^8); write for example [0.25, 0, -0.5, 0, 0.25]\n");
  WITH("fields.potential=polynomial");
  expect_contradiction("fields.potential_coefficients: 0 given; two vacua need 5 (up to phi^4), and there may be 9 (up "
                       "to phi^8); write for example [0.25, 0, -0.5, 0, 0.25]\n");
}

/* Catches a plug-in without its file, and a file, values or a fingerprint that mean nothing. */
static void test_plugin(void **state) {
  (void)state;
  WITH("fields.potential=plugin");
  expect_contradiction(
      "fields.potential_file: the potential \"plugin\" needs the path of its C file; set it, or another "
      "fields.potential\n");
  WITH("fields.potential=plugin", "fields.potential_file=own.c", "fields.potential_values=[1,2]");
  expect_sound();
  WITH("fields.potential=plugin", "fields.potential_file=own.c",
       "fields.potential_values=[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]");
  expect_contradiction("fields.potential_values: 17 numbers; there may be 16\n");
  WITH("fields.potential_file=own.c");
  expect_contradiction("fields.potential_file: belongs to \"plugin\", not to \"double-well\"; leave it out, or set "
                       "fields.potential = \"plugin\"\n");
  WITH("fields.potential_values=[1]");
  expect_contradiction("fields.potential_values: belongs to \"plugin\", not to \"double-well\"; leave it out, or set "
                       "fields.potential = \"plugin\"\n");
  WITH("fields.potential_fingerprint=1");
  expect_contradiction("fields.potential_fingerprint: belongs to \"plugin\", not to \"double-well\"; leave it out, or "
                       "set fields.potential = \"plugin\"\n");
}

/* Catches initial conditions that can't be made, and a kind that is checked for what belongs to another. */
static void test_initial(void **state) {
  (void)state;
  WITH("fields.initial.kind=walls", "fields.initial.normal=0,0,0");
  expect_contradiction("fields.initial.normal: [0, 0, 0] is no direction; write for example [1, 0, 0]\n");
  WITH("fields.initial.normal=0,0,0");
  expect_sound();
  WITH("fields.initial.kind=mode", "fields.initial.normal=0,0,0");
  expect_sound();
  WITH("fields.initial.kind=mode", "fields.initial.normal=0,-129,0");
  expect_contradiction("fields.initial.normal: wave number -129 is not on the lattice; stay within half of "
                       "lattice.points = 256\n");
  WITH("fields.initial.kind=mode", "fields.initial.normal=0,-128,0");
  expect_sound();
  WITH("fields.initial.kind=sphere", "fields.initial.radius=9.5");
  expect_contradiction("fields.initial.radius: a sphere of radius 9.5 doesn't fit the box; stay below lattice.length / "
                       "2 = 9.5\n");
  WITH("fields.initial.radius=9.5");
  expect_sound();
  WITH("fields.initial.kind=snapshot");
  expect_contradiction("fields.initial.file: a start from a snapshot needs its path; set it, or another "
                       "fields.initial.kind\n");
  WITH("fields.initial.kind=spectrum");
  expect_contradiction("fields.initial.file: a start from a spectrum needs its path; set it, or another "
                       "fields.initial.kind\n");
  WITH("fields.initial.kind=snapshot", "fields.initial.file=a.h5");
  expect_sound();
  WITH("fields.initial.rms=0");
  expect_contradiction("fields.initial.rms: white noise of rms 0 is no field at all; give one > 0\n");
  WITH("fields.initial.cutoff=0.33");
  expect_contradiction("fields.initial.cutoff: no mode of the box lies below 0.33; raise it above 2 pi / "
                       "lattice.length = 0.330694\n");
  WITH("fields.initial.cutoff=0.331");
  expect_sound();
}

/* Catches random starts whose lengths don't fit, and one that is checked for the keys of another. */
static void test_random_starts(void **state) {
  (void)state;
  WITH("fields.initial.kind=gaussian", "fields.initial.cutoff=0.33", "fields.initial.correlation_length=9.5");
  expect_sound();
  WITH("fields.initial.kind=gaussian", "fields.initial.correlation_length=9.6");
  expect_contradiction("fields.initial.correlation_length: 9.6 is not between the lattice spacing 0.0742188 and "
                       "lattice.length / 2 = 9.5\n");
  WITH("fields.initial.kind=cells", "fields.initial.cell=0.074");
  expect_contradiction("fields.initial.cell: 0.074 is not between the lattice spacing 0.0742188 and lattice.length / 2 "
                       "= 9.5\n");
  WITH("fields.initial.kind=cells", "fields.initial.rms=0", "fields.initial.cutoff=0.33");
  expect_sound();
  WITH("fields.initial.kind=power-law", "fields.initial.rms=0");
  expect_contradiction("fields.initial.rms: a random field of rms 0 is no field at all; give one > 0\n");
  WITH("fields.initial.kind=thermal", "fields.initial.rms=0");
  expect_sound();
  WITH("fields.initial.kind=vacuum", "fields.initial.cutoff=0.33");
  expect_contradiction("fields.initial.cutoff: no mode of the box lies below 0.33; raise it above 2 pi / "
                       "lattice.length = 0.330694\n");
}

/* Catches values that came in past the table: NaN, out of range, a broken list, an unknown word. */
static void test_values_set_by_code(void **state) {
  (void)state;
  params.time.end = NAN;
  params.fields.initial.velocity = 1.0;
  params.store.snapshots.count = 2;
  params.store.snapshots.value[1] = -1.0;
  params.analysis.utc_reference.count = -1;
  (void)snprintf(params.precision, sizeof params.precision, "half");
  assert_status(dw_params_validate(&params, &report), DW_ERR_PARAM);
  assert_int_equal(report.count, 5);
  assert_non_null(strstr(report.text, "precision: \"half\" is not a choice; allowed: single, double\n"));
  assert_non_null(strstr(report.text, "time.end: nan is not a finite number"));
  assert_non_null(strstr(report.text, "fields.initial.velocity: 1.0 is out of range; allowed: > -1 and < 1\n"));
  assert_non_null(strstr(report.text, "analysis.utc_reference: a list of 18446744073709551615 is too long"));
  assert_non_null(strstr(report.text, "store.snapshots: element 2: -1.0 is out of range; allowed: >= 0\n"));
}

/* Catches checks that stop at the first problem, and a second complaint about a key that was refused already. */
static void test_collected(void **state) {
  (void)state;
  WITH("lattice.points=250", "gw.coarsening=4", "time.step=0.9", "fields.mass=1", "fields.initial.rms=0");
  assert_status(dw_params_validate(&params, &report), DW_ERR_PARAM);
  assert_int_equal(report.count, 4);

  WITH("fields.mass=1");
  assert_status(dw_params_set(&params, "fields.potential=fre", &report), DW_ERR_PARAM);
  assert_ok(dw_params_validate(&params, &report));
  assert_int_equal(report.count, 1);
}

/* Catches a change of the evolution that a restart lets pass, for each key that has such a flag. */
static void test_compare_every_key(void **state) {
  (void)state;
  static dw_params other;
  const char *free_keys[] = {"name",
                             "output",
                             "overwrite",
                             "lattice.processes",
                             "fields.potential_file",
                             "analysis.interval",
                             "analysis.spectra_interval",
                             "analysis.domains",
                             "store.snapshots",
                             "store.slices",
                             "store.checkpoint_minutes",
                             "store.walltime_minutes"};
  size_t free_count = 0;
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    other = params;
    char *at = (char *)&other + entry->offset;
    switch (entry->type) {
      case DW_PARAM_BOOL: *(bool *)(void *)at = !*(bool *)(void *)at; break;
      case DW_PARAM_INT64: *(int64_t *)(void *)at += 1; break;
      case DW_PARAM_INT64_ARRAY: ((int64_t *)(void *)at)[entry->count - 1] += 1; break;
      case DW_PARAM_REAL: *(double *)(void *)at += 0x1p-40; break;
      case DW_PARAM_REAL_LIST: ((dw_real_list *)(void *)at)->count = 1; break;
      case DW_PARAM_TEXT:
      case DW_PARAM_CHOICE: at[0] = '~'; break;
    }
    bool is_free = strcmp(entry->key, "time.end") == 0;
    for (size_t k = 0; k < sizeof free_keys / sizeof free_keys[0]; k++) {
      is_free = is_free || strcmp(entry->key, free_keys[k]) == 0;
    }
    free_count += is_free;
    dw_report_init(&report);
    assert_status(dw_params_compare(&params, &other, &report), is_free ? DW_OK : DW_ERR_PARAM);
    assert_int_equal(report.count, is_free ? 0 : 1);
    assert_true(is_free || strncmp(report.text, entry->key, strlen(entry->key)) == 0);
  }
  assert_int_equal(free_count, 13);
}

/* Catches a message without the old and the new value, and an earlier end that is let pass. */
static void test_compare_messages(void **state) {
  (void)state;
  static dw_params old;
  old = params;
  WITH("lattice.points=128", "fields.initial.normal=0,1,0", "precision=double", "time.end=9.0", "store.slices=1",
       "gw.enabled=false", "cosmology.w=0");
  assert_status(dw_params_compare(&old, &params, &report), DW_ERR_PARAM);
  const char *remedy = "a restart can't change it: set it back, or start a new run\n";
  char expected[2048];
  (void)snprintf(expected, sizeof expected,
                 "precision: was \"single\", is now \"double\"; %s"
                 "lattice.points: was 256, is now 128; %s"
                 "time.end: was 9.5, is now 9.0; a restart can only end later: set it to 9.5 or more\n"
                 "cosmology.w: was 0.3333333333333333, is now 0.0; %s"
                 "fields.initial.normal: was [1, 0, 0], is now [0, 1, 0]; %s"
                 "gw.enabled: was true, is now false; %s",
                 remedy, remedy, remedy, remedy, remedy);
  assert_string_equal(report.text, expected);

  WITH("time.end=12", "store.snapshots=1,2", "output=elsewhere");
  assert_ok(dw_params_compare(&old, &params, &report));
  assert_int_equal(report.count, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, params_fresh)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_defaults_are_sound),
      TEST(test_lattice),
      TEST(test_step),
      TEST(test_physics),
      TEST(test_chain),
      TEST(test_table),
      TEST(test_driven),
      TEST(test_coefficients),
      TEST(test_plugin),
      TEST(test_initial),
      TEST(test_random_starts),
      TEST(test_values_set_by_code),
      TEST(test_collected),
      TEST(test_compare_every_key),
      TEST(test_compare_messages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
