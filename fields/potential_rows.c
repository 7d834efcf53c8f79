#include "fields/potential_rows.h"

#include "base/constants.h"
#include "fields/sine.h"

typedef dw_real dwell_real;
#include "fields/dwell_kick.h"

/* From a slope at one point, slope(numbers, phi, z) = degenerate v0' + bias v_b', and what sets its numbers: the rows
 * of derivatives and the kicks. */
#define SLOPE_ROWS(linkage, stem, numbers_, prepare, slope)                                                  \
  DW_CLONES linkage void DW_NAME(stem##_derivative)(const dw_potential_values *values, const dw_instant *at, \
                                                    double degenerate, double bias, const void *const *phi,  \
                                                    void *const *out, ptrdiff_t n) {                         \
    const numbers_ numbers = prepare(values, at, degenerate, bias);                                          \
    const dw_real *restrict f = phi[0];                                                                      \
    dw_real *restrict derivative = out[0];                                                                   \
    _Pragma("omp simd") for (ptrdiff_t z = 0; z < n; z++) { derivative[z] = slope(&numbers, f[z], z); }      \
  }                                                                                                          \
  DW_CLONES linkage void DW_NAME(stem##_kick)(const dw_potential_values *values, const dw_instant *at,       \
                                              double degenerate, double bias, const dwell_rows *rows) {      \
    const numbers_ numbers = prepare(values, at, degenerate, bias);                                          \
    dwell_kick_rows(rows, slope, &numbers);                                                                  \
  }

typedef struct pair {
  dw_real c0, cb; /* of v0' and v_b' */
} pair;

static pair scaled(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  (void)at;
  return (pair){(dw_real)degenerate, (dw_real)(bias * values->bias)};
}

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
DWELL_INLINE dw_real well_slope(const void *numbers, dw_real phi, ptrdiff_t z) {
  const pair *c = numbers;
  (void)z;
  return (phi * phi - (dw_real)1) * (c->c0 * phi + c->cb);
}

SLOPE_ROWS(static, cubic_well, pair, scaled, well_slope)

/* The other shapes. */
typedef struct tilt {
  dw_real c0, square, constant;
} tilt;

static tilt tilted(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  const pair c = scaled(values, at, degenerate, bias);
  const shape s = shape_of(values);
  return (tilt){c.c0, c.cb * (dw_real)s.square, c.cb * (dw_real)s.constant};
}

DWELL_INLINE dw_real tilted_slope(const void *numbers, dw_real phi, ptrdiff_t z) {
  const tilt *c = numbers;
  (void)z;
  const dw_real square = phi * phi;
  return (square - (dw_real)1) * (c->c0 * phi) + (c->square * square + c->constant);
}

SLOPE_ROWS(static, tilted_well, tilt, tilted, tilted_slope)

void DW_NAME(dw_double_well_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                        double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (values->bias_shape == DW_BIAS_CUBIC ? DW_NAME(cubic_well_derivative)
                                       : DW_NAME(tilted_well_derivative))(values, at, degenerate, bias, phi, out, n);
}

void DW_NAME(dw_double_well_kick)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                  double bias, const dwell_rows *rows) {
  (values->bias_shape == DW_BIAS_CUBIC ? DW_NAME(cubic_well_kick) : DW_NAME(tilted_well_kick))(values, at, degenerate,
                                                                                               bias, rows);
}

DW_CLONES void DW_NAME(dw_double_well_value)(const dw_potential_values *values, const dw_instant *at,
                                             const void *const *phi, double *v0, double *vb, ptrdiff_t n) {
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
typedef struct melt {
  dw_real c0, cb, r2;
} melt;

static melt molten(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  return (melt){(dw_real)degenerate, (dw_real)(bias * values->bias), (dw_real)(at->vacuum * at->vacuum)};
}

DWELL_INLINE dw_real melting_slope(const void *numbers, dw_real phi, ptrdiff_t z) {
  const melt *c = numbers;
  (void)z;
  return (phi * phi - c->r2) * (c->c0 * phi + c->cb);
}

SLOPE_ROWS(, dw_melting, melt, molten, melting_slope)

DW_CLONES void DW_NAME(dw_melting_value)(const dw_potential_values *values, const dw_instant *at,
                                         const void *const *phi, double *v0, double *vb, ptrdiff_t n) {
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
static dw_real square_mass(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  (void)at;
  (void)bias;
  return (dw_real)(degenerate * values->mass * values->mass);
}

DWELL_INLINE dw_real free_slope(const void *numbers, dw_real phi, ptrdiff_t z) {
  (void)z;
  return *(const dw_real *)numbers * phi;
}

SLOPE_ROWS(, dw_free, dw_real, square_mass, free_slope)

DW_CLONES void DW_NAME(dw_free_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                                      double *v0, double *vb, ptrdiff_t n) {
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
static pair sine_scaled(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  (void)at;
  return (pair){(dw_real)(-4.0 / DW_TWO_PI * degenerate), (dw_real)(-4.0 / 3.0 * bias * values->bias)};
}

DWELL_INLINE dw_real sine_slope(const void *numbers, dw_real phi, ptrdiff_t z) {
  const pair *c = numbers;
  (void)z;
  dw_real sign;
  const dw_real s = DW_NAME(dw_fraction)(phi, &sign);
  const dw_real half = DW_NAME(dw_sine)((dw_real)0.5 * s);
  const dw_real even = (dw_real)0.5 + (dw_real)0.5 * sign;
  return c->c0 * (sign * DW_NAME(dw_sine)(s)) + c->cb * (even - sign * (half * half));
}

SLOPE_ROWS(, dw_sine_gordon, pair, sine_scaled, sine_slope)

DW_CLONES void DW_NAME(dw_sine_gordon_value)(const dw_potential_values *values, const dw_instant *at,
                                             const void *const *phi, double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const dw_real *restrict f = phi[0];
  double *restrict degenerate = v0;
  double *restrict second = vb;
  const double pi = 0.5 * DW_TWO_PI;
  const double eps = values->bias;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double x = (double)f[z];
    double sign;
    const double s = dw_fraction_f64(x, &sign);
    const double half = dw_sine_f64(0.5 * s);
    degenerate[z] = 4.0 / (pi * pi) * (0.5 + 0.5 * sign - sign * (half * half));
    second[z] = -2.0 / 3.0 * eps * (x + sign * dw_sine_f64(s) / pi);
  }
}

/* phi^6: v0 = (phi^2 - 1)^2 (1 + b phi^2)/(4 (1 + b)), the bias that of the double well; v0' is
 * (phi^2 - 1) phi (1 - b/2 + 3 b phi^2/2)/(1 + b). */
typedef struct sextic {
  dw_real c0, c2, tilt;
  dw_real rest; /* 0 where no vacuum moves */
} sextic;

static sextic sextic_scaled(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  (void)at;
  const double b = values->sextic;
  const shape s = shape_of(values);
  return (sextic){(dw_real)(degenerate * (1.0 - 0.5 * b) / (1.0 + b)), (dw_real)(degenerate * 1.5 * b / (1.0 + b)),
                  (dw_real)(bias * values->bias * s.square), (dw_real)(bias * values->bias * (s.square + s.constant))};
}

DWELL_INLINE dw_real sextic_slope(const void *numbers, dw_real phi, ptrdiff_t z) {
  const sextic *c = numbers;
  (void)z;
  const dw_real square = phi * phi;
  return (square - (dw_real)1) * ((c->c0 + c->c2 * square) * phi + c->tilt) + c->rest;
}

SLOPE_ROWS(, dw_sextic, sextic, sextic_scaled, sextic_slope)

DW_CLONES void DW_NAME(dw_sextic_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
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
typedef struct polynomial {
  dw_real c[DW_POTENTIAL_COEFFICIENTS - 1]; /* of v0' */
  dw_real cb, p, q;
} polynomial;

static polynomial expanded(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias) {
  (void)at;
  polynomial numbers = {
      .cb = (dw_real)(bias * values->bias), .p = (dw_real)values->vacuum[0], .q = (dw_real)values->vacuum[1]};
  for (int i = 1; i < DW_POTENTIAL_COEFFICIENTS; i++) {
    numbers.c[i - 1] = (dw_real)(degenerate * (double)i * values->coefficient[i]);
  }
  return numbers;
}

DWELL_INLINE dw_real polynomial_slope(const void *numbers, dw_real x, ptrdiff_t z) {
  const polynomial *by = numbers;
  const dw_real *c = by->c;
  (void)z;
  const dw_real high = ((c[7] * x + c[6]) * x + c[5]) * x + c[4];
  return (((high * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0] + by->cb * ((x - by->p) * (x - by->q));
}

SLOPE_ROWS(, dw_polynomial, polynomial, expanded, polynomial_slope)

DW_CLONES void DW_NAME(dw_polynomial_value)(const dw_potential_values *values, const dw_instant *at,
                                            const void *const *phi, double *v0, double *vb, ptrdiff_t n) {
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
