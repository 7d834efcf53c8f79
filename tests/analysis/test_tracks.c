/* Tracks of modes (analysis/tracks.h): which modes are drawn, what is recorded of them, and their file. */
#include "analysis/tracks.h"
#include "analysis/tracks_sample.h"
#include "base/memory.h"
#include "tests/analysis/record_fixture.h"
#include "tests/gw/stress_fixture.h"
#include "tests/lattice/fixture.h"

static void open_grid(stressed *s, int64_t points, int coarsening) {
  const choices c = {.comm = dw_comm_world(), .points = points, .spacing = 0.7, .s = 1.0, .expansion = 1.0};
  assert_all_ok(stressed_open(s, &c, coarsening));
  fixture_fill(s->sim.state->phi[0]);
  assert_all_ok(stressed_coarsen(s, coarsening));
}

/* --- the sample --- */

/* On every process, of which each draws for itself. */
static int64_t draw(const dw_coarse *coarse, int64_t shells, int64_t modes, dw_track **track) {
  int64_t count = 0;
  assert_all_ok(dw_tracks_sample(coarse, shells, modes, track, &count));
  assert_all(count > 0 && count <= dw_tracks_most(shells, modes));
  return count;
}

static bool is_same(const int64_t a[3], const int64_t b[3], int sign) {
  return a[0] == sign * b[0] && a[1] == sign * b[1] && a[2] == sign * b[2];
}

/* A hash of all that is in a sample. */
static int64_t hash_of(const dw_track *track, int64_t count) {
  uint64_t hash = 0;
  for (int64_t m = 0; m < count; m++) {
    for (int d = 0; d < 3; d++) {
      hash = fixture_hash(hash + (uint64_t)track[m].n[d]);
    }
  }
  return (int64_t)(hash >> 1);
}

/* Catches processes that draw other modes, and a sample that depends on how many there are. */
static void all_processes_draw_the_same(void **state) {
  (void)state;
  stressed s;
  dw_track *track = NULL;
  open_grid(&s, 32, 2);
  const int64_t count = draw(s.coarse, 4, 11, &track);
  const int64_t mine = hash_of(track, count);
  int64_t largest = mine;
  int64_t other = -mine;
  dw_comm_max_int64(dw_comm_world(), &largest, 1);
  dw_comm_max_int64(dw_comm_world(), &other, 1);
  assert_all(largest == -other);
  assert_all_int_equal(count, 9 + 3 * 11);
  assert_all(mine == INT64_C(2524510364220159524)); /* the sample of files that are there already */
  dw_free(track);
  stressed_close(&s);
}

/* Catches a mode in a wrong shell, twice, beside its opposite, without a direction, or out of order, and fewer than
 * asked for. */
static void check_sample(const dw_coarse *coarse, int64_t shells, int64_t modes) {
  dw_track *track = NULL;
  const int64_t count = draw(coarse, shells, modes, &track);
  int64_t in_shell[64] = {0};
  bool good = true;
  for (int64_t m = 0; m < count; m++) {
    const int64_t *n = track[m].n;
    const double size = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
    const double shell = (double)track[m].shell;
    good = good && size >= shell - 0.5 && size < shell + 0.5 && shell >= 1.0 && shell <= (double)shells;
    good = good && (m == 0 || track[m].shell >= track[m - 1].shell);
    good = good && (n[2] > 0 || (n[2] == 0 && (n[1] > 0 || (n[1] == 0 && n[0] > 0))));
    for (int64_t other = 0; other < m; other++) {
      good = good && !is_same(n, track[other].n, 1) && !is_same(n, track[other].n, -1);
    }
    in_shell[track[m].shell]++;
  }
  for (int64_t n = 1; n <= shells; n++) { /* on a plane of N/2 modes are one with others and aren't taken */
    const int64_t pairs = coarse->shells->count[n - 1] / 2;
    const bool has_edge = 2 * n >= coarse->modes->side;
    good = good && (in_shell[n] == (modes < pairs ? modes : pairs) || (has_edge && in_shell[n] < pairs));
  }
  assert_all(good);
  dw_free(track);
}

static void samples_are_what_they_say(void **state) {
  (void)state;
  static const int64_t modes[] = {1, 7, 60, 100000};
  for (int c = 1; c <= 2; c++) {
    stressed s;
    open_grid(&s, 16 * c, c);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
      check_sample(s.coarse, 1, modes[i]);
      check_sample(s.coarse, s.coarse->shells->shells, modes[i]);
    }
    stressed_close(&s);
  }
}

/* Catches a larger sample that doesn't hold the smaller one, and one that depends on the grid or the shells. */
static void larger_samples_hold_smaller_ones(void **state) {
  (void)state;
  stressed one;
  stressed two;
  dw_track *few = NULL;
  dw_track *many = NULL;
  open_grid(&one, 32, 2);
  open_grid(&two, 16, 1);
  const int64_t less = draw(one.coarse, 4, 9, &few);
  const int64_t more = draw(two.coarse, 6, 23, &many);
  bool good = less < more;
  for (int64_t m = 0; m < less; m++) {
    bool found = false;
    for (int64_t other = 0; other < more; other++) {
      found = found || is_same(few[m].n, many[other].n, 1);
    }
    good = good && found;
  }
  assert_all(good);
  dw_free(few);
  dw_free(many);
  stressed_close(&one);
  stressed_close(&two);
}

/* Catches a sample that prefers directions. With cosines c_i = n_i/|n| of shells n = 5 ... 16, 60 modes in each, means
 * of c_i^2 - 1/3 and c_i c_j have the spread sqrt(4/45 M) and sqrt(1/15 M); those of c_x vanish, which of k, -k is
 * taken is decided by n_z and, where that is 0, n_y. */
static void no_direction_is_preferred(void **state) {
  (void)state;
  stressed s;
  dw_track *track = NULL;
  open_grid(&s, 34, 1);
  const int64_t count = draw(s.coarse, 16, 60, &track);
  double square[3] = {0.0};
  double product[3] = {0.0};
  double used = 0.0;
  for (int64_t m = 0; m < count; m++) {
    const int64_t *n = track[m].n;
    const double size = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
    if (track[m].shell < 5) {
      continue;
    }
    used += 1.0;
    for (int d = 0; d < 3; d++) {
      square[d] += (double)(n[d] * n[d]) / size / size - 1.0 / 3.0;
      product[d] += (double)(n[d] * n[(d + 1) % 3]) / size / size;
    }
  }
  assert_all(used == 12.0 * 60.0);
  for (int d = 0; d < 3; d++) {
    assert_all(fabs(square[d]) <= 3.0 * sqrt(4.0 / 45.0 * used));
    assert_all(fabs(product[d]) <= 3.0 * sqrt(used / 15.0));
  }
  dw_free(track);
  stressed_close(&s);
}

/* --- what is recorded --- */

enum { EVERY = 4, STEPS = 10, SHELLS = 3, MODES = 20, MOST_SAMPLES = 8, MOST_MODES = 60 };

typedef struct recorded {
  int64_t samples;
  int64_t modes;
  int64_t step[MOST_SAMPLES];
  double tau[MOST_SAMPLES];
  int64_t n[MOST_MODES][3];
  double amplitude[MOST_SAMPLES * MOST_MODES * 4]; /* (S,M,4) */
} recorded;

static void read_back(const char *path, recorded *r) {
  dw_file *file = NULL;
  int rank = 0;
  int64_t shape[DW_FILE_RANK] = {0};
  memset(r, 0, sizeof *r);
  assert_all_ok(dw_file_open(&file, dw_comm_world(), path));
  assert_all_ok(dw_file_shape(file, "/tracks/amplitude", &rank, shape));
  assert_all(rank == 3 && shape[0] <= MOST_SAMPLES && shape[1] <= MOST_MODES && shape[2] == 4);
  r->samples = shape[0];
  r->modes = shape[1];
  assert_all_ok(dw_file_read_reals(file, "/tracks/amplitude", 3, shape, r->amplitude));
  assert_all_ok(dw_file_read_ints(file, "/tracks/step", 1, &r->samples, r->step));
  assert_all_ok(dw_file_read_reals(file, "/tracks/tau", 1, &r->samples, r->tau));
  assert_all_ok(dw_file_read_ints(file, "/tracks/n", 2, (const int64_t[]){r->modes, 3}, &r->n[0][0]));
  dw_file_close(file);
}

/* Whether sample s holds the amplitudes of the stress that this process has. */
static bool holds_amplitudes(const recorded *r, int64_t s, const stressed *of) {
  const dw_modes *modes = of->part[0];
  const double factor = pow(of->coarse->lattice->spacing, 3.0) / pow(of->coarse->lattice->length, 1.5);
  bool good = true;
  for (int64_t m = 0; m < r->modes; m++) {
    const int64_t at[3] = {(r->n[m][0] + modes->side) % modes->side,
                           (r->n[m][1] + modes->side) % modes->side - modes->start[0], r->n[m][2] - modes->start[1]};
    const bool is_mine = at[1] >= 0 && at[1] < modes->count[0] && at[2] >= 0 && at[2] < modes->count[1];
    for (int p = 0; is_mine && p < DW_POLARISATIONS; p++) {
      double value[2];
      const double *found = r->amplitude + ((s * r->modes + m) * DW_POLARISATIONS + p) * 2;
      dw_modes_get(of->part[p], at[0], at[1], at[2], value);
      good = good && value[0] * value[0] + value[1] * value[1] > 0.0;
      for (int i = 0; i < 2; i++) {
        good = good && fabs(found[i] - factor * value[i]) <= 1e-14 * fabs(factor * value[i]);
      }
    }
  }
  return good;
}

static dw_tracks_choice choice_of(int64_t modes) {
  return (dw_tracks_choice){.modes = modes, .shells = SHELLS, .every = EVERY, .last = STEPS, .samples = 1};
}

static void start(stressed *s, dw_tracks **tracks) {
  const dw_tracks_choice choice = choice_of(MODES);
  open_grid(s, 24, 2);
  assert_all_ok(dw_tracks_create(tracks, s->coarse, &choice));
}

/* To `last`, two steps at a time; each sample that was taken is checked where r isn't NULL. */
static void follow(stressed *s, dw_tracks *tracks, int64_t last, const recorded *r) {
  bool good = true;
  for (;;) {
    const int64_t step = s->sim.state->step;
    if (dw_tracks_due(tracks)) {
      dw_stress_project_tensor(s->coarse, s->part);
      assert_all_ok(dw_tracks_record(tracks, s->part));
      assert_all(!dw_tracks_due(tracks));
      for (int64_t i = 0; r != NULL && i < r->samples; i++) {
        good = good && (r->step[i] != step || holds_amplitudes(r, i, s));
      }
    }
    if (step >= last) {
      break;
    }
    dw_steps(s->sim.state, 2, NULL);
  }
  assert_all(good);
}

/* Catches amplitudes of other modes or times, another factor, and samples too many or too few. */
static void amplitudes_are_those_of_the_stress(void **state) {
  (void)state;
  static const int64_t steps[4] = {0, 4, 8, 10};
  static recorded r;
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  for (int again = 0; again < 2; again++) { /* the second time against what the first one wrote */
    stressed s;
    dw_tracks *tracks = NULL;
    start(&s, &tracks);
    follow(&s, tracks, STEPS, again == 1 ? &r : NULL);
    assert_all_ok(dw_tracks_write(tracks, "tracks.h5", record));
    read_back("tracks.h5", &r);
    assert_all(r.samples == 4 && memcmp(r.step, steps, sizeof steps) == 0);
    assert_all(r.modes == 9 + 2 * MODES);
    for (int i = 0; i < 4; i++) {
      assert_all_close(r.tau[i], s.sim.state->tau_start + (double)steps[i] * s.sim.state->dtau, 1e-14, 0.0);
    }
    dw_tracks_destroy(tracks);
    stressed_close(&s);
  }
}

/* --- the file --- */

/* A run from the start to `step`, whose samples of `path` up to `known` are read back at the step they were left. */
static void go_on(const char *path, int64_t left, dw_status expected, const char *written, int64_t to) {
  record_fixture about;
  stressed s;
  dw_tracks *tracks = NULL;
  const dw_record *record = record_fixture_init(&about);
  start(&s, &tracks);
  dw_steps(s.sim.state, (int)left, NULL);
  assert_all_status(dw_tracks_restore(tracks, path, left), expected);
  if (expected == DW_OK) {
    assert_all(!dw_tracks_due(tracks));
    follow(&s, tracks, to, NULL);
    assert_all_ok(dw_tracks_write(tracks, written, record));
  }
  dw_tracks_destroy(tracks);
  stressed_close(&s);
}

/* Catches samples lost, doubled or changed where a run goes on: from a checkpoint before the file's last sample, from
 * one at the end, and beyond the end. */
static void a_file_is_gone_on_with(void **state) {
  (void)state;
  static recorded whole;
  static recorded other;
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  const size_t before = dw_memory_held();
  stressed s;
  dw_tracks *tracks = NULL;
  start(&s, &tracks);
  follow(&s, tracks, STEPS, NULL);
  assert_all_ok(dw_tracks_write(tracks, "whole.h5", record));
  dw_tracks_destroy(tracks);
  stressed_close(&s);
  read_back("whole.h5", &whole);
  for (int64_t left = 0; left <= STEPS; left += 2) {
    go_on("whole.h5", left, DW_OK, "other.h5", STEPS);
    read_back("other.h5", &other);
    assert_all(memcmp(&whole, &other, sizeof whole) == 0);
  }
  go_on("whole.h5", STEPS, DW_OK, "longer.h5", STEPS + 2);
  read_back("longer.h5", &other);
  assert_all(other.samples == 5 && other.step[3] == STEPS && other.step[4] == STEPS + 2);
  assert_all(memcmp(other.amplitude, whole.amplitude, (size_t)(4 * whole.modes * 4) * sizeof(double)) == 0);
  assert_all(dw_memory_held() == before);
}

/* Catches a file accepted that is another run's or ends too early. */
static void a_file_that_does_not_fit(void **state) {
  (void)state;
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  stressed s;
  dw_tracks *tracks = NULL;
  start(&s, &tracks);
  follow(&s, tracks, 4, NULL);
  assert_all_ok(dw_tracks_write(tracks, "short.h5", record));
  dw_tracks_destroy(tracks);
  go_on("short.h5", 6, DW_OK, "rest.h5", STEPS);
  go_on("short.h5", 8, DW_ERR_FILE, NULL, 0);
  go_on("nowhere.h5", 4, DW_ERR_FILE, NULL, 0);
  const dw_tracks_choice choice = choice_of(MODES + 1);
  assert_all_ok(dw_tracks_create(&tracks, s.coarse, &choice));
  assert_all_status(dw_tracks_restore(tracks, "short.h5", 4), DW_ERR_FILE);
  dw_tracks_destroy(tracks);
  stressed_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_processes_draw_the_same),        cmocka_unit_test(samples_are_what_they_say),
    cmocka_unit_test(larger_samples_hold_smaller_ones),   cmocka_unit_test(no_direction_is_preferred),
    cmocka_unit_test(amplitudes_are_those_of_the_stress), cmocka_unit_test(a_file_is_gone_on_with),
    cmocka_unit_test(a_file_that_does_not_fit),
};

DW_TEST_MPI_MAIN(tests)
