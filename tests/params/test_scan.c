/* Scan files: what is taken, and every way to get one wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "params/read.h"
#include "params/scan.h"
#include "tests/dw_test.h"

typedef struct fixture {
  dw_scan scan;
  dw_params base;
  dw_params cheap;
  dw_report report;
} fixture;

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  (void)fputs(text, file);
  (void)fclose(file);
}

/* Reads and checks a scan file; problems stay in the report. `set`: one assignment of the command line, or NULL. */
static void read_scan(fixture *f, const char *text, const char *set) {
  write_file("test.cfg", text);
  dw_report_init(&f->report);
  assert_ok(dw_scan_defaults(&f->scan));
  const dw_status read = dw_scan_read(&f->scan, "test.cfg", &f->report);
  assert_true(read == DW_OK || read == DW_ERR_PARAM);
  if (set != NULL) {
    (void)dw_scan_set(&f->scan, set, &f->report);
  }
  const dw_status checked = dw_scan_check(&f->scan, &f->base, &f->cheap, &f->report);
  assert_int_equal(checked, f->report.count == 0 ? DW_OK : checked);
}

static int make(void **state) {
  write_file("base.cfg", "seed = 3;\nlattice = { points = 64; };\nfields = { initial = { cutoff = 2.5; }; };\n");
  *state = calloc(1, sizeof(fixture));
  return *state == NULL;
}

static int drop(void **state) {
  free(*state);
  return 0;
}

#define BASE "base = \"base.cfg\";\n"
#define W "{ key = \"cosmology.w\"; min = 0.0; max = 1.0; }"
#define SOBOL BASE "design = \"sobol\"; points = 4;\n"

static void assert_clean(const fixture *f) {
  if (f->report.count > 0) {
    print_message("%s", f->report.text);
  }
  assert_int_equal(f->report.count, 0);
}

/* Catches a key that doesn't arrive, and --set that doesn't come last. */
static void everything_is_taken(void **state) {
  fixture *f = *state;
  read_scan(f,
            BASE "output = \"out\"; design = \"grid\"; seeds = 2; processes_per_run = 2; threads = 3;\n"
                 "set = ( \"lattice.length=12\", \"fields.bias=0.01\" ); keep_runs = true; blind_every = 4;\n"
                 "cheap = { points = 24; seeds = 9; set = ( \"time.step=0.375\" ); };\n"
                 "parameters = ( { key = \"cosmology.w\"; min = 0; max = 1.0; points = 3; },\n"
                 "  { key = \"fields.initial.cutoff\"; values = [2.0, 3.0]; scale = \"log\"; } );\n",
            "base.lattice.length=13");
  assert_clean(f);
  assert_string_equal(f->scan.output, "out");
  assert_true(f->scan.points == 6 && f->scan.seeds == 2 && f->scan.processes_per_run == 2 && f->scan.threads == 3);
  assert_true(f->scan.keep_runs && f->scan.blind_every == 4 && f->scan.cheap.enabled && f->scan.cheap.seeds == 9);
  assert_close(f->base.lattice.length, 13.0, 0.0, 0.0);
  assert_close(f->base.fields.bias, 0.01, 0.0, 0.0);
  assert_true(f->base.seed == 3 && f->base.lattice.points == 64 && f->base.fields.s == 1.0);
  assert_true(f->cheap.lattice.points == 24 && f->cheap.lattice.stencil == 4 && f->cheap.time.step == 0.375);
  assert_close(f->cheap.lattice.length, 13.0, 0.0, 0.0);
  assert_true(f->scan.keys == 2 && f->scan.key[1].values.count == 2 && f->scan.key[0].points == 3);
}

/* Catches other defaults, a base that is looked for in the wrong directory, and an ensemble that needs parameters. */
static void defaults(void **state) {
  fixture *f = *state;
  read_scan(f, BASE, NULL);
  assert_clean(f);
  assert_true(f->scan.points == 1 && f->scan.seeds == 1 && f->scan.blind_every == 0 && f->scan.keys == 0);
  assert_memory_equal(&f->cheap, &f->base, sizeof f->base);
  read_scan(f, BASE "design = \"active\"; points = 8; cheap = {}; parameters = (" W ");", NULL);
  assert_clean(f);
  assert_true(f->scan.blind_every == 5 && f->cheap.lattice.points == 32 && f->scan.cheap.seeds == 16);
  (void)mkdir("folder", 0777);
  write_file("folder/inner.cfg", "seed = 17;\n");
  write_file("folder/scan.cfg", "base = \"inner.cfg\";\n");
  dw_report_init(&f->report);
  assert_ok(dw_scan_defaults(&f->scan));
  assert_ok(dw_scan_read(&f->scan, "folder/scan.cfg", &f->report));
  assert_ok(dw_scan_check(&f->scan, &f->base, &f->cheap, &f->report));
  assert_int_equal(f->base.seed, 17);
}

/* Catches a mistake that is let through, or a message that doesn't say what and where. */
static void mistakes_are_refused(void **state) {
  fixture *f = *state;
  static const struct {
    const char *text;
    const char *says;
  } cases[] = {
      {"design = \"list\";\n", "test.cfg: base: isn't given"},
      {BASE "desing = \"grid\";\n", "test.cfg:2: desing: unknown key; did you mean design?"},
      {BASE "cheap = { sees = 3; };\n", "test.cfg:2: cheap.sees: unknown key; did you mean seeds?"},
      {BASE "design = \"sobl\";\n", "test.cfg:2: design: \"sobl\" is not a choice; did you mean \"sobol\"?"},
      {BASE "seeds = 0;\n", "test.cfg:2: seeds: 0 is out of range"},
      {BASE "seeds = 1.5;\n", "test.cfg:2: seeds: got the real 1.5, expected integer"},
      {BASE "set = \"seed=1\";\n", "test.cfg:2: set: expected a list of texts"},
      {BASE "set = ( \"lattice.pints=8\" );\n", "--set lattice.pints: unknown key; did you mean lattice.points?"},
      {BASE "cheap = 3;\n", "test.cfg:2: cheap: got a value, expected a group"},
      {BASE "quantities = ( 1 );\n", "test.cfg:2: quantities: element 1 isn't a text"},
      {BASE "quantities = ( \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\" );\n",
       "quantities: 9 are too many"},
      {BASE "blind_every = 1;\n", "blind_every: 1 leaves nothing to learn from"},
      {BASE "parameters = [ 1 ];\n", "test.cfg:2: parameters: expected a list of groups"},
      {BASE "parameters = ( 1 );\n", "test.cfg:2: parameters: expected a group"},
      {SOBOL "parameters = ( { min = 0.0; max = 1.0; } );\n", "test.cfg:3: parameters: a parameter without key"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; min = 0.0; } );\n",
       "test.cfg:3: cosmology.w: min and max belong"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; mix = 0.0; } );\n", "unknown key; did you mean min?"},
      {SOBOL "parameters = ( { key = \"cosmology.x\"; min = 0.0; max = 1.0; } );\n",
       "test.cfg:3: cosmology.x: unknown key; did you mean cosmology.w?"},
      {SOBOL "parameters = ( { key = \"precision\"; min = 0.0; max = 1.0; } );\n",
       "test.cfg:3: precision: isn't a number"},
      {SOBOL "parameters = ( { key = \"gw.enabled\"; min = 0.0; max = 1.0; } );\n", "gw.enabled: isn't a number"},
      {SOBOL "parameters = ( { key = \"store.snapshots\"; min = 0.0; max = 1.0; } );\n",
       "store.snapshots: isn't a number"},
      {SOBOL "parameters = ( { key = \"store.slices\"; min = 0.0; max = 1.0; } );\n", "doesn't change a run's results"},
      {SOBOL "parameters = ( { key = \"seed\"; min = 1.0; max = 9.0; } );\n", "seed: seeds aren't scanned"},
      {SOBOL "parameters = (" W ",\n" W ");\n", "test.cfg:4: cosmology.w: is there twice"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; min = 1.0; max = 1.0; } );\n", "the range from 1 to 1 is empty"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; min = 1.0; max = 0.0; } );\n", "the range from 1 to 0 is empty"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; min = -1.0; max = 0.0; } );\n",
       "cosmology.w: min: -1.0 is out of range"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; min = 0.0; max = 1.0; scale = \"log\"; } );\n",
       "scale = \"log\" needs values above 0"},
      {SOBOL "parameters = ( { key = \"lattice.points\"; min = 16.5; max = 32.0; } );\n", "isn't an integer"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; values = [0.0, 1.0]; } );\n",
       "this design lays the points itself"},
      {SOBOL "parameters = ( { key = \"cosmology.w\"; } );\n", "this design needs min and max"},
      {SOBOL, "test.cfg: parameters: there are none"},
      {BASE "design = \"sobol\"; parameters = (" W ");\n", "test.cfg: points: isn't given"},
      {BASE "parameters = (" W ");\n", "design = \"list\" needs values"},
      {BASE "parameters = ( { key = \"cosmology.w\"; min = 0.0; max = 1.0; values = [0.0]; } );\n",
       "design = \"list\" takes values alone"},
      {BASE "parameters = ( { key = \"cosmology.w\"; values = [0.0, 1.0]; },\n"
            "{ key = \"fields.bias\"; values = [0.0]; } );\n",
       "test.cfg:3: fields.bias: has another number of values"},
      {BASE "points = 3; parameters = ( { key = \"cosmology.w\"; values = [0.0, 1.0]; } );\n",
       "points: 3 are given, the parameters make 2"},
      {BASE "parameters = ( { key = \"fields.bias\"; values = [1.0, -1.0]; scale = \"log\"; } );\n",
       "needs values above 0"},
      {BASE "design = \"grid\"; parameters = (" W ");\n", "design = \"grid\" needs min, max and points"},
      {BASE "design = \"grid\"; parameters = ( { key = \"cosmology.w\"; min = 0.0; max = 1.0; points = 1; } );\n",
       "points = 1 along a grid"},
      {BASE "design = \"grid\"; parameters = ( { key = \"cosmology.w\"; min = 0.0; max = 1.0; points = 1000000; },\n"
            "{ key = \"fields.bias\"; min = 0.0; max = 0.1; points = 2; } );\n",
       "the grid has more than 1000000 points"},
      {BASE "seeds = 4; cheap = { seeds = 3; };\n", "cheap.seeds: 3 are fewer than seeds = 4"},
      {BASE "cheap = { points = 128; };\n", "cheap.points: 128 are more than the base's 64"},
      {BASE "set = ( \"lattice.points=63\" ); cheap = {};\n", "cheap.points: half of 63 isn't an integer"},
      {BASE "cheap = {}; parameters = ( { key = \"lattice.stencil\"; values = [2, 4]; } );\n",
       "the cheap twin changes it"},
      {BASE "parameters = ( { key = \"fields.initial.temperature\"; values = [1.0, 2.0]; } );\n",
       "fields.initial.temperature: has no effect on the base, whose fields.initial.kind is \"white-noise\"; it needs "
       "fields.initial.kind = thermal"},
      {BASE "design = \"grid\";\nseeds = ;\n", "test.cfg:3: syntax error"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    read_scan(f, cases[i].text, NULL);
    if (f->report.count == 0 || strstr(f->report.text, cases[i].says) == NULL) {
      print_message("case %zu: expected \"%s\", got: %s\n", i, cases[i].says, f->report.text);
    }
    assert_true(f->report.count > 0);
    assert_non_null(strstr(f->report.text, cases[i].says));
  }
}

/* Catches a reader that stops at the first mistake. */
static void all_mistakes_at_once(void **state) {
  fixture *f = *state;
  read_scan(f,
            BASE
            "seeds = 0; batch = 0;\nset = ( \"lattice.points=1\" );\n"
            "parameters = ( { key = \"cosmology.w\"; values = [-3.0]; }, { key = \"nothing\"; values = [1.0]; } );\n",
            "base.cosmology.v=1");
  assert_int_equal(f->report.count, 8);
  /* A design that isn't known has no demands, and hides no other mistake. */
  read_scan(f,
            BASE
            "design = \"sobl\"; parameters = ( { key = \"cosmology.w\"; min = -0.2; max = 1.0; scale = \"log\"; } );\n",
            NULL);
  assert_int_equal(f->report.count, 2);
  assert_non_null(strstr(f->report.text, "did you mean \"sobol\"?"));
  assert_non_null(strstr(f->report.text, "scale = \"log\" needs values above 0"));
}

/* Catches command-line keys that are taken for others. */
static void sets_are_checked(void **state) {
  fixture *f = *state;
  read_scan(f, SOBOL "parameters = (" W ");\n", "points=9");
  assert_clean(f);
  assert_int_equal(f->scan.points, 9);
  read_scan(f, BASE, "cosmology.w=1");
  assert_non_null(strstr(f->report.text, "--set cosmology.w: unknown key of a scan"));
  assert_non_null(strstr(f->report.text, "base.KEY"));
  read_scan(f, BASE, "seeds");
  assert_non_null(strstr(f->report.text, "--set seeds: no value given"));
  read_scan(f, BASE, "base.cosmology.w=-2");
  assert_non_null(strstr(f->report.text, "cosmology.w: -2.0 is out of range"));
}

/* Catches a run that has other parameters than its point, seed and level. */
static void points_become_parameters(void **state) {
  fixture *f = *state;
  dw_params run;
  read_scan(f,
            SOBOL "cheap = { set = ( \"time.step=0.125\" ); };\nparameters = (" W ",\n"
                  "{ key = \"gw.coarsening\"; min = 2; max = 4; } );\n",
            NULL);
  assert_clean(f);
  assert_ok(dw_scan_point(&f->scan, &f->base, false, (const double[]){0.625, 4.0}, 11, &run, &f->report));
  assert_true(run.cosmology.w == 0.625 && run.gw.coarsening == 4 && run.lattice.stencil == 2 && run.seed == 11);
  assert_true(run.lattice.points == 64 && run.fields.s == 1.0 && run.fields.initial.cutoff == 2.5);
  assert_ok(dw_scan_point(&f->scan, &f->base, true, (const double[]){0.25, 2.0}, 12, &run, &f->report));
  assert_true(run.cosmology.w == 0.25 && run.lattice.points == 32 && run.lattice.stencil == 4 &&
              run.time.step == 0.125);
  assert_status(dw_scan_point(&f->scan, &f->base, false, (const double[]){0.5, 3.0}, 1, &run, &f->report),
                DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "gw.coarsening"));
}

/* Catches points or checks that share noise where they must not, and those that don't where they should. */
static void points_have_seeds(void **state) {
  fixture *f = *state;
  read_scan(f, SOBOL "parameters = (" W ");\n", NULL);
  assert_clean(f);
  assert_true(dw_scan_first_seed(&f->scan, &f->base, 0, false) == f->base.seed);
  assert_true(dw_scan_first_seed(&f->scan, &f->base, 2, false) == f->base.seed + 2000000);
  read_scan(f, SOBOL "realisations = \"common\"; parameters = (" W ");\n", NULL);
  assert_true(dw_scan_first_seed(&f->scan, &f->base, 2, false) == f->base.seed);
  assert_true(dw_scan_first_seed(&f->scan, &f->base, 2, true) == f->base.seed + 2000000);
  read_scan(f, BASE "parameters = ( { key = \"cosmology.w\"; values = [ 0.0, 0.5, 1.0 ]; } );\n", NULL);
  assert_true(dw_scan_first_seed(&f->scan, &f->base, 2, false) == f->base.seed);
  read_scan(f, BASE "realisations = \"own\"; parameters = ( { key = \"cosmology.w\"; values = [ 0.0, 0.5 ]; } );\n",
            NULL);
  assert_true(dw_scan_first_seed(&f->scan, &f->base, 1, false) == f->base.seed + 1000000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_is_taken),  cmocka_unit_test(defaults),
      cmocka_unit_test(mistakes_are_refused), cmocka_unit_test(all_mistakes_at_once),
      cmocka_unit_test(sets_are_checked),     cmocka_unit_test(points_become_parameters),
      cmocka_unit_test(points_have_seeds),
  };
  return cmocka_run_group_tests(tests, make, drop);
}
