/* sin(pi x) in plain arithmetic, the same bits in a vector loop, its remainder and on every machine; the sine of a
 * vector library rounds unlike that of libm. Exactly 0 at integers. The nearest integer comes off by adding and
 * subtracting 1.5 2^52 (2^22 in float), which rounds; needs |x| < 2^21. The Taylor series of sin(pi s), |s| <= 1/2, is
 * cut where it is below rounding: 1e-18 in double, 7e-10 in float. */
#ifndef DW_FIELDS_SINE_H
#define DW_FIELDS_SINE_H

/* s = x - (nearest integer), in [-1/2, 1/2]; *sign = cos(pi times that integer) = +1 or -1. */
static inline double dw_fraction_f64(double x, double *sign) {
  const double shift = 6755399441055744.0;
  const double nearest = (x + shift) - shift;
  const double halves = 0.5 * nearest;
  const double odd = halves - ((halves + shift) - shift);
  *sign = 1.0 - 8.0 * odd * odd;
  return x - nearest;
}

static inline double dw_sine_f64(double s) {
  const double t = s * s;
  double sum = 5.39266466260812848935e-10;
  sum = sum * t - 2.29484289972698731102e-8;
  sum = sum * t + 7.95205400147551278478e-7;
  sum = sum * t - 2.19153534478302158274e-5;
  sum = sum * t + 4.66302805767612564421e-4;
  sum = sum * t - 7.37043094571435077726e-3;
  sum = sum * t + 8.21458866111282287988e-2;
  sum = sum * t - 5.99264529320792076888e-1;
  sum = sum * t + 2.55016403987734544386;
  sum = sum * t - 5.16771278004997002925;
  sum = sum * t + 3.14159265358979323846;
  return sum * s;
}

static inline float dw_fraction_f32(float x, float *sign) {
  const float shift = 12582912.0F;
  const float nearest = (x + shift) - shift;
  const float halves = 0.5F * nearest;
  const float odd = halves - ((halves + shift) - shift);
  *sign = 1.0F - 8.0F * odd * odd;
  return x - nearest;
}

static inline float dw_sine_f32(float s) {
  const float t = s * s;
  float sum = 4.66302805767612564421e-4F;
  sum = sum * t - 7.37043094571435077726e-3F;
  sum = sum * t + 8.21458866111282287988e-2F;
  sum = sum * t - 5.99264529320792076888e-1F;
  sum = sum * t + 2.55016403987734544386F;
  sum = sum * t - 5.16771278004997002925F;
  sum = sum * t + 3.14159265358979323846F;
  return sum * s;
}

#endif
