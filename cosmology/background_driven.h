/* "self-consistent": a scale factor that is not known beforehand. The evolution writes it down as it goes, and this
 * background reads what is written.
 *
 * A record holds a and a' at equally spaced times, its nodes. At a node scale_factor, hubble and time give what is
 * stored there, with the same bits; between nodes a is the cubic through a and a' of both (Hermite), t its integral,
 * and the power that of central differences of a'. Beyond the last node, and without a record everywhere, a goes on
 * as the power law of `w`:
 *
 *   a = a_l (1 + H_l (tau - tau_l)/p)^p,   p = 2/(1+3w)
 *
 * which before the run is the power law of "power-law" itself, tau_start = p/hubble_start and t = tau_start/(1+p) at
 * the start: conventions, since what was before the run doesn't matter to it.
 *
 * Not collective. A record belongs to who created it; backgrounds point to it and are copied freely meanwhile. */
#ifndef DW_COSMOLOGY_BACKGROUND_DRIVEN_H
#define DW_COSMOLOGY_BACKGROUND_DRIVEN_H

#include <stdint.h>

#include "cosmology/background.h"

typedef struct dw_background_node {
  double a;
  double slope; /* a', m */
  double time;  /* t, 1/m */
} dw_background_node;

typedef struct dw_background_record {
  double tau_start; /* of the first node, 1/m */
  double spacing;   /* 1/m */
  int64_t most;     /* nodes there is room for */
  int64_t count;
  dw_background_node node[];
} dw_background_record;

/* No record yet: background->record may be set later. `w` of the fluid, hubble_start in m.
 * Errors: DW_ERR_PARAM, as for a power law. */
dw_status dw_background_driven(dw_background *background, double w, double hubble_start);

/* Whether a background is one of these. */
bool dw_background_is_driven(const dw_background *background);

/* An empty one. The caller destroys it; NULL is allowed. Errors: DW_ERR_MEMORY. */
dw_status dw_background_record_create(dw_background_record **record, double tau_start, double spacing, int64_t most);
void dw_background_record_destroy(dw_background_record *record);

/* Adds the next node, with t from the cubic before it; the first node has the time `start`, which the others ignore.
 * A full record stays as it is. */
void dw_background_record_append(dw_background_record *record, double a, double slope, double start);

/* The last node anew. */
void dw_background_record_replace(dw_background_record *record, double a, double slope);

#endif
