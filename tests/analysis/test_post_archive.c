/* Reading a run back: the numbers of a good one, and what is said about others. */
#include "analysis/post/archive.h"
#include "analysis/post/archive_compare.h"
#include "base/memory.h"
#include "lattice/format.h"
#include "tests/analysis/archive_fixture.h"
#include "tests/faults/faults.h"

/* The run can't be opened, the message says `what`, nothing is left behind and little memory was taken. */
static void refused_at(const char *directory, const char *what, int line) {
  dw_archive *archive = NULL;
  const size_t held = dw_memory_held();
  const dw_status status = dw_archive_open(&archive, directory);
  const char *message = dw_message();
  if (status != DW_ERR_FILE || archive != NULL || strstr(message, what) == NULL || strchr(message, '\n') != NULL) {
    print_error("status %d instead of %d, or \"%s\" isn't in: %s\n", (int)status, (int)DW_ERR_FILE, what, message);
    _fail(__FILE__, line);
  }
  assert_true(dw_memory_held() == held);
  assert_true(dw_memory_peak() < 4u << 20);
}

#define refused(directory, what) refused_at((directory), (what), __LINE__)

static dw_archive *opened(const char *directory) {
  dw_archive *archive = NULL;
  assert_ok(dw_archive_open(&archive, directory));
  return archive;
}

static void check_ramp(const double *values, int64_t count, double base) {
  assert_non_null(values);
  for (int64_t i = 0; i < count; i++) {
    assert_close(values[i], number(base, i), 0.0, 0.0);
  }
}

/* Catches values in another order or group, a lost axis, and parameters or a model that aren't the run's. */
static void a_run_is_read(void **state) {
  (void)state;
  write_run("good");
  dw_archive *run = opened("good");
  assert_true(run->params.lattice.points == 32 && run->model.background.p == 1.0 && run->finished);
  assert_close(run->spacing, 0.5, 0.0, 0.0);
  assert_close(run->model.potential->tension, 2.0 * sqrt(2.0) / 3.0, 1e-14, 0.0);
  assert_true(run->field.rows == T && run->field.shells == K_FIELD && run->etc.shells == K && run->gw.shells == K);
  assert_true(run->etc.step[1] == 20 && run->etc.count[2] == 24 && run->etc.coarsening == 2);
  assert_close(run->etc.tau[2], 9.5, 0.0, 0.0);
  assert_close(run->etc.spacing + run->etc.k_end, 3.625, 0.0, 0.0);
  check_ramp(run->etc.k, K, 0.5);
  check_ramp(dw_archive_value(&run->field, "power"), T * K_FIELD, 10.0);
  check_ramp(dw_archive_value(&run->etc, "value"), T * K, 20.0);
  check_ramp(dw_archive_value(&run->etc, "value_error"), T * K, 21.0);
  check_ramp(dw_archive_value(&run->gw, "drho_dlnk"), T * K, 30.0);
  check_ramp(dw_archive_value(&run->gw, "drho_dlnk_averaged"), T * K, 31.0);
  assert_null(dw_archive_value(&run->gw, "omega"));
  assert_null(dw_archive_value(&run->etc, "power"));
  assert_null(dw_archive_value(&run->stress, "scalar"));
  assert_true(run->stress.rows == 0 && run->version[0] != '\0' && run->git[0] != '\0');
  dw_archive_close(run);
}

/* Catches unequal times with axes swapped, NaN that are lost or refused, and modes of the wrong shell. */
static void unequal_times_are_read(void **state) {
  (void)state;
  write_run("unequal");
  dw_archive *run = opened("unequal");
  const double *value = dw_archive_value(&run->utc, "value");
  assert_true(run->utc.references == R && run->utc.shells == K_UTC && run->utc.rows == T);
  check_ramp(run->utc.reference_tau, R, 6.0);
  for (int64_t i = 0; i < R * T * K_UTC; i++) {
    assert_true(i % 4 == 0 ? isnan(value[i]) : value[i] == number(40.0, i));
  }
  const dw_archive_tracks *tracks = &run->tracks;
  assert_true(tracks->samples == S && tracks->modes == M && tracks->shells == 2);
  assert_true(tracks->first[0] == 0 && tracks->first[1] == 2 && tracks->first[2] == 3);
  assert_true(tracks->n[4] == -1 && tracks->shell_count[1] == 62 && tracks->step[3] == 30);
  check_ramp(tracks->amplitude, S * M * 4, -3.0);
  assert_true(dw_archive_has_unequal(run));
  dw_archive_close(run);
}

/* Catches a run without the optional groups that is refused, and unequal times seen where there are none. */
static void what_is_optional_may_be_absent(void **state) {
  (void)state;
  write_run("less");
  assert_true(unlink("less/tracks.h5") == 0);
  dw_archive *run = opened("less");
  assert_true(run->tracks.samples == 0 && run->tracks.amplitude == NULL && dw_archive_has_unequal(run));
  dw_archive_close(run);
  for (int i = 0; i < R * T * K_UTC; i++) { /* references that no spectrum came after */
    poke("less/spectra.h5", "/utc/value", i, (double)NAN);
  }
  run = opened("less");
  assert_true(run->utc.references == R && !dw_archive_has_unequal(run));
  dw_archive_close(run);
  drop("less/spectra.h5", "/utc");
  drop("less/spectra.h5", "/gw");
  drop("less/spectra.h5", "/etc/value_error");
  run = opened("less");
  assert_true(run->utc.rows == 0 && run->gw.rows == 0 && !dw_archive_has_unequal(run));
  assert_null(dw_archive_value(&run->etc, "value_error"));
  assert_null(dw_archive_value(&run->utc, "value"));
  dw_archive_close(run);
}

/* Catches columns found by their place instead of their name, and empty fields that aren't NAN. */
static void columns_go_by_name(void **state) {
  (void)state;
  static const char text[] = "later,tau,step,a,conformal_hubble,t,phi_mean,phi_rms,energy_kinetic,energy_gradient,"
                             "energy_potential,area,area_parameter_h,area_parameter_t,velocity,gamma_velocity,"
                             "fraction_positive,rho_gw,wall_resolution,horizon_fraction,valid,more\n"
                             "words,1,0,1,1,1,1,1,1,1,1,7.5,,0.5,0.25,,,,,,1,\n"
                             ",6,20,1,1,1,1,1,1,1,1,8.5,,0.5,0.25,,,,,,0,inf\n";
  write_run("named");
  write_text("named/timeseries.csv", text, strlen(text));
  dw_archive *run = opened("named");
  assert_true(run->series.rows == 2 && !run->finished);
  assert_close(dw_archive_column(run, DW_COLUMN_TAU)[1], 6.0, 0.0, 0.0);
  assert_close(dw_archive_column(run, DW_COLUMN_STEP)[1], 20.0, 0.0, 0.0);
  assert_close(dw_archive_column(run, DW_COLUMN_AREA)[1], 8.5, 0.0, 0.0);
  assert_close(dw_archive_column(run, DW_COLUMN_VALID)[1], 0.0, 0.0, 0.0);
  assert_true(isnan(dw_archive_column(run, DW_COLUMN_AREA_PARAMETER_H)[0]));
  assert_true(isnan(dw_archive_column(run, DW_COLUMN_EFFICIENCY_PEAK)[0])); /* no such column in the file */
  dw_archive_close(run);
}

/* `from` is replaced by `to`, once, in the time series of a good run. */
static void edit(const char *from, const char *to) {
  char *text = NULL;
  size_t bytes = 0;
  write_series("edited", ROWS);
  assert_ok(dw_replace_read("edited/timeseries.csv", &text, &bytes));
  char *at = strstr(text, from);
  assert_non_null(at);
  FILE *file = fopen("edited/timeseries.csv", "w");
  (void)fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  (void)fclose(file);
  dw_free(text);
}

/* Catches a damaged time series that is taken, or a message without its line. */
static void damaged_series_are_refused(void **state) {
  (void)state;
  static const char *const cases[][3] = {
      {"step,tau", "step,time", "edited/timeseries.csv:1: there is no column tau"},
      {"phi_mean", "phi_rms", "timeseries.csv:1: column phi_rms is there 2 times"},
      {"\n10,3,", "\n10,3,0,", " fields where the first line names "},
      {"\n20,6,", "\n20,", "timeseries.csv:4: "},
      {"\n20,6,", "\n20,3,", "timeseries.csv:4: tau = 3 follows 3, it must rise"},
      {"\n20,6,", "\n5,6,", "timeseries.csv:4: step = 5 follows 10"},
      {"\n20,6,", "\n20,nan,", "timeseries.csv:4: column tau holds no finite number"},
      {"\n20,6,", "\n20,,", "timeseries.csv:4: column tau holds no finite number"},
      {"\n20,6,", "\n20,1e999,", "timeseries.csv:4: column tau"},
      {"\n20,6,", "\n20,6x,", "timeseries.csv:4: column tau"},
      {"\n20,6,", "\n20,6.5,", "edited: step 20 is at tau = 6 in spectra.h5 and at 6.5 in timeseries.csv"},
      {"\n20,6,", "\r\n20,6,", "timeseries.csv:3: column "},
  };
  write_run("edited");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    edit(cases[i][0], cases[i][1]);
    refused("edited", cases[i][2]);
  }
  write_series("edited", 0);
  refused("edited", "timeseries.csv: there are no rows");
  write_text("edited/timeseries.csv", "", 0);
  refused("edited", "timeseries.csv:1: the file is empty");
  assert_true(truncate("edited/timeseries.csv", (off_t)1 << 40) == 0); /* sparse */
  refused("edited", "timeseries.csv: 1099511627776 bytes are more than a time series has");
  assert_true(unlink("edited/timeseries.csv") == 0);
  refused("edited", "edited holds no run: there is no timeseries.csv");
}

/* Catches a reader of text that leaves its buffer or leaks: cut anywhere, bytes replaced. A cut between lines is a
 * shorter run; every other cut is refused. */
static void any_cut_of_a_series_is_survived(void **state) {
  (void)state;
  static const char bytes_in[] = {'\0', '\n', ',', '-', (char)0xff};
  char *text = NULL;
  size_t bytes = 0;
  write_run("cut");
  assert_ok(dw_replace_read("cut/timeseries.csv", &text, &bytes));
  dw_archive_series series;
  const size_t held = dw_memory_held();
  for (size_t n = 0; n < bytes; n++) {
    write_text("cut/timeseries.csv", text, n);
    const bool good = dw_archive_series_read(&series, "cut/timeseries.csv") == DW_OK;
    assert_true(good == (n > 0 && text[n - 1] == '\n' && memchr(text, '\n', n) != text + n - 1));
    dw_archive_series_free(&series);
  }
  for (size_t n = 0; n < bytes; n += 2) {
    const char was = text[n];
    text[n] = bytes_in[n % sizeof bytes_in];
    write_text("cut/timeseries.csv", text, bytes);
    (void)dw_archive_series_read(&series, "cut/timeseries.csv");
    dw_archive_series_free(&series);
    text[n] = was;
  }
  assert_true(dw_memory_held() == held);
  dw_free(text);
}

static void put_nothing(dw_file *file) { (void)file; }

static void set_format(int64_t version) {
  const hid_t file = open_again("foreign/spectra.h5");
  const hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
  assert_true(H5Awrite(attribute, H5T_NATIVE_INT64, &version) >= 0);
  (void)H5Aclose(attribute);
  (void)H5Fclose(file);
}

static void drop_attribute(const char *name) {
  const hid_t file = open_again("foreign/spectra.h5");
  assert_true(H5Adelete(file, name) >= 0);
  (void)H5Fclose(file);
}

/* Catches something that isn't a run taken for one. */
static void what_is_no_run_is_refused(void **state) {
  (void)state;
  static const char *const attributes[] = {"format_version", "provenance.version", "config"};
  dw_params *params = make_params();
  refused("nowhere", "nowhere: can't be read (No such file");
  write_text("plain", "text", 4);
  refused("plain", "plain isn't a directory; name the directory of a run");
  assert_true(mkdir("empty", 0777) == 0);
  refused("empty", "empty holds no run: there is no spectra.h5 in it");
  write_run("foreign");
  write_text("foreign/spectra.h5", "text", 4);
  refused("foreign", "foreign/spectra.h5: can't be opened, it is no HDF5 file");
  for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
    char what[128];
    write_run("foreign");
    drop_attribute(attributes[i]);
    (void)snprintf(what, sizeof what, "its root has no attribute %s; name the directory of a run", attributes[i]);
    refused("foreign", what);
  }
  write_run("foreign");
  set_format(DW_FORMAT_VERSION + 1);
  refused("foreign", "foreign/spectra.h5 has format version ");
  write_file("foreign/spectra.h5", params, put_nothing);
  refused("foreign", "foreign/spectra.h5: has no dataset /field/step");
  params->lattice.points = 33; /* contradicts the coarsening */
  write_file("foreign/spectra.h5", params, put_spectra);
  refused("foreign", "spectra.h5: attribute config isn't that of a run of this version of the program: lattice.points");
  free(params);
}

/* Catches a cut HDF5 file that is taken, or that ends the program. */
static void cut_files_are_refused(void **state) {
  (void)state;
  write_run("short");
  struct stat whole;
  assert_true(stat("short/spectra.h5", &whole) == 0);
  for (int part = 0; part < 8; part++) {
    write_run("short");
    assert_true(truncate("short/spectra.h5", whole.st_size * part / 8) == 0);
    refused("short", "short/spectra.h5: ");
  }
}

/* Catches arrays of which one is longer than the others, or that hold what isn't a number. */
static void shapes_must_agree(void **state) {
  (void)state;
  static const struct {
    const char *file;
    const char *dataset;
    int rank;
    hsize_t shape[4];
    const char *what;
  } cases[] = {
      {"spectra.h5", "/etc/tau", 1, {2}, "dataset /etc/tau is (2) where the others ask for (3)"},
      {"spectra.h5", "/etc/k", 2, {K, 1}, "dataset /etc/k is (3, 1) where the others ask for (any)"},
      {"spectra.h5", "/etc/count", 1, {4}, "dataset /etc/count is (4) where the others ask for (3)"},
      {"spectra.h5", "/etc/value", 2, {K, T + 1}, "dataset /etc/value is (3, 4) where the others ask for (3, 3)"},
      {"spectra.h5", "/utc/value", 2, {T, K_UTC}, "dataset /utc/value is (3, 2) where the others ask for (2, 3, 2)"},
      {"spectra.h5", "/utc/value", 3, {T, R, K_UTC}, "/utc/value is (3, 2, 2) where the others ask for (2, 3, 2)"},
      {"tracks.h5", "/tracks/n", 2, {M, 2}, "dataset /tracks/n is (3, 2) where the others ask for (3, 3)"},
      {"tracks.h5", "/tracks/amplitude", 3, {S, M, 2}, "is (4, 3, 2) where the others ask for (4, 3, 4)"},
      {"tracks.h5", "/tracks/shell_count", 1, {3}, "dataset /tracks/shell_count is (3)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_run("shapes");
    replace(in("shapes", cases[i].file), cases[i].dataset, cases[i].rank, cases[i].shape, H5T_NATIVE_DOUBLE);
    refused("shapes", cases[i].what);
  }
  write_run("shapes");
  replace("shapes/spectra.h5", "/etc/step", 1, (const hsize_t[]){T}, H5T_NATIVE_DOUBLE);
  refused("shapes", "dataset /etc/step doesn't hold integer numbers");
  write_run("shapes");
  drop("shapes/spectra.h5", "/gw/drho_dlnk");
  refused("shapes", "has no dataset /gw/drho_dlnk");
  write_run("shapes");
  poke("shapes/spectra.h5", "/gw/step", 1, 19.0);
  refused("shapes", "groups field and gw have other rows or times (3 and 3)");
  write_run("shapes");
  poke("shapes/spectra.h5", "/gw/tau", 1, 6.5);
  refused("shapes", "groups field and gw have other rows or times (3 and 3)");
  write_run("shapes");
  drop("shapes/spectra.h5", "/etc/scaling");
  refused("shapes", "has no dataset /etc/scaling");
  write_run("shapes");
  replace("shapes/spectra.h5", "/field/step", 1, (const hsize_t[]){0}, H5T_NATIVE_INT64);
  replace("shapes/spectra.h5", "/field/tau", 1, (const hsize_t[]){0}, H5T_NATIVE_DOUBLE);
  replace("shapes/spectra.h5", "/field/a", 1, (const hsize_t[]){0}, H5T_NATIVE_DOUBLE);
  refused("shapes", "group /field is empty");
  write_run("shapes");
  replace("shapes/tracks.h5", "/tracks/shell_k", 1, (const hsize_t[]){K + 1}, H5T_NATIVE_DOUBLE);
  replace("shapes/tracks.h5", "/tracks/shell_count", 1, (const hsize_t[]){K + 1}, H5T_NATIVE_INT64);
  for (int i = 0; i < K + 1; i++) {
    poke("shapes/tracks.h5", "/tracks/shell_k", i, number(0.5, i));
    poke("shapes/tracks.h5", "/tracks/shell_count", i, 6.0);
  }
  refused("shapes", "tracks.h5 has 4 shells, and spectra.h5 only 3");
  write_run("shapes");
  poke("shapes/spectra.h5", "/utc/k", 1, 0.8);
  refused("shapes", "group utc has other shells than etc");
}

/* Catches a size in a file that decides an allocation: none of these numbers is on the disk. */
static void sizes_are_not_believed(void **state) {
  (void)state;
  static const struct {
    const char *file;
    const char *dataset;
    int rank;
    hsize_t shape[4];
    hid_t *type;
  } cases[] = {
      {"spectra.h5", "/field/step", 1, {(hsize_t)1 << 58}, &H5T_NATIVE_INT64_g},
      {"spectra.h5", "/field/step", 1, {1 << 20}, &H5T_NATIVE_INT64_g},
      {"spectra.h5", "/field/k", 1, {(hsize_t)1 << 40}, &H5T_NATIVE_DOUBLE_g},
      {"spectra.h5", "/utc/reference_tau", 1, {1 << 20}, &H5T_NATIVE_DOUBLE_g},
      {"tracks.h5", "/tracks/step", 1, {(hsize_t)1 << 33}, &H5T_NATIVE_INT64_g},
      {"tracks.h5", "/tracks/shell", 1, {1 << 20}, &H5T_NATIVE_INT64_g},
      {"tracks.h5", "/tracks/shell_k", 1, {(hsize_t)1 << 58}, &H5T_NATIVE_DOUBLE_g},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_run("huge");
    replace(in("huge", cases[i].file), cases[i].dataset, cases[i].rank, cases[i].shape, *cases[i].type);
    refused("huge", "more than a file of ");
  }
  write_run("huge");
  replace("huge/spectra.h5", "/field/step", 1, (const hsize_t[]){(hsize_t)1 << 40}, H5T_NATIVE_INT64);
  assert_true(truncate("huge/spectra.h5", (off_t)1 << 43) == 0); /* a sparse file that could hold it */
  refused("huge", "more than a file of ");
}

/* Catches numbers that what comes after can't do anything with. */
static void numbers_must_make_sense(void **state) {
  (void)state;
  static const struct {
    const char *file;
    const char *dataset;
    int index;
    double value;
    const char *what;
  } cases[] = {
      {"spectra.h5", "/etc/value", 4, (double)NAN, "number 5 of dataset /etc/value is nan, it must be finite"},
      {"spectra.h5", "/utc/value", 1, (double)INFINITY, "number 2 of dataset /utc/value is inf"},
      {"spectra.h5", "/etc/tau", 1, 1.0, "number 2 of dataset /etc/tau is 1, it must be finite and larger"},
      {"spectra.h5", "/etc/tau", 0, (double)NAN, "number 1 of dataset /etc/tau is nan"},
      {"spectra.h5", "/etc/a", 2, 0.0, "number 3 of dataset /etc/a is 0, it must be finite and > 0"},
      {"spectra.h5", "/etc/k", 2, 0.75, "number 3 of dataset /etc/k is 0.75"},
      {"spectra.h5", "/etc/count", 1, 0.0, "number 2 of dataset /etc/count is 0, it must be at least 1"},
      {"spectra.h5", "/field/step", 1, 0.0, "number 2 of dataset /field/step is 0, it must be at least 0 and larger"},
      {"spectra.h5", "/utc/reference_tau", 0, (double)NAN, "number 1 of dataset /utc/reference_tau"},
      {"tracks.h5", "/tracks/shell", 0, 2.0, "mode 2 is of shell 1, where there are 2 shells in order"},
      {"tracks.h5", "/tracks/shell", 2, 3.0, "mode 3 is of shell 3, where there are 2 shells in order"},
      {"tracks.h5", "/tracks/shell", 0, 0.0, "number 1 of dataset /tracks/shell is 0"},
      {"tracks.h5", "/tracks/amplitude", 40, (double)NAN, "number 41 of dataset /tracks/amplitude is nan"},
      {"tracks.h5", "/tracks/tau", 3, 6.0, "number 4 of dataset /tracks/tau is 6"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_run("numbers");
    poke(in("numbers", cases[i].file), cases[i].dataset, cases[i].index, cases[i].value);
    refused("numbers", cases[i].what);
  }
}

/* Catches tracks of another run, and ones that stop a run because only its name or its end differs. */
static void tracks_are_of_the_same_run(void **state) {
  (void)state;
  dw_params *params = make_params();
  write_run("mixed");
  params->seed = 2;
  write_file("mixed/tracks.h5", params, put_tracks);
  refused("mixed", "mixed/tracks.h5 isn't of the run of spectra.h5: their seed differ");
  params->seed = 1;
  (void)snprintf(params->name, sizeof params->name, "another");
  params->time.end = 12.0;
  write_file("mixed/tracks.h5", params, put_tracks);
  dw_archive_close(opened("mixed"));
  free(params);
}

/* Catches a run taken for finished before its end, and one that ends within a step of it taken for unfinished. */
static void the_end_is_recognised(void **state) {
  (void)state;
  static const struct {
    double end;
    bool finished;
  } cases[] = {{9.5, true}, {9.5 * (1.0 + 4e-16), true}, {9.2, true}, {9.50001, false}, {12.0, false}};
  dw_params *params = make_params();
  write_run("end");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    params->time.end = cases[i].end;
    write_file("end/spectra.h5", params, put_spectra);
    dw_archive *run = opened("end");
    assert_true(run->finished == cases[i].finished);
    dw_archive_close(run);
  }
  params->time.end = 9.5;
  write_file("end/spectra.h5", params, put_spectra);
  write_series("end", ROWS - 1);
  dw_archive *run = opened("end");
  assert_false(run->finished);
  assert_close(dw_archive_tau_last(run), 6.0, 0.0, 0.0);
  dw_archive_close(run);
  free(params);
}

/* Catches members of an ensemble that differ in more than their seed, and a harmless difference that counts. */
static void set_ups_are_compared(void **state) {
  (void)state;
  dw_params *a = make_params();
  dw_params *b = make_params();
  b->seed = 9;
  b->overwrite = true;
  b->lattice.processes[1] = 3;
  b->store.slices = 0.125;
  (void)snprintf(b->name, sizeof b->name, "b");
  (void)snprintf(b->output, sizeof b->output, "c");
  assert_null(dw_params_difference(a, b, dw_key_decides_ensemble));
  assert_string_equal(dw_params_difference(a, b, dw_key_decides_run)->key, "seed");
  b->analysis.utc_reference.count = 1;
  assert_string_equal(dw_params_difference(a, b, dw_key_decides_ensemble)->key, "analysis.utc_reference");
  b->fields.initial.normal[2] = 1;
  assert_string_equal(dw_params_difference(a, b, dw_key_decides_ensemble)->key, "fields.initial.normal");
  b->cosmology.w = 0.25;
  assert_string_equal(dw_params_difference(a, b, dw_key_decides_ensemble)->key, "cosmology.w");
  free(a);
  free(b);
}

/* Catches memory that leaks, or a crash, when any one allocation fails. */
static void failing_allocations_leave_nothing(void **state) {
  (void)state;
  write_run("memory");
  const size_t held = dw_memory_held();
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  dw_archive_close(opened("memory"));
  const int64_t all = dw_faults_count(DW_FAULT_MEMORY);
  assert_true(all > 40);
  for (int64_t n = 1; n <= all; n++) {
    dw_archive *archive = NULL;
    dw_faults_arm(DW_FAULT_MEMORY, n);
    assert_status(dw_archive_open(&archive, "memory"), DW_ERR_MEMORY);
    dw_faults_disarm();
    assert_null(archive);
    assert_true(dw_memory_held() == held);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_is_read),
      cmocka_unit_test(unequal_times_are_read),
      cmocka_unit_test(what_is_optional_may_be_absent),
      cmocka_unit_test(columns_go_by_name),
      cmocka_unit_test(damaged_series_are_refused),
      cmocka_unit_test(any_cut_of_a_series_is_survived),
      cmocka_unit_test(what_is_no_run_is_refused),
      cmocka_unit_test(cut_files_are_refused),
      cmocka_unit_test(shapes_must_agree),
      cmocka_unit_test(sizes_are_not_believed),
      cmocka_unit_test(numbers_must_make_sense),
      cmocka_unit_test(tracks_are_of_the_same_run),
      cmocka_unit_test(the_end_is_recognised),
      cmocka_unit_test(set_ups_are_compared),
      cmocka_unit_test(failing_allocations_leave_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
