/* Domains and walls of a field: connected regions of one sign, and the interfaces between them.
 *
 * A domain is a connected component of the sites with phi > 0, or of those with phi <= 0 (as in fraction_positive),
 * neighbours being the six sites along the links of the periodic lattice. Its label is the smallest site index
 * (x N + y) N + z in it. It wraps (percolates) along a direction where two paths in it to the same site differ by a
 * multiple of the box there, also after several turns, or turns along other directions too.
 *
 * A wall is the interface of a pair of adjacent domains, one positive, one negative: all links between them. Separate
 * sheets between the same two domains are one wall: two planes across the box, say, or the outer and inner face of a
 * shell whose inside and outside are connected elsewhere. Its area is the sum over these links of the weight of `area`
 * in analysis/measure.h (Press, Ryden & Spergel, ApJ 347 (1989) 590), so the walls together have that area. A wall is
 * closed if one of its two sides at least doesn't wrap, else it percolates. The volume that a closed wall encloses is
 * that of its side that doesn't wrap, of the smaller one where neither does; domains further in aren't counted with it.
 *
 * The unit of work is a run, a stretch of one sign along a row of z: time goes with one reading of the field and the
 * number of runs and crossings. Volumes and sums of areas are integers: the same bits on any number of processes and
 * threads.
 *
 * Memory, held only during the call, in bytes: 28 a run, 9 a row and 1/8 a site on each process, ghosts included; 24 a
 * piece of a domain in a block; 64 a run at a divided face; 43 to 128 a pair of pieces that touch, once for each thread
 * that meets it; 16 N a thread. Process 0 besides holds 72 a piece and 75 to 160 a pair of all processes together, and
 * solves them alone: fine for networks that have formed on thousands of processes, whose blocks have few pieces each.
 * The worst field is a checkerboard, with N^3 runs, as many domains and 3 N^3 walls: up to 700 bytes a site of the
 * block, and on process 0 550 more a site of the whole lattice. */
#ifndef DW_ANALYSIS_DOMAINS_H
#define DW_ANALYSIS_DOMAINS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/winding.h"
#include "lattice/field.h"

typedef struct dw_domain {
  int64_t label;
  int64_t volume; /* sites */
  int32_t wraps;  /* DW_WRAPS_ bits */
  bool positive;
} dw_domain;

typedef struct dw_wall {
  int64_t positive; /* labels of its two sides */
  int64_t negative;
  double area;    /* comoving, per comoving volume of the box, m */
  int64_t volume; /* enclosed, sites; 0 where it percolates */
  bool closed;
} dw_wall;

typedef struct dw_domains {
  int64_t domains;
  int64_t largest; /* sites of the largest domain */
  int64_t walls;
  int64_t walls_closed;
  double area_closed; /* comoving area per comoving volume, m */
  double area_percolating;
  int64_t listed_domains; /* on process 0 alone, 0 elsewhere */
  int64_t listed_walls;
  dw_domain *domain; /* owned: the largest ones, by falling volume, then by label */
  dw_wall *wall;     /* owned: the largest ones, by falling area, then by labels */
} dw_domains;

/* Collective over phi's lattice. phi in eta, with a fresh halo of order/2 rows; order 2 or 4 of the differences in the
 * weights. At most `most` domains and walls are listed. The caller destroys *domains, which is NULL after a failure.
 * Errors, the same on all processes: DW_ERR_MEMORY; DW_ERR_INVALID where the field isn't finite beside a wall;
 * DW_ERR_INTERNAL for a stale halo or one that is too narrow. */
dw_status dw_domains_find(dw_domains **domains, const dw_field *phi, int order, int64_t most);
void dw_domains_destroy(dw_domains *domains);

/* Bytes that the call holds at most on a process with nx x ny rows of `runs` runs each, when they form few domains. Not
 * collective. */
double dw_domains_bytes(int64_t points, int64_t nx, int64_t ny, double runs, int threads);

#endif
