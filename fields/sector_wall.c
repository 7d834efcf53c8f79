#include "fields/sector_wall.h"

#include <math.h>
#include <string.h>

#include "base/constants.h"
#include "base/memory.h"

/* Intervals on half the wall: the coarsest grid, the finest, and those of the profile that is kept. */
enum { LEAST = 512, MOST = 4 * LEAST, KEPT = 2 * LEAST };

/* The half wall reaches this many of the longest lengths 1/mu, 1/sqrt(2). Points are x = X sinh(SPREAD s)/sinh(SPREAD).
 */
static const double REACH = 24.0;
static const double SPREAD = 3.0;

/* Newton: most steps, the largest last one, and the least energy of a wall that hasn't shrunk away. */
enum { STEPS = 500 };
static const double CONVERGED = 1e-11;
static const double GONE = 1e-6;
static const double STIFFEST = 1e12; /* shift at which a Hessian that still is none is given up */

/* A path on points 0 ... n, in the frame turned by pi/N: [0] along the bisector of the two vacua (even in x), [1]
 * across (odd). */
typedef struct path {
  const dw_potential *potential;
  const dw_potential_values *values;
  double turn[2]; /* exp(i pi/N) */
  double end;     /* X */
  int n;
  double psi[2][MOST + 1];
  double slope[2][MOST + 1]; /* of v0, turned */
  double v0[MOST + 1];
  double hessian[3][MOST + 1]; /* 00, 01, 11 */
  double step[2][MOST + 1];
  double trial[2][MOST + 1];
  double ratio[3][MOST + 1]; /* of the elimination: -upper/pivot, by blocks; symmetric */
} path;

struct dw_sector_wall {
  double tension;
  double width;
  double turn[2];
  double end;
  double psi[2][KEPT + 1];
  double rise[2][KEPT + 1]; /* d psi/ds */
};

/* --- points --- */

static double place(double end, double s) { return end * sinh(SPREAD * s) / sinh(SPREAD); }

static double stretch(double end, double s) { return end * SPREAD * cosh(SPREAD * s) / sinh(SPREAD); }

/* dx of the interval from point j, and of the cell of point j. */
static double gap(const path *p, int j) { return stretch(p->end, ((double)j + 0.5) / p->n) / p->n; }

static double cell(const path *p, int j) {
  return (j == 0 || j == p->n ? 0.5 : 1.0) * stretch(p->end, (double)j / p->n) / p->n;
}

/* --- potential --- */

/* v0 and its slopes along a path, from the rows of the potential. */
static void fill_forces(path *p, double psi[2][MOST + 1]) {
  double phi[2][MOST + 1];
  double out[2][MOST + 1];
  double vb[MOST + 1];
  const double c = p->turn[0];
  const double s = p->turn[1];
  for (int j = 0; j <= p->n; j++) {
    phi[0][j] = c * psi[0][j] - s * psi[1][j];
    phi[1][j] = s * psi[0][j] + c * psi[1][j];
  }
  const void *const rows[2] = {phi[0], phi[1]};
  void *const outs[2] = {out[0], out[1]};
  const int which = dw_precision_index(DW_DOUBLE);
  p->potential->value[which](p->values, &dw_instant_start, rows, p->v0, vb, p->n + 1);
  p->potential->derivative[which](p->values, &dw_instant_start, 1.0, 0.0, rows, outs, p->n + 1);
  for (int j = 0; j <= p->n; j++) {
    p->slope[0][j] = c * out[0][j] + s * out[1][j];
    p->slope[1][j] = -s * out[0][j] + c * out[1][j];
  }
}

static void fill_hessian(path *p) {
  for (int j = 0; j <= p->n; j++) {
    const double r = hypot(p->psi[0][j], p->psi[1][j]);
    const double c = r > 0.0 ? p->psi[0][j] / r : 1.0;
    const double s = r > 0.0 ? p->psi[1][j] / r : 0.0;
    double h[3];
    dw_sector_hessian(p->values, r, atan2(s, c) + atan2(p->turn[1], p->turn[0]), h);
    p->hessian[0][j] = c * c * h[0] - 2.0 * c * s * h[1] + s * s * h[2];
    p->hessian[1][j] = c * s * (h[0] - h[2]) + (c * c - s * s) * h[1];
    p->hessian[2][j] = s * s * h[0] + 2.0 * c * s * h[1] + c * c * h[2];
  }
}

/* --- relaxation --- */

/* Energy of the half wall; the forces belong to psi. */
static double energy(const path *p, double psi[2][MOST + 1]) {
  double sum = 0.0;
  for (int j = 0; j < p->n; j++) {
    const double rise0 = psi[0][j + 1] - psi[0][j];
    const double rise1 = psi[1][j + 1] - psi[1][j];
    sum += (rise0 * rise0 + rise1 * rise1) / (2.0 * gap(p, j)) + cell(p, j) * p->v0[j];
  }
  return sum;
}

/* Minus the derivative of the energy by psi[i] at point j; the slopes belong to psi. */
static double pull(const path *p, int i, int j) {
  double sum = (p->psi[i][j + 1] - p->psi[i][j]) / gap(p, j) - cell(p, j) * p->slope[i][j];
  if (j > 0) {
    sum -= (p->psi[i][j] - p->psi[i][j - 1]) / gap(p, j - 1);
  }
  return sum;
}

/* Solves (second derivative of the energy + shift) step = pull by elimination in blocks of two; false where the matrix
 * isn't positive. Point n is fixed, and psi[1] of point 0. */
static bool newton_step(path *p, double shift) {
  double last = 0.0; /* 1/gap of the interval before */
  for (int j = 0; j < p->n; j++) {
    const double next = 1.0 / gap(p, j);
    const double weight = cell(p, j);
    double a[3] = {last + next + weight * (p->hessian[0][j] + shift), weight * p->hessian[1][j],
                   last + next + weight * (p->hessian[2][j] + shift)};
    double b[2] = {pull(p, 0, j), pull(p, 1, j)};
    if (j == 0) {
      a[1] = 0.0;
      b[1] = 0.0;
    } else {
      for (int i = 0; i < 3; i++) {
        a[i] -= last * p->ratio[i][j - 1];
      }
      for (int i = 0; i < 2; i++) {
        b[i] += last * p->step[i][j - 1];
      }
    }
    const double det = a[0] * a[2] - a[1] * a[1];
    if (!(a[0] > 0.0 && det > 0.0)) {
      return false;
    }
    const double inverse[3] = {a[2] / det, -a[1] / det, a[0] / det};
    p->step[0][j] = inverse[0] * b[0] + inverse[1] * b[1];
    p->step[1][j] = inverse[1] * b[0] + inverse[2] * b[1];
    const bool free_across = j > 0;
    p->ratio[0][j] = inverse[0] * next;
    p->ratio[1][j] = free_across ? inverse[1] * next : 0.0;
    p->ratio[2][j] = free_across ? inverse[2] * next : 0.0;
    last = next;
  }
  p->step[0][p->n] = p->step[1][p->n] = 0.0;
  for (int j = p->n - 1; j >= 0; j--) {
    const double after[2] = {p->step[0][j + 1], p->step[1][j + 1]};
    p->step[0][j] += p->ratio[0][j] * after[0] + p->ratio[1][j] * after[1];
    p->step[1][j] += p->ratio[1][j] * after[0] + p->ratio[2][j] * after[1];
  }
  return true;
}

static double largest_step(const path *p) {
  double largest = 0.0;
  for (int j = 0; j < p->n; j++) {
    largest = fmax(largest, fmax(fabs(p->step[0][j]), fabs(p->step[1][j])));
  }
  return largest;
}

/* psi + step into trial, with its forces; its energy. */
static double try_step(path *p) {
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j <= p->n; j++) {
      p->trial[i][j] = p->psi[i][j] + p->step[i][j];
    }
  }
  fill_forces(p, p->trial);
  return energy(p, p->trial);
}

/* Energy of the half wall at rest, from the present path; 0 where it shrinks away. Rounding may raise the energy in the
 * last steps. */
static dw_status relax(path *p, double *half) {
  double shift = 0.0;
  fill_forces(p, p->psi);
  *half = energy(p, p->psi);
  for (int step = 0; step < STEPS; step++) {
    fill_hessian(p);
    fill_forces(p, p->psi);
    while (!newton_step(p, shift) && shift < STIFFEST) {
      shift = fmax(0.1, 2.0 * shift);
    }
    const double size = largest_step(p);
    const double now = try_step(p);
    if (!(now <= *half * (1.0 + 1e-13))) {
      shift = fmax(0.1, 4.0 * shift);
      continue;
    }
    memcpy(p->psi, p->trial, sizeof p->psi);
    *half = now;
    if (now < GONE * p->values->axion_mass) {
      *half = 0.0;
      return DW_OK;
    }
    if (size < CONVERGED * (1.0 + shift)) {
      return DW_OK;
    }
    shift = shift > 1e-3 ? 0.25 * shift : 0.0;
  }
  return dw_fail(DW_ERR_PARAM,
                 "fields.potential = \"%s\": the wall for fields.walls = %d, fields.axion_mass = %g can't be computed; "
                 "choose another mass",
                 p->potential->name, p->values->walls, p->values->axion_mass);
}

/* Sine-Gordon in the angle at r = 1: theta = (4/N) atan(exp(mu x)). */
static void begin(path *p, int n) {
  const double walls = (double)p->values->walls;
  p->n = n;
  for (int j = 0; j <= n; j++) {
    const double x = place(p->end, (double)j / n);
    const double angle = 4.0 / walls * atan(exp(p->values->axion_mass * x)) - DW_PI / walls;
    p->psi[0][j] = cos(angle);
    p->psi[1][j] = sin(angle);
  }
  p->psi[1][0] = 0.0;
  p->psi[0][n] = p->turn[0];
  p->psi[1][n] = p->turn[1];
}

/* --- the wall --- */

/* Half the length of the path over its steepest slope, which is sqrt(2 v0). */
static double find_width(const path *p) {
  double length = 0.0;
  double highest = 0.0;
  for (int j = 0; j < p->n; j++) {
    length += hypot(p->psi[0][j + 1] - p->psi[0][j], p->psi[1][j + 1] - p->psi[1][j]);
    highest = fmax(highest, p->v0[j]);
  }
  return length / sqrt(2.0 * highest);
}

/* Every stride-th point of `from`, times `weight`, added. */
static void add_profile(dw_sector_wall *wall, const path *from, double weight) {
  const int stride = from->n / KEPT;
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j <= KEPT; j++) {
      wall->psi[i][j] += weight * from->psi[i][j * stride];
    }
  }
}

/* The path beyond the middle, mirrored. */
static double mirrored(const dw_sector_wall *wall, int i, int j) {
  return j < 0 ? (i == 0 ? 1.0 : -1.0) * wall->psi[i][-j] : j > KEPT ? wall->psi[i][KEPT] : wall->psi[i][j];
}

static void fill_rises(dw_sector_wall *wall) {
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j <= KEPT; j++) {
      const double near = mirrored(wall, i, j + 1) - mirrored(wall, i, j - 1);
      const double far = mirrored(wall, i, j + 2) - mirrored(wall, i, j - 2);
      wall->rise[i][j] = (8.0 * near - far) / 12.0 * KEPT;
    }
  }
}

/* Three grids; *exists is false where the wall shrinks away. */
static dw_status relax_all(dw_sector_wall *wall, path *p, bool *exists) {
  double half[3] = {0.0};
  double width[3] = {0.0};
  *exists = false;
  for (int level = 0; level < 3; level++) {
    begin(p, LEAST << level);
    DW_TRY(relax(p, &half[level]));
    if (!(half[level] > 0.0)) {
      return DW_OK;
    }
    width[level] = find_width(p);
    if (level > 0) {
      add_profile(wall, p, level == 1 ? -1.0 / 3.0 : 4.0 / 3.0);
    }
  }
  const double first = (4.0 * half[1] - half[0]) / 3.0;
  const double second = (4.0 * half[2] - half[1]) / 3.0;
  wall->tension = 2.0 * (16.0 * second - first) / 15.0;
  wall->width = (4.0 * width[2] - width[1]) / 3.0;
  fill_rises(wall);
  *exists = true;
  return DW_OK;
}

dw_status dw_sector_wall_create(dw_sector_wall **wall, const dw_potential *potential,
                                const dw_potential_values *values) {
  *wall = NULL;
  void *block = NULL;
  void *scratch = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_sector_wall), "profile of a wall"));
  dw_status status = dw_alloc(&scratch, 1, sizeof(path), "profile of a wall");
  bool exists = false;
  if (status == DW_OK) {
    dw_sector_wall *draft = block;
    path *p = scratch;
    memset(draft, 0, sizeof *draft);
    p->potential = potential;
    p->values = values;
    p->end = REACH / fmin(values->axion_mass, sqrt(2.0));
    dw_sector_vacuum(2 * values->walls, 1, p->turn);
    memcpy(draft->turn, p->turn, sizeof draft->turn);
    draft->end = p->end;
    status = relax_all(draft, p, &exists);
  }
  dw_free(scratch);
  if (exists) {
    *wall = block;
  } else {
    dw_free(block);
  }
  return status;
}

void dw_sector_wall_destroy(dw_sector_wall *wall) { dw_free(wall); }

double dw_sector_wall_tension(const dw_sector_wall *wall) { return wall->tension; }

double dw_sector_wall_width(const dw_sector_wall *wall) { return wall->width; }

/* Cubic between the points, with the right slopes there. */
void dw_sector_wall_at(const dw_sector_wall *wall, double x, double phi[2], double slope[2]) {
  const double s = asinh(fabs(x) / wall->end * sinh(SPREAD)) / SPREAD;
  double psi[2] = {wall->psi[0][KEPT], wall->psi[1][KEPT]};
  double rise[2] = {0.0, 0.0};
  if (s < 1.0) {
    const int j = (int)(s * KEPT);
    const double t = s * KEPT - (double)j;
    for (int i = 0; i < 2; i++) {
      const double whole = wall->psi[i][j + 1] - wall->psi[i][j];
      const double first = wall->rise[i][j] / KEPT;
      const double second = wall->rise[i][j + 1] / KEPT;
      const double bend = 3.0 * whole - 2.0 * first - second;
      const double twist = first + second - 2.0 * whole;
      psi[i] = wall->psi[i][j] + t * (first + t * (bend + t * twist));
      rise[i] = (first + t * (2.0 * bend + 3.0 * t * twist)) * KEPT / stretch(wall->end, s);
    }
  }
  if (x < 0.0) { /* the even part falls on the other side, the odd part changes sign */
    psi[1] = -psi[1];
    rise[0] = -rise[0];
  }
  phi[0] = wall->turn[0] * psi[0] - wall->turn[1] * psi[1];
  phi[1] = wall->turn[1] * psi[0] + wall->turn[0] * psi[1];
  slope[0] = wall->turn[0] * rise[0] - wall->turn[1] * rise[1];
  slope[1] = wall->turn[1] * rise[0] + wall->turn[0] * rise[1];
}
