/* The columns of timeseries.csv: one table of names, units and meanings.
 *
 * A row is an array of DW_COLUMNS doubles; NAN is an empty field. Energy densities in m^2 eta^2, comoving
 * lengths and conformal times in 1/m. Not collective. Definitions: docs of the modules that measure them. */
#ifndef DW_ANALYSIS_COLUMNS_H
#define DW_ANALYSIS_COLUMNS_H

#include <stdbool.h>

typedef enum dw_column {
  DW_COLUMN_STEP,
  DW_COLUMN_TAU,
  DW_COLUMN_A,
  DW_COLUMN_CONFORMAL_HUBBLE,
  DW_COLUMN_T,
  DW_COLUMN_PHI_MEAN,
  DW_COLUMN_PHI_RMS,
  DW_COLUMN_ENERGY_KINETIC,
  DW_COLUMN_ENERGY_GRADIENT,
  DW_COLUMN_ENERGY_POTENTIAL,
  DW_COLUMN_AREA,
  DW_COLUMN_AREA_PARAMETER_H,
  DW_COLUMN_AREA_PARAMETER_T,
  DW_COLUMN_VELOCITY,
  DW_COLUMN_GAMMA_VELOCITY,
  DW_COLUMN_FRACTION_POSITIVE,
  DW_COLUMN_RHO_GW,
  DW_COLUMN_WALL_RESOLUTION,
  DW_COLUMN_HORIZON_FRACTION,
  DW_COLUMN_VALID,
  DW_COLUMN_EFFICIENCY_PEAK,
  DW_COLUMN_EFFICIENCY_TOTAL,
  DW_COLUMN_VOLUME_WALLS,
  DW_COLUMN_ENERGY_KINETIC_WALLS,
  DW_COLUMN_ENERGY_GRADIENT_WALLS,
  DW_COLUMN_ENERGY_POTENTIAL_WALLS,
  DW_COLUMN_ENERGY_RADIATION,
  DW_COLUMN_DOMAINS,
  DW_COLUMN_DOMAIN_LARGEST,
  DW_COLUMN_WALLS,
  DW_COLUMN_WALLS_CLOSED,
  DW_COLUMN_AREA_CLOSED,
  DW_COLUMN_AREA_PERCOLATING,
  DW_COLUMN_STRING_LENGTH,
  DW_COLUMN_JUNCTION_LENGTH,
  DW_COLUMN_CONSTRAINT,
  DW_COLUMNS
} dw_column;

typedef struct dw_column_info {
  const char *name;
  const char *unit; /* "1" where dimensionless */
  const char *doc;
  bool integer; /* printed without a fraction */
} dw_column_info;

const dw_column_info *dw_column_describe(dw_column column);

/* All fields empty. */
void dw_row_clear(double row[DW_COLUMNS]);

/* Fills wall_resolution = width / (a^s dx), horizon_fraction = (tau - tau_start) / (L/2) and
 * valid = resolution >= 2 and horizon <= 1, from TAU and A of the row. `width` is the physical wall width
 * delta in 1/m (sqrt 2 for the double well; 0: no walls, wall_resolution stays empty); lengths comoving, 1/m. */
void dw_row_judge(double row[DW_COLUMNS], double width, double spacing, double length, double tau_start);

#endif
