#include <math.h>

#include "base/constants.h"
#include "fields/sector_wall.h"

/* Where a network swings to. */
static const double SWING = 1.2;

void dw_sector_vacuum(int walls, int k, double vacuum[2]) {
  const double angle = DW_TWO_PI * (double)k / (double)walls;
  vacuum[0] = cos(angle);
  vacuum[1] = sin(angle);
  for (int i = 0; i < 2; i++) {
    if (fabs(vacuum[i]) < 1e-14) {
      vacuum[i] = 0.0;
    }
  }
}

void dw_sector_hessian(const dw_potential_values *values, double r, double theta, double h[3]) {
  const double walls = (double)values->walls;
  const double mass2 = values->axion_mass * values->axion_mass;
  const double twice = 2.0 * mass2 / (walls * walls) * (1.0 - cos(walls * theta));
  h[0] = 3.0 * r * r - 1.0 + twice;
  h[1] = mass2 / walls * sin(walls * theta);
  h[2] = r * r - 1.0 + twice + mass2 * cos(walls * theta);
}

static double largest_curvature(const dw_potential_values *values) {
  double largest = 0.0;
  for (int i = 0; i <= 256; i++) {
    double h[3];
    dw_sector_hessian(values, SWING, DW_TWO_PI / (double)values->walls * i / 256.0, h);
    largest = fmax(largest, 0.5 * (h[0] + h[2]) + hypot(0.5 * (h[0] - h[2]), h[1]));
  }
  return largest;
}

dw_status dw_sector_wall_numbers(dw_potential *potential, const dw_potential_values *values) {
  if (values->walls < 1 || values->walls > DW_MOST_SECTORS) {
    return dw_fail(DW_ERR_PARAM, "fields.walls = %d: must be from 1 to %d", values->walls, (int)DW_MOST_SECTORS);
  }
  if (!(values->axion_mass > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "fields.axion_mass = %g: must be above 0", values->axion_mass);
  }
  dw_sector_wall *wall = NULL;
  DW_TRY(dw_sector_wall_create(&wall, potential, values));
  potential->tension = wall != NULL ? dw_sector_wall_tension(wall) : 0.0;
  potential->width = wall != NULL ? dw_sector_wall_width(wall) : 0.0;
  dw_sector_wall_destroy(wall);
  potential->curvature = fmax(2.0, values->axion_mass * values->axion_mass);
  potential->overshoot = largest_curvature(values);
  return DW_OK;
}
