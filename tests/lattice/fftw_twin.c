#include "tests/lattice/fftw_twin.h"

#include <fftw3-mpi.h>
#include <limits.h>

#include "base/precision.h"
#include "tests/lattice/fixture.h"

#if DW_REAL_BYTES == 4
#define FFTW(stem) fftwf_##stem
#else
#define FFTW(stem) fftw_##stem
#endif

int DW_NAME(fftw_twin)(int64_t points, double *cube) {
  const ptrdiff_t n = (ptrdiff_t)points;
  const ptrdiff_t half = n / 2 + 1;
  ptrdiff_t planes;
  ptrdiff_t first;
  FFTW(mpi_init)();
  const ptrdiff_t room = FFTW(mpi_local_size_3d)(n, n, half, MPI_COMM_WORLD, &planes, &first);
  dw_real *sites = FFTW(alloc_real)((size_t)(2 * room));
  FFTW(complex) *modes = (FFTW(complex) *)sites;
  const FFTW(plan) plan = FFTW(mpi_plan_dft_r2c_3d)(n, n, n, sites, modes, MPI_COMM_WORLD, FFTW_ESTIMATE);
  if (sites == NULL || plan == NULL) {
    return 1;
  }
  for (ptrdiff_t x = 0; x < planes; x++) {
    for (ptrdiff_t y = 0; y < n; y++) {
      for (ptrdiff_t z = 0; z < n; z++) {
        sites[(x * n + y) * 2 * half + z] = (dw_real)fixture_site(n, x + first, y, z);
      }
    }
  }
  FFTW(execute)(plan);
  const ptrdiff_t numbers = 2 * n * n * half;
  for (ptrdiff_t i = 0; i < numbers; i++) {
    const ptrdiff_t local = i - 2 * first * n * half;
    cube[i] = local >= 0 && local < 2 * planes * n * half ? (double)((const dw_real *)modes)[local] : 0.0;
  }
  FFTW(destroy_plan)(plan);
  FFTW(free)(sites);
  return numbers > INT_MAX ||
         MPI_Allreduce(MPI_IN_PLACE, cube, (int)numbers, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD) != MPI_SUCCESS;
}
