#include "analysis/power.h"

dw_status dw_power_measure(const dw_field *field, dw_modes *modes, const dw_shells *shells, double *power,
                           double *error) {
  dw_modes_forward(modes, field);
  DW_TRY(dw_shells_average(shells, modes, dw_mode_square, NULL, power, error));
  const double dx = field->lattice->spacing;
  const double length = field->lattice->length;
  const double factor = dx * dx * dx * (dx * dx * dx) / (length * length * length);
  for (int64_t n = 0; n < shells->shells; n++) {
    power[n] *= factor;
    error[n] *= factor;
  }
  return DW_OK;
}
