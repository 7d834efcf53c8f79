/* Modes of one lattice to modes of another of the same box: Fourier interpolation to more points, or to fewer.
 *
 * The field is taken for its trigonometric interpolant, sum over |n_i| <= M/2 of phi_n exp(2 pi i n.x/L) for M points a
 * side; in each direction, n = M/2 of an even M stands for n and -n with half of it each, which is the interpolant that
 * is real. To fewer points N, what has |n_i| > N/2 is left out. The rest is sampled at the new points, where n = N/2
 * and -N/2 of an even N become one mode, their sum. So: points that both lattices have keep their values when M < N; M
 * to N > M and back is the identity; and a field without modes beyond N/2 is only sampled. Amplitudes get (N/M)^3.
 *
 * With fewer points the plane n_z = N/2 of an even N holds twice the mode with +N/2, and not the sum with its mirror
 * image: dw_modes_inverse takes the part that belongs to a real field, which is the sum. */
#ifndef DW_LATTICE_MODES_RESAMPLE_H
#define DW_LATTICE_MODES_RESAMPLE_H

#include "lattice/modes.h"

/* The limit that `from` must have been made with. */
int64_t dw_resample_limit(int64_t from, int64_t to);

/* Collective. All modes of `to` from those of `from`, both made by dw_modes_create, in the same precision, on lattices
 * of the same box and the same processes, each with its own grid; `to` with all modes, `from` on a lattice of another
 * number of points with dw_resample_limit. The same bits on any number of processes. Errors: DW_ERR_MEMORY. */
dw_status dw_modes_resample(dw_modes *to, const dw_modes *from);

/* Most bytes that it takes for messages, on any process. */
size_t dw_resample_bytes(const dw_share *from, const dw_share *to, dw_precision precision);

#endif
