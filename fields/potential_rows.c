#include "fields/potential_rows.h"

#include "base/constants.h"
#include "fields/sine.h"

/* v_b' = eps (square phi^2 + constant), v_b = eps (cube phi^3 + linear phi). */
typedef struct shape {
  double square, constant;
  double cube, linear;
} shape;

static shape shape_of(const dw_potential_values *values) {
  switch (values->bias_shape) {
    case DW_BIAS_LINEAR: return (shape){0.0, -2.0 / 3.0, 0.0, -2.0 / 3.0};
    case DW_BIAS_PHI3: return (shape){-2.0, 0.0, -2.0 / 3.0, 0.0};
    default: return (shape){1.0, -1.0, 1.0 / 3.0, -1.0};
  }
}

/* Double well: v0 = (phi^2 - 1)^2/4, v_b = eps (phi^3/3 - phi) unless another shape is asked for. Both derivatives then
 * carry the factor phi^2 - 1, so the bias moves neither minimum; it raises the minimum at -1 above that at +1 by 4
 * eps/3. */
void DW_NAME(dw_double_well_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                        double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  dw_real *restrict derivative = out[0];
  const dw_real c0 = (dw_real)degenerate;
  const dw_real cb = (dw_real)(bias * values->bias);
  if (values->bias_shape == DW_BIAS_CUBIC) {
#pragma omp simd
    for (ptrdiff_t z = 0; z < n; z++) {
      derivative[z] = (f[z] * f[z] - (dw_real)1) * (c0 * f[z] + cb);
    }
    return;
  }
  const shape s = shape_of(values);
  const dw_real square = cb * (dw_real)s.square;
  const dw_real constant = cb * (dw_real)s.constant;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const dw_real f2 = f[z] * f[z];
    derivative[z] = (f2 - (dw_real)1) * (c0 * f[z]) + (square * f2 + constant);
  }
}

void DW_NAME(dw_double_well_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                                   double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  double *restrict degenerate = v0;
  double *restrict bias = vb;
  const shape s = shape_of(values);
  const double eps = values->bias;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    const double well = x * x - 1.0;
    degenerate[z] = 0.25 * well * well;
    bias[z] = eps * (s.cube * x * x + s.linear) * x;
  }
}

/* Melting walls: the double well with the vacuum value r(a), v0 = (phi^2 - r^2)^2/4, v_b = eps (phi^3/3 - r^2 phi);
 * tension r^3 and width 1/r times those at the start (arXiv:2112.12608 has r ~ T). */
void DW_NAME(dw_melting_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                    double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  const dw_real *restrict f = phi[0];
  dw_real *restrict derivative = out[0];
  const dw_real c0 = (dw_real)degenerate;
  const dw_real cb = (dw_real)(bias * values->bias);
  const dw_real r2 = (dw_real)(at->vacuum * at->vacuum);
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    derivative[z] = (f[z] * f[z] - r2) * (c0 * f[z] + cb);
  }
}

void DW_NAME(dw_melting_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                               double *v0, double *vb, ptrdiff_t n) {
  const dw_real *restrict f = phi[0];
  double *restrict degenerate = v0;
  double *restrict bias = vb;
  const double r2 = at->vacuum * at->vacuum;
  const double eps = values->bias;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    const double well = x * x - r2;
    degenerate[z] = 0.25 * well * well;
    bias[z] = eps * (x * x / 3.0 - r2) * x;
  }
}

/* Free field: v0 = mu^2 phi^2/2. No walls; for linear modes and waves. */
void DW_NAME(dw_free_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                 double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  (void)bias;
  const dw_real *restrict f = phi[0];
  dw_real *restrict derivative = out[0];
  const dw_real c0 = (dw_real)(degenerate * values->mass * values->mass);
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    derivative[z] = c0 * f[z];
  }
}

void DW_NAME(dw_free_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi, double *v0,
                            double *vb, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    v0[z] = 0.5 * values->mass * values->mass * x * x;
    vb[z] = 0.0;
  }
}

/* Sine-Gordon: v0 = 2 (1 + cos(pi phi))/pi^2, v_b = -2 eps/3 (phi + sin(pi phi)/pi), v_b' = -4 eps/3 cos^2(pi phi/2).
 * v_b' and its slope vanish at all odd phi: each vacuum lies 4 eps/3 below its left neighbour, and none moves. With s
 * the distance to the nearest integer, cos^2(pi phi/2) is sin^2(pi s/2) at odd ones, else 1 minus that. */
void DW_NAME(dw_sine_gordon_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                        double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  dw_real *restrict derivative = out[0];
  const dw_real c0 = (dw_real)(-4.0 / DW_TWO_PI * degenerate);
  const dw_real cb = (dw_real)(-4.0 / 3.0 * bias * values->bias);
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    dw_real sign;
    const dw_real s = DW_NAME(dw_fraction)(f[z], &sign);
    const dw_real half = DW_NAME(dw_sine)((dw_real)0.5 * s);
    const dw_real even = (dw_real)0.5 + (dw_real)0.5 * sign;
    derivative[z] = c0 * (sign * DW_NAME(dw_sine)(s)) + cb * (even - sign * (half * half));
  }
}

void DW_NAME(dw_sine_gordon_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                                   double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  double *restrict degenerate = v0;
  double *restrict tilt = vb;
  const double pi = 0.5 * DW_TWO_PI;
  const double eps = values->bias;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    double sign;
    const double s = dw_fraction_f64(x, &sign);
    const double half = dw_sine_f64(0.5 * s);
    degenerate[z] = 4.0 / (pi * pi) * (0.5 + 0.5 * sign - sign * (half * half));
    tilt[z] = -2.0 / 3.0 * eps * (x + sign * dw_sine_f64(s) / pi);
  }
}

/* phi^6: v0 = (phi^2 - 1)^2 (1 + b phi^2)/(4 (1 + b)), the bias that of the double well; v0' is
 * (phi^2 - 1) phi (1 - b/2 + 3 b phi^2/2)/(1 + b). */
void DW_NAME(dw_sextic_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                   double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  dw_real *restrict derivative = out[0];
  const double b = values->sextic;
  const dw_real c0 = (dw_real)(degenerate * (1.0 - 0.5 * b) / (1.0 + b));
  const dw_real c2 = (dw_real)(degenerate * 1.5 * b / (1.0 + b));
  const shape s = shape_of(values);
  const dw_real tilt = (dw_real)(bias * values->bias * s.square);
  const dw_real rest = (dw_real)(bias * values->bias * (s.square + s.constant)); /* 0 where no vacuum moves */
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const dw_real square = f[z] * f[z];
    derivative[z] = (square - (dw_real)1) * ((c0 + c2 * square) * f[z] + tilt) + rest;
  }
}

void DW_NAME(dw_sextic_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                              double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  double *restrict degenerate = v0;
  double *restrict bias = vb;
  const double b = values->sextic;
  const shape s = shape_of(values);
  const double eps = values->bias;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    const double well = x * x - 1.0;
    degenerate[z] = 0.25 / (1.0 + b) * (well * well) * (1.0 + b * x * x);
    bias[z] = eps * (s.cube * x * x + s.linear) * x;
  }
}

/* Polynomial: v0 = sum c_n phi^n up to phi^8; v_b' = eps (phi - p)(phi - q) with the vacua p and q, which so stay. */
void DW_NAME(dw_polynomial_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                       double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  dw_real *restrict derivative = out[0];
  dw_real c[DW_POTENTIAL_COEFFICIENTS - 1];
  for (int i = 1; i < DW_POTENTIAL_COEFFICIENTS; i++) {
    c[i - 1] = (dw_real)(degenerate * (double)i * values->coefficient[i]);
  }
  const dw_real cb = (dw_real)(bias * values->bias);
  const dw_real p = (dw_real)values->vacuum[0];
  const dw_real q = (dw_real)values->vacuum[1];
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const dw_real x = f[z];
    const dw_real high = ((c[7] * x + c[6]) * x + c[5]) * x + c[4];
    derivative[z] = (((high * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0] + cb * ((x - p) * (x - q));
  }
}

void DW_NAME(dw_polynomial_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                                  double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  double *restrict degenerate = v0;
  double *restrict bias = vb;
  const double *c = values->coefficient;
  const double p = values->vacuum[0];
  const double q = values->vacuum[1];
  const double eps = values->bias;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    const double high = (((c[8] * x + c[7]) * x + c[6]) * x + c[5]) * x + c[4];
    degenerate[z] = (((high * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
    bias[z] = eps * ((x / 3.0 - 0.5 * (p + q)) * x + p * q) * x;
  }
}
