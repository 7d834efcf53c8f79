/* timeseries.csv: rows, restarts, full disks. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "analysis/timeseries.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "tests/dw_test_mpi.h"

static const char header[] =
    "step,tau,a,conformal_hubble,t,phi_mean,phi_rms,energy_kinetic,energy_gradient,energy_potential,area,"
    "area_parameter_h,area_parameter_t,velocity,gamma_velocity,fraction_positive,rho_gw,wall_resolution,"
    "horizon_fraction,valid,efficiency_peak,efficiency_total,volume_walls,energy_kinetic_walls,energy_gradient_walls,"
    "energy_potential_walls,energy_radiation,domains,domain_largest,walls,walls_closed,area_closed,area_percolating,"
    "string_length,junction_length,constraint\n";

/* All processes read the file and compare. */
static bool file_is(const char *path, const char *expected) {
  char *text = NULL;
  size_t bytes = 0;
  dw_comm_barrier(dw_comm_world());
  const bool same = dw_replace_read(path, &text, &bytes) == DW_OK && strcmp(text, expected) == 0;
  if (!same) {
    (void)fprintf(stderr, "%s holds:\n%s", path, text == NULL ? "nothing\n" : text);
  }
  dw_free(text);
  return same;
}

static void write_file(const char *path, const char *head, const char *rows) {
  if (dw_comm_rank(dw_comm_world()) == 0) {
    FILE *file = fopen(path, "w");
    (void)fputs(head, file);
    (void)fputs(rows, file);
    (void)fclose(file);
  }
  dw_comm_barrier(dw_comm_world());
}

static void make_row(double row[DW_COLUMNS], double step) {
  dw_row_clear(row);
  row[DW_COLUMN_STEP] = step;
  row[DW_COLUMN_TAU] = 0.1;
}

static void append(dw_timeseries *series, double step) {
  double row[DW_COLUMNS];
  make_row(row, step);
  assert_all_ok(dw_timeseries_append(series, row));
}

#define EMPTY ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n" /* after step and tau */
#define ROW(step) #step ",0.10000000000000001" EMPTY

/* Catches columns in another order, numbers that lose digits, empty fields that aren't empty. */
static void rows_are_written(void **state) {
  (void)state;
  dw_timeseries *series = NULL;
  double row[DW_COLUMNS];
  for (int i = 0; i < DW_COLUMNS; i++) {
    row[i] = 1.0 / (i + 1);
  }
  row[DW_COLUMN_STEP] = 12345678901.0;
  row[DW_COLUMN_RHO_GW] = (double)NAN;
  row[DW_COLUMN_VALID] = 0.0;
  row[DW_COLUMN_DOMAINS] = 12.0;
  row[DW_COLUMN_WALLS] = 11.0;
  row[DW_COLUMN_WALLS_CLOSED] = 9.0;
  assert_all_ok(dw_timeseries_create(&series, dw_comm_world(), "rows.csv"));
  assert_all(file_is("rows.csv", header));
  assert_all_ok(dw_timeseries_append(series, row));
  assert_all_ok(dw_timeseries_sync(series));
  char expected[2048];
  size_t used = (size_t)snprintf(expected, sizeof expected, "%s12345678901", header);
  for (int i = 1; i < DW_COLUMNS; i++) {
    used += (size_t)snprintf(expected + used, sizeof expected - used, i == DW_COLUMN_RHO_GW ? "," : ",%.17g", row[i]);
  }
  (void)snprintf(expected + used, sizeof expected - used, "\n");
  assert_all(file_is("rows.csv", expected));
  dw_timeseries_close(series);
}

/* Catches a new run that goes on with the rows of an old one. */
static void a_new_run_starts_anew(void **state) {
  (void)state;
  dw_timeseries *series = NULL;
  write_file("anew.csv", header, "1,2\n");
  assert_all_ok(dw_timeseries_create(&series, dw_comm_world(), "anew.csv"));
  append(series, 5.0);
  dw_timeseries_close(series);
  char expected[1024];
  (void)snprintf(expected, sizeof expected, "%s%s", header, ROW(5));
  assert_all(file_is("anew.csv", expected));
}

/* Catches rows after the checkpoint that stay, or earlier ones that go, and a torn last line that is kept. */
static void a_restart_cuts_rows(void **state) {
  (void)state;
  static const char *const torn[] = {"", "30", "20,0.1,0.2", ROW(20) "3"};
  dw_timeseries *series = NULL;
  for (size_t i = 0; i < sizeof torn / sizeof torn[0]; i++) {
    write_file("cut.csv", header, ROW(0) ROW(10));
    if (dw_comm_rank(dw_comm_world()) == 0) {
      FILE *file = fopen("cut.csv", "a");
      (void)fputs(torn[i], file);
      (void)fclose(file);
    }
    char before[2048];
    (void)snprintf(before, sizeof before, "%s%s%s%s", header, ROW(0), ROW(10), torn[i]);
    assert_all_ok(dw_timeseries_check(dw_comm_world(), "cut.csv", 10, -1));
    assert_all_ok(dw_timeseries_check(dw_comm_world(), "cut.csv", 10, 10));
    assert_all_ok(dw_timeseries_check(dw_comm_world(), "cut.csv", 9, 0));
    assert_all_status(dw_timeseries_check(dw_comm_world(), "cut.csv", 11, 11), DW_ERR_FILE);
    assert_all(file_is("cut.csv", before));
    assert_all_ok(dw_timeseries_restore(&series, dw_comm_world(), "cut.csv", 10));
    append(series, 12.0);
    dw_timeseries_close(series);
    char expected[2048];
    (void)snprintf(expected, sizeof expected, "%s%s%s%s", header, ROW(0), ROW(10), ROW(12));
    assert_all(file_is("cut.csv", expected));
  }
  assert_all_ok(dw_timeseries_restore(&series, dw_comm_world(), "cut.csv", -1));
  dw_timeseries_close(series);
  assert_all(file_is("cut.csv", header));
}

/* Catches a foreign or damaged file that is cut or appended to instead of refused. */
static void foreign_files_are_refused(void **state) {
  (void)state;
  dw_timeseries *series = NULL;
  char damaged[2048];
  assert_all_status(dw_timeseries_check(dw_comm_world(), "absent.csv", 10, -1), DW_ERR_FILE);
  assert_all_status(dw_timeseries_restore(&series, dw_comm_world(), "absent.csv", 10), DW_ERR_FILE);
  assert_all(series == NULL && strstr(dw_message(), "absent.csv") != NULL);
  write_file("foreign.csv", "step,tau\n", "1,2\n");
  assert_all_status(dw_timeseries_restore(&series, dw_comm_world(), "foreign.csv", 10), DW_ERR_FILE);
  assert_all(series == NULL && strstr(dw_message(), "foreign.csv:1") != NULL);
  assert_all(file_is("foreign.csv", "step,tau\n1,2\n"));
  write_file("damaged.csv", header, ROW(1) "2,3\n" ROW(3));
  (void)snprintf(damaged, sizeof damaged, "%s%s", header, ROW(1) "2,3\n" ROW(3));
  assert_all_status(dw_timeseries_check(dw_comm_world(), "damaged.csv", 10, -1), DW_ERR_FILE);
  assert_all_status(dw_timeseries_restore(&series, dw_comm_world(), "damaged.csv", 10), DW_ERR_FILE);
  assert_all(strstr(dw_message(), "damaged.csv:3") != NULL);
  assert_all(file_is("damaged.csv", damaged));
}

/* Catches a row that is written in part and left (a file size limit stands for a full disk). */
static void a_full_disk_leaves_whole_rows(void **state) {
  (void)state;
  struct rlimit before;
  dw_timeseries *series = NULL;
  double row[DW_COLUMNS];
  char expected[1024];
  make_row(row, 2.0);
  (void)snprintf(expected, sizeof expected, "%s%s", header, ROW(1));
  assert_all_ok(dw_timeseries_create(&series, dw_comm_world(), "full.csv"));
  append(series, 1.0);
  assert_all(getrlimit(RLIMIT_FSIZE, &before) == 0);
  (void)signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {.rlim_cur = strlen(expected) + 10, .rlim_max = before.rlim_max};
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)setrlimit(RLIMIT_FSIZE, &small);
  }
  assert_all_status(dw_timeseries_append(series, row), DW_ERR_FILE);
  (void)setrlimit(RLIMIT_FSIZE, &before);
  assert_all(file_is("full.csv", expected));
  append(series, 2.0);
  (void)snprintf(expected, sizeof expected, "%s%s", header, ROW(1) ROW(2));
  assert_all(file_is("full.csv", expected));
  dw_timeseries_close(series);
}

/* Catches a verdict on resolution or horizon that is off, at both limits. */
static void validity_is_judged(void **state) {
  (void)state;
  double row[DW_COLUMNS];
  dw_row_clear(row);
  row[DW_COLUMN_TAU] = 6.0;
  row[DW_COLUMN_A] = 4.0;
  dw_row_judge(row, 0.25, 0.125, 10.0, 1.0); /* width 1/4 over 1/8; horizon 5 of 5 */
  assert_all_close(row[DW_COLUMN_WALL_RESOLUTION], 2.0, 1e-15, 0.0);
  assert_all_close(row[DW_COLUMN_HORIZON_FRACTION], 1.0, 1e-15, 0.0);
  assert_all_close(row[DW_COLUMN_VALID], 1.0, 0.0, 0.0);
  dw_row_judge(row, 0.2475, 0.125, 10.0, 1.0);
  assert_all_close(row[DW_COLUMN_VALID], 0.0, 0.0, 0.0);
  dw_row_judge(row, 0.25, 0.125, 9.9, 1.0);
  assert_all_close(row[DW_COLUMN_VALID], 0.0, 0.0, 0.0);
  dw_row_judge(row, 1.0, 0.125, 10.0, 1.0);
  assert_all_close(row[DW_COLUMN_WALL_RESOLUTION], 8.0, 1e-15, 0.0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows_are_written),    cmocka_unit_test(a_new_run_starts_anew),
    cmocka_unit_test(a_restart_cuts_rows), cmocka_unit_test(foreign_files_are_refused),
    cmocka_unit_test(validity_is_judged),  cmocka_unit_test(a_full_disk_leaves_whole_rows),
};

DW_TEST_MPI_MAIN(tests)
