#include "analysis/sectors_rows.h"

#include <math.h>
#include <string.h>

#include "analysis/orientation.h"

enum { BLOCK = 64, SECTOR = 15, ABOVE = 16, RIGHT = 32, PAD = 8 };

/* Rows of codes: the sector, and the signs of phi_1 and phi_2. Each has one site of its periodic end on either side. */
enum { HERE, NEXT_X, LAST_X, NEXT_Y, LAST_Y, CORNER, ROWS };

typedef struct view {
  const dw_sectors_input *in;
  const dw_real *f[2];
  const dw_real *corner[2];
  unsigned char *code[ROWS];
} view;

/* A corner of a plaquette. */
typedef struct point {
  double f[2];
  int code;
} point;

static void fill_codes(const dw_sectors_input *in, const dw_real *restrict f1, const dw_real *restrict f2,
                       unsigned char *restrict code) {
  for (ptrdiff_t start = 0; start < in->n; start += BLOCK) {
    const int count = in->n - start < BLOCK ? (int)(in->n - start) : BLOCK;
    double best[BLOCK];
    double x[BLOCK];
    double y[BLOCK];
    int found[BLOCK];
    for (int z = 0; z < count; z++) {
      x[z] = (double)f1[start + z];
      y[z] = (double)f2[start + z];
      best[z] = x[z];
      found[z] = 0;
    }
    for (int k = 1; k < in->walls; k++) {
      const double e1 = in->vacuum[k][0];
      const double e2 = in->vacuum[k][1];
      for (int z = 0; z < count; z++) {
        const double along = x[z] * e1 + y[z] * e2;
        found[z] = along >= best[z] ? k : found[z];
        best[z] = along >= best[z] ? along : best[z];
      }
    }
    for (int z = 0; z < count; z++) {
      code[1 + start + z] = (unsigned char)(found[z] | (y[z] > 0.0 ? ABOVE : 0) | (x[z] > 0.0 ? RIGHT : 0));
    }
  }
  code[0] = code[in->n];
  code[in->n + 1] = code[1];
}

static void fill_view(view *v, const dw_sectors_input *in) {
  const ptrdiff_t shift[ROWS] = {0, in->stride_x, -in->stride_x, in->stride_y, -in->stride_y, 0};
  v->in = in;
  for (int i = 0; i < 2; i++) {
    v->f[i] = in->phi[i];
    v->corner[i] = in->corner[i];
  }
  for (int r = 0; r < ROWS; r++) {
    v->code[r] = in->scratch + (size_t)r * ((size_t)in->n + PAD);
    const dw_real *const *from = r == CORNER ? v->corner : v->f;
    fill_codes(in, from[0] + shift[r], from[1] + shift[r], v->code[r]);
  }
}

/* busy[z] != 0 where one of the links and plaquettes of a site has unlike corners. */
static void mark_busy(const view *v, unsigned char *restrict busy) {
  const unsigned char *const *code = (const unsigned char *const *)v->code;
  for (ptrdiff_t z = 0; z < v->in->n; z++) {
    const int here = code[HERE][z + 1];
    int differs = (here ^ code[HERE][z]) | (here ^ code[HERE][z + 2]) | (here ^ code[CORNER][z + 1]);
    for (int r = NEXT_X; r <= LAST_Y; r++) {
      differs |= here ^ code[r][z + 1];
    }
    differs |= (here ^ code[NEXT_X][z + 2]) | (here ^ code[NEXT_Y][z + 2]);
    busy[z] = (unsigned char)differs;
  }
}

static ptrdiff_t wrap(ptrdiff_t z, ptrdiff_t n) { return z < 0 ? z + n : z >= n ? z - n : z; }

/* Row `r`, site z, which may be one beyond the ends. */
static point point_at(const view *v, int r, ptrdiff_t z) {
  const ptrdiff_t shift[ROWS] = {0, v->in->stride_x, -v->in->stride_x, v->in->stride_y, -v->in->stride_y, 0};
  const dw_real *const *from = r == CORNER ? v->corner : v->f;
  const ptrdiff_t at = shift[r] + wrap(z, v->in->n);
  return (point){.f = {(double)from[0][at], (double)from[1][at]}, .code = v->code[r][z + 1]};
}

static double across(const dw_real *f, ptrdiff_t up, ptrdiff_t down) { return (double)f[up] - (double)f[down]; }

/* Centred differences of component i, in 1/dx. */
static void gradient(const view *v, int i, ptrdiff_t z, double g[3]) {
  const ptrdiff_t strides[2] = {v->in->stride_x, v->in->stride_y};
  const ptrdiff_t n = v->in->n;
  const dw_real *f = v->f[i];
  const bool second = v->in->order == 2;
  for (int d = 0; d < 2; d++) {
    const ptrdiff_t s = strides[d];
    g[d] = second ? 0.5 * across(f, z + s, z - s)
                  : (2.0 / 3.0) * across(f, z + s, z - s) - (1.0 / 12.0) * across(f, z + 2 * s, z - 2 * s);
  }
  const double near = across(f, wrap(z + 1, n), wrap(z - 1, n));
  g[2] = second ? 0.5 * near : (2.0 / 3.0) * near - (1.0 / 12.0) * across(f, wrap(z + 2, n), wrap(z - 2, n));
}

/* --- walls --- */

/* Whether theta passes pi along a link; the same from either end. */
static bool passes_pi(const point *a, const point *b) {
  if (((a->code ^ b->code) & ABOVE) == 0) {
    return false;
  }
  return a->f[0] * fabs(b->f[1]) + b->f[0] * fabs(a->f[1]) < 0.0;
}

static double wall_weight(const dw_sectors_input *in, int j, int k, double g[2][3]) {
  double along[3];
  const double way[2] = {in->vacuum[k][0] - in->vacuum[j][0], in->vacuum[k][1] - in->vacuum[j][1]};
  for (int d = 0; d < 3; d++) {
    along[d] = in->walls == 1 ? g[1][d] : way[0] * g[0][d] + way[1] * g[1][d];
  }
  return dw_orientation(along[0], along[1], along[2]);
}

/* Each link is met from both ends, hence the half. */
static void add_links(const view *v, ptrdiff_t z, double g[2][3], dw_sectors_sums *sums) {
  const dw_sectors_input *in = v->in;
  const point here = point_at(v, HERE, z);
  const point other[6] = {point_at(v, NEXT_X, z), point_at(v, LAST_X, z),   point_at(v, NEXT_Y, z),
                          point_at(v, LAST_Y, z), point_at(v, HERE, z + 1), point_at(v, HERE, z - 1)};
  const int j = here.code & SECTOR;
  for (int i = 0; i < 6; i++) {
    const int k = other[i].code & SECTOR;
    if (in->walls == 1 ? passes_pi(&here, &other[i]) : j != k) {
      sums->area[in->walls == 1 ? 0 : dw_sectors_pair(j, k)] +=
          0.5 * (j < k ? wall_weight(in, j, k, g) : wall_weight(in, k, j, g));
    }
  }
}

/* --- strings and junctions --- */

/* +1 where the straight edge from a to b crosses the positive phi_1 axis upwards, -1 downwards. */
static int crossing(const point *a, const point *b) {
  if (((a->code ^ b->code) & ABOVE) == 0) {
    return 0;
  }
  const double cross = a->f[0] * b->f[1] - a->f[1] * b->f[0];
  const bool upwards = (b->code & ABOVE) != 0;
  return upwards ? cross > 0.0 : -(cross < 0.0);
}

static bool winds(const point corner[4]) {
  int winding = 0;
  for (int i = 0; i < 4; i++) {
    winding += crossing(&corner[i], &corner[(i + 1) % 4]);
  }
  return winding != 0;
}

static int count_sectors(const point corner[4]) {
  unsigned seen = 0;
  for (int i = 0; i < 4; i++) {
    seen |= 1U << (corner[i].code & SECTOR);
  }
  int count = 0;
  for (; seen != 0; seen &= seen - 1) {
    count++;
  }
  return count;
}

static double line_weight(double g[2][3]) {
  return dw_orientation(g[0][1] * g[1][2] - g[0][2] * g[1][1], g[0][2] * g[1][0] - g[0][0] * g[1][2],
                        g[0][0] * g[1][1] - g[0][1] * g[1][0]);
}

static void add_plaquettes(const view *v, ptrdiff_t z, double g[2][3], dw_sectors_sums *sums) {
  const point here = point_at(v, HERE, z);
  const point x = point_at(v, NEXT_X, z);
  const point y = point_at(v, NEXT_Y, z);
  const point up = point_at(v, HERE, z + 1);
  const point corners[3][4] = {{here, x, point_at(v, CORNER, z), y},
                               {here, x, point_at(v, NEXT_X, z + 1), up},
                               {here, y, point_at(v, NEXT_Y, z + 1), up}};
  for (int i = 0; i < 3; i++) {
    if (winds(corners[i])) {
      sums->strings += line_weight(g);
      sums->string_count++;
    }
    if (count_sectors(corners[i]) >= 3) {
      sums->junctions += line_weight(g);
      sums->junction_count++;
    }
  }
}

DW_CLONES void DW_NAME(dw_sectors_row)(const dw_sectors_input *in, dw_sectors_sums *sums) {
  view v;
  unsigned char *busy = in->scratch + ROWS * ((size_t)in->n + PAD);
  memset(sums, 0, sizeof *sums);
  fill_view(&v, in);
  mark_busy(&v, busy);
  for (ptrdiff_t z = 0; z < in->n; z++) {
    sums->sites[v.code[HERE][z + 1] & SECTOR]++;
    if (busy[z] != 0) {
      double g[2][3];
      gradient(&v, 0, z, g[0]);
      gradient(&v, 1, z, g[1]);
      add_links(&v, z, g, sums);
      add_plaquettes(&v, z, g, sums);
    }
  }
}
