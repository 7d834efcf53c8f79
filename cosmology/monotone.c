#include "cosmology/monotone.h"

#include <math.h>

enum { WINDOW = 7 };

/* Of the highest divided difference, over the smallest: more is a jump, less may be noise. */
static const double ROUGH = 100.0;

/* --- slopes and bends from the polynomial of a window --- */

/* Newton's divided differences of `count` points: of order j in d[j]. */
static void differences(const dw_monotone *point, int count, double d[WINDOW]) {
  for (int i = 0; i < count; i++) {
    d[i] = point[i].y;
  }
  for (int j = 1; j < count; j++) {
    for (int i = count - 1; i >= j; i--) {
      d[i] = (d[i] - d[i - 1]) / (point[i].x - point[i - j].x);
    }
  }
}

/* y' and y'' of that polynomial, by Horner's rule in Newton's form. */
static void derivatives(const dw_monotone *point, int count, const double d[WINDOW], double x, double *slope,
                        double *bend) {
  double value = d[count - 1];
  double first = 0.0;
  double half_second = 0.0;
  for (int i = count - 2; i >= 0; i--) {
    const double step = x - point[i].x;
    half_second = half_second * step + first;
    first = first * step + value;
    value = value * step + d[i];
  }
  *slope = first;
  *bend = 2.0 * half_second;
}

/* The first point of the window for the interval from i on. */
static int choose_window(const dw_monotone *point, int count, int size, int i) {
  const int low = i + 2 - size > 0 ? i + 2 - size : 0;
  const int high = i < count - size ? i : count - size;
  double rough[WINDOW];
  double smallest = (double)INFINITY;
  for (int w = low; w <= high; w++) {
    double d[WINDOW];
    differences(point + w, size, d);
    rough[w - low] = fabs(d[size - 1]);
    smallest = fmin(smallest, rough[w - low]);
  }
  int best = -1;
  for (int w = low; w <= high; w++) {
    const int off = 2 * w + size - 2 * i - 2; /* twice the distance of the middles */
    const int best_off = 2 * best + size - 2 * i - 2;
    if (rough[w - low] <= ROUGH * smallest && (best < 0 || off * off < best_off * best_off)) {
      best = w;
    }
  }
  return best < 0 ? low : best;
}

static void set_from_windows(dw_monotone *point, int count) {
  const int size = count < WINDOW ? count : WINDOW;
  for (int i = 0; i < count - 1; i++) {
    const int w = choose_window(point, count, size, i);
    double d[WINDOW];
    differences(point + w, size, d);
    for (int side = 0; side < 2; side++) {
      derivatives(point + w, size, d, point[i + side].x, &point[i].slope[side], &point[i].bend[side]);
    }
  }
}

/* --- Steffen's slopes --- */

/* Mean slope from a point to the next, and the distance. */
static double secant(const dw_monotone *point, double *h) {
  *h = point[1].x - point[0].x;
  return (point[1].y - point[0].y) / *h;
}

/* In an end point: the slope of the parabola through it and the two points next to it, between 0 and twice the secant.
 */
static double end_slope(double near, double h_near, double far, double h_far) {
  const double slope = near + (near - far) * h_near / (h_near + h_far);
  return fmin(fmax(slope, 0.0), 2.0 * near);
}

static double steffen_slope(const dw_monotone *point, int count, int i) {
  const int middle = i == 0 ? 1 : i == count - 1 ? count - 2 : i;
  double h_left, h_right;
  const double left = secant(point + middle - 1, &h_left);
  const double right = secant(point + middle, &h_right);
  if (i == 0) {
    return end_slope(left, h_left, right, h_right);
  }
  if (i == count - 1) {
    return end_slope(right, h_right, left, h_left);
  }
  const double parabola = (left * h_right + right * h_left) / (h_left + h_right);
  return fmin(2.0 * fmin(left, right), parabola);
}

/* --- monotony --- */

/* y' of the quintic in Bernstein's basis: from a point on, its coefficients are the slopes, those next to them, and
 * what the rise leaves for the middle. */
static bool rises(const dw_monotone *point) {
  double h;
  const double mean = secant(point, &h);
  const double low = point->slope[0] + 0.25 * h * point->bend[0];
  const double high = point->slope[1] - 0.25 * h * point->bend[1];
  const double middle = 5.0 * mean - point->slope[0] - point->slope[1] - low - high;
  return point->slope[0] > 0.0 && point->slope[1] > 0.0 && low >= 0.0 && high >= 0.0 && middle >= 0.0;
}

/* The cubic with these slopes. */
static void make_cubic(dw_monotone *point) {
  double h;
  const double mean = secant(point, &h);
  point->bend[0] = (6.0 * mean - 4.0 * point->slope[0] - 2.0 * point->slope[1]) / h;
  point->bend[1] = (2.0 * point->slope[0] + 4.0 * point->slope[1] - 6.0 * mean) / h;
}

static void take_steffen(dw_monotone *point, int count, int i) {
  const double slope = steffen_slope(point, count, i);
  for (int interval = i > 0 ? i - 1 : 0; interval <= i && interval < count - 1; interval++) {
    point[interval].slope[i - interval] = slope;
  }
  for (int interval = i > 0 ? i - 1 : 0; interval <= i && interval < count - 1; interval++) {
    make_cubic(&point[interval]);
  }
}

static bool has_steffen(const dw_monotone *point, int count, int i) {
  const double slope = steffen_slope(point, count, i);
  return point[i].slope[0] == slope && point[i].slope[1] == steffen_slope(point, count, i + 1);
}

/* A change of one interval's end changes the next: until nothing does. Steffen's own cubics rise. */
void dw_monotone_guard(dw_monotone *point, int count) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (int i = 0; i < count - 1; i++) {
      if (!rises(&point[i]) && !has_steffen(point, count, i)) {
        take_steffen(point, count, i);
        take_steffen(point, count, i + 1);
        changed = true;
      }
    }
  }
  point[count - 1].slope[0] = point[count - 1].slope[1] = point[count - 2].slope[1];
  point[count - 1].bend[0] = point[count - 1].bend[1] = 0.0;
}

void dw_monotone_fit(dw_monotone *point, int count, bool smooth) {
  set_from_windows(point, count);
  for (int i = 1; smooth && i < count - 1; i++) {
    const double slope = 0.5 * (point[i - 1].slope[1] + point[i].slope[0]);
    point[i - 1].slope[1] = point[i].slope[0] = slope;
  }
  dw_monotone_guard(point, count);
}

/* --- values --- */

int dw_monotone_at(const dw_monotone *point, int count, double x) {
  int low = 0;
  int high = count;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    *(x >= point[middle].x ? &low : &high) = middle;
  }
  return low;
}

/* From value, slope and bend at the left end, and what they miss of those at the right one. */
void dw_monotone_value(const dw_monotone *point, int count, double x, double value[3]) {
  const int i = dw_monotone_at(point, count, x);
  const dw_monotone *left = &point[i];
  const double u = x - left->x;
  if (i == count - 1 || u < 0.0) {
    value[0] = left->y + left->slope[0] * u;
    value[1] = left->slope[0];
    value[2] = 0.0;
    return;
  }
  const double h = left[1].x - left->x;
  const double two = 0.5 * left->bend[0];
  const double rise = (left[1].y - left->y) / h - left->slope[0] - two * h;
  const double turn = left->slope[1] - left->slope[0] - left->bend[0] * h;
  const double swing = 0.5 * h * (left->bend[1] - left->bend[0]);
  const double v = u / h;
  const double three = 10.0 * rise - 4.0 * turn + swing;
  const double four = -15.0 * rise + 7.0 * turn - 2.0 * swing;
  const double five = 6.0 * rise - 3.0 * turn + swing;
  const double cube = v * v * v;
  value[0] = left->y + u * (left->slope[0] + u * two) + h * cube * (three + v * (four + v * five));
  value[1] = left->slope[0] + 2.0 * two * u + v * v * (3.0 * three + v * (4.0 * four + v * 5.0 * five));
  value[2] = left->bend[0] + v * (6.0 * three + v * (12.0 * four + v * 20.0 * five)) / h;
}
