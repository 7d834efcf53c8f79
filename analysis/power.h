/* Power spectrum of the field: P(k) = |phi_k|^2/L^3, phi_k = dx^3 sum phi exp(-i k x), shell-averaged
 * (lattice/shells.h). Comoving; eta^2/m^3. */
#ifndef DW_ANALYSIS_POWER_H
#define DW_ANALYSIS_POWER_H

#include "lattice/field.h"
#include "lattice/shells.h"

/* Collective. power and error, K values each; `modes` is scratch. Errors: DW_ERR_MEMORY. */
dw_status dw_power_measure(const dw_field *field, dw_modes *modes, const dw_shells *shells, double *power,
                           double *error);

#endif
