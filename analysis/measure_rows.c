#include "analysis/measure_rows.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "analysis/orientation.h"

/* Sites summed side by side. Site z always goes to lane z mod LANES and lanes are added in order, so the
 * bits don't depend on the width of the vectors. Terms are made for a block of sites at a time. */
enum { LANES = 8, BLOCK = 64 };

/* The neighbours of one site along each direction. Along z: in `line`, the row with its periodic ends. */
typedef struct sites {
  const dw_real *c;
  const dw_real *line;
  ptrdiff_t sx;
  ptrdiff_t sy;
} sites;

static inline double value(const dw_real *at) { return (double)*at; }

static inline double forward2(double here, double next) { return (next - here) * (next - here); }

static inline double forward4(double here, double next, double second) {
  return (4.0 / 3.0) * (next - here) * (next - here) - (1.0 / 12.0) * (second - here) * (second - here);
}

static inline double centred2(const dw_real *at, ptrdiff_t s) { return 0.5 * (value(at + s) - value(at - s)); }

static inline double centred4(const dw_real *at, ptrdiff_t s) {
  return (2.0 / 3.0) * (value(at + s) - value(at - s)) - (1.0 / 12.0) * (value(at + 2 * s) - value(at - 2 * s));
}

static inline double centred(const dw_real *at, ptrdiff_t s, int order) {
  return order == 2 ? centred2(at, s) : centred4(at, s);
}

static inline double forward(const dw_real *at, ptrdiff_t s, int order) {
  return order == 2 ? forward2(value(at), value(at + s)) : forward4(value(at), value(at + s), value(at + 2 * s));
}

static inline double clip(double phi, const double mask[2]) {
  const double above = phi > mask[0] ? phi : mask[0];
  return above < mask[1] ? above : mask[1];
}

/* The part of (next - here)^2 that lies inside, phi linear along the link. */
static inline double link_inside(double here, double next, const double mask[2]) {
  return (clip(next, mask) - clip(here, mask)) * (next - here);
}

static inline double inside(const dw_real *at, ptrdiff_t s, int order, const double mask[2]) {
  const double here = value(at);
  const double near = link_inside(here, value(at + s), mask);
  return order == 2 ? near : (4.0 / 3.0) * near - (1.0 / 12.0) * link_inside(here, value(at + 2 * s), mask);
}

/* Terms of the sums for `count` sites from z on. Inlined with constant order, so that the loop is vectorised. */
__attribute__((always_inline)) static inline void fill_terms(const dw_measure_input *in, const sites *s, ptrdiff_t z,
                                                             int count, int order, double scale,
                                                             double term[DW_LANE_SUMS][BLOCK]) {
  const dw_real *velocity = (const dw_real *)in->velocity + z;
  const double *degenerate = in->v0 + z;
  const double *bias = in->vb + z;
  const dw_real *centre = s->c + z;
  const dw_real *row = s->line + 2 + z;
  const double low = in->vacuum[0];
  const double high = in->vacuum[1];
  const double mask[2] = {in->mask[0], in->mask[1]};
#pragma omp simd
  for (int l = 0; l < count; l++) {
    const dw_real *c = centre + l;
    const dw_real *line = row + l;
    const double phi = value(c);
    const double rate = value(velocity + l);
    const double v0 = degenerate[l];
    const double gx = centred(c, s->sx, order);
    const double gy = centred(c, s->sy, order);
    const double gz = centred(line, 1, order);
    const double within = ((phi > mask[0]) & (phi < mask[1])) ? 1.0 : 0.0;
    const double w = ((phi > low) & (phi < high)) ? scale * v0 : 0.0;
    term[DW_SUM_PHI][l] = phi;
    term[DW_SUM_SQUARE][l] = phi * phi;
    term[DW_SUM_VELOCITY][l] = rate * rate;
    term[DW_SUM_GRADIENT][l] = forward(c, s->sx, order) + forward(c, s->sy, order) + forward(line, 1, order);
    term[DW_SUM_DEGENERATE][l] = v0;
    term[DW_SUM_BIAS][l] = bias[l];
    term[DW_SUM_W_VELOCITY][l] = w * (rate * rate);
    term[DW_SUM_W_GRADIENT][l] = w * (gx * gx + gy * gy + gz * gz);
    term[DW_SUM_W_DEGENERATE][l] = w * v0;
    term[DW_SUM_POSITIVE][l] = phi > 0.0 ? 1.0 : 0.0;
    term[DW_SUM_INSIDE][l] = within;
    term[DW_SUM_INSIDE_VELOCITY][l] = within * (rate * rate);
    term[DW_SUM_INSIDE_GRADIENT][l] =
        inside(c, s->sx, order, mask) + inside(c, s->sy, order, mask) + inside(line, 1, order, mask);
    term[DW_SUM_INSIDE_DEGENERATE][l] = within * v0;
  }
}

/* Adds the terms of a block to the lanes; what is beyond `count` counts as nothing. */
static void add_terms(double term[DW_LANE_SUMS][BLOCK], int count, double total[DW_LANE_SUMS][LANES]) {
  const int whole = (count + LANES - 1) / LANES * LANES;
  for (int i = 0; i < DW_LANE_SUMS; i++) {
    for (int l = count; l < whole; l++) {
      term[i][l] = 0.0;
    }
    for (int l = 0; l < whole; l += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        total[i][lane] += term[i][l + lane];
      }
    }
  }
}

__attribute__((always_inline)) static inline void sum_sites(const dw_measure_input *in, const sites *s, int order,
                                                            double *sums) {
  double total[DW_LANE_SUMS][LANES] = {{0.0}};
  double term[DW_LANE_SUMS][BLOCK];
  const double scale = in->barrier > 0.0 ? 1.0 / in->barrier : 0.0;
  for (ptrdiff_t z = 0; z < in->n; z += BLOCK) {
    const int count = in->n - z < BLOCK ? (int)(in->n - z) : BLOCK;
    fill_terms(in, s, z, count, order, scale, term);
    add_terms(term, count, total);
  }
  for (int i = 0; i < DW_LANE_SUMS; i++) {
    sums[i] = ((total[i][0] + total[i][1]) + (total[i][2] + total[i][3])) +
              ((total[i][4] + total[i][5]) + (total[i][6] + total[i][7]));
  }
}

/* links[z] = how many of the six links of site z change sign. */
static void count_links(const sites *s, ptrdiff_t n, unsigned char *restrict links) {
  for (ptrdiff_t z = 0; z < n; z++) {
    const dw_real *c = s->c + z;
    const int positive = c[0] > 0;
    links[z] = (unsigned char)((positive != (c[s->sx] > 0)) + (positive != (c[-s->sx] > 0)) +
                               (positive != (c[s->sy] > 0)) + (positive != (c[-s->sy] > 0)) +
                               (positive != (s->line[z + 3] > 0)) + (positive != (s->line[z + 1] > 0)));
  }
}

/* Of a site; see analysis/orientation.h. */
static double orientation(const sites *s, ptrdiff_t z, int order) {
  const double gx = centred(s->c + z, s->sx, order);
  const double gy = centred(s->c + z, s->sy, order);
  const double gz = centred(s->line + 2 + z, 1, order);
  return dw_orientation(gx, gy, gz);
}

/* Each link is met from both ends, hence the half. Few sites have one: eight are skipped at a time. */
static double sum_area(const dw_measure_input *in, const sites *s) {
  double area = 0.0;
  memset(in->links + in->n, 0, LANES);
  count_links(s, in->n, in->links);
  for (ptrdiff_t block = 0; block < in->n; block += LANES) {
    uint64_t any;
    memcpy(&any, in->links + block, sizeof any);
    if (any == 0) {
      continue;
    }
    const ptrdiff_t end = block + LANES < in->n ? block + LANES : in->n;
    for (ptrdiff_t z = block; z < end; z++) {
      if (in->links[z] != 0) {
        area += 0.5 * (double)in->links[z] * orientation(s, z, in->order);
      }
    }
  }
  return area;
}

DW_CLONES void DW_NAME(dw_measure_row)(const dw_measure_input *in, double sums[DW_ROW_SUMS]) {
  dw_real *line = in->line;
  const dw_real *c = in->phi;
  const ptrdiff_t n = in->n;
  memcpy(line + 2, c, (size_t)n * sizeof *c);
  line[0] = c[n - 2];
  line[1] = c[n - 1];
  line[n + 2] = c[0];
  line[n + 3] = c[1];
  const sites s = {.c = c, .line = line, .sx = in->stride_x, .sy = in->stride_y};
  if (in->order == 2) {
    sum_sites(in, &s, 2, sums);
  } else {
    sum_sites(in, &s, 4, sums);
  }
  sums[DW_SUM_AREA] = in->barrier > 0.0 ? sum_area(in, &s) : 0.0;
}
