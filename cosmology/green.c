#include "cosmology/green.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_bessel.h>

#include "base/memory.h"
#include "cosmology/green_numeric.h"

/* Below this k tau the limit k -> 0, right to order (k tau)^2, is nearer than Bessel functions: those of order nu < 0
 * cancel to (k tau)^(2 nu). */
static double super_horizon(double p) { return p < 0.5 ? 1e-6 : 1e-8; }

/* One time of a segment: Bessel functions J and Y of order nu = p - 1/2 ("low") and nu + 1 ("high") at x. */
typedef struct point {
  double since; /* tau - shift, 1/m */
  double x;
  double j_low;
  double y_low;
  double j_high;
  double y_high;
} point;

/* A way back in time from tau: segment by segment, with T(tau, upper) known. */
typedef struct way {
  const dw_green *green;
  double k;
  int segment;
  point upper;
  double after[2][2];
} way;

/* Orders l + 1/2 from spherical functions. At a node that is a number, such as k tau = 3 pi/2 or 21 pi/2, which waves
 * in a box do meet, the functions of any order give J_1/2 as NaN or Y_3/2 with the wrong sign and no error (GSL 2.7).
 * Other orders have no nodes at such numbers. */
static void bessel_half(int l, double x, gsl_sf_result *j, gsl_sf_result *y) {
  const double scale = sqrt(2.0 * x / acos(-1.0));
  gsl_sf_bessel_jl_e(l, x, j);
  gsl_sf_bessel_yl_e(l, x, y);
  j->val *= scale;
  y->val *= scale;
}

/* J_nu and Y_nu for x > 0; nu > -1/2 may be negative: dlmf.nist.gov/10.4.E6 and E7. Overflow leaves infinities. */
static void bessel(double nu, double x, double *j, double *y) {
  gsl_sf_result rj, ry;
  if (nu > 0.0 && nu - 0.5 == floor(nu - 0.5) && nu < 100.0) {
    bessel_half((int)nu, x, &rj, &ry);
  } else {
    gsl_sf_bessel_Jnu_e(fabs(nu), x, &rj);
    gsl_sf_bessel_Ynu_e(fabs(nu), x, &ry);
  }
  *j = rj.val;
  *y = ry.val;
  if (nu < 0.0) {
    const double c = cos(acos(-1.0) * nu);
    const double s = sin(acos(-1.0) * nu);
    *j = c * rj.val + s * ry.val;
    *y = c * ry.val - s * rj.val;
  }
}

static point point_at(const dw_green_segment *segment, double k, double tau) {
  point result = {.since = tau - segment->shift};
  result.x = k * result.since;
  if (segment->p > 0.0 && result.x > 0.0) {
    bessel(segment->p - 0.5, result.x, &result.j_low, &result.y_low);
    bessel(segment->p + 0.5, result.x, &result.j_high, &result.y_high);
  }
  return result;
}

static void transfer_flat(double k, double dtau, double t[2][2]) {
  const double phase = k * dtau;
  t[0][0] = t[1][1] = cos(phase);
  t[0][1] = phase < 1e-8 ? dtau : sin(phase) / k;
  t[1][0] = -k * sin(phase);
}

/* k -> 0: h' ~ 1/a^2, and h' = -k^2 int a^2 / a^2 to lowest order from h = 1. */
static void transfer_super_horizon(double p, double k, double since1, double since, double t[2][2]) {
  const double fall = log(since1 / since);
  const double z = (2.0 * p - 1.0) * fall;
  t[0][0] = 1.0;
  t[0][1] = -since1 * fall * (z == 0.0 ? 1.0 : expm1(z) / z);
  t[1][0] = k * k * since * expm1((2.0 * p + 1.0) * fall) / (2.0 * p + 1.0);
  t[1][1] = exp(2.0 * p * fall);
}

/* From solutions h = x^-nu Z_nu, dh/dx = -x^-nu Z_{nu+1}, with Z = J, Y; their Wronskian is x^-2nu 2/(pi x). */
static void transfer_bessel(double p, double k, const point *from, const point *to, double t[2][2]) {
  const double scale = pow(from->since / to->since, p - 0.5) * 0.5 * acos(-1.0) * from->x;
  t[0][0] = scale * (to->y_low * from->j_high - to->j_low * from->y_high);
  t[0][1] = scale * (to->y_low * from->j_low - to->j_low * from->y_low) / k;
  t[1][0] = scale * (to->j_high * from->y_high - to->y_high * from->j_high) * k;
  t[1][1] = scale * (to->j_high * from->y_low - to->y_high * from->j_low);
}

static void transfer_segment(const dw_green_segment *segment, double k, const point *from, const point *to,
                             double t[2][2]) {
  if (segment->p == 0.0) {
    transfer_flat(k, to->since - from->since, t);
  } else if (to->x < super_horizon(segment->p)) {
    transfer_super_horizon(segment->p, k, from->since, to->since, t);
  } else {
    transfer_bessel(segment->p, k, from, to, t);
  }
}

/* result = a b; result may be one of them. */
static void multiply(double a[2][2], double b[2][2], double result[2][2]) {
  double product[2][2];
  for (int r = 0; r < 2; r++) {
    for (int c = 0; c < 2; c++) {
      product[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c];
    }
  }
  memcpy(result, product, sizeof product);
}

static int segment_at(const dw_green *green, double tau) {
  int i = 0;
  while (i < green->segments - 1 && tau > green->segment[i].end) {
    i++;
  }
  return i;
}

static void way_begin(way *w, const dw_green *green, double k, double tau) {
  *w = (way){.green = green, .k = k, .segment = segment_at(green, tau), .after = {{1.0, 0.0}, {0.0, 1.0}}};
  w->upper = point_at(&green->segment[w->segment], k, tau);
}

/* t = T(tau, tau1), for a tau1 not after the one of the call before. */
static void way_back(way *w, double tau1, double t[2][2]) {
  const dw_green_segment *segment = w->green->segment;
  while (w->segment > 0 && tau1 < segment[w->segment - 1].end) {
    const double joint = segment[w->segment - 1].end;
    const point lower = point_at(&segment[w->segment], w->k, joint);
    transfer_segment(&segment[w->segment], w->k, &lower, &w->upper, t);
    multiply(w->after, t, w->after);
    w->segment--;
    w->upper = point_at(&segment[w->segment], w->k, joint);
  }
  const point lower = point_at(&segment[w->segment], w->k, tau1);
  transfer_segment(&segment[w->segment], w->k, &lower, &w->upper, t);
  multiply(w->after, t, t);
}

static dw_status transfer_closed(const dw_green *green, double k, double tau, int count, const double *tau1,
                                 double (*t)[2][2]) {
  gsl_set_error_handler_off();
  way w;
  way_begin(&w, green, k, tau);
  for (int i = count - 1; i >= 0; i--) {
    way_back(&w, tau1[i], t[i]);
    if (!(isfinite(t[i][0][0]) && isfinite(t[i][0][1]) && isfinite(t[i][1][0]) && isfinite(t[i][1][1]))) {
      return dw_fail(DW_ERR_INTERNAL, "the response to a source at tau = %g is out of range for k = %g", tau1[i], k);
    }
  }
  return DW_OK;
}

static dw_status check(const dw_green *green, double k, double tau, int count, const double *tau1) {
  bool good = isfinite(k) && k >= 0.0 && isfinite(tau) && count >= 0;
  for (int i = 0; good && i < count; i++) {
    good = tau1[i] <= (i + 1 < count ? tau1[i + 1] : tau);
  }
  if (good && count > 0) {
    const double first = dw_green_expansion(green, tau1[0], tau);
    good = isfinite(first) && first > 0.0;
  }
  return good ? DW_OK
              : dw_fail(DW_ERR_INTERNAL,
                        "no response of waves with k = %g at tau = %g: the times of the source have to "
                        "increase, up to that time, where the scale factor is positive",
                        k, tau);
}

void dw_green_numeric(dw_green *green, const dw_background *background) {
  memset(green, 0, sizeof *green);
  green->background = *background;
}

_Static_assert((int)DW_GREEN_MOST_SEGMENTS >= (int)DW_BACKGROUND_MOST_LINKS, "a sharp chain fits the segments");

/* Without ramps there are no more pieces than links. */
static bool is_sharp_chain(const dw_background *background) {
  for (int i = 0; i < background->pieces; i++) {
    if (background->piece[i].curve != 0.0) {
      return false;
    }
  }
  return background->pieces > 0;
}

void dw_green_init(dw_green *green, const dw_background *background) {
  dw_green_numeric(green, background);
  if (strcmp(background->name, "flat") == 0 || strcmp(background->name, "power-law") == 0) {
    green->segments = 1;
    green->segment[0] = (dw_green_segment){.p = background->p, .shift = 0.0, .end = HUGE_VAL};
  }
  if (is_sharp_chain(background)) {
    green->segments = background->pieces;
    for (int i = 0; i < background->pieces; i++) {
      const dw_background_piece *piece = &background->piece[i];
      const double end = i + 1 < background->pieces ? piece[1].begin : HUGE_VAL;
      green->segment[i] = (dw_green_segment){.p = piece->p, .shift = piece->shift, .end = end};
    }
  }
}

dw_status dw_green_chain(dw_green *green, double shift, int count, const double *p, const double *end) {
  memset(green, 0, sizeof *green);
  if (count < 1 || count > DW_GREEN_MOST_SEGMENTS) {
    return dw_fail(DW_ERR_PARAM, "a chain of %d power laws: there can be 1 to %d", count, DW_GREEN_MOST_SEGMENTS);
  }
  double begin = shift;
  for (int i = 0; i < count; i++) {
    const bool is_last = i == count - 1;
    if (!(isfinite(p[i]) && p[i] > 0.0 && isfinite(shift) && (is_last || (isfinite(end[i]) && end[i] > begin)))) {
      return dw_fail(DW_ERR_PARAM, "link %d of a chain of power laws: its power has to be positive, its end after %g",
                     i + 1, begin);
    }
    begin = is_last ? HUGE_VAL : end[i];
    green->segment[i] = (dw_green_segment){.p = p[i], .shift = shift, .end = begin};
    shift = is_last ? shift : end[i] - p[i + 1] / p[i] * (end[i] - shift);
  }
  green->segments = count;
  return DW_OK;
}

double dw_green_expansion(const dw_green *green, double tau1, double tau) {
  if (green->segments == 0) {
    return dw_background_scale_factor(&green->background, tau) / dw_background_scale_factor(&green->background, tau1);
  }
  double result = 1.0;
  double from = tau1;
  for (int i = segment_at(green, tau1); i <= segment_at(green, tau); i++) {
    const dw_green_segment *s = &green->segment[i];
    const double to = fmin(tau, s->end);
    if (s->p > 0.0) {
      result *= from > s->shift ? pow((to - s->shift) / (from - s->shift), s->p) : (double)NAN;
    }
    from = to;
  }
  return result;
}

dw_status dw_green_transfer(const dw_green *green, double k, double tau, int count, const double *tau1,
                            double (*t)[2][2]) {
  DW_TRY(check(green, k, tau, count, tau1));
  return green->segments == 0 ? dw_green_transfer_numeric(&green->background, k, tau, count, tau1, t)
                              : transfer_closed(green, k, tau, count, tau1, t);
}

dw_status dw_green_kernels(const dw_green *green, double k, double tau, int count, const double *tau1, double *kernel_h,
                           double *kernel_rate) {
  void *memory = NULL;
  DW_TRY(dw_alloc(&memory, (size_t)(count > 0 ? count : 0), sizeof(double[2][2]), "the response to a source"));
  double(*t)[2][2] = memory;
  const dw_status status = dw_green_transfer(green, k, tau, count, tau1, t);
  for (int i = 0; status == DW_OK && i < count; i++) {
    kernel_h[i] = 2.0 * t[i][0][1];
    kernel_rate[i] = 2.0 * t[i][1][1];
  }
  dw_free(memory);
  return status;
}
