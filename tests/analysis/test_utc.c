/* The unequal-time correlator of a run (analysis/utc.h) against sums over modes written apart, and its files. */
#include "analysis/utc.h"
#include "base/memory.h"
#include "tests/analysis/record_fixture.h"
#include "tests/gw/stress_fixture.h"
#include "tests/lattice/fixture.h"

/* Measured are the states after 0, 2, ... steps; references[] are those of 2 and 6, and one that is never reached. */
enum { TIMES = 6, APART = 2, REFERENCES = 3, REACHED = 2, MOST_SHELLS = 8 };

static const int64_t references[REFERENCES] = {2, 6, 98};

/* --- all amplitudes of a state, on every process --- */

typedef struct amplitudes {
  int64_t side;
  double *value; /* (polarisation, kx, ky, kz, part); owned */
} amplitudes;

static size_t place(int64_t side, int p, int64_t x, int64_t y, int64_t z) {
  return 2 * (size_t)((((int64_t)p * side + x) * side + y) * (side / 2 + 1) + z);
}

static void gather(amplitudes *all, dw_modes *const part[]) {
  const dw_modes *m = part[0];
  const size_t size = place(m->side, DW_POLARISATIONS, 0, 0, 0);
  void *block = NULL;
  assert_all_ok(dw_alloc(&block, size, sizeof(double), "test"));
  memset(block, 0, size * sizeof(double));
  *all = (amplitudes){.side = m->side, .value = block};
  for (int64_t i = 0; i < m->side * m->count[0] * m->count[1]; i++) {
    const int64_t at[3] = {i / m->count[1] / m->count[0], i / m->count[1] % m->count[0], i % m->count[1]};
    for (int p = 0; p < DW_POLARISATIONS; p++) {
      dw_modes_get(part[p], at[0], at[1], at[2],
                   all->value + place(m->side, p, at[0], at[1] + m->start[0], at[2] + m->start[1]));
    }
  }
  dw_comm_sum_uint64(dw_comm_world(), block, size); /* each mode is on one process: bits */
}

/* Mean over a shell of the full cube, mode by mode: k and -k are two modes with products that are the same. */
static double brute_force(const amplitudes *a, const amplitudes *b, int64_t shell, double spacing, double length) {
  const int64_t side = a->side;
  double sum = 0.0;
  int64_t count = 0;
  for (int64_t i = 0; i < side * side * side; i++) {
    const int64_t n[3] = {i / side / side, i / side % side, i % side};
    double square = 0.0;
    int64_t at[3];
    for (int d = 0; d < 3; d++) {
      const int64_t number = 2 * n[d] > side ? n[d] - side : n[d];
      square += (double)(number * number);
      at[d] = n[2] > side / 2 ? (side - n[d]) % side : n[d]; /* what isn't stored is the conjugate of -k */
    }
    const double size = sqrt(square);
    if (size < (double)shell - 0.5 || size >= (double)shell + 0.5) {
      continue;
    }
    count++;
    for (int p = 0; p < DW_POLARISATIONS; p++) {
      const double *one = a->value + place(side, p, at[0], at[1], at[2]);
      const double *two = b->value + place(side, p, at[0], at[1], at[2]);
      sum += one[0] * two[0] + one[1] * two[1];
    }
  }
  return sum / (double)count * pow(spacing, 6.0) / pow(length, 3.0);
}

/* --- a run --- */

typedef struct setup {
  int64_t points;
  int coarsening;
  int64_t shells; /* that are kept */
  bool earlier;
  dw_precision precision;
} setup;

/* What a run leaves, on every process. */
typedef struct outcome {
  int64_t shells;
  double utc[REFERENCES][TIMES][MOST_SHELLS];
  double utc_error[REFERENCES][TIMES][MOST_SHELLS];
  double etc[TIMES][MOST_SHELLS];
  double etc_error[TIMES][MOST_SHELLS];
  amplitudes at[TIMES];
  double spacing; /* of the coarse grid */
  double length;
} outcome;

static dw_utc_choice choice_of(const setup *s, int64_t states) {
  return (dw_utc_choice){
      .references = REFERENCES, .step = references, .shells = s->shells, .earlier = s->earlier, .states = states};
}

static void read_values(const char *path, outcome *o) {
  static double value[REFERENCES * TIMES * MOST_SHELLS];
  dw_file *file = NULL;
  const int64_t shape[3] = {REFERENCES, TIMES, o->shells};
  assert_all_ok(dw_file_open(&file, dw_comm_world(), path));
  for (int which = 0; which < 2; which++) {
    assert_all_ok(dw_file_read_reals(file, which == 0 ? "/utc/value" : "/utc/value_error", 3, shape, value));
    for (int64_t i = 0; i < REFERENCES * TIMES * o->shells; i++) {
      const int64_t at[3] = {i / o->shells / TIMES, i / o->shells % TIMES, i % o->shells};
      (which == 0 ? o->utc : o->utc_error)[at[0]][at[1]][at[2]] = value[i];
    }
  }
  dw_file_close(file);
}

/* Through a file in the middle, as at a restart. */
static void restart(dw_utc **utc, const dw_coarse *coarse, const dw_utc_choice *choice, int64_t step) {
  dw_file *file = NULL;
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "utc.h5", 0));
  assert_all_ok(dw_utc_write(*utc, file));
  assert_all_ok(dw_file_commit(&file));
  dw_utc_destroy(*utc);
  assert_all_ok(dw_utc_create(utc, coarse, choice));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "utc.h5"));
  assert_all_ok(dw_utc_read(*utc, file, step));
  dw_file_close(file);
}

static void open_run(stressed *s, const setup *of) {
  const choices c = {.comm = dw_comm_world(),
                     .points = of->points,
                     .spacing = 0.7,
                     .stencil = 2,
                     .precision = of->precision,
                     .s = 1.0,
                     .expansion = 1.0};
  const int64_t shift[3] = {2, 0, 1};
  assert_all_ok(stressed_open(s, &c, of->coarsening));
  fixture_fill(s->sim.state->phi[0]);
  fixture_fill_shifted(s->sim.state->pi[0], shift, 0.6);
  assert_all_ok(stressed_coarsen(s, of->coarsening));
}

static void measure(stressed *s, dw_utc *utc, dw_spectra *spectra, outcome *o, int t) {
  double mean[2 * 64];
  dw_stress_project_tensor(s->coarse, s->part);
  assert_all_ok(dw_stress_spectrum(s->coarse, DW_POLARISATIONS, s->part, mean, mean + 64));
  memcpy(o->etc[t], mean, (size_t)o->shells * sizeof *mean);
  memcpy(o->etc_error[t], mean + 64, (size_t)o->shells * sizeof *mean);
  gather(&o->at[t], s->part);
  assert_all_ok(dw_utc_measure(utc, spectra, s->part));
}

/* restart_at: after this measurement it goes through a file; -1 never. */
static void run(const setup *of, int64_t states, int restart_at, outcome *o) {
  record_fixture about;
  stressed s;
  dw_utc *utc = NULL;
  dw_spectra *spectra = NULL;
  const dw_utc_choice choice = choice_of(of, states);
  open_run(&s, of);
  *o = (outcome){.shells = of->shells, .spacing = s.coarse->lattice->spacing, .length = s.coarse->lattice->length};
  assert_all_ok(dw_utc_create(&utc, s.coarse, &choice));
  assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), "spectra.h5", record_fixture_init(&about)));
  assert_all_ok(dw_utc_declare(utc, spectra));
  for (int t = 0; t < TIMES; t++) {
    if (t > 0) {
      dw_steps(s.sim.state, APART, NULL);
    }
    measure(&s, utc, spectra, o, t);
    if (t == restart_at) {
      restart(&utc, s.coarse, &choice, s.sim.state->step);
    }
  }
  assert_all_ok(dw_spectra_write(spectra));
  read_values("spectra.h5", o);
  dw_utc_destroy(utc);
  dw_spectra_destroy(spectra);
  stressed_close(&s);
}

static void outcome_close(outcome *o) {
  for (int t = 0; t < TIMES; t++) {
    dw_free(o->at[t].value);
  }
}

static const setup setups[] = {
    {.points = 16, .coarsening = 1, .shells = 3, .earlier = false, .precision = DW_DOUBLE},
    {.points = 16, .coarsening = 1, .shells = 5, .earlier = true, .precision = DW_SINGLE},
    {.points = 16,
     .coarsening = 1,
     .shells = 7,
     .earlier = true,
     .precision = DW_DOUBLE}, /* 8: Nyquist planes, apart */
    {.points = 32, .coarsening = 2, .shells = 4, .earlier = true, .precision = DW_DOUBLE}, /* all */
    {.points = 24, .coarsening = 2, .shells = 1, .earlier = false, .precision = DW_SINGLE},
};

enum { SETUPS = sizeof setups / sizeof setups[0] };

static bool is_measured(const setup *of, int r, int t) {
  return r < REACHED && (of->earlier || t * APART >= references[r]);
}

/* Catches a correlator of other modes, of another pair of times, with another normalisation, or measured where it
 * wasn't asked for. */
static void it_is_the_sum_over_modes(void **state) {
  (void)state;
  for (int i = 0; i < SETUPS; i++) {
    outcome o;
    bool good = true;
    run(&setups[i], 2, -1, &o);
    for (int r = 0; r < REFERENCES; r++) {
      for (int t = 0; t < TIMES; t++) {
        for (int64_t n = 0; n < o.shells; n++) {
          const double value = o.utc[r][t][n];
          if (!is_measured(&setups[i], r, t)) {
            good = good && isnan(value) && isnan(o.utc_error[r][t][n]);
            continue;
          }
          const int at = (int)references[r] / APART;
          const double expected = brute_force(&o.at[at], &o.at[t], n + 1, o.spacing, o.length);
          good = good && fabs(value - expected) <= 1e-12 * sqrt(o.etc[at][n] * o.etc[t][n]) && o.etc[t][n] > 0.0;
        }
      }
    }
    assert_all(good);
    outcome_close(&o);
  }
}

/* Catches an equal-time value that isn't the correlator's own, to the bit, and a dependence on the order of times. */
static void equal_times_and_order(void **state) {
  (void)state;
  for (int i = 0; i < SETUPS; i++) {
    outcome o;
    bool good = true;
    run(&setups[i], 0, -1, &o); /* room is made as it goes */
    const size_t bytes = (size_t)o.shells * sizeof(double);
    for (int r = 0; r < REACHED; r++) {
      const int64_t at = references[r] / APART;
      good = good && memcmp(o.utc[r][at], o.etc[at], bytes) == 0;
      good = good && memcmp(o.utc_error[r][at], o.etc_error[at], bytes) == 0;
    }
    if (setups[i].earlier) {
      good = good && memcmp(o.utc[0][references[1] / APART], o.utc[1][references[0] / APART], bytes) == 0;
    }
    assert_all(good);
    outcome_close(&o);
  }
}

/* Catches states lost or mixed up in a file: the run goes on to the same bits from any measurement. */
static void a_restart_changes_nothing(void **state) {
  (void)state;
  for (int at = 0; at < TIMES - 1; at++) {
    for (int i = 0; i < 2; i++) {
      outcome o;
      outcome other;
      run(&setups[i], 2, -1, &o);
      run(&setups[i], 1, at, &other);
      assert_all(memcmp(o.utc, other.utc, sizeof o.utc) == 0);
      assert_all(memcmp(o.utc_error, other.utc_error, sizeof o.utc) == 0);
      outcome_close(&o);
      outcome_close(&other);
    }
  }
}

/* Steps that a file holds, at most TIMES. */
static int64_t steps_of(const char *path, int64_t steps[TIMES]) {
  dw_file *file = NULL;
  int rank = 0;
  int64_t shape[DW_FILE_RANK] = {0};
  assert_all_ok(dw_file_open(&file, dw_comm_world(), path));
  if (dw_file_has(file, "/utc/steps")) {
    assert_all_ok(dw_file_shape(file, "/utc/steps", &rank, shape));
    assert_all(rank == 1 && shape[0] <= TIMES);
    assert_all_ok(dw_file_read_ints(file, "/utc/steps", 1, shape, steps));
  }
  dw_file_close(file);
  return shape[0];
}

/* Catches a checkpoint with more states than are needed, one without the state of a reference that was taken for
 * whole, and memory that stays. */
static void files_hold_what_is_needed(void **state) {
  (void)state;
  static const int64_t last[1] = {4}; /* a reference; then earlier states are of no use */
  const setup of = {.points = 16, .coarsening = 1, .shells = 3, .precision = DW_DOUBLE};
  static const int64_t expected[2][TIMES] = {{0, 0, 1, 1, 1, 1}, {1, 2, 1, 1, 1, 1}};
  for (int earlier = 0; earlier < 2; earlier++) {
    const size_t before = dw_memory_held();
    record_fixture about;
    stressed s;
    outcome o = {.shells = of.shells};
    dw_utc *utc = NULL;
    dw_spectra *spectra = NULL;
    dw_file *file = NULL;
    const dw_utc_choice choice = {
        .references = 1, .step = last, .shells = of.shells, .earlier = earlier == 1, .states = 1 + 2 * earlier};
    open_run(&s, &of);
    assert_all_ok(dw_utc_create(&utc, s.coarse, &choice));
    assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), "spectra.h5", record_fixture_init(&about)));
    assert_all_ok(dw_utc_declare(utc, spectra));
    const size_t promised = dw_memory_held();
    for (int t = 0; t < TIMES; t++) {
      int64_t steps[TIMES] = {0};
      if (t > 0) {
        dw_steps(s.sim.state, APART, NULL);
      }
      dw_stress_project_tensor(s.coarse, s.part);
      assert_all_ok(dw_utc_measure(utc, spectra, s.part));
      assert_all_ok(dw_file_create(&file, dw_comm_world(), "utc.h5", 0));
      assert_all_ok(dw_utc_write(utc, file));
      assert_all_ok(dw_file_commit(&file));
      const int64_t count = steps_of("utc.h5", steps);
      assert_all_int_equal(count, expected[earlier][t]);
      assert_all(count == 0 || steps[count - 1] == (t >= 2 ? last[0] : APART * (count - 1)));
      assert_all_ok(dw_file_open(&file, dw_comm_world(), "utc.h5"));
      assert_all_status(dw_utc_read(utc, file, t < 2 ? last[0] : APART * t), t < 2 ? DW_ERR_FILE : DW_OK);
      assert_all_ok(dw_utc_read(utc, file, APART * t));
      dw_file_close(file);
      assert_all(dw_memory_held() <= promised + 8192); /* rows of spectra */
    }
    dw_utc_destroy(utc);
    dw_spectra_destroy(spectra);
    stressed_close(&s);
    outcome_close(&o);
    assert_all(dw_memory_held() == before);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_is_the_sum_over_modes),
    cmocka_unit_test(equal_times_and_order),
    cmocka_unit_test(a_restart_changes_nothing),
    cmocka_unit_test(files_hold_what_is_needed),
};

DW_TEST_MPI_MAIN(tests)
