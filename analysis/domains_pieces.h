/* The pieces of domains in the blocks of the processes, and what joins them. Internal to domains.
 *
 * Pieces are numbered through all processes by rank. Link by link, sites have neighbours in the same block or in a
 * ghost row, whose pieces the neighbouring process has told. */
#ifndef DW_ANALYSIS_DOMAINS_PIECES_H
#define DW_ANALYSIS_DOMAINS_PIECES_H

#include "analysis/domains.h"
#include "analysis/domains_runs.h"
#include "analysis/domains_walls.h"

/* Two pieces that belong to one domain: a touches b moved by `shift` box lengths. */
typedef struct dw_bond {
  int64_t a;
  int64_t b;
  int32_t shift[3];
  int32_t unused;
} dw_bond;

typedef struct dw_pieces {
  dw_runs runs;
  dw_winding_node *node; /* owned: [runs.all]; parent = number of the piece */
  int64_t before;        /* pieces of processes of lower rank */
  int64_t count;
  dw_domain *piece; /* owned: [count]; as far as this block goes */
  int64_t bonds;
  dw_bond *bond;  /* owned: [bonds], each once */
  dw_pairs pairs; /* of pieces, packed */
} dw_pieces;

/* Collective. As dw_domains_find. The caller destroys the pieces, also after a failure. */
dw_status dw_pieces_find(dw_pieces *pieces, const dw_field *phi, int order);
void dw_pieces_destroy(dw_pieces *pieces);

/* Not collective. Adds this process's half of the links of its sites to pairs of pieces and packs them. */
dw_status dw_pieces_add_walls(dw_pieces *pieces, int order);

/* Collective. Puts the pieces of all processes together on process 0. */
dw_status dw_domains_merge(dw_domains *domains, const dw_pieces *pieces, int64_t most);

#endif
