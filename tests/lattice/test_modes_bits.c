#include <omp.h>

#include "tests/lattice/fixture.h"

/* Fingerprints of the modes, and of the field after the way back, on process 0 alone; remembered, since several grids
 * ask for the same. */
static void bits_of_one_process(int64_t points, dw_precision precision, uint64_t bits[2]) {
  static int64_t last_points[2];
  static uint64_t last_bits[2][2];
  const int slot = precision == DW_DOUBLE;
  if (last_points[slot] != points) {
    dw_lattice *lattice = NULL;
    dw_field *field = NULL;
    dw_modes *modes = NULL;
    dw_status status = dw_lattice_create(&lattice, dw_comm_self(), points, 2.5, 1, 1, NULL);
    if (dw_comm_rank(dw_comm_world()) == 0 && status == DW_OK) {
      status = dw_field_create(&field, lattice, precision);
      status = status == DW_OK ? dw_modes_create(&modes, lattice, DW_ALL_MODES, precision) : status;
      if (status == DW_OK) {
        fixture_fill(field);
        dw_modes_forward(modes, field);
        last_bits[slot][0] = fixture_modes_fingerprint(modes);
        dw_modes_inverse(modes, field);
        last_bits[slot][1] = dw_field_fingerprint(field);
      }
    }
    dw_modes_destroy(modes);
    dw_field_destroy(field);
    dw_lattice_destroy(lattice);
    assert_all_ok(status);
    dw_comm_broadcast(dw_comm_world(), last_bits[slot], sizeof last_bits[slot]);
    last_points[slot] = points;
  }
  memcpy(bits, last_bits[slot], sizeof last_bits[slot]);
}

/* Catches a transform whose last bit depends on where the lines are: forward and back against one process. */
static void bits_body(fixture *f) {
  uint64_t expected[2];
  bits_of_one_process(f->lattice->points, f->field->precision, expected);
  dw_modes_forward(f->modes, f->field);
  assert_all(fixture_modes_fingerprint(f->modes) == expected[0]);
  dw_modes_inverse(f->modes, f->field);
  assert_all(dw_field_fingerprint(f->field) == expected[1]);
}

static void same_bits_on_any_grid(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 5, 8, 13, 27, 30, 32, 50, 64};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture_on_all(sizes[i], 1, 1, bits_body);
  }
}

/* Catches blocks in multiples of more than one site, and wider halos, that change the modes. */
static void same_bits_with_aligned_blocks(void **state) {
  (void)state;
  fixture_on_all(24, 2, 6, bits_body);
  fixture_on_all(40, 1, 4, bits_body);
}

/* Catches transposes that go wrong where they are cut into chunks: 130^3 is more than one message buffer. With blocks
 * in multiples of 26 a plane of rows is longer than one of modes, and no multiple of its pitch. */
static void same_bits_in_several_chunks(void **state) {
  (void)state;
  const int processes = dw_comm_size(dw_comm_world());
  for (int across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across == 0) {
      fixture f = fixture_open(dw_comm_world(), 130, 1, 26, grid, DW_DOUBLE);
      bits_body(&f);
      fixture_close(&f);
    }
  }
}

/* Catches bits that depend on the number of threads, and line buffers for fewer threads than run later. */
static void threads_body(fixture *f) {
  uint64_t expected[2];
  bits_of_one_process(f->lattice->points, f->field->precision, expected);
  const int before = omp_get_max_threads();
  for (int threads = 1; threads <= 3; threads++) {
    omp_set_num_threads(threads);
    fixture_fill(f->field);
    dw_modes_forward(f->modes, f->field);
    const uint64_t modes_bits = fixture_modes_fingerprint(f->modes);
    dw_modes_inverse(f->modes, f->field);
    const uint64_t field_bits = dw_field_fingerprint(f->field);
    omp_set_num_threads(before);
    assert_all(modes_bits == expected[0]);
    assert_all(field_bits == expected[1]);
  }
}

static void same_bits_on_any_threads(void **state) {
  (void)state;
  fixture_on_all(30, 1, 1, threads_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_bits_on_any_grid),
    cmocka_unit_test(same_bits_with_aligned_blocks),
    cmocka_unit_test(same_bits_in_several_chunks),
    cmocka_unit_test(same_bits_on_any_threads),
};

DW_TEST_MPI_MAIN(tests)
