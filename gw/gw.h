/* Gravitational waves that the stress of the field emits, and the ways to evolve them: a table, one chosen by name.
 *
 *   h_ij'' + 2 H h_ij' - lap h_ij = (2/M_P^2) Pi_ij,   Pi_ij = a^{1-s} [d_i phi d_j phi]^TT
 *
 * in conformal time and comoving coordinates, M_P the reduced Planck mass (e.g. Caprini & Figueroa, arXiv:1801.04268,
 * eq. 31 ff.); computed is h^ = h (M_P/eta)^2, so that the right side is 2 Pi in units of the field. The waves take
 * steps of c dtau, c the coarsening of their grid, together with c steps of the field; they start from nothing at
 * step `start`, at which phi and waves are at the same time, as at every multiple of c after it.
 *
 *   "lattice"  five components of the traceless, unprojected tensor on the coarse grid, leapfrog, the source taken in
 *              the sweep that reads the field; projected when measured (gw/tensor_lattice.c)
 *   "modes"    the two polarisations of each kept mode, advanced with the solution of its oscillator
 *              (gw/tensor_modes.c)
 *
 * To add one: a file of its own and a row in gw/gw.c. Everything is collective unless said otherwise. */
#ifndef DW_GW_GW_H
#define DW_GW_GW_H

#include "gw/coarse.h"
#include "lattice/file.h"

typedef struct dw_gw dw_gw;

/* The waves of `state` on `coarse`, which outlive the handle; the caller destroys it. start: a multiple of c. The state
 * is at the start or before it, or the waves are read (dw_gw_read) before anything else.
 * Errors: DW_ERR_PARAM for an unknown method, DW_ERR_MEMORY. */
dw_status dw_gw_create(dw_gw **gw, const char *method, dw_state *state, const dw_coarse *coarse, int64_t start);
void dw_gw_destroy(dw_gw *gw);

/* Advances the field by `units` times c steps, and the waves with it once the start is reached.
 * Errors: DW_ERR_MEMORY. */
dw_status dw_gw_advance(dw_gw *gw, int units);

/* Not collective. Units that share a pass over memory: where they aren't split further, they are best handed over
 * together. */
int dw_gw_units_together(const dw_gw *gw);

/* Amplitudes of the waves h^ and of their rate dh^/dtau at the state's time, plus and cross, in the unnormalised
 * convention of dw_modes. They stay valid until the next call of any function here and are not owned by the caller.
 * `stress`: the same of Pi at this time (dw_stress_project on the same coarse grid); overwritten. */
typedef struct dw_gw_amplitudes {
  const dw_modes *wave[DW_POLARISATIONS];
  const dw_modes *rate[DW_POLARISATIONS];
} dw_gw_amplitudes;
dw_gw_amplitudes dw_gw_measure(dw_gw *gw, dw_modes *const stress[DW_POLARISATIONS]);

/* Not collective. One direction's part of k^2 as the waves feel it, per mode index: that of the coarse Laplacian, or
 * the exact one; m^2. A table of the coarse grid's momenta. */
const double *dw_gw_squares(const dw_gw *gw);

/* What a restart needs, under /gw of a checkpoint, and its bytes. Errors: those of files; DW_ERR_FILE if damaged. */
dw_status dw_gw_write(const dw_gw *gw, dw_file *file);
dw_status dw_gw_read(dw_gw *gw, dw_file *file);
uint64_t dw_gw_file_bytes(const char *method, int64_t points, int coarsening, dw_precision precision);

/* Not collective. Bytes held on a process with this share of the fine lattice, without the coarse grid's own.
 * `together`: as for dw_coarse_create. */
size_t dw_gw_bytes(const char *method, const dw_share *fine, int coarsening, int together, dw_precision precision);

/* Not collective. About the time that one step of the waves takes beside the field's own steps, and one dw_gw_measure,
 * in steps of the field: for estimates, within a factor of two. */
double dw_gw_advance_cost(const char *method, int coarsening);
double dw_gw_measure_cost(const char *method, int coarsening);

#endif
