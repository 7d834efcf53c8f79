#include "base/memory.h"
#include "tests/lattice/fixture.h"

/* Catches rows that overlap, leave the block, or don't start on a cache line; and memory that isn't zeroed. */
static void layout_body(fixture *f) {
  const dw_lattice *lattice = f->lattice;
  const int64_t h = lattice->halo;
  dw_field *field = NULL;
  assert_all_ok(dw_field_create(&field, lattice, f->field->precision));
  assert_all(!field->halo_fresh);
  bool good = true;
  double number = 0.0;
  for (int64_t x = -h; x < lattice->count[0] + h; x++) {
    for (int64_t y = -h; y < lattice->count[1] + h; y++) {
      good = good && (uintptr_t)dw_field_row(field, x, y) % DW_CACHE_LINE == 0;
      for (int64_t z = 0; z < lattice->points; z++) {
        good = good && dw_field_get(field, x, y, z) == 0.0;
        dw_field_set(field, x, y, z, number++);
      }
    }
  }
  assert_all(good);
  number = 0.0;
  for (int64_t x = -h; x < lattice->count[0] + h; x++) {
    for (int64_t y = -h; y < lattice->count[1] + h; y++) {
      const char *row = dw_field_row(field, x, y);
      const char *first = dw_field_row(field, -h, -h);
      good = good && row - first == ((x + h) * field->stride_x + (y + h) * field->pitch) * (int)field->precision;
      for (int64_t z = 0; z < lattice->points; z++) {
        good = good && dw_field_get(field, x, y, z) == number++;
      }
    }
  }
  assert_all(good);
  dw_field_destroy(field);
}

static void layout(void **state) {
  (void)state;
  fixture_on_all(10, 1, 1, layout_body);
  fixture_on_all(13, 2, 1, layout_body);
  fixture_on_all(16, 1, 4, layout_body);
}

/* Catches blocks of processes that don't tile the lattice: each site is counted once. */
static void blocks_body(fixture *f) {
  const dw_lattice *lattice = f->lattice;
  const int64_t n = lattice->points;
  int64_t owners[32][32] = {{0}};
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      owners[x + lattice->start[0]][y + lattice->start[1]]++;
    }
  }
  dw_comm_sum_int64(dw_comm_world(), &owners[0][0], sizeof owners / sizeof(int64_t));
  bool good = lattice->start[0] % lattice->align == 0 && lattice->start[1] % lattice->align == 0;
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      good = good && owners[x][y] == 1;
    }
  }
  assert_all(good);
  assert_all(lattice->spacing == lattice->length / (double)n);
}

static void blocks(void **state) {
  (void)state;
  fixture_on_all(10, 2, 1, blocks_body);
  fixture_on_all(13, 1, 1, blocks_body);
  fixture_on_all(30, 1, 2, blocks_body);
}

/* Catches predictions of memory that differ from what a field takes. */
static void bytes_body(fixture *f) {
  const dw_lattice *lattice = f->lattice;
  dw_field *field = NULL;
  const size_t before = dw_memory_held();
  assert_all_ok(dw_field_create(&field, lattice, f->field->precision));
  const size_t held = dw_memory_held() - before;
  const size_t predicted =
      dw_field_bytes(lattice->points, lattice->count[0], lattice->count[1], lattice->halo, f->field->precision);
  assert_all(held >= predicted && held <= predicted + 256); /* the struct itself */
  dw_field_destroy(field);
  assert_all(dw_memory_held() == before);
}

static void bytes(void **state) {
  (void)state;
  fixture_on_all(13, 1, 1, bytes_body);
  fixture_on_all(30, 2, 1, bytes_body);
}

/* Catches a fingerprint that depends on the decomposition, against the same field on one process. */
static void fingerprint_body(fixture *f) {
  fixture whole = fixture_open(dw_comm_self(), f->lattice->points, 1, 1, NULL, f->field->precision);
  assert_all(dw_field_fingerprint(f->field) == dw_field_fingerprint(whole.field));
  fixture_close(&whole);
}

static void fingerprint_of_any_decomposition(void **state) {
  (void)state;
  fixture_on_all(10, 2, 1, fingerprint_body);
  fixture_on_all(13, 1, 1, fingerprint_body);
}

/* Catches a fingerprint that misses a swap of two sites or a change of the last bit, or that sees the halo. */
static void sensitive_body(fixture *f) {
  const uint64_t before = dw_field_fingerprint(f->field);
  const bool mine = f->lattice->start[0] == 0 && f->lattice->start[1] == 0;
  const double first = dw_field_get(f->field, 0, 0, 2);
  const double second = dw_field_get(f->field, 1, 0, 5);
  if (mine) {
    dw_field_set(f->field, 0, 0, 2, second);
    dw_field_set(f->field, 1, 0, 5, first);
  }
  assert_all(dw_field_fingerprint(f->field) != before);
  if (mine) {
    dw_field_set(f->field, 0, 0, 2, first);
    dw_field_set(f->field, 1, 0, 5, second);
    dw_field_set(f->field, -1, 0, 0, 7.0);
  }
  assert_all(dw_field_fingerprint(f->field) == before);
  if (mine) {
    dw_field_set(f->field, 0, 0, 2, first * (1.0 + fixture_epsilon(f->field->precision)));
  }
  assert_all(dw_field_fingerprint(f->field) != before);
}

static void fingerprint_is_sensitive(void **state) {
  (void)state;
  fixture_on_all(10, 2, 1, sensitive_body);
}

/* Catches lattices that make no sense and grids that don't fit, accepted on some process. */
static void wrong_lattices_are_refused(void **state) {
  (void)state;
  const dw_comm *world = dw_comm_world();
  const int64_t processes = dw_comm_size(world);
  const int64_t grid[2] = {processes + 1, 1};
  dw_lattice *lattice = NULL;
  assert_all_status(dw_lattice_create(&lattice, world, 0, 1.0, 1, 1, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, -8, 1.0, 1, 1, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, 8, 0.0, 1, 1, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, 8, NAN, 1, 1, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, 8, INFINITY, 1, 1, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, 64, 1.0, DW_WIDEST_HALO + 1, 1, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, 8, 1.0, 1, 3, NULL), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, 8, 1.0, 1, 1, grid), DW_ERR_PARAM);
  assert_all_status(dw_lattice_create(&lattice, world, INT64_C(1) << 31, 1.0, 1, 1, NULL), DW_ERR_PARAM);
  assert_all(lattice == NULL);
  dw_lattice_destroy(NULL);
  dw_field_destroy(NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(layout),
    cmocka_unit_test(blocks),
    cmocka_unit_test(bytes),
    cmocka_unit_test(fingerprint_of_any_decomposition),
    cmocka_unit_test(fingerprint_is_sensitive),
    cmocka_unit_test(wrong_lattices_are_refused),
};

DW_TEST_MPI_MAIN(tests)
