/* Equations of state one after the other: 1/H is linear in each link and a parabola in a ramp between two. */
#include <math.h>
#include <stddef.h>

#include "cosmology/background_private.h"

/* Of the quadrature of t through a ramp: five points each, so that the error is that of rounding. */
enum { PANELS = 32 };

static const dw_background_piece *piece_at(const dw_background *background, double tau) {
  int i = 0;
  while (i + 1 < background->pieces && tau >= background->piece[i + 1].begin) {
    i++;
  }
  return &background->piece[i];
}

/* artanh(sqrt z)/sqrt z, which is arctan(sqrt -z)/sqrt -z for z < 0. */
static double arc(double z) {
  if (fabs(z) < 1e-4) {
    return 1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z / 9.0)));
  }
  const double root = sqrt(fabs(z));
  return (z > 0.0 ? atanh(root) : atan(root)) / root;
}

/* int_0^s ds/(c s^2 + b s + y) = 2/d artanh(d s/(b s + 2 y)), d^2 = b^2 - 4 c y. With b and y > 0 nothing cancels at a
 * small d, as in a ramp between nearly equal w. */
static double ramp_log(const dw_background_piece *ramp, double s) {
  const double b = 1.0 / ramp->p;
  const double y = (ramp->begin - ramp->shift) / ramp->p;
  const double below = b * s + 2.0 * y;
  return 2.0 * s / below * arc((b * b - 4.0 * ramp->curve * y) * s * s / (below * below));
}

static double piece_scale_factor(const dw_background_piece *piece, double tau) {
  if (piece->curve == 0.0) {
    return piece->a * pow((tau - piece->shift) / (piece->begin - piece->shift), piece->p);
  }
  return piece->a * exp(ramp_log(piece, tau - piece->begin));
}

static double ramp_time(const dw_background_piece *ramp, double tau) {
  const double near = sqrt(5.0 - 2.0 * sqrt(10.0 / 7.0)) / 3.0;
  const double far = sqrt(5.0 + 2.0 * sqrt(10.0 / 7.0)) / 3.0;
  const double weight_near = (322.0 + 13.0 * sqrt(70.0)) / 900.0;
  const double weight_far = (322.0 - 13.0 * sqrt(70.0)) / 900.0;
  const double half = 0.5 * (tau - ramp->begin) / PANELS;
  double sum = 0.0;
  for (int i = 0; i < PANELS; i++) {
    const double middle = ramp->begin + (2 * i + 1) * half;
    sum += 128.0 / 225.0 * piece_scale_factor(ramp, middle);
    sum +=
        weight_near * (piece_scale_factor(ramp, middle - near * half) + piece_scale_factor(ramp, middle + near * half));
    sum += weight_far * (piece_scale_factor(ramp, middle - far * half) + piece_scale_factor(ramp, middle + far * half));
  }
  return ramp->time + half * sum;
}

static double piece_time(const dw_background_piece *piece, double tau) {
  if (piece->curve != 0.0) {
    return ramp_time(piece, tau);
  }
  const double offset = piece->a * (piece->begin - piece->shift);
  return piece->time + (piece_scale_factor(piece, tau) * (tau - piece->shift) - offset) / (1.0 + piece->p);
}

static double chain_scale_factor(const dw_background *background, double tau) {
  return piece_scale_factor(piece_at(background, tau), tau);
}

static double chain_hubble(const dw_background *background, double tau) {
  const dw_background_piece *piece = piece_at(background, tau);
  if (piece->curve == 0.0) {
    return piece->p / (tau - piece->shift);
  }
  const double s = tau - piece->begin;
  return 1.0 / ((tau - piece->shift) / piece->p + piece->curve * s * s);
}

static double chain_time(const dw_background *background, double tau) {
  return piece_time(piece_at(background, tau), tau);
}

static double chain_power(const dw_background *background, double tau) {
  const dw_background_piece *piece = piece_at(background, tau);
  return 1.0 / (1.0 / piece->p + 2.0 * piece->curve * (tau - piece->begin));
}

static const dw_background_functions chain = {"chain", true, chain_scale_factor, chain_hubble, chain_time, chain_power};

/* a and t are those of the piece before at `begin`. */
static void add_piece(dw_background *b, double begin, double p, double shift, double curve) {
  const dw_background_piece *last = &b->piece[b->pieces - 1];
  const double a = piece_scale_factor(last, begin);
  b->piece[b->pieces] = (dw_background_piece){begin, p, shift, curve, a, piece_time(last, begin)};
  b->pieces++;
}

/* From the link that was added last to one of power p at tau = until. */
static void add_link(dw_background *b, double p, double until, double width) {
  const dw_background_piece last = b->piece[b->pieces - 1];
  const double half = width * until;
  if (half > 0.0 && p != last.p) {
    add_piece(b, until - half, last.p, last.shift, (1.0 / p - 1.0 / last.p) / (4.0 * half));
  }
  add_piece(b, half > 0.0 ? until + half : until, p, until - p / last.p * (until - last.shift), 0.0);
}

static dw_status check_times(int count, const double *until, double width, double start) {
  if (!(width >= 0.0 && width < 1.0)) {
    return dw_fail(DW_ERR_PARAM, "cosmology.chain_width: %g is no width; give one from 0 to below 1", width);
  }
  double before = start;
  for (int i = 0; i + 1 < count; i++) {
    const double begin = until[i] * (1.0 - width);
    if (!(isfinite(until[i]) && (i > 0 && width > 0.0 ? begin >= before : begin > before))) {
      return dw_fail(DW_ERR_PARAM,
                     "cosmology.chain_until: transition %d begins at %g, not after %s %g; give later times%s", i + 1,
                     begin, i == 0 ? "the start, tau =" : "the end of the one before,", before,
                     width > 0.0 ? " or a smaller cosmology.chain_width" : "");
    }
    before = until[i] * (1.0 + width);
  }
  return DW_OK;
}

static dw_status check_chain(int count, const double *w, double hubble_start) {
  if (count < 1 || count > DW_BACKGROUND_MOST_LINKS) {
    return dw_fail(DW_ERR_PARAM, "cosmology.chain_w: a chain of %d equations of state; give 1 to %d", count,
                   DW_BACKGROUND_MOST_LINKS);
  }
  for (int i = 0; i < count; i++) {
    if (!(isfinite(w[i]) && w[i] > -1.0 / 3.0)) {
      return dw_fail(DW_ERR_PARAM, "cosmology.chain_w: no decelerating power law has w = %g; give values > -1/3", w[i]);
    }
  }
  if (!(isfinite(hubble_start) && hubble_start > 0)) {
    return dw_fail(DW_ERR_PARAM, "cosmology.hubble_start: H/m at the start can't be %g; give a value > 0",
                   hubble_start);
  }
  return DW_OK;
}

dw_status dw_background_chain(dw_background *background, int count, const double *w, const double *until, double width,
                              double hubble_start) {
  dw_background_begin(background, &chain);
  DW_TRY(check_chain(count, w, hubble_start));
  const double p = 2.0 / (1.0 + 3.0 * w[0]);
  const double start = p / hubble_start;
  DW_TRY(check_times(count, until, width, start));
  background->tau_start = start;
  background->hubble_start = hubble_start;
  background->w = count == 1 ? w[0] : (double)NAN;
  background->p = count == 1 ? p : (double)NAN;
  background->piece[0] = (dw_background_piece){.begin = start, .p = p, .a = 1.0, .time = start / (1.0 + p)};
  background->pieces = 1;
  for (int i = 1; i < count; i++) {
    add_link(background, 2.0 / (1.0 + 3.0 * w[i]), until[i - 1], width);
  }
  return DW_OK;
}
