/* Walls, strings and junctions of a complex field on constructed fields, and against plain counting with angles. */
#include "analysis/sectors.h"

#include <math.h>

#include "tests/dw_test_mpi.h"
#include "tests/fields/measured.h"

static const double PI = 3.14159265358979323846;

/* phi_1 and phi_2 at a place in units of the box. */
typedef void (*shape)(const double x[3], double phi[2]);

static void open_sectors(simulation *sim, const choices *c, int walls) {
  choices with = *c;
  with.potential = "z-n";
  assert_all_ok(simulation_open(sim, &with));
  sim->model.values.walls = walls;
  sim->model.values.axion_mass = 0.5;
}

static void fill(simulation *sim, shape at) {
  const dw_lattice *lattice = sim->lattice;
  const double n = (double)lattice->points;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const double place[3] = {(double)(x + lattice->start[0]) / n, (double)(y + lattice->start[1]) / n,
                                 (double)z / n};
        double phi[2];
        at(place, phi);
        for (int i = 0; i < 2; i++) {
          dw_field_set(sim->state->phi[i], x, y, z, phi[i]);
        }
      }
    }
  }
  dw_field_touch(sim->state->phi[0]);
  dw_field_touch(sim->state->phi[1]);
}

/* What the shapes below are made with. */
static double vector[2][3];
static double ends[2][2];

static double phase(const double n[3], const double x[3]) {
  return 2.0 * PI * (n[0] * x[0] + n[1] * x[1] + n[2] * x[2]);
}

static void set_vectors(const int a[3], const int b[3]) {
  for (int d = 0; d < 3; d++) {
    vector[0][d] = (double)a[d];
    vector[1][d] = (double)b[d];
  }
}

/* Straight strings where both sines vanish. */
static void lines(const double x[3], double phi[2]) {
  phi[0] = sin(phase(vector[0], x) + 0.37);
  phi[1] = sin(phase(vector[1], x) + 0.81);
}

/* Planes between two vacua. */
static void planes_between(const double x[3], double phi[2]) {
  const double s = 0.5 + 0.5 * tanh(3.0 * sin(phase(vector[0], x) + 0.37));
  for (int i = 0; i < 2; i++) {
    phi[i] = (1.0 - s) * ends[0][i] + s * ends[1][i];
  }
}

/* The angle goes round and round. */
static void turning(const double x[3], double phi[2]) {
  phi[0] = cos(phase(vector[0], x) + 0.37);
  phi[1] = sin(phase(vector[0], x) + 0.37);
}

/* Many modes; noise where `rough`. */
static bool rough;
static void mixture(const double x[3], double phi[2]) {
  static const double n[6][3] = {{1, 0, 2}, {2, -1, 0}, {0, 1, 1}, {1, 2, -1}, {3, 1, 0}, {-1, 2, 2}};
  uint64_t seed = (uint64_t)(x[0] * 7919.0 + 0.5) * 1000003 + (uint64_t)(x[1] * 104729.0 + 0.5) * 10007 +
                  (uint64_t)(x[2] * 15485863.0 + 0.5);
  for (int i = 0; i < 2; i++) {
    phi[i] = 0.0;
    for (int m = 0; m < 6; m++) {
      phi[i] += cos(phase(n[m], x) + 1.3 * m * m + 2.1 * i * (m + 1));
    }
    for (int turns = 0; rough && turns < 4; turns++) {
      seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      phi[i] = (double)(int64_t)(seed >> 11) * 0x1p-52 - 1.0;
    }
  }
}

static dw_sectors measured(simulation *sim) {
  dw_sectors sectors;
  assert_all_ok(dw_sectors_measure(&sectors, sim->state));
  return sectors;
}

static const int directions[][2][3] = {{{1, 0, 0}, {0, 1, 0}},  {{0, 1, 0}, {0, 0, 1}},  {{0, 0, 1}, {1, 0, 0}},
                                       {{1, -1, 0}, {0, 0, 1}}, {{1, 0, 1}, {0, 1, 0}},  {{1, -1, 0}, {0, 1, -1}},
                                       {{2, 1, 0}, {0, 1, 1}},  {{1, 2, 0}, {-1, 0, 2}}, {{1, 1, 1}, {1, -1, 2}}};

/* Catches a winding rule that loses or invents strings, planes left out, and a length that depends on the direction:
 * the sines' zeros are lines along a x b of density 4 |a x b|/L^2, which pass each lattice plane just once. */
static void straight_strings(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof directions / sizeof directions[0]; i++) {
    const int *a = directions[i][0];
    const int *b = directions[i][1];
    const int c[3] = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    const double norm = sqrt((double)(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]));
    set_vectors(a, b);
    for (int order = 2; order <= 4; order += 2) {
      const choices with = {.points = 48, .spacing = 0.5, .stencil = order};
      simulation sim;
      open_sectors(&sim, &with, 3);
      fill(&sim, lines);
      const dw_sectors s = measured(&sim);
      assert_int_equal(s.strings, 4 * 48 * (abs(c[0]) + abs(c[1]) + abs(c[2])));
      assert_close(s.string_length, 4.0 * norm / (24.0 * 24.0), order == 2 ? 0.01 : 2e-4, 0.0);
      assert_close(s.junction_length, s.string_length, 0.1, 0.0); /* three sectors meet there; corners scatter */
      simulation_close(&sim);
    }
  }
}

/* Catches an area that belongs to another pair, or depends on pair or orientation: planes between neighbours. */
static void planes(void **state) {
  (void)state;
  for (int walls = 2; walls <= 5; walls++) {
    for (int j = 0; j < walls; j++) {
      const int k = (j + 1) % walls;
      for (int e = 0; e < 2; e++) {
        const double angle = 2.0 * PI * (e == 0 ? j : k) / walls;
        ends[e][0] = cos(angle);
        ends[e][1] = sin(angle);
      }
      const int *n = directions[(size_t)(j + walls) % 8][j % 2];
      set_vectors(n, n);
      const double norm = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
      const choices with = {.points = 40, .spacing = 0.5, .stencil = 4, .precision = DW_SINGLE};
      simulation sim;
      open_sectors(&sim, &with, walls);
      fill(&sim, planes_between);
      const dw_sectors s = measured(&sim);
      assert_close(s.area, 2.0 * norm / 20.0, 0.01, 0.0);
      assert_true(s.area_between[dw_sectors_pair(j, k)] == s.area);
      assert_close(s.fraction[j] + s.fraction[k], 1.0, 1e-15, 0.0);
      assert_close(s.fraction[j], 0.5, 0.06, 0.0);
      assert_true(s.strings == 0 && s.junctions == 0 && s.string_length == 0.0);
      simulation_close(&sim);
    }
  }
}

/* Catches walls of N = 1 that are counted where theta passes 0 too, or not everywhere. */
static void one_wall(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof directions / sizeof directions[0]; i++) {
    const int *n = directions[i][0];
    set_vectors(n, n);
    const double norm = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
    const choices with = {.points = 40, .spacing = 0.5, .stencil = 4};
    simulation sim;
    open_sectors(&sim, &with, 1);
    fill(&sim, turning);
    const dw_sectors s = measured(&sim);
    assert_int_equal(s.pairs, 1);
    assert_close(s.area, norm / 20.0, 0.01, 0.0);
    assert_true(s.fraction[0] == 1.0 && s.strings == 0 && s.junctions == 0);
    simulation_close(&sim);
  }
}

/* Catches an estimator of N = 2 that isn't the one of a single field. */
static void two_sectors(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    const choices with = {.points = 30, .stencil = order, .precision = order == 2 ? DW_SINGLE : DW_DOUBLE};
    simulation one;
    simulation two;
    assert_ok(simulation_open(&one, &with));
    open_sectors(&two, &with, 2);
    fill(&two, mixture);
    for (int64_t i = 0; i < 30 * 30 * 30; i++) {
      const int64_t at[3] = {i / 900, i / 30 % 30, i % 30};
      if (i % 7 == 0) { /* between the two vacua */
        dw_field_set(two.state->phi[0], at[0], at[1], at[2], 0.0);
      }
      dw_field_set(one.state->phi[0], at[0], at[1], at[2], dw_field_get(two.state->phi[0], at[0], at[1], at[2]));
    }
    dw_field_touch(one.state->phi[0]);
    dw_field_touch(two.state->phi[0]);
    const dw_measurement m = simulation_measure(&one);
    const dw_sectors s = measured(&two);
    assert_close(s.area, m.area, 1e-14, 0.0);
    assert_true(s.fraction[0] == m.fraction_positive);
    assert_close(s.fraction[1], 1.0 - m.fraction_positive, 1e-15, 0.0);
    simulation_close(&one);
    simulation_close(&two);
  }
}

/* --- plain counting with angles --- */

typedef struct counting {
  const simulation *sim;
  int64_t n;
  int walls;
} counting;

static double at(const counting *c, int i, const int64_t x[3]) {
  int64_t w[3];
  for (int d = 0; d < 3; d++) {
    w[d] = (x[d] + c->n) % c->n;
  }
  return dw_field_get(c->sim->state->phi[i], w[0], w[1], w[2]);
}

static double angle_at(const counting *c, const int64_t x[3]) { return atan2(at(c, 1, x), at(c, 0, x)); }

static int sector_at(const counting *c, const int64_t x[3]) {
  return (int)lround(angle_at(c, x) / (2.0 * PI) * c->walls + c->walls) % c->walls;
}

static double weight_at(const counting *c, const int64_t x[3], const double way[2]) {
  double sum = 0.0;
  double square = 0.0;
  for (int d = 0; d < 3; d++) {
    int64_t up[3] = {x[0], x[1], x[2]};
    int64_t down[3] = {x[0], x[1], x[2]};
    up[d]++;
    down[d]--;
    double g = 0.0;
    for (int i = 0; i < 2; i++) {
      g += way[i] * (at(c, i, up) - at(c, i, down));
    }
    sum += fabs(g);
    square += g * g;
  }
  return sqrt(square) / sum;
}

static double turn(double from, double to) {
  const double difference = to - from;
  return difference - 2.0 * PI * floor(difference / (2.0 * PI) + 0.5);
}

/* Links of a site upwards, into area. */
static void count_links(const counting *c, const int64_t x[3], double *area) {
  const int j = sector_at(c, x);
  for (int d = 0; d < 3; d++) {
    int64_t next[3] = {x[0], x[1], x[2]};
    next[d]++;
    const int k = sector_at(c, next);
    const double step = turn(angle_at(c, x), angle_at(c, next));
    const bool over = fabs(angle_at(c, x) + step) > PI; /* from (-pi, pi] past the end */
    if (c->walls == 1 ? over : j != k) {
      const double wide = 2.0 * PI / c->walls;
      const double way[2] = {c->walls == 1 ? 0.0 : cos(k * wide) - cos(j * wide),
                             c->walls == 1 ? 1.0 : sin(k * wide) - sin(j * wide)};
      area[c->walls == 1 ? 0 : dw_sectors_pair(j, k)] +=
          0.5 * (weight_at(c, x, way) + weight_at(c, next, way)) / (double)(c->n * c->n * c->n);
    }
  }
}

static void count_plaquettes(const counting *c, const int64_t x[3], int64_t *strings, int64_t *junctions) {
  for (int d = 0; d < 3; d++) {
    int64_t corner[4][3];
    for (int i = 0; i < 4; i++) {
      memcpy(corner[i], x, sizeof corner[i]);
      corner[i][d] += i == 1 || i == 2;
      corner[i][(d + 1) % 3] += i >= 2;
    }
    double sum = 0.0;
    unsigned seen = 0;
    for (int i = 0; i < 4; i++) {
      sum += turn(angle_at(c, corner[i]), angle_at(c, corner[(i + 1) % 4]));
      seen |= 1U << sector_at(c, corner[i]);
    }
    *strings += fabs(sum) > 1.0;
    *junctions += __builtin_popcount(seen) >= 3;
  }
}

/* Catches sectors, pairs, windings or junctions that differ from their definition with angles; smooth and rough. */
static void against_angles(void **state) {
  (void)state;
  for (int walls = 1; walls <= 7; walls++) {
    const choices with = {.points = 14, .precision = walls % 2 == 0 ? DW_SINGLE : DW_DOUBLE};
    simulation sim;
    open_sectors(&sim, &with, walls);
    rough = walls > 3;
    fill(&sim, mixture);
    rough = false;
    const dw_sectors s = measured(&sim);
    const counting c = {.sim = &sim, .n = 14, .walls = walls};
    double area[DW_MOST_PAIRS] = {0.0};
    double sites[DW_MOST_SECTORS] = {0.0};
    int64_t strings = 0;
    int64_t junctions = 0;
    for (int64_t i = 0; i < 14 * 14 * 14; i++) {
      const int64_t x[3] = {i / 196, i / 14 % 14, i % 14};
      count_links(&c, x, area);
      count_plaquettes(&c, x, &strings, &junctions);
      sites[sector_at(&c, x)] += 1.0;
    }
    assert_true(s.strings == strings && strings > 50);
    assert_true(s.junctions == junctions && (walls < 3 || junctions > 50));
    for (int k = 0; k < walls; k++) {
      assert_close(s.fraction[k], sites[k] / (14.0 * 14.0 * 14.0), 1e-14, 0.0);
    }
    for (int p = 0; p < s.pairs; p++) {
      assert_close(s.area_between[p], area[p], 1e-6, 1e-12);
    }
    simulation_close(&sim);
  }
}

/* Catches a halo's corner that is missing or another process's, and sums that depend on the decomposition. */
static void same_bits(void **state) {
  (void)state;
  for (int walls = 1; walls <= 4; walls++) {
    for (int i = 0; i < 2; i++) {
      const choices alone = {.points = 18, .stencil = 2 + 2 * i, .precision = i == 0 ? DW_SINGLE : DW_DOUBLE};
      choices together = alone;
      together.comm = dw_comm_world();
      simulation one;
      simulation all;
      open_sectors(&one, &alone, walls);
      open_sectors(&all, &together, walls);
      rough = i == 0;
      fill(&one, mixture);
      fill(&all, mixture);
      rough = false;
      dw_sectors a;
      dw_sectors b;
      memset(&a, 0, sizeof a);
      memset(&b, 0, sizeof b);
      assert_all_ok(dw_sectors_measure(&a, one.state));
      assert_all_ok(dw_sectors_measure(&b, all.state));
      assert_all(memcmp(&a, &b, sizeof a) == 0);
      assert_all(a.strings > 0 && a.area > 0.0);
      simulation_close(&one);
      simulation_close(&all);
    }
  }
}

/* A checkerboard: every link crosses, no phase winds, and two sectors have half of the sites each. */
static void chequers(const double x[3], double phi[2]) {
  const int64_t sum = (int64_t)(x[0] * 8.0 + 0.5) + (int64_t)(x[1] * 8.0 + 0.5) + (int64_t)(x[2] * 8.0 + 0.5);
  phi[0] = ends[sum % 2][0];
  phi[1] = ends[sum % 2][1];
}

/* Catches links counted twice or left out: where the gradient vanishes a link weighs 1. */
static void checkerboard(void **state) {
  (void)state;
  for (int k = 1; k < 4; k++) {
    const choices with = {.points = 8, .spacing = 0.5};
    simulation sim;
    open_sectors(&sim, &with, 4);
    const double angle = 0.5 * PI * k;
    ends[0][0] = 1.0;
    ends[0][1] = 0.0;
    ends[1][0] = cos(angle);
    ends[1][1] = sin(angle);
    fill(&sim, chequers);
    const dw_sectors s = measured(&sim);
    assert_close(s.area_between[dw_sectors_pair(0, k)], 3.0 / 0.5, 1e-15, 0.0);
    assert_true(s.area == s.area_between[dw_sectors_pair(0, k)]);
    assert_true(s.fraction[0] == 0.5 && s.fraction[k] == 0.5 && s.strings == 0 && s.junctions == 0);
    simulation_close(&sim);
  }
}

int main(int argc, char **argv) {
  if (dw_comm_start(&argc, &argv) != DW_OK) {
    return 1;
  }
  dw_test_quieten();
  const struct CMUnitTest together[] = {cmocka_unit_test(same_bits)};
  const struct CMUnitTest alone[] = {cmocka_unit_test(straight_strings), cmocka_unit_test(planes),
                                     cmocka_unit_test(one_wall),         cmocka_unit_test(two_sectors),
                                     cmocka_unit_test(against_angles),   cmocka_unit_test(checkerboard)};
  int64_t failed = (int64_t)cmocka_run_group_tests(together, NULL, NULL);
  if (dw_comm_size(dw_comm_world()) == 1) {
    failed += (int64_t)cmocka_run_group_tests(alone, NULL, NULL);
  }
  dw_comm_max_int64(dw_comm_world(), &failed, 1);
  dw_comm_stop();
  return failed != 0;
}
