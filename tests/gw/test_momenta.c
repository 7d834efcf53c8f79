#include <complex.h>
#include <math.h>
#include <string.h>

#include "gw/momenta.h"
#include "lattice/decomposition.h"
#include "tests/dw_test.h"

static const long double TURN = 6.283185307179586476925286766559L;
static const double LENGTH = 2.5;

/* Momenta of a tensor lattice of `points`, modes with |n| <= (side - 1)/2 kept or all. Nothing else of the modes is
 * looked at. */
static dw_momenta *momenta_of(int64_t points, int64_t side, int coarsening, int source_order, int laplacian_order) {
  dw_lattice lattice = {.points = points, .length = LENGTH, .spacing = LENGTH / (double)points};
  const dw_modes modes = {.lattice = &lattice, .side = side};
  dw_momenta *momenta = NULL;
  assert_ok(dw_momenta_create(&momenta, &modes, coarsening, source_order, laplacian_order));
  assert_int_equal(momenta->side, side);
  return momenta;
}

static long double complex wave(long double turns) { return cosl(TURN * turns) + I * sinl(TURN * turns); }

/* sum_j weight[j + reach] exp(2 pi i n j/points), the value of a stencil at x = 0 on the wave n. */
static long double complex stencil(const long double *weight, int reach, int64_t n, int64_t points) {
  long double complex sum = 0.0L;
  for (int j = -reach; j <= reach; j++) {
    sum += weight[j + reach] * wave((long double)(n * j) / (long double)points);
  }
  return sum;
}

static void check_entry(const dw_momenta *momenta, int64_t i, int64_t points, int coarsening, int source_order,
                        int laplacian_order) {
  static const long double first[2][5] = {{-0.5L, 0.0L, 0.5L}, {1.0L / 12, -8.0L / 12, 0.0L, 8.0L / 12, -1.0L / 12}};
  static const long double second[2][5] = {{1.0L, -2.0L, 1.0L}, {-1.0L / 12, 4.0L / 3, -2.5L, 4.0L / 3, -1.0L / 12}};
  const int64_t n = dw_mode_number(momenta->side, i);
  const int64_t fine = points * coarsening;
  const long double dx = (long double)LENGTH / (long double)fine;
  const long double dxc = dx * (long double)coarsening;
  const long double complex slope = stencil(first[source_order / 4], source_order / 2, n, fine) / dx;
  const long double complex bend = stencil(second[laplacian_order / 4], laplacian_order / 2, n, points) / (dxc * dxc);
  long double complex mean = 0.0L;
  for (int j = 0; j < coarsening; j++) { /* about the middle of the block */
    const long double from_middle = (long double)j - 0.5L * (long double)(coarsening - 1);
    mean += wave((long double)n * from_middle / (long double)fine) / (long double)coarsening;
  }
  assert_close(momenta->derivative[i], (double)cimagl(slope), 1e-14, 1e-15 / (double)dx);
  assert_close(0.0, (double)creall(slope), 0.0, 1e-15 / (double)dx);
  assert_close(momenta->laplacian[i], (double)-creall(bend), 1e-14, 1e-15 / (double)(dxc * dxc));
  assert_close(momenta->window[i], (double)creall(mean), 1e-14, 0.0);
  const long double k = TURN * (long double)n / (long double)LENGTH;
  assert_close(momenta->squares[i], (double)(k * k), 1e-15, 0.0);
}

/* Catches a wrong momentum, window or Laplacian of either order: stencils and averages applied to plane waves. */
static void waves_by_stencils(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 5, 8, 9, 30};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    for (int coarsening = 1; coarsening <= 4; coarsening++) {
      for (int orders = 0; orders < 4; orders++) {
        const int source = orders % 2 ? 4 : 2;
        const int laplacian = orders / 2 ? 4 : 2;
        dw_momenta *momenta = momenta_of(sizes[s], sizes[s], coarsening, source, laplacian);
        for (int64_t i = 0; i < sizes[s]; i++) {
          check_entry(momenta, i, sizes[s], coarsening, source, laplacian);
        }
        dw_momenta_destroy(momenta);
      }
    }
  }
}

/* Catches sin(pi) for 0 at the Nyquist momentum of the fine lattice, and a 0 anywhere else. */
static void zero_at_fine_nyquist_only(void **state) {
  (void)state;
  for (int coarsening = 1; coarsening <= 4; coarsening++) {
    for (int order = 2; order <= 4; order += 2) {
      dw_momenta *momenta = momenta_of(12, 12, coarsening, order, 2);
      for (int64_t i = 0; i < 12; i++) {
        assert_true((momenta->derivative[i] == 0.0) == (i == 0 || (coarsening == 1 && i == 6)));
      }
      dw_momenta_destroy(momenta);
    }
  }
}

static void same_bits(const double *a, int64_t i, const double *b, int64_t j, double sign) {
  const double other = sign * b[j];
  assert_memory_equal(&a[i], &other, sizeof other);
}

/* Catches tables that know more than n: those of a few kept modes against all, and n against -n, bit for bit. */
static void functions_of_n(void **state) {
  (void)state;
  for (int coarsening = 1; coarsening <= 4; coarsening++) {
    dw_momenta *all = momenta_of(30, 30, coarsening, 4, 4);
    dw_momenta *few = momenta_of(30, 11, coarsening, 4, 4);
    for (int64_t n = 1; n <= 5; n++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        const int64_t i = sign > 0 ? n : 11 - n;
        same_bits(few->derivative, i, all->derivative, n, sign);
        same_bits(few->squares, i, all->squares, n, 1.0);
        same_bits(few->window, i, all->window, n, 1.0);
        same_bits(few->laplacian, i, all->laplacian, n, 1.0);
        same_bits(few->derivative, i, all->derivative, sign > 0 ? n : 30 - n, 1.0);
      }
    }
    dw_momenta_destroy(few);
    dw_momenta_destroy(all);
  }
}

/* Catches digits lost to cancellation at the longest waves of a large lattice, where all momenta are nearly k. */
static void longest_wave_of_a_large_lattice(void **state) {
  (void)state;
  const int64_t points = INT64_C(1) << 20;
  dw_momenta *momenta = momenta_of(points, 3, 2, 4, 4);
  const double k = sqrt(momenta->squares[1]);
  assert_close(momenta->derivative[1], k, 1e-14, 0.0);
  assert_close(momenta->laplacian[1], k * k, 1e-14, 0.0);
  assert_close(momenta->window[1], 1.0, 1e-11, 0.0);
  dw_momenta_destroy(momenta);
}

/* Catches an order that isn't there and is taken for another. */
static void unknown_order(void **state) {
  (void)state;
  const dw_lattice lattice = {.points = 8, .length = LENGTH};
  const dw_modes modes = {.lattice = &lattice, .side = 8};
  dw_momenta *momenta = NULL;
  assert_status(dw_momenta_create(&momenta, &modes, 1, 3, 2), DW_ERR_INTERNAL);
  assert_status(dw_momenta_create(&momenta, &modes, 1, 2, 6), DW_ERR_INTERNAL);
  assert_null(momenta);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(waves_by_stencils), cmocka_unit_test(zero_at_fine_nyquist_only),
      cmocka_unit_test(functions_of_n),    cmocka_unit_test(longest_wave_of_a_large_lattice),
      cmocka_unit_test(unknown_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
