/* Domains and walls by flood fill over sites, on one process: the plain twin of analysis/domains.h. */
#ifndef DW_TEST_ANALYSIS_FLOOD_FILL_H
#define DW_TEST_ANALYSIS_FLOOD_FILL_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domains.h"

typedef struct flood_wall {
  int64_t positive; /* labels */
  int64_t negative;
  double area; /* links, weighted */
} flood_wall;

typedef struct flood {
  int64_t n;
  int order;
  const double *phi; /* [n^3] */
  int64_t *label;    /* [n^3] of the domain of each site */
  int64_t domains;
  dw_domain *domain; /* by label */
  int64_t walls;
  flood_wall *wall; /* by labels */
} flood;

static inline int64_t flood_index(int64_t n, const int64_t at[3]) {
  int64_t index = 0;
  for (int d = 0; d < 3; d++) {
    index = index * n + ((at[d] % n) + n) % n;
  }
  return index;
}

/* Fills the domain of `start`, all of whose sites are new. Sites are put in infinite space on the way. */
static inline dw_domain flood_domain(flood *f, int64_t start, int64_t (*place)[3], int64_t *queue) {
  const int64_t n = f->n;
  dw_domain domain = {.label = start, .volume = 1, .positive = f->phi[start] > 0.0};
  int64_t head = 0;
  queue[0] = start;
  f->label[start] = start;
  memcpy(place[start], (const int64_t[]){start / (n * n), start / n % n, start % n}, sizeof *place);
  while (head < domain.volume) {
    const int64_t site = queue[head++];
    for (int link = 0; link < 6; link++) {
      int64_t to[3] = {place[site][0], place[site][1], place[site][2]};
      to[link / 2] += link % 2 == 0 ? 1 : -1;
      const int64_t next = flood_index(n, to);
      if ((f->phi[next] > 0.0) != domain.positive) {
        continue;
      }
      if (f->label[next] < 0) {
        f->label[next] = start;
        memcpy(place[next], to, sizeof *place);
        queue[domain.volume++] = next;
      }
      for (int d = 0; d < 3; d++) {
        domain.wraps |= place[next][d] != to[d] ? 1 << d : 0;
      }
    }
  }
  return domain;
}

static inline double flood_weight(const flood *f, int64_t site) {
  const int64_t n = f->n;
  double sum = 0.0;
  double square = 0.0;
  for (int d = 0; d < 3; d++) {
    double step[3] = {0.0, 0.0, 0.0};
    for (int far = 1; far <= 2; far++) {
      int64_t up[3] = {site / (n * n), site / n % n, site % n};
      int64_t down[3] = {up[0], up[1], up[2]};
      up[d] += far;
      down[d] -= far;
      step[far] = (f->phi[flood_index(n, up)] - f->phi[flood_index(n, down)]) / (2.0 * far);
    }
    const double slope = f->order == 2 ? step[1] : (4.0 * step[1] - step[2]) / 3.0;
    sum += fabs(slope);
    square += slope * slope;
  }
  return sum > 0.0 ? sqrt(square) / sum : 1.0;
}

static inline int flood_compare(const void *one, const void *two) {
  const flood_wall *a = one;
  const flood_wall *b = two;
  const int64_t difference = a->positive != b->positive ? a->positive - b->positive : a->negative - b->negative;
  return (difference > 0) - (difference < 0);
}

/* Each link once, then those of a pair together. */
static inline void flood_walls(flood *f) {
  const int64_t n = f->n;
  for (int64_t site = 0; site < n * n * n; site++) {
    for (int d = 0; d < 3; d++) {
      int64_t to[3] = {site / (n * n), site / n % n, site % n};
      to[d]++;
      const int64_t next = flood_index(n, to);
      const bool positive = f->phi[site] > 0.0;
      if (positive != (f->phi[next] > 0.0)) {
        f->wall[f->walls++] = (flood_wall){.positive = f->label[positive ? site : next],
                                           .negative = f->label[positive ? next : site],
                                           .area = 0.5 * (flood_weight(f, site) + flood_weight(f, next))};
      }
    }
  }
  qsort(f->wall, (size_t)f->walls, sizeof *f->wall, flood_compare);
  int64_t kept = 0;
  for (int64_t i = 0; i < f->walls; i++) {
    if (kept > 0 && flood_compare(&f->wall[kept - 1], &f->wall[i]) == 0) {
      f->wall[kept - 1].area += f->wall[i].area;
    } else {
      f->wall[kept++] = f->wall[i];
    }
  }
  f->walls = kept;
}

/* phi must outlive it. */
static inline flood flood_open(int64_t n, const double *phi, int order) {
  const size_t sites = (size_t)(n * n * n);
  flood f = {.n = n, .order = order, .phi = phi};
  f.label = malloc(sites * sizeof *f.label);
  f.domain = malloc(sites * sizeof *f.domain);
  f.wall = malloc(3 * sites * sizeof *f.wall);
  int64_t(*place)[3] = malloc(sites * sizeof *place);
  int64_t *queue = malloc(sites * sizeof *queue);
  if (f.label == NULL || f.domain == NULL || f.wall == NULL || place == NULL || queue == NULL) {
    abort();
  }
  memset(f.label, -1, sites * sizeof *f.label);
  for (int64_t site = 0; site < (int64_t)sites; site++) {
    if (f.label[site] < 0) {
      f.domain[f.domains++] = flood_domain(&f, site, place, queue);
    }
  }
  free(place);
  free(queue);
  flood_walls(&f);
  return f;
}

static inline void flood_close(flood *f) {
  free(f->label);
  free(f->domain);
  free(f->wall);
}

static inline int flood_compare_labels(const void *one, const void *two) {
  const int64_t difference = ((const dw_domain *)one)->label - ((const dw_domain *)two)->label;
  return (difference > 0) - (difference < 0);
}

static inline const dw_domain *flood_find(const flood *f, int64_t label) {
  const dw_domain key = {.label = label};
  return bsearch(&key, f->domain, (size_t)f->domains, sizeof key, flood_compare_labels);
}

#endif
