/* The same transform by FFTW3-MPI, an independent twin. Compiled for float and double.
 *
 * Collective over MPI_COMM_WORLD. cube[2 ((kx N + ky)(N/2 + 1) + kz)]: all modes, on all processes, of the
 * field whose sites are fixture_site(N, x, y, z). Returns 0 on success. */
#ifndef DW_TEST_LATTICE_FFTW_TWIN_H
#define DW_TEST_LATTICE_FFTW_TWIN_H

#include <stdint.h>

int fftw_twin_f32(int64_t points, double *cube);
int fftw_twin_f64(int64_t points, double *cube);

#endif
