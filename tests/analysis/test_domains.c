/* Domains and walls against a flood fill over sites, on all process grids and several threads: numbers, volumes,
 * wrapping, area of each pair, and the same bits everywhere. */
#include <omp.h>

#include "lattice/halo.h"
#include "tests/analysis/domain_shapes.h"
#include "tests/analysis/flood_fill.h"

enum { ALL = 1 << 20, X = DW_WRAPS_X, Y = DW_WRAPS_Y, Z = DW_WRAPS_Z };

static const double SPACING = 0.5;

typedef double (*shape)(int64_t n, int64_t x, int64_t y, int64_t z);

/* The one random field's threshold. */
static double level;

static double random_field(int64_t n, int64_t x, int64_t y, int64_t z) { return fixture_site(n, x, y, z) - level; }

/* Few values, zero among them, so that gradients vanish too. */
static double coarse_field(int64_t n, int64_t x, int64_t y, int64_t z) { return rint(2.0 * fixture_site(n, x, y, z)); }

/* --- the code on the field --- */

static dw_field *make_field(const dw_lattice *lattice, dw_precision precision, shape value) {
  dw_field *phi = NULL;
  dw_halo *halo = NULL;
  assert_all_ok(dw_field_create(&phi, lattice, precision));
  assert_all_ok(dw_halo_create(&halo, lattice, precision));
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        dw_field_set(phi, x, y, z, value(lattice->points, x + lattice->start[0], y + lattice->start[1], z));
      }
    }
  }
  dw_field_touch(phi);
  dw_halo_exchange(halo, phi);
  dw_halo_destroy(halo);
  return phi;
}

typedef struct choice {
  int64_t points;
  int order;
  dw_precision precision;
  shape value;
} choice;

static dw_domains *find_on(const dw_comm *comm, const int64_t *grid, const choice *c) {
  dw_lattice *lattice = NULL;
  dw_domains *domains = NULL;
  assert_all_ok(dw_lattice_create(&lattice, comm, c->points, SPACING * (double)c->points, c->order / 2, 1, grid));
  dw_field *phi = make_field(lattice, c->precision, c->value);
  assert_all_ok(dw_domains_find(&domains, phi, c->order, ALL));
  assert_all(dw_comm_rank(comm) == 0 || (domains->listed_domains == 0 && domains->listed_walls == 0));
  dw_field_destroy(phi);
  dw_lattice_destroy(lattice);
  return domains;
}

/* --- the twin --- */

static flood fill(const choice *c, double **phi) {
  const int64_t n = c->points;
  *phi = malloc((size_t)(n * n * n) * sizeof **phi);
  if (*phi == NULL) {
    abort();
  }
  for (int64_t i = 0; i < n * n * n; i++) {
    const double value = c->value(n, i / (n * n), i / n % n, i % n);
    (*phi)[i] = c->precision == DW_SINGLE ? (double)(float)value : value;
  }
  return flood_open(n, *phi, c->order);
}

static bool same_domain(const dw_domain *a, const dw_domain *b) {
  return a->label == b->label && a->volume == b->volume && a->wraps == b->wraps && a->positive == b->positive;
}

static bool check_domains(const dw_domains *found, const flood *f) {
  bool good = found->domains == f->domains && found->listed_domains == f->domains;
  for (int64_t i = 0; good && i < found->domains; i++) {
    const dw_domain *here = &found->domain[i];
    const dw_domain *twin = flood_find(f, here->label);
    good = twin != NULL && same_domain(here, twin) && here->volume <= found->largest;
    if (i > 0) {
      const dw_domain *before = here - 1;
      good = good && (before->volume > here->volume || (before->volume == here->volume && before->label < here->label));
    }
  }
  return good && found->domain[0].volume == found->largest;
}

/* What the definition says of a wall, from the twin's domains. */
static bool check_wall(const dw_wall *wall, const flood *f) {
  const dw_domain *side[2] = {flood_find(f, wall->positive), flood_find(f, wall->negative)};
  const bool wraps[2] = {side[0]->wraps != 0, side[1]->wraps != 0};
  const int64_t smaller = side[0]->volume < side[1]->volume ? side[0]->volume : side[1]->volume;
  const int64_t outside = wraps[0] ? side[1]->volume : side[0]->volume;
  const int64_t volume = wraps[0] && wraps[1] ? 0 : !wraps[0] && !wraps[1] ? smaller : outside;
  return wall->closed == !(wraps[0] && wraps[1]) && wall->volume == volume;
}

static bool check_walls(const dw_domains *found, const flood *f) {
  const double unit = 1.0 / ((double)(f->n * f->n * f->n) * SPACING);
  double total[2] = {0.0, 0.0};
  int64_t closed = 0;
  bool good = found->walls == f->walls && found->listed_walls == f->walls;
  for (int64_t i = 0; good && i < found->walls; i++) {
    const dw_wall *wall = &found->wall[i];
    const flood_wall key = {.positive = wall->positive, .negative = wall->negative};
    const flood_wall *twin = bsearch(&key, f->wall, (size_t)f->walls, sizeof key, flood_compare);
    good = twin != NULL && dw_test_is_close(wall->area, unit * twin->area, 1e-13, 0.0) && check_wall(wall, f);
    good = good && (i == 0 || wall[-1].area >= wall->area);
    total[wall->closed] += wall->area;
    closed += wall->closed;
  }
  return good && closed == found->walls_closed && dw_test_is_close(found->area_closed, total[1], 1e-13, 0.0) &&
         dw_test_is_close(found->area_percolating, total[0], 1e-13, 0.0);
}

/* Bits. */
static bool same_reals(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static bool same(const dw_domains *a, const dw_domains *b) {
  bool good = a->domains == b->domains && a->largest == b->largest && a->walls == b->walls &&
              a->walls_closed == b->walls_closed && same_reals(a->area_closed, b->area_closed) &&
              same_reals(a->area_percolating, b->area_percolating);
  for (int64_t i = 0; good && i < a->listed_domains; i++) {
    good = same_domain(&a->domain[i], &b->domain[i]);
  }
  for (int64_t i = 0; good && i < a->listed_walls; i++) {
    const dw_wall *one = &a->wall[i];
    const dw_wall *two = &b->wall[i];
    good = one->positive == two->positive && one->negative == two->negative && same_reals(one->area, two->area) &&
           one->volume == two->volume && one->closed == two->closed;
  }
  return good;
}

/* On each process alone against the twin, then on every process grid that fits against that. */
static void check(const choice *c, int64_t domains, int64_t walls) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  double *phi = NULL;
  flood f = fill(c, &phi);
  dw_domains *alone = find_on(dw_comm_self(), NULL, c);
  assert_all(check_domains(alone, &f));
  assert_all(check_walls(alone, &f));
  assert_all(domains < 0 || (alone->domains == domains && alone->walls == walls));
  flood_close(&f);
  free(phi);
  int ran = 0;
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 || dw_grid_check(c->points, 1, c->order / 2, (int)processes, grid) != DW_OK) {
      continue;
    }
    for (int threads = 1; threads <= 3; threads += 2) {
      const int before = omp_get_max_threads();
      omp_set_num_threads(threads);
      dw_domains *found = find_on(dw_comm_world(), grid, c);
      omp_set_num_threads(before);
      assert_all(same(found, alone));
      dw_domains_destroy(found);
      ran++;
    }
  }
  assert_all(ran > 0);
  dw_domains_destroy(alone);
}

/* Number of domains and walls; checked against the twin and these. */
static void check_shape(int64_t points, shape value, int64_t domains, int64_t walls) {
  check(&(choice){.points = points, .order = 2, .precision = DW_DOUBLE, .value = value}, domains, walls);
}

/* Wrapping of the domain of a site, found alone. */
static int32_t wraps_of(int64_t points, shape value, bool positive, int64_t volume) {
  const choice c = {.points = points, .order = 2, .precision = DW_DOUBLE, .value = value};
  dw_domains *alone = find_on(dw_comm_self(), NULL, &c);
  int32_t wraps = -1;
  for (int64_t i = 0; i < alone->listed_domains; i++) {
    if (alone->domain[i].positive == positive && (volume == 0 || alone->domain[i].volume == volume)) {
      wraps = alone->domain[i].wraps;
    }
  }
  dw_domains_destroy(alone);
  return wraps;
}

/* Catches zero that is positive in one place and negative in another, and weights where the gradient vanishes. */
static void zeros(void **state) {
  (void)state;
  for (int64_t n = 8; n < 12; n++) {
    check(&(choice){.points = n, .order = n < 10 ? 2 : 4, .precision = DW_SINGLE, .value = coarse_field}, -1, -1);
  }
}

/* Catches runs that are cut, joined or measured wrongly in general position: thresholds from few sites to few holes,
 * the percolation thresholds of both signs (0.3116) among them; sizes with a remainder on every grid. */
static void random_fields(void **state) {
  (void)state;
  const double share[] = {0.02, 0.1, 0.3116, 0.5, 0.6884, 0.95}; /* of positive sites */
  const int64_t sizes[] = {8, 9, 11, 14};
  for (size_t i = 0; i < sizeof share / sizeof share[0]; i++) {
    for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
      const bool odd = (i + j) % 2 != 0;
      level = 1.0 - 2.0 * share[i];
      check(&(choice){.points = sizes[j],
                      .order = j < 2 ? 2 : 4,
                      .precision = odd ? DW_SINGLE : DW_DOUBLE,
                      .value = random_field},
            -1, -1);
    }
  }
}

/* Catches signs that are lost between words of 64 sites, or taken from beyond the end of a row. */
static void rows_of_several_words(void **state) {
  (void)state;
  level = 0.2;
  for (int64_t n = 64; n < 67; n += 2) {
    check(&(choice){.points = n, .order = 2, .precision = DW_SINGLE, .value = random_field}, -1, -1);
  }
}

/* --- shapes that are hard --- */

/* Catches tables that are too small: each site is a domain, each link a wall; with an odd side neighbours of one sign
 * meet at the faces of the box. */
static void checkerboards(void **state) {
  (void)state;
  check_shape(4, checkerboard, 64, 3 * 64);
  check_shape(8, checkerboard, 512, 3 * 512);
  check_shape(7, checkerboard, -1, -1);
}

/* Catches rows without a change, walls where there are none, and zero that is taken for positive. */
static void nothing_and_one_site(void **state) {
  (void)state;
  check_shape(6, plus, 1, 0);
  check_shape(5, minus, 1, 0);
  check_shape(5, zero, 1, 0);
  assert_all(wraps_of(5, plus, true, 125) == (X | Y | Z) && wraps_of(5, zero, false, 125) == (X | Y | Z));
  check_shape(5, one_site, 2, 1);
  check_shape(4, one_site, 2, 1);
  assert_all(wraps_of(5, one_site, true, 1) == 0 && wraps_of(5, one_site, false, 124) == (X | Y | Z));
}

/* Catches links through faces, edges and corners of the box and between blocks that are lost, or met at the wrong
 * place. */
static void bridges_and_borders(void **state) {
  (void)state;
  check_shape(8, corners, 2, 1);
  assert_all(wraps_of(8, corners, true, 8) == 0);
  check_shape(9, edges, 2, 1);
  assert_all(wraps_of(9, edges, true, 0) == (X | Y | Z) && wraps_of(9, edges, false, 0) == (X | Y | Z));
  check_shape(8, faces, 4, 3);
  check_shape(9, bridges, 5, 4);
  check_shape(8, ladder, -1, -1);
  check_shape(13, ladder, -1, -1);
}

/* Catches a direction taken for another, and a domain that almost meets itself taken for one that wraps. */
static void rods_wrap_where_they_go(void **state) {
  (void)state;
  check_shape(9, rods, 7, 6);
  const choice c = {.points = 9, .order = 2, .precision = DW_DOUBLE, .value = rods};
  dw_domains *alone = find_on(dw_comm_self(), NULL, &c);
  int32_t seen[8] = {0};
  for (int64_t i = 0; i < alone->listed_domains; i++) {
    seen[alone->domain[i].wraps] += alone->domain[i].positive;
  }
  assert_all(seen[0] == 3 && seen[X] == 1 && seen[Y] == 1 && seen[Z] == 1);
  assert_all(alone->walls_closed == 3);
  dw_domains_destroy(alone);
}

/* Catches turns that are counted modulo something, or only along the direction that closes. */
static void tubes_that_wrap_after_two_turns(void **state) {
  (void)state;
  check_shape(8, helix, 2, 1);
  check_shape(12, helix, 2, 1);
  assert_all(wraps_of(8, helix, true, 0) == (X | Z));
  check_shape(8, broken_helix, 2, 1);
  assert_all(wraps_of(8, broken_helix, true, 0) == 0);
  check_shape(11, braid, 2, 1);
  assert_all(wraps_of(11, braid, true, 0) == Z);
}

/* Catches unions that lose their place on long ways in and out of blocks. */
static void spirals(void **state) {
  (void)state;
  check_shape(13, spiral_xy, 2, 1);
  check_shape(14, spiral_yz, 2, 1);
  check_shape(13, spiral_xz, 2, 1);
  assert_all(wraps_of(13, spiral_xy, true, 0) == Z && wraps_of(14, spiral_yz, true, 0) == 0);
}

/* Catches wrapping along the wrong directions, sheets between one pair of domains that are two walls, and the volume
 * within a shell: its inside has 27 sites, it itself 98. */
static void slabs_and_shells(void **state) {
  (void)state;
  check_shape(8, slab_x, 2, 1);
  check_shape(7, slab_y, 2, 1);
  check_shape(8, slab_z, 2, 1);
  assert_all(wraps_of(8, slab_x, true, 0) == (Y | Z) && wraps_of(8, slab_y, false, 0) == (X | Z));
  assert_all(wraps_of(8, slab_z, true, 0) == (X | Y));
  check_shape(12, slab_xyz, -1, -1);
  check_shape(9, shell, 3, 2);
  const choice c = {.points = 9, .order = 2, .precision = DW_SINGLE, .value = shell};
  dw_domains *alone = find_on(dw_comm_self(), NULL, &c);
  assert_all(alone->walls_closed == 2 && alone->wall[0].volume == 98 && alone->wall[1].volume == 27);
  dw_domains_destroy(alone);
}

/* Catches lists that aren't the largest ones, or too long. */
static void lists_hold_the_largest(void **state) {
  (void)state;
  level = 0.4;
  const choice c = {.points = 12, .order = 2, .precision = DW_DOUBLE, .value = random_field};
  dw_domains *all = find_on(dw_comm_self(), NULL, &c);
  for (int64_t most = 0; most < 9; most += 4) {
    dw_lattice *lattice = NULL;
    dw_domains *few = NULL;
    assert_all_ok(dw_lattice_create(&lattice, dw_comm_world(), c.points, SPACING * (double)c.points, 1, 1, NULL));
    dw_field *phi = make_field(lattice, c.precision, c.value);
    assert_all_ok(dw_domains_find(&few, phi, 2, most));
    const bool first = dw_comm_rank(dw_comm_world()) == 0;
    assert_all(few->listed_domains == (first ? most : 0) && few->listed_walls == (first ? most : 0));
    assert_all(same(few, all));
    dw_domains_destroy(few);
    dw_field_destroy(phi);
    dw_lattice_destroy(lattice);
  }
  assert_all(all->domains > 8 && all->walls > 8);
  dw_domains_destroy(all);
}

static double blown_up(int64_t n, int64_t x, int64_t y, int64_t z) {
  return x == n - 1 && y == n - 2 && z == n / 2 ? (double)INFINITY : slab_z(n, x, y, z);
}

/* Catches a stale halo that is used, one that is too narrow, and a field that isn't finite on few processes. */
static void what_is_refused(void **state) {
  (void)state;
  dw_lattice *lattice = NULL;
  dw_domains *domains = NULL;
  assert_all_ok(dw_lattice_create(&lattice, dw_comm_world(), 8, 4.0, 1, 1, NULL));
  dw_field *phi = make_field(lattice, DW_DOUBLE, blown_up);
  assert_all_status(dw_domains_find(&domains, phi, 4, 10), DW_ERR_INTERNAL);
  assert_all_status(dw_domains_find(&domains, phi, 2, 10), DW_ERR_INVALID);
  dw_field_touch(phi);
  assert_all_status(dw_domains_find(&domains, phi, 2, 10), DW_ERR_INTERNAL);
  assert_all(domains == NULL);
  dw_field_destroy(phi);
  dw_lattice_destroy(lattice);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(random_fields),
    cmocka_unit_test(rows_of_several_words),
    cmocka_unit_test(zeros),
    cmocka_unit_test(checkerboards),
    cmocka_unit_test(nothing_and_one_site),
    cmocka_unit_test(bridges_and_borders),
    cmocka_unit_test(rods_wrap_where_they_go),
    cmocka_unit_test(tubes_that_wrap_after_two_turns),
    cmocka_unit_test(spirals),
    cmocka_unit_test(slabs_and_shells),
    cmocka_unit_test(lists_hold_the_largest),
    cmocka_unit_test(what_is_refused),
};

DW_TEST_MPI_MAIN(tests)
