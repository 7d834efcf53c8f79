#include "analysis/columns.h"

#include <math.h>

#include "analysis/validity.h"

static const dw_column_info columns[DW_COLUMNS] = {
    [DW_COLUMN_STEP] = {"step", "1", "number of steps taken", true},
    [DW_COLUMN_TAU] = {"tau", "1/m", "conformal time", false},
    [DW_COLUMN_A] = {"a", "1", "scale factor, 1 at the start", false},
    [DW_COLUMN_CONFORMAL_HUBBLE] = {"conformal_hubble", "m", "a'/a; 0 in flat space", false},
    [DW_COLUMN_T] = {"t", "1/m", "cosmic time", false},
    [DW_COLUMN_PHI_MEAN] = {"phi_mean", "eta", "mean of the field", false},
    [DW_COLUMN_PHI_RMS] = {"phi_rms", "eta", "root mean square of the field", false},
    [DW_COLUMN_ENERGY_KINETIC] = {"energy_kinetic", "m^2 eta^2", "mean kinetic energy density", false},
    [DW_COLUMN_ENERGY_GRADIENT] = {"energy_gradient", "m^2 eta^2", "mean gradient energy density", false},
    [DW_COLUMN_ENERGY_POTENTIAL] = {"energy_potential", "m^2 eta^2", "mean potential energy density", false},
    [DW_COLUMN_AREA] = {"area", "m", "comoving wall area per comoving volume S", false},
    [DW_COLUMN_AREA_PARAMETER_H] = {"area_parameter_h", "1", "S / (2 a'/a); empty in flat space", false},
    [DW_COLUMN_AREA_PARAMETER_T] = {"area_parameter_t", "1", "S t / a", false},
    [DW_COLUMN_VELOCITY] = {"velocity", "1", "rms wall velocity v", false},
    [DW_COLUMN_GAMMA_VELOCITY] = {"gamma_velocity", "1", "rms of gamma v of the walls", false},
    [DW_COLUMN_FRACTION_POSITIVE] = {"fraction_positive", "1", "fraction of the volume with phi > 0", false},
    [DW_COLUMN_RHO_GW] = {"rho_gw", "m^2 eta^4 / M_P^2", "energy density of gravitational waves", false},
    [DW_COLUMN_WALL_RESOLUTION] = {"wall_resolution", "1", "lattice spacings a wall is wide", false},
    [DW_COLUMN_HORIZON_FRACTION] = {"horizon_fraction", "1",
                                    "time since the start, friction before it included, in units of L/2", false},
    [DW_COLUMN_VALID] = {"valid", "1", "1 while walls are resolved (2 spacings) and the horizon is in the box", true},
    [DW_COLUMN_EFFICIENCY_PEAK] = {"efficiency_peak", "1", "8 pi (drho_gw/dlnk at its peak)/(A_t sigma)^2", false},
    [DW_COLUMN_EFFICIENCY_TOTAL] = {"efficiency_total", "1", "8 pi rho_gw/(A_t sigma)^2", false},
    [DW_COLUMN_VOLUME_WALLS] = {"volume_walls", "1", "fraction of the sites inside walls", false},
    [DW_COLUMN_ENERGY_KINETIC_WALLS] = {"energy_kinetic_walls", "m^2 eta^2", "energy_kinetic from inside walls", false},
    [DW_COLUMN_ENERGY_GRADIENT_WALLS] = {"energy_gradient_walls", "m^2 eta^2", "energy_gradient from inside walls",
                                         false},
    [DW_COLUMN_ENERGY_POTENTIAL_WALLS] = {"energy_potential_walls", "m^2 eta^2",
                                          "energy_potential from inside walls, without the bias", false},
    [DW_COLUMN_ENERGY_RADIATION] = {"energy_radiation", "m^2 eta^2",
                                    "energy density of scalar radiation, mean of the box", false},
    [DW_COLUMN_DOMAINS] = {"domains", "1", "number of connected domains of either sign", true},
    [DW_COLUMN_DOMAIN_LARGEST] = {"domain_largest", "1", "fraction of the volume in the largest domain", false},
    [DW_COLUMN_WALLS] = {"walls", "1", "number of walls, interfaces of two domains", true},
    [DW_COLUMN_WALLS_CLOSED] = {"walls_closed", "1", "number of walls of which a side doesn't wrap round the box",
                                true},
    [DW_COLUMN_AREA_CLOSED] = {"area_closed", "m", "comoving area of closed walls per comoving volume", false},
    [DW_COLUMN_AREA_PERCOLATING] = {"area_percolating", "m", "comoving area of the other walls per comoving volume",
                                    false},
    [DW_COLUMN_STRING_LENGTH] = {"string_length", "m^2", "comoving length of strings per comoving volume", false},
    [DW_COLUMN_JUNCTION_LENGTH] = {"junction_length", "m^2",
                                   "comoving length of lines where three sectors or more meet per comoving volume",
                                   false},
    [DW_COLUMN_CONSTRAINT] = {"constraint", "1",
                              "violation of the Friedmann equation |1 - rho/rho_critical| by field and fluid; empty "
                              "where the background is given",
                              false},
};

const dw_column_info *dw_column_describe(dw_column column) { return &columns[column]; }

void dw_row_clear(double row[DW_COLUMNS]) {
  for (int i = 0; i < DW_COLUMNS; i++) {
    row[i] = (double)NAN;
  }
}

void dw_row_judge(double row[DW_COLUMNS], double width, double spacing, double length, double tau_start) {
  const double resolution = dw_wall_resolution(width, spacing);
  const double horizon = dw_horizon_fraction(row[DW_COLUMN_TAU] - tau_start, length);
  row[DW_COLUMN_WALL_RESOLUTION] = resolution;
  row[DW_COLUMN_HORIZON_FRACTION] = horizon;
  row[DW_COLUMN_VALID] = dw_walls_are_resolved(resolution) && dw_horizon_is_in_box(horizon) ? 1.0 : 0.0;
}
