/* The kinds of start behind the table of fields/initial.c. */
#ifndef DW_FIELDS_INITIAL_PRIVATE_H
#define DW_FIELDS_INITIAL_PRIVATE_H

#include "fields/initial.h"

/* Power of one mode of momentum k > 0. */
typedef double (*dw_initial_power)(const dw_initial *initial, double k);

/* What tells one Gaussian random field from another. */
typedef struct dw_spectrum {
  dw_initial_power field;    /* P(k) of phi, or what it is proportional to */
  dw_initial_power velocity; /* P(k) of phi' = pi; NULL: at rest */
  bool absolute;             /* powers in eta^2/m^3 and m^2 eta^2/m^3; otherwise scaled until the box has the rms */
  const char *key;           /* parameter to blame when the box has no mode with power */
  size_t value;              /* and its offset in dw_initial */
  double (*end)(const dw_initial *initial); /* k beyond which neither has power; some mode below has. NULL: phi has it
                                               from the lowest mode up to some k, and neither from there on */
} dw_spectrum;

/* Collective. Random field of this spectrum, each mode independent and keyed by (seed, integer mode); phi and phi' are
 * independent of one another. The zero mode is 0, unless a fraction f other than 1/2 is asked for: it is then the mean
 * sqrt(2) erfinv(2 f - 1) rms, rms that of the ensemble in this box, so that P(phi > 0) = f at each point.
 * Errors: DW_ERR_PARAM if no mode of the lattice has power. */
dw_status dw_initial_random(const dw_spectrum *spectrum, const dw_initial *initial, dw_state *state, dw_modes *modes);

/* Walls between the vacua 0 and 1, and a vacuum in each cell, of a potential with sectors; `cells` of them a side.
 * Errors: DW_ERR_MEMORY; DW_ERR_PARAM where there is no wall. */
dw_status dw_initial_sector_walls(const dw_initial *initial, dw_state *state);
void dw_initial_sector_cells(const dw_initial *initial, dw_state *state, int64_t cells);

dw_status dw_initial_white_noise(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_vacuum(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_thermal(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_gaussian(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_power_law(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_cells(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_walls(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_sphere(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_mode(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_spectrum(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_snapshot(const dw_initial *initial, dw_state *state, dw_modes *modes);

/* Whether these files can be started from, by a field of so many components on a lattice of N points and spacing dx.
 * Collective.
 * Errors: DW_ERR_FILE, DW_ERR_PARAM. */
dw_status dw_initial_spectrum_check(const dw_initial *initial, const dw_comm *comm, int components, int64_t points,
                                    double spacing);
dw_status dw_initial_snapshot_check(const dw_initial *initial, const dw_comm *comm, int components, int64_t points,
                                    double spacing);

/* dw_initial_bytes of a snapshot. */
dw_status dw_initial_snapshot_bytes(const dw_initial *initial, const dw_share *share, dw_precision precision,
                                    size_t *bytes);

#endif
