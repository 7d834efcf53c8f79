/* Whole runs, with waves, unequal times, snapshots and checkpoints, in which the n-th call fails on one process.
 *
 * Two ways to be hit: in a run from its start, and in one that goes on from a checkpoint. Whatever fails, all processes
 * get the same status, the memory is given back, no file is left half written, and the run goes on from its
 * last checkpoint to the state and the time series of a run that nothing happened to.
 *
 * DWELL_FAULTS_EVERY=K in the environment tries every K-th n; a K of 1 tries all, which takes about half an hour on one
 * process and twice that on three; with it DWELL_FAULTS_ONLY="restart memory 0 11" tries one fault alone. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/run.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "params/read.h"
#include "tests/dw_test_mpi.h"
#include "tests/faults/faults.h"

enum { SECONDS = 60 }; /* a run takes a tenth of one: this is a hang */

static const char config[] = "name = \"faults\"; seed = 7; precision = \"single\"; output = \"run\"; overwrite = true;"
                             "lattice = { points = 12; length = 5.25; stencil = 2; };"
                             "time = { end = 1.2; step = 0.12; };"
                             "fields = { initial = { kind = \"white-noise\"; rms = 0.1; cutoff = 3.0; }; };"
                             "gw = { coarsening = 2; };"
                             "analysis = { interval = 0.1; spectra_interval = 0.1; utc_reference = [ 1.0 ]; };"
                             "store = { snapshots = [ 1.1, 1.2 ]; slices = 0.1; checkpoint_minutes = 1e-9; };";

static const double HALF = 1.1;
static const double WHOLE = 1.2;

typedef enum way { FROM_START, FROM_CHECKPOINT, WAYS } way;
static const char *const way_names[WAYS] = {"start", "restart"};

/* Where a run ended. */
typedef struct ending {
  uint64_t phi;
  uint64_t pi;
  char *series; /* timeseries.csv, on process 0 */
} ending;

static int rank_here(void) { return dw_comm_rank(dw_comm_world()); }

static int every(void) {
  const char *text = getenv("DWELL_FAULTS_EVERY");
  const int k = text == NULL ? 0 : atoi(text);
  return k > 0 ? k : 900;
}

/* --- a run --- */

static char doing[DW_FILE_NAME] = "nothing";

static void hung(int signal_number) {
  (void)signal_number;
  static const char text[] = "\na run hangs: ";
  (void)!write(STDERR_FILENO, text, sizeof text - 1);
  (void)!write(STDERR_FILENO, doing, strlen(doing));
  _Exit(1);
}

static dw_params params_of[2]; /* to HALF, to WHOLE */

static void read_params(void) {
  static dw_report report;
  dw_report_init(&report);
  for (int i = 0; i < 2; i++) {
    assert_all_ok(dw_params_defaults(&params_of[i]));
    assert_all_ok(dw_params_from_text(&params_of[i], config, "config", &report));
    params_of[i].time.end = i == 0 ? HALF : WHOLE;
  }
}

static dw_status make_run(double end, bool restart, ending *at) {
  static dw_run run;
  char *const words[] = {(char *)(uintptr_t) "dwell"};
  dw_status status = dw_run_create_from(&run, &params_of[end > HALF], restart, true, false, dw_comm_world(), 1, words);
  if (status == DW_OK) {
    status = dw_run_evolve(&run);
  }
  if (status == DW_OK && !run.finished) {
    at->phi = dw_field_fingerprint(run.state->phi[0]);
    at->pi = dw_field_fingerprint(run.state->pi[0]);
  }
  dw_run_destroy(&run);
  return status;
}

static void read_series(ending *at) {
  size_t bytes = 0;
  dw_free(at->series);
  at->series = NULL;
  assert_all_ok(rank_here() == 0 ? dw_replace_read("run/timeseries.csv", &at->series, &bytes) : DW_OK);
}

/* --- files --- */

/* A file of the run's: no unfinished ones, and HDF5 files are whole. */
static bool is_sound(const char *path) {
  const size_t length = strlen(path);
  dw_file *file = NULL;
  if (length > 4 && strcmp(path + length - 4, ".tmp") == 0) {
    (void)fprintf(stderr, "%s was left\n", path);
    return false;
  }
  if (length > 3 && strcmp(path + length - 3, ".h5") == 0) {
    char text[64];
    const bool good = dw_file_open(&file, dw_comm_self(), path) == DW_OK &&
                      dw_attribute_read_text(file, "/", "provenance.version", text, sizeof text) == DW_OK;
    dw_file_close(file);
    if (!good) {
      (void)fprintf(stderr, "%s is damaged: %s\n", path, dw_message());
    }
    return good;
  }
  return true;
}

static bool all_sound(const char *folder) {
  bool good = true;
  DIR *stream = opendir(folder);
  if (stream == NULL) {
    return true;
  }
  for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_name[0] != '.') {
      good = is_sound(path) && all_sound(path) && good;
    }
  }
  (void)closedir(stream);
  return good;
}

static bool has_checkpoint(void) {
  int64_t there =
      access("run/checkpoints/checkpoint_0.h5", F_OK) == 0 || access("run/checkpoints/checkpoint_1.h5", F_OK) == 0;
  dw_comm_max_int64(dw_comm_world(), &there, 1);
  return there != 0;
}

/* --- one fault --- */

typedef struct tally {
  int64_t tried;
  int64_t met;       /* calls that failed */
  int64_t told;      /* ended the run with a status */
  int64_t tolerated; /* the run went to its end all the same */
} tally;

typedef struct fault {
  way way;
  dw_fault_kind kind;
  int process;
  int64_t n;
} fault;

/* What a failure of this kind may be called; an attribute that can't be read may also look like one that isn't there.
 */
static bool is_apt(dw_fault_kind kind, dw_status status) {
  return status == DW_OK || status == DW_ERR_FILE ||
         (kind == DW_FAULT_MEMORY || kind == DW_FAULT_OPEN ? status == DW_ERR_MEMORY : false);
}

static void prepare(way how) {
  ending half = {0};
  if (how == FROM_CHECKPOINT) {
    assert_all_ok(make_run(HALF, false, &half));
  }
}

/* Goes on after the fault, from a checkpoint if there is one. */
static void finish(const ending *right, size_t held) {
  ending now = {0};
  const bool restart = has_checkpoint();
  assert_all_ok(make_run(WHOLE, restart, &now));
  read_series(&now);
  const bool same = now.phi == 0 || (now.phi == right->phi && now.pi == right->pi); /* 0: it was done before */
  assert_all(same);
  assert_all(rank_here() != 0 || strcmp(now.series, right->series) == 0);
  dw_free(now.series);
  assert_all(dw_memory_held() == held);
  assert_all(rank_here() != 0 || all_sound("run"));
}

/* Whether the call was met, so that larger n may be too. */
static bool try_fault(const fault *f, const ending *right, tally *sum) {
  prepare(f->way);
  const size_t held = dw_memory_held();
  (void)snprintf(doing, sizeof doing, "%s, %s call %lld on process %d\n", way_names[f->way],
                 dw_fault_kind_name(f->kind), (long long)f->n, f->process);
  (void)alarm(SECONDS);
  ending now = {0};
  dw_faults_arm(f->kind, rank_here() == f->process ? f->n : 0);
  const dw_status status = make_run(WHOLE, f->way == FROM_CHECKPOINT, &now);
  dw_faults_disarm();
  int64_t seen[3] = {rank_here() == f->process && dw_faults_count(f->kind) >= f->n, (int64_t)status, -(int64_t)status};
  if (rank_here() == f->process && getenv("DWELL_FAULTS_TELL") != NULL) {
    (void)fprintf(stderr, "%s -> %s: %d %s", dw_fault_last(), seen[0] ? "met" : "not met", (int)status, doing);
  }
  dw_comm_max_int64(dw_comm_world(), seen, 3);
  dw_comm_barrier(dw_comm_world());
  const bool good = seen[1] == -seen[2] && is_apt(f->kind, status) && (seen[0] != 0 || status == DW_OK) &&
                    dw_memory_held() == held && (rank_here() != 0 || all_sound("run"));
  if (!good) {
    (void)fprintf(stderr, "process %d: status %d, %zu bytes more, failed in %s: %s: %s\n", rank_here(), (int)status,
                  dw_memory_held() - held, dw_fault_last(), doing, dw_message());
  }
  assert_all(good);
  finish(right, held);
  (void)alarm(0);
  sum->tried++;
  sum->met += seen[0];
  sum->told += status != DW_OK;
  sum->tolerated += seen[0] != 0 && status == DW_OK;
  return seen[0] != 0;
}

/* --- all of them --- */

enum { PROCESSES = 16 };

/* A run that nothing happens to, and the calls that each process makes in it. */
typedef struct reference {
  ending end;
  int64_t calls[DW_FAULT_KINDS][PROCESSES];
} reference;

static void run_undisturbed(way how, reference *right) {
  *right = (reference){0};
  assert_all(dw_comm_size(dw_comm_world()) <= PROCESSES);
  prepare(how);
  dw_faults_arm_any(0);
  assert_all_ok(make_run(WHOLE, how == FROM_CHECKPOINT, &right->end));
  for (int kind = 0; kind < DW_FAULT_KINDS; kind++) {
    right->calls[kind][rank_here()] = dw_faults_count((dw_fault_kind)kind);
  }
  dw_comm_max_int64(dw_comm_world(), &right->calls[0][0], (size_t)DW_FAULT_KINDS * PROCESSES);
  read_series(&right->end);
}

/* Whether the fault's name begins with DWELL_FAULTS_ONLY, "restart memory 0 11" or "restart", or that isn't given. */
static bool is_wanted(const fault *f) {
  const char *only = getenv("DWELL_FAULTS_ONLY");
  char name[128];
  (void)snprintf(name, sizeof name, "%s %s %d %lld", way_names[f->way], dw_fault_kind_name(f->kind), f->process,
                 (long long)f->n);
  return only == NULL || strncmp(only, name, strlen(only)) == 0;
}

/* n = 1 + offset, + step, ...; the offset moves from one series to the next, so that thin samples differ. */
static void try_series(fault f, const reference *right, int64_t *offset, tally *sum) {
  const int64_t step = every();
  const int64_t calls = right->calls[f.kind][f.process];
  tally here = {0};
  const int64_t first = calls > 0 ? 1 + *offset % (step < calls ? step : calls) : 1;
  for (int64_t n = first; n <= calls; n += step) {
    f.n = n;
    if (is_wanted(&f)) {
      (void)try_fault(&f, &right->end, &here);
    }
  }
  *offset += 37;
  if (rank_here() == 0 && here.tried > 0) {
    (void)printf("%-8s %-7s process %d: %lld calls, %lld tried, %lld met, %lld ended the run, %lld tolerated\n",
                 way_names[f.way], dw_fault_kind_name(f.kind), f.process, (long long)calls, (long long)here.tried,
                 (long long)here.met, (long long)here.told, (long long)here.tolerated);
    (void)fflush(stdout);
  }
  sum->tried += here.tried;
  sum->met += here.met;
  sum->told += here.told;
  sum->tolerated += here.tolerated;
}

/* Catches a failure that other processes don't hear of, a hang, a leak, a damaged file, and a run that can't go on. */
static void runs_survive_each_fault(void **state) {
  (void)state;
  tally sum = {0};
  int64_t offset = 0;
  (void)signal(SIGALRM, hung);
  read_params();
  for (int w = 0; w < WAYS; w++) {
    reference right;
    run_undisturbed((way)w, &right);
    for (int kind = 0; kind < DW_FAULT_MPI; kind++) {
      for (int process = 0; process < dw_comm_size(dw_comm_world()); process++) {
        try_series((fault){.way = (way)w, .kind = (dw_fault_kind)kind, .process = process}, &right, &offset, &sum);
      }
    }
    dw_free(right.end.series);
  }
  if (rank_here() == 0) {
    (void)printf("%lld faults tried, %lld ended the run, %lld were tolerated\n", (long long)sum.tried,
                 (long long)sum.told, (long long)sum.tolerated);
  }
  assert_all(getenv("DWELL_FAULTS_ONLY") != NULL || (sum.tried > 20 && sum.told > 10));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(runs_survive_each_fault),
};

DW_TEST_MPI_MAIN(tests)
