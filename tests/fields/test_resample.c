/* Fourier interpolation between lattices of one box, and the start from a snapshot of another lattice. */
#include "lattice/modes_resample.h"
#include "tests/fields/snapshot_file.h"
#include "tests/lattice/fixture.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* `from` on M points and `to` on N, of the same box. */
typedef struct pair {
  fixture from;
  fixture to;
} pair;

static void pair_open(pair *p, const dw_comm *comm, const int64_t points[2], const int64_t grid[2],
                      dw_precision precision) {
  p->from = fixture_open(comm, points[0], 1, 1, NULL, precision);
  dw_modes_destroy(p->from.modes);
  assert_all_ok(dw_modes_create(&p->from.modes, p->from.lattice, dw_resample_limit(points[0], points[1]), precision));
  p->to = fixture_open(comm, points[1], 1, 1, grid, precision);
}

static void pair_close(pair *p) {
  fixture_close(&p->from);
  fixture_close(&p->to);
}

static void resample(pair *p) {
  dw_modes_forward(p->from.modes, p->from.field);
  assert_all_ok(dw_modes_resample(p->to.modes, p->from.modes));
  dw_modes_inverse(p->to.modes, p->to.field);
}

/* Largest difference between the field on the new lattice and a function of the position. */
static double difference(const dw_field *field, double (*at)(const void *context, const int64_t x[3]),
                         const void *context) {
  const dw_lattice *lattice = field->lattice;
  double worst = 0.0;
  for (int64_t i = 0; i < lattice->count[0] * lattice->count[1] * lattice->points; i++) {
    const int64_t local[3] = {i / (lattice->count[1] * lattice->points), i / lattice->points % lattice->count[1],
                              i % lattice->points};
    const int64_t x[3] = {local[0] + lattice->start[0], local[1] + lattice->start[1], local[2]};
    const double wanted = at(context, x);
    const double off = fabs(dw_field_get(field, local[0], local[1], local[2]) - wanted);
    worst = isnan(wanted) || off <= worst ? worst : off; /* NaN: no value is wanted; one in the field is worst */
  }
  dw_comm_max_double(dw_comm_world(), &worst, 1);
  return worst;
}

static int64_t common(int64_t a, int64_t b) { return b == 0 ? a : common(b, a % b); }

/* The original at points of N that M has too, no number elsewhere. */
static double shared_site(const void *context, const int64_t x[3]) {
  const int64_t *points = context;
  const int64_t all = common(points[0], points[1]);
  int64_t at[3];
  for (int d = 0; d < 3; d++) {
    if (x[d] % (points[1] / all) != 0) {
      return (double)NAN;
    }
    at[d] = x[d] / (points[1] / all) * (points[0] / all);
  }
  return fixture_site(points[0], at[0], at[1], at[2]);
}

/* Catches a Nyquist plane that isn't split in two, a wrong amplitude, and modes at the wrong place, for any sizes. */
static void shared_points_keep_their_values(void **state) {
  (void)state;
  static const int64_t sizes[][2] = {{75, 100}, {64, 96}, {48, 128}, {16, 32}, {15, 45}, {15, 30},
                                     {9, 10},   {10, 11}, {12, 13},  {7, 21},  {2, 6},   {1, 5}};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
      int grid[2];
      if (i > 0 && i < 3 && precision == DW_SINGLE) { /* large ones once */
        continue;
      }
      if (dw_grid_choose(sizes[i][0], 1, 1, dw_comm_size(dw_comm_world()), grid) != DW_OK) {
        continue;
      }
      pair p;
      pair_open(&p, dw_comm_world(), sizes[i], NULL, (dw_precision)precision);
      resample(&p);
      const double worst = difference(p.to.field, shared_site, sizes[i]);
      print_message("%lld -> %lld, %d bytes: %.1e at shared points\n", (long long)sizes[i][0], (long long)sizes[i][1],
                    precision, worst);
      assert_all_close(worst, 0.0, 0.0, 12.0 * fixture_epsilon((dw_precision)precision));
      pair_close(&p);
    }
  }
}

/* The interpolant by definition: in each direction the sum over the old points j of the kernel (1/M) sum_n w_n cos(2 pi
 * n (x/N - j/M)), |n| up to half of either lattice, w = 1/2 at n = M/2 of an even M < N. */
typedef struct definition {
  const int64_t *points;
  double kernel[32][32];
} definition;

static definition define(const int64_t points[2]) {
  definition d = {.points = points};
  const int64_t limit = dw_resample_limit(points[0], points[1]);
  for (int64_t i = 0; i < points[1]; i++) {
    for (int64_t j = 0; j < points[0]; j++) {
      for (int64_t n = -limit; n <= limit; n++) {
        const double half = points[0] < points[1] && 2 * (n < 0 ? -n : n) == points[0] ? 0.5 : 1.0;
        const double phase = (double)(n * (i * points[0] - j * points[1])) / (double)(points[0] * points[1]);
        d.kernel[i][j] += half * cos(TWO_PI * phase) / (double)points[0];
      }
    }
  }
  return d;
}

static double by_definition(const void *context, const int64_t x[3]) {
  const definition *d = context;
  const int64_t m = d->points[0];
  double sum = 0.0;
  for (int64_t i = 0; i < m * m * m; i++) {
    const int64_t at[3] = {i / (m * m), i / m % m, i % m};
    sum +=
        d->kernel[x[0]][at[0]] * d->kernel[x[1]][at[1]] * d->kernel[x[2]][at[2]] * fixture_site(m, at[0], at[1], at[2]);
  }
  return sum;
}

/* Catches, between shared points and to fewer points too: modes that are lost or kept beyond the new end, a Nyquist
 * plane that isn't the sum of both, in each direction and their edges and corners. */
static void interpolant_is_that_of_the_definition(void **state) {
  (void)state;
  static const int64_t sizes[][2] = {{6, 10}, {7, 9}, {6, 9}, {6, 7}, {7, 8}, {4, 12}, {10, 6},
                                     {12, 8}, {9, 6}, {7, 6}, {8, 7}, {9, 5}, {12, 4}};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    pair p;
    pair_open(&p, dw_comm_world(), sizes[i], NULL, DW_DOUBLE);
    const definition d = define(sizes[i]);
    resample(&p);
    assert_all_close(difference(p.to.field, by_definition, &d), 0.0, 0.0, 1e-14);
    pair_close(&p);
  }
}

/* Waves up to |n| = 31 in each direction. */
static double waves(const void *context, const int64_t x[3]) {
  static const int64_t n[][3] = {{31, -31, 31}, {0, 5, -30}, {-17, 3, 0}, {31, 0, 0}, {1, 1, 30}, {0, 0, 31}};
  const int64_t points = *(const int64_t *)context;
  double sum = 0.3;
  for (int i = 0; i < 6; i++) {
    const int64_t turns = (n[i][0] * x[0] + n[i][1] * x[1] + n[i][2] * x[2]) % points;
    sum += cos(TWO_PI * (double)turns / (double)points + i);
  }
  return sum;
}

static void fill_waves(dw_field *field) {
  const dw_lattice *lattice = field->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const int64_t at[3] = {x + lattice->start[0], y + lattice->start[1], z};
        dw_field_set(field, x, y, z, waves(&lattice->points, at));
      }
    }
  }
}

static double original(const void *context, const int64_t x[3]) {
  return fixture_site(*(const int64_t *)context, x[0], x[1], x[2]);
}

/* Catches a band-limited field that isn't recovered on fewer points, and a way up and back that isn't the identity. */
static void what_fits_is_recovered(void **state) {
  (void)state;
  const int64_t down[2] = {128, 64};
  pair p;
  pair_open(&p, dw_comm_world(), down, NULL, DW_DOUBLE);
  fill_waves(p.from.field);
  resample(&p);
  double worst = difference(p.to.field, waves, &down[1]);
  print_message("128 -> 64 of waves: %.1e\n", worst);
  assert_all_close(worst, 0.0, 0.0, 1e-13);
  pair_close(&p);
  static const int64_t sizes[][2] = {{32, 64}, {15, 20}, {16, 21}, {16, 17}};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const int64_t back[2] = {sizes[i][1], sizes[i][0]};
    pair up;
    pair_open(&up, dw_comm_world(), sizes[i], NULL, DW_DOUBLE);
    pair_open(&p, dw_comm_world(), back, NULL, DW_DOUBLE);
    resample(&up);
    dw_modes_forward(p.from.modes, up.to.field);
    assert_all_ok(dw_modes_resample(p.to.modes, p.from.modes));
    dw_modes_inverse(p.to.modes, p.to.field);
    worst = difference(p.to.field, original, sizes[i]);
    assert_all_close(worst, 0.0, 0.0, 3e-15);
    pair_close(&p);
    pair_close(&up);
  }
}

/* Catches sums in the order of the processes, lines that go to the wrong one, and messages that are cut wrongly (96 to
 * 100 takes two alone and one on several processes). */
static void same_bits_everywhere(void **state) {
  (void)state;
  static const int64_t sizes[][2] = {{15, 20}, {96, 100}, {16, 24}, {20, 14}, {24, 16}, {9, 16}};
  const int64_t processes = dw_comm_size(dw_comm_world());
  int ran = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const dw_precision precision = i % 2 == 0 ? DW_SINGLE : DW_DOUBLE;
    pair p;
    pair_open(&p, dw_comm_self(), sizes[i], NULL, precision);
    resample(&p);
    const uint64_t alone = dw_field_fingerprint(p.to.field);
    pair_close(&p);
    for (int64_t across = 1; across <= processes; across++) {
      const int64_t grid[2] = {across, processes / across};
      if (processes % across == 0) {
        pair_open(&p, dw_comm_world(), sizes[i], grid, precision);
        resample(&p);
        assert_all(dw_field_fingerprint(p.to.field) == alone);
        pair_close(&p);
        ran++;
      }
    }
  }
  assert_all(ran >= 6);
}

/* Largest difference of two fields at the points of the coarse one that are at even places of the fine one. */
typedef struct twice {
  const dw_field *coarse; /* on this process alone */
} twice;

static double at_even(const void *context, const int64_t x[3]) {
  const twice *t = context;
  return x[0] % 2 + x[1] % 2 + x[2] % 2 == 0 ? dw_field_get(t->coarse, x[0] / 2, x[1] / 2, x[2] / 2) : (double)NAN;
}

/* Catches a start that mixes up phi and phi', keeps steps or the time of the file, or takes another box. */
static void snapshots_of_another_lattice(void **state) {
  (void)state;
  const dw_initial first = {.kind = "vacuum", .seed = 5, .lambda = 0.5, .mass = 0.3, .cutoff = 100.0, .fraction = 0.4};
  const dw_initial snapshot = {.kind = "snapshot", .file = "coarse.h5"};
  choices c = {.points = 15, .spacing = 0.5, .expansion = 1.0, .s = 1.0};
  simulation coarse;
  simulation fine;
  assert_all_ok(simulation_open(&coarse, &c)); /* each process the whole */
  assert_all_ok(simulation_start(&coarse, &first));
  c.comm = dw_comm_world();
  assert_all_ok(simulation_open(&fine, &c));
  assert_all_ok(simulation_start(&fine, &first));
  assert_all_ok(write_fields(&fine, snapshot.file));
  simulation_close(&fine);
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
    c.points = 30;
    c.spacing = 0.25;
    c.precision = (dw_precision)precision;
    assert_all_ok(simulation_open(&fine, &c));
    dw_step(fine.state);
    assert_all_ok(simulation_start(&fine, &snapshot));
    assert_all(fine.state->step == 0 && fine.state->pending == 0.0);
    assert_all_close(dw_state_tau(fine.state), 1.0, 0.0, 0.0);
    const double tolerance = 10.0 * fixture_epsilon(c.precision);
    assert_all_close(difference(fine.state->phi[0], at_even, &(twice){coarse.state->phi[0]}), 0.0, 0.0, tolerance);
    assert_all_close(difference(fine.state->pi[0], at_even, &(twice){coarse.state->pi[0]}), 0.0, 0.0, 5.0 * tolerance);
    simulation_close(&fine);
  }
  simulation_close(&coarse);
  c.spacing = 0.26;
  assert_all_ok(simulation_open(&fine, &c));
  assert_all_status(simulation_start(&fine, &snapshot), DW_ERR_FILE);
  assert_all(strstr(dw_message(), "holds a box of side 7.5, the run has 7.8; set lattice.length to it") != NULL);
  simulation_close(&fine);
}

/* Catches a snapshot that can't be divided over the processes and is found out too late. */
static void snapshot_for_fewer_processes(void **state) {
  (void)state;
  const dw_initial mode = {.kind = "mode", .normal = {1, 0, 0}, .mean = 0.25};
  const dw_initial snapshot = {.kind = "snapshot", .file = "point.h5"};
  choices c = {.points = 2, .spacing = 4.0, .stencil = 2};
  simulation sim;
  assert_all_ok(simulation_open(&sim, &c));
  assert_all_ok(simulation_start(&sim, &mode));
  assert_all(dw_comm_rank(dw_comm_world()) != 0 || write_fields(&sim, snapshot.file) == DW_OK);
  simulation_close(&sim);
  c.comm = dw_comm_world();
  c.points = 12;
  c.spacing = 2.0 / 3.0;
  assert_all_ok(simulation_open(&sim, &c));
  if (dw_comm_size(dw_comm_world()) == 3) { /* 2 points on 3 processes */
    assert_all_status(dw_initial_check(&snapshot, &sim.model, c.comm, 12, sim.lattice->spacing), DW_ERR_PARAM);
  } else {
    assert_all_ok(simulation_start(&sim, &snapshot));
    bool good = true;
    for (int64_t x = 0; x < sim.lattice->count[0]; x++) {
      good = good && fabs(dw_field_get(sim.state->phi[0], x, 0, 0) - 0.25) < 1e-15;
    }
    assert_all(good);
  }
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(shared_points_keep_their_values), cmocka_unit_test(interpolant_is_that_of_the_definition),
    cmocka_unit_test(what_fits_is_recovered),          cmocka_unit_test(same_bits_everywhere),
    cmocka_unit_test(snapshots_of_another_lattice),    cmocka_unit_test(snapshot_for_fewer_processes),
};

DW_TEST_MPI_MAIN(tests)
