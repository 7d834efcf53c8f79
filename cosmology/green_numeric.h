/* The transfer matrices of cosmology/green.h by numerical integration, for a background of any kind. Private to
 * cosmology/. */
#ifndef DW_COSMOLOGY_GREEN_NUMERIC_H
#define DW_COSMOLOGY_GREEN_NUMERIC_H

#include "base/status.h"
#include "cosmology/background.h"

/* As dw_green_transfer, arguments checked. One sweep back from tau: as a function of tau1 a row (r0, r1) of T obeys
 * r0' = k^2 r1, r1' = 2 H r1 - r0, the adjoint of the wave equation. */
dw_status dw_green_transfer_numeric(const dw_background *background, double k, double tau, int count,
                                    const double *tau1, double (*t)[2][2]);

#endif
