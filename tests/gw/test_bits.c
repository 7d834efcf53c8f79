/* The same waves, bit for bit, on any processes and threads, and when a run goes on from a file; and their start. */
#include <omp.h>

#include "tests/gw/waves.h"
#include "tests/lattice/fixture.h"

typedef struct scheme {
  const char *method;
  int coarsening;
  int stencil;
  dw_precision precision;
  int64_t start; /* steps */
  int together;  /* units in a pass; 0 is 1 */
} scheme;

/* Fingerprints of all that there is. */
typedef struct outcome {
  uint64_t field[2];
  uint64_t wave[DW_POLARISATIONS];
  uint64_t rate[DW_POLARISATIONS];
  uint64_t rho; /* its bits */
} outcome;

/* Blocks on several processes are uneven, and as small as they may be. */
static int64_t points_of(const scheme *s) { return s->coarsening == 1 ? 13 : 9 * s->coarsening; }

static void open_run(waves *w, const scheme *s, const dw_comm *comm, const int64_t *grid) {
  const choices c = {.comm = comm,
                     .grid = grid,
                     .points = points_of(s),
                     .stencil = s->stencil,
                     .precision = s->precision,
                     .s = 1.0,
                     .expansion = 1.0,
                     .bias = 0.1};
  const int64_t shift[3] = {2, 0, 1};
  const int together = s->together > 1 ? s->together : 1;
  assert_all_ok(waves_open_together(w, &c, s->method, s->coarsening, s->start, together));
  fixture_fill(w->sim.state->phi[0]);
  fixture_fill_shifted(w->sim.state->pi[0], shift, 0.6);
}

static void advance(waves *w, int times) {
  for (int i = 0; i < times; i++) {
    assert_all_ok(dw_gw_advance(w->gw, 1));
  }
}

static double rho_of(const waves *w) {
  double row[5][16];
  dw_gw_spectrum spectrum = {row[0], row[1], row[2], row[3], row[4], 0.0};
  assert_all(w->coarse->shells->shells <= 16);
  assert_all_ok(dw_gw_spectrum_fill(w->gw, w->coarse, &w->now, &spectrum));
  return spectrum.rho;
}

static outcome outcome_of(waves *w) {
  outcome o = {.field = {dw_field_fingerprint(w->sim.state->phi[0]), dw_field_fingerprint(w->sim.state->pi[0])}};
  waves_measure(w);
  const double rho = rho_of(w);
  memcpy(&o.rho, &rho, sizeof rho);
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    o.wave[i] = dw_modes_fingerprint(w->now.wave[i]);
    o.rate[i] = dw_modes_fingerprint(w->now.rate[i]);
  }
  assert_all(rho > 0.0 && o.wave[0] != o.wave[1] && o.wave[0] != o.rate[0] && o.rate[0] != o.rate[1]);
  return o;
}

static bool equal(const outcome *a, const outcome *b) { return memcmp(a, b, sizeof *a) == 0; }

enum { EARLY = 3, LATE = 2 };

/* What one process with one thread gets after EARLY + LATE steps of the waves. */
static outcome reference_of(const scheme *s) {
  waves w;
  omp_set_num_threads(1);
  open_run(&w, s, dw_comm_self(), NULL);
  advance(&w, EARLY + LATE);
  const outcome o = outcome_of(&w);
  waves_close(&w);
  return o;
}

enum { MOST_GRIDS = 8 };

/* The process grids that the scheme's blocks fit; how many. */
static int grids_of(const scheme *s, int64_t grids[MOST_GRIDS][2]) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  /* The halo of the field is never wider than this, in rows of the field. */
  const int least = dw_coarse_least_block(s->coarsening, s->together > 1 ? s->together : 1);
  int count = 0;
  for (int64_t across = 1; across <= processes && count < MOST_GRIDS; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across == 0 && dw_grid_check(points_of(s), s->coarsening, least, (int)processes, grid) == DW_OK) {
      memcpy(grids[count++], grid, sizeof grid);
    }
  }
  return count;
}

static void write_run(const waves *w, const char *name) {
  dw_file *file = NULL;
  assert_all_ok(dw_file_create(&file, w->sim.lattice->comm, name, 0));
  assert_all_ok(dw_file_write_checked_field(file, "/phi", w->sim.state->phi[0]));
  assert_all_ok(dw_file_write_checked_field(file, "/pi", w->sim.state->pi[0]));
  assert_all_ok(dw_gw_write(w->gw, file));
  assert_all_ok(dw_file_commit(&file));
}

static void read_run(waves *w, const char *name, int64_t step) {
  dw_file *file = NULL;
  assert_all_ok(dw_file_open(&file, w->sim.lattice->comm, name));
  assert_all_ok(dw_file_read_checked_field(file, "/phi", w->sim.state->phi[0]));
  assert_all_ok(dw_file_read_checked_field(file, "/pi", w->sim.state->pi[0]));
  assert_all_ok(dw_gw_read(w->gw, file));
  dw_file_close(file);
  w->sim.state->step = step;
  w->sim.state->pending = 0.5;
}

/* Whether the run has come to what is expected; says which one if not. Closes it. */
static bool ends_as(waves *w, const scheme *s, const char *how, const outcome *expected) {
  const outcome found = outcome_of(w);
  const bool good = equal(&found, expected);
  if (!good && dw_comm_rank(dw_comm_world()) == 0) {
    (void)fprintf(stderr, "%s, %s: coarsening %d, stencil %d, %d bytes, grid %d x %d, %d threads\n", how, s->method,
                  s->coarsening, s->stencil, (int)s->precision, w->sim.lattice->grid[0], w->sim.lattice->grid[1],
                  omp_get_max_threads());
  }
  waves_close(w);
  return good;
}

/* Runs on one grid, is written half-way, and taken up on another. */
static void run_on(const scheme *s, const int64_t grid[2], const int64_t other[2], const outcome *expected) {
  waves w;
  open_run(&w, s, dw_comm_world(), grid);
  advance(&w, EARLY);
  write_run(&w, "half-way.h5");
  const int64_t step = w.sim.state->step;
  advance(&w, LATE);
  assert_all(ends_as(&w, s, "whole run", expected));
  open_run(&w, s, dw_comm_world(), other);
  read_run(&w, "half-way.h5", step);
  advance(&w, LATE);
  assert_all(ends_as(&w, s, "taken up", expected));
}

static void check(const scheme *s) {
  const outcome expected = reference_of(s);
  int64_t grids[MOST_GRIDS][2];
  const int count = grids_of(s, grids);
  assert_all(count > 0);
  for (int i = 0; i < count; i++) {
    for (int threads = 1; threads <= 2; threads++) {
      omp_set_num_threads(threads);
      run_on(s, grids[i], grids[(i + 1) % count], &expected);
    }
  }
}

/* Catches waves that change when several of their units share a pass, also where they start within a batch. */
static void several_units_in_a_pass(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  int ran = 0;
  for (int i = 0; i < 3 * 2 * 2; i++) {
    const int coarsening = 1 << i % 3;
    scheme s = {.method = "lattice",
                .coarsening = coarsening,
                .stencil = 2 + 2 * (i / 3 % 2),
                .precision = i < 6 ? DW_DOUBLE : DW_SINGLE,
                .start = coarsening * (i % 2)};
    const outcome expected = reference_of(&s);
    int64_t grids[MOST_GRIDS][2];
    for (s.together = 2; s.together <= 3; s.together++) {
      const int count = grids_of(&s, grids);
      for (int j = 0; j < count; j++) {
        waves w;
        omp_set_num_threads(1 + (i + j) % 2);
        open_run(&w, &s, dw_comm_world(), grids[j]);
        assert_all_ok(dw_gw_advance(w.gw, EARLY + LATE));
        assert_all(ends_as(&w, &s, "together", &expected));
        ran++;
      }
    }
  }
  omp_set_num_threads(before);
  assert_all(ran > 0 || dw_comm_size(dw_comm_world()) > 3);
}

/* Catches sums whose order depends on processes or threads; a source that reads a row that has moved, or a halo that
 * isn't there; what a file lacks of the waves, reads from another place, or has from another time: before the waves
 * start, at their start and after it. */
static void any_processes_and_restarts(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  for (int i = 0; i < 2 * 2 * 3; i++) {
    const int coarsening = 1 << i % 3;
    const scheme s = {.method = i % 2 == 0 ? "lattice" : "modes",
                      .coarsening = coarsening,
                      .stencil = i % 4 < 2 ? 4 : 2,
                      .precision = i < 6 ? DW_DOUBLE : DW_SINGLE,
                      .start = coarsening * (i / 2 % 3 == 0   ? 0
                                             : i / 2 % 3 == 1 ? EARLY
                                                              : EARLY + 1)};
    check(&s);
  }
  omp_set_num_threads(before);
}

static bool all_zero(const dw_modes *modes) {
  const int64_t count = modes->count[0] * modes->count[1];
  bool good = true;
  for (int64_t i = 0; i < modes->side * count; i++) {
    double value[2];
    dw_modes_get(modes, i / count, i % count / modes->count[1], i % modes->count[1], value);
    good = good && value[0] == 0.0 && value[1] == 0.0;
  }
  return good;
}

/* Catches waves before their start, a late one, and a first step that isn't one from rest. */
static void waves_start_at_the_step_given(void **state) {
  (void)state;
  for (int i = 0; i < 2 * 3; i++) {
    scheme s = {
        .method = i % 2 == 0 ? "lattice" : "modes", .coarsening = 1 << i / 2, .stencil = 4, .precision = DW_DOUBLE};
    s.start = s.coarsening * EARLY;
    waves w;
    waves fresh;
    open_run(&w, &s, dw_comm_world(), NULL);
    open_run(&fresh, &s, dw_comm_world(), NULL);
    for (int step = 0; step <= EARLY; step++) {
      waves_measure(&w);
      for (int k = 0; k < DW_POLARISATIONS; k++) {
        assert_all(all_zero(w.now.wave[k]) && all_zero(w.now.rate[k]));
      }
      if (step < EARLY) {
        advance(&w, 1);
      }
    }
    while (fresh.sim.state->step < s.start) {
      dw_step(fresh.sim.state);
    }
    dw_gw_destroy(fresh.gw);
    assert_all_ok(dw_gw_create(&fresh.gw, s.method, fresh.sim.state, fresh.coarse, s.start));
    for (int step = 0; step < LATE; step++) {
      advance(&w, 1);
      advance(&fresh, 1);
      const outcome found = outcome_of(&w);
      const outcome expected = outcome_of(&fresh);
      assert_all(equal(&found, &expected));
    }
    waves_close(&w);
    waves_close(&fresh);
  }
}

/* Flips a bit of the first `value` in a file; process 0. Whether it was there. */
static bool flip(const char *name, double value) {
  double here = 0.0;
  bool done = false;
  FILE *file = fopen(name, "r+");
  while (!done && file != NULL && fread(&here, sizeof here, 1, file) == 1) {
    if (memcmp(&here, &value, sizeof value) == 0) {
      *(unsigned char *)&here ^= 1;
      done = fseek(file, -(long)sizeof here, SEEK_CUR) == 0 && fwrite(&here, sizeof here, 1, file) == 1;
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return done;
}

/* A number from the middle of a dataset, not 0. */
static double value_in(const char *name, const char *path) {
  enum { MOST = 20000 };
  static double values[MOST];
  int64_t shape[DW_FILE_RANK];
  int64_t count = 1;
  int rank = 0;
  dw_file *file = NULL;
  assert_all_ok(dw_file_open(&file, dw_comm_self(), name));
  assert_all_ok(dw_file_shape(file, path, &rank, shape));
  for (int i = 0; i < rank; i++) {
    count *= shape[i];
  }
  assert_all(count <= MOST);
  assert_all_ok(dw_file_read_reals(file, path, rank, shape, values));
  dw_file_close(file);
  int64_t at = count / 2;
  while (at < count - 1 && values[at] == 0.0) { /* modes beyond the last shell */
    at++;
  }
  return values[at];
}

/* Reads the file after one bit of one dataset was flipped, and flips it back. */
static void damage(waves *w, const char *name, const char *path) {
  const double value = value_in(name, path);
  double damaged = value;
  bool done = true;
  dw_file *file = NULL;
  *(unsigned char *)&damaged ^= 1;
  for (int back = 0; back < 2; back++) {
    dw_comm_barrier(dw_comm_world());
    if (dw_comm_rank(dw_comm_world()) == 0) {
      done = flip(name, back ? damaged : value);
    }
    assert_all(done);
    assert_all_ok(dw_file_open(&file, dw_comm_world(), name));
    assert_all_status(dw_gw_read(w->gw, file), back ? DW_OK : DW_ERR_FILE);
    assert_all(back || strstr(dw_message(), path) != NULL);
    dw_file_close(file);
  }
}

/* Catches a dataset that is read unchecked, and a file of another method or coarsening taken for good. */
static void damaged_files_are_refused(void **state) {
  (void)state;
  static const char *const datasets[2][10] = {
      {"h_xx-zz", "h_yy-zz", "h_xy", "h_xz", "h_yz", "p_xx-zz", "p_yy-zz", "p_xy", "p_xz", "p_yz"},
      {"wave_plus", "wave_cross", "rate_plus", "rate_cross", "stress_plus", "stress_cross"}};
  for (int i = 0; i < 2; i++) {
    scheme s = {.method = i == 0 ? "lattice" : "modes", .coarsening = 2, .stencil = 2, .precision = DW_DOUBLE};
    waves w;
    waves other;
    char path[64];
    dw_file *file = NULL;
    open_run(&w, &s, dw_comm_world(), NULL);
    advance(&w, EARLY);
    write_run(&w, "damaged.h5");
    for (int d = 0; d < 10 && datasets[i][d] != NULL; d++) {
      (void)snprintf(path, sizeof path, "/gw/%s", datasets[i][d]);
      damage(&w, "damaged.h5", path);
    }
    for (int j = 0; j < 2; j++) {
      s = (scheme){.method = (i + j) % 2 == 0 ? "lattice" : "modes",
                   .coarsening = j == 0 ? 1 : 2,
                   .stencil = 2,
                   .precision = DW_DOUBLE};
      open_run(&other, &s, dw_comm_world(), NULL);
      assert_all_ok(dw_file_open(&file, dw_comm_world(), "damaged.h5"));
      assert_all_status(dw_gw_read(other.gw, file), DW_ERR_FILE);
      dw_file_close(file);
      waves_close(&other);
    }
    waves_close(&w);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(any_processes_and_restarts),
    cmocka_unit_test(several_units_in_a_pass),
    cmocka_unit_test(waves_start_at_the_step_given),
    cmocka_unit_test(damaged_files_are_refused),
};

DW_TEST_MPI_MAIN(tests)
