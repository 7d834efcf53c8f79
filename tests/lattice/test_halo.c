#include "base/memory.h"
#include "tests/lattice/fixture.h"

static const double CORNER = -99.0;

static bool is_inside(const dw_lattice *lattice, int direction, int64_t at) {
  return at >= 0 && at < lattice->count[direction];
}

/* All rows outside the interior. */
static void fill_outside(dw_field *field, double value) {
  const dw_lattice *lattice = field->lattice;
  const int64_t h = lattice->halo;
  for (int64_t x = -h; x < lattice->count[0] + h; x++) {
    for (int64_t y = -h; y < lattice->count[1] + h; y++) {
      for (int64_t z = 0; z < lattice->points && !(is_inside(lattice, 0, x) && is_inside(lattice, 1, y)); z++) {
        dw_field_set(field, x, y, z, value);
      }
    }
  }
}

/* Whether faces hold `factor` times the periodic neighbours, and corners what was there. */
static bool halo_is_right(const dw_field *field, double factor) {
  const dw_lattice *lattice = field->lattice;
  const int64_t h = lattice->halo;
  bool good = true;
  for (int64_t x = -h; x < lattice->count[0] + h; x++) {
    for (int64_t y = -h; y < lattice->count[1] + h; y++) {
      const bool inside[2] = {is_inside(lattice, 0, x), is_inside(lattice, 1, y)};
      for (int64_t z = 0; z < lattice->points && !(inside[0] && inside[1]); z++) {
        const double neighbour =
            factor * fixture_site(lattice->points, x + lattice->start[0], y + lattice->start[1], z);
        good = good && dw_field_get(field, x, y, z) == (inside[0] || inside[1] ? neighbour : CORNER);
      }
    }
  }
  return good;
}

/* Catches halo rows that aren't the periodic neighbours, a touched corner or interior, and a second exchange with the
 * same buffers that delivers the first one's values. */
static void exchange_body(fixture *f) {
  dw_halo *halo = NULL;
  assert_all_ok(dw_halo_create(&halo, f->lattice, f->field->precision));
  fill_outside(f->field, CORNER);
  const uint64_t before = dw_field_fingerprint(f->field);
  dw_halo_exchange(halo, f->field);
  assert_all(halo_is_right(f->field, 1.0));
  assert_all(dw_field_fingerprint(f->field) == before);

  const int64_t shift[3] = {0, 0, 0};
  dw_field *second = NULL;
  assert_all_ok(dw_field_create(&second, f->lattice, f->field->precision));
  fixture_fill_shifted(second, shift, -2.0);
  fill_outside(second, CORNER);
  dw_halo_exchange(halo, second);
  assert_all(halo_is_right(second, -2.0));
  assert_all(halo_is_right(f->field, 1.0));
  dw_field_destroy(second);
  dw_halo_destroy(halo);
}

static void faces_are_periodic_neighbours(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 10, 13, 30}; /* 4: a block may be no wider than its halo */
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture_on_all(sizes[i], 1, 1, exchange_body);
    fixture_on_all(sizes[i] == 4 ? 8 : sizes[i], 2, 1, exchange_body);
  }
  fixture_on_all(24, 2, 6, exchange_body);
}

/* Catches messages that are packed at the end instead of at the beginning. */
static void split_body(fixture *f) {
  dw_halo *halo = NULL;
  assert_all_ok(dw_halo_create(&halo, f->lattice, f->field->precision));
  fill_outside(f->field, CORNER);
  dw_halo_begin(halo, f->field, (dw_halo_part){f->lattice->halo, false});
  for (int64_t x = 0; x < f->lattice->count[0]; x++) {
    for (int64_t y = 0; y < f->lattice->count[1]; y++) {
      for (int64_t z = 0; z < f->lattice->points; z++) {
        dw_field_set(f->field, x, y, z, 1000.0);
      }
    }
  }
  dw_halo_end(halo, f->field, (dw_halo_part){f->lattice->halo, false});
  assert_all(halo_is_right(f->field, 1.0));
  dw_halo_destroy(halo);
}

static void halves_deliver_the_values_at_begin(void **state) {
  (void)state;
  fixture_on_all(10, 1, 1, split_body);
  fixture_on_all(13, 2, 1, split_body);
}

/* Catches a freshness flag that isn't set by an exchange, isn't cleared by a change, or isn't heeded. */
static void fresh_body(fixture *f) {
  dw_halo *halo = NULL;
  assert_all_ok(dw_halo_create(&halo, f->lattice, f->field->precision));
  assert_all(!f->field->halo_fresh);
  dw_halo_exchange(halo, f->field);
  assert_all(f->field->halo_fresh);
  fill_outside(f->field, CORNER);
  assert_all(!f->field->halo_fresh);
  f->field->halo_fresh = 2;
  dw_halo_exchange(halo, f->field); /* nothing to do */
  assert_all(dw_field_get(f->field, -1, 0, 0) == CORNER);
  dw_field_touch(f->field);
  assert_all(!f->field->halo_fresh);
  dw_halo_exchange(halo, f->field);
  assert_all(f->field->halo_fresh && halo_is_right(f->field, 1.0));
  dw_modes_forward(f->modes, f->field);
  assert_all(f->field->halo_fresh);
  dw_modes_inverse(f->modes, f->field);
  assert_all(!f->field->halo_fresh);
  dw_halo_destroy(halo);
}

static void freshness(void **state) {
  (void)state;
  fixture_on_all(10, 2, 1, fresh_body);
}

/* Catches predictions of memory that differ from what the message buffers take. */
static void bytes_body(fixture *f) {
  const dw_lattice *lattice = f->lattice;
  dw_halo *halo = NULL;
  const size_t before = dw_memory_held();
  assert_all_ok(dw_halo_create(&halo, lattice, f->field->precision));
  const size_t held = dw_memory_held() - before;
  const size_t predicted = dw_halo_bytes(lattice->points, lattice->count[0], lattice->count[1], lattice->halo,
                                         lattice->grid, f->field->precision);
  assert_all(held >= predicted && held <= predicted + 1024); /* the struct, and eight buffers rounded up */
  dw_halo_destroy(halo);
  assert_all(dw_memory_held() == before);
}

static void bytes(void **state) {
  (void)state;
  fixture_on_all(13, 1, 1, bytes_body);
  fixture_on_all(30, 2, 1, bytes_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(faces_are_periodic_neighbours),
    cmocka_unit_test(halves_deliver_the_values_at_begin),
    cmocka_unit_test(freshness),
    cmocka_unit_test(bytes),
};

DW_TEST_MPI_MAIN(tests)
