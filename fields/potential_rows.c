#include "fields/potential_rows.h"

/* Double well: v0 = (phi^2 - 1)^2/4, v_b = eps (phi^3/3 - phi). Both derivatives carry the factor
 * phi^2 - 1, so the bias moves neither minimum; it raises the minimum at -1 above that at +1 by 4 eps/3. */
void DW_NAME(dw_double_well_derivative)(const dw_potential_values *values, double degenerate, double bias,
                                        const void *phi, void *out, ptrdiff_t n) {
  const dw_real *restrict f = phi;
  dw_real *restrict derivative = out;
  const dw_real c0 = (dw_real)degenerate;
  const dw_real cb = (dw_real)(bias * values->bias);
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    derivative[z] = (f[z] * f[z] - (dw_real)1) * (c0 * f[z] + cb);
  }
}

void DW_NAME(dw_double_well_value)(const dw_potential_values *values, const void *phi, double *v0, double *vb,
                                   ptrdiff_t n) {
  const dw_real *restrict f = phi;
  double *restrict degenerate = v0;
  double *restrict bias = vb;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    const double well = x * x - 1.0;
    degenerate[z] = 0.25 * well * well;
    bias[z] = values->bias * (x * x / 3.0 - 1.0) * x;
  }
}

/* Free field: v0 = mu^2 phi^2/2. No walls; for linear modes and waves. */
void DW_NAME(dw_free_derivative)(const dw_potential_values *values, double degenerate, double bias, const void *phi,
                                 void *out, ptrdiff_t n) {
  (void)bias;
  const dw_real *restrict f = phi;
  dw_real *restrict derivative = out;
  const dw_real c0 = (dw_real)(degenerate * values->mass * values->mass);
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    derivative[z] = c0 * f[z];
  }
}

void DW_NAME(dw_free_value)(const dw_potential_values *values, const void *phi, double *v0, double *vb, ptrdiff_t n) {
  const dw_real *restrict f = phi;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    v0[z] = 0.5 * values->mass * values->mass * x * x;
    vb[z] = 0.0;
  }
}
