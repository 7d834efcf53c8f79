/* Starts: a table of kinds, one chosen by name. Each fills phi and pi = phi' (a = 1 at the start).
 * To add one: write its function and a line in the table of fields/initial.c (docs/add-a-start.md). */
#ifndef DW_FIELDS_INITIAL_H
#define DW_FIELDS_INITIAL_H

#include "fields/relax.h"
#include "fields/state.h"
#include "lattice/modes.h"

/* What the parameter file says under fields.initial. */
typedef struct dw_initial {
  const char *kind;
  const char *file; /* snapshot, spectrum */
  int64_t seed;
  double rms;                /* white noise, gaussian, power-law: ensemble value, eta */
  double cutoff;             /* white noise, vacuum, thermal, power-law: k_cut, comoving, m */
  double cutoff_width;       /* relative; 0 = sharp */
  double lambda;             /* vacuum, thermal: coupling, which fixes m = sqrt(lambda) eta */
  double mass;               /* vacuum, thermal: m_eff of the quanta, m */
  double temperature;        /* thermal, at a = 1, m */
  bool zero_point;           /* thermal: with the vacuum's part */
  double correlation_length; /* gaussian, comoving, 1/m */
  double index;              /* power-law: n of k^n */
  double cell;               /* cells: side, comoving, 1/m */
  double fraction;           /* random fields and cells: ensemble value of the volume with phi > 0; 0 stands for 1/2 */
  int64_t normal[3];         /* walls: normal; mode: wave vector, 2 pi/L */
  double velocity;           /* walls, along the normal */
  double radius;             /* sphere, comoving, 1/m */
  double amplitude;          /* mode, eta */
  double mean;               /* mode, eta */
  dw_relaxation relaxation;  /* after any start */
  const struct dw_power_file *powers; /* spectrum: what the file holds, while the start is made */
} dw_initial;

/* Collective. Whether the start can be made on a lattice of N points and spacing dx: kind known, walls and cells only
 * where the potential has two vacua, a fraction between 0 and 1, a snapshot of the same box, a spectrum with power in
 * some mode. Takes no memory to speak of. Errors: DW_ERR_PARAM, DW_ERR_FILE.
 */
dw_status dw_initial_check(const dw_initial *initial, const dw_model *model, const dw_comm *comm, int64_t points,
                           double spacing);

/* Collective. Checks as above, then fills the fields. `modes` is scratch for one field, of the state's lattice and
 * precision; its content is lost. Errors: DW_ERR_PARAM for an unknown kind, DW_ERR_FILE, DW_ERR_MEMORY. */
dw_status dw_initial_set(const dw_initial *initial, dw_state *state, dw_modes *modes);

/* Not collective. Bytes that the first process, whose share of the lattice is given, needs for a while in
 * dw_initial_set beside the state and `modes`: a snapshot of another lattice takes one field of it, its transform, and
 * messages or rows on their way; other starts take nothing to speak of. Errors: DW_ERR_PARAM, DW_ERR_FILE. */
dw_status dw_initial_bytes(const dw_initial *initial, const dw_share *share, dw_precision precision, size_t *bytes);

/* Not collective. Root mean square momentum of phi, sqrt(sum k^2 P/sum P) over the modes of the lattice, of a start
 * from a spectrum, for estimates; 0 if phi has no power. Errors: those of dw_initial_check. */
dw_status dw_initial_momentum(const dw_initial *initial, int64_t points, double length, double *momentum);

/* The cut-off as a factor of the power: 1 below k_cut and 0 above, or erfc((k/k_cut - 1)/(sqrt(2) width))/2, cut where
 * it is below 1e-15. The power of white noise per mode, in units of its value far below the cut-off. */
double dw_initial_noise_filter(const dw_initial *initial, double k);

#endif
