#include "tests/lattice/fftw_twin.h"
#include "tests/lattice/fixture.h"

/* Catches modes that differ from those of FFTW3-MPI, whose decomposition and transposes are its own. */
static void twin_body(fixture *f) {
  const int64_t n = f->lattice->points;
  const int64_t half = n / 2 + 1;
  double *cube = malloc((size_t)(2 * n * n * half) * sizeof *cube);
  assert_all(cube != NULL);
  const int failed = f->field->precision == DW_SINGLE ? fftw_twin_f32(n, cube) : fftw_twin_f64(n, cube);
  assert_all_int_equal(failed, 0);
  dw_modes_forward(f->modes, f->field);
  double worst = 0.0;
  double largest = 0.0;
  for (int64_t kx = 0; kx < n; kx++) {
    for (int64_t ky = 0; ky < f->modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < f->modes->count[1]; kz++) {
        const int64_t at = 2 * ((kx * n + ky + f->modes->start[0]) * half + kz + f->modes->start[1]);
        double value[2];
        dw_modes_get(f->modes, kx, ky, kz, value);
        const double off = hypot(value[0] - cube[at], value[1] - cube[at + 1]);
        worst = off <= worst ? worst : off;
        largest = fmax(largest, hypot(value[0], value[1]));
      }
    }
  }
  free(cube);
  dw_comm_max_double(dw_comm_world(), &largest, 1);
  assert_all(largest > 0.5 * pow((double)n, 1.5)); /* there is something to compare */
  assert_all_close(worst, 0.0, 0.0, 10.0 * fixture_epsilon(f->field->precision) * pow((double)n, 1.5));
}

/* Sizes that 1 to 4 processes divide, so that FFTW's blocks fit. */
static void same_modes_as_fftw_mpi(void **state) {
  (void)state;
  fixture_on_all(12, 1, 1, twin_body);
  fixture_on_all(24, 2, 2, twin_body);
  fixture_on_all(60, 1, 1, twin_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_modes_as_fftw_mpi),
};

DW_TEST_MPI_MAIN(tests)
