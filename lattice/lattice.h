/* The cubic periodic lattice and this process's part of it.
 *
 * Directions x and y are divided over a two-dimensional process grid (pencils;
 * slabs when grid[1] = 1); z is always whole, so that a row of z is the unit of
 * work, of vectorisation and of ordered sums. Blocks may be uneven and are
 * multiples of `align` sites. */
#ifndef DW_LATTICE_LATTICE_H
#define DW_LATTICE_LATTICE_H

#include <stdint.h>

#include "base/precision.h"
#include "base/status.h"
#include "lattice/comm.h"
#include "lattice/decomposition.h"

enum { DW_WIDEST_HALO = 16 };

typedef struct dw_lattice {
  int64_t points;   /* N, sites a side */
  double length;    /* L, comoving side, 1/m */
  double spacing;   /* dx = L/N */
  int halo;         /* width of the halo, sites: 1 to DW_WIDEST_HALO */
  int align;        /* blocks start at multiples of this */
  int grid[2];      /* processes along x and y */
  int coord[2];     /* this process in the grid */
  int64_t start[2]; /* first global x and y of this process */
  int64_t count[2]; /* local sites in x and y */
  const dw_comm *comm;
  struct dw_lattice_links *links; /* message-passing details, private to lattice/ */
} dw_lattice;

/* Collective over comm. `grid` = {0, 0} (or NULL) chooses the process grid; otherwise it is taken as given.
 * The caller destroys the lattice; comm must outlive it.
 * Errors: DW_ERR_PARAM when the process count or the grid doesn't fit, or for more than 2^20 points. */
dw_status dw_lattice_create(dw_lattice **lattice, const dw_comm *comm, int64_t points, double length, int halo,
                            int align, const int64_t grid[2]);
void dw_lattice_destroy(dw_lattice *lattice);

/* Not collective. What this process has of it. */
dw_share dw_lattice_share(const dw_lattice *lattice);

#endif
