#include <stdlib.h>
#include <string.h>

#include "analysis/domains_pieces.h"
#include "base/memory.h"

/* What process 0 holds of all processes. */
typedef struct solution {
  int64_t pieces;
  int64_t bonds;
  int64_t links;         /* pairs of pieces */
  dw_domain *piece;      /* owned: by number */
  dw_bond *bond;         /* owned */
  dw_pair *link;         /* owned */
  dw_winding_node *node; /* owned: [pieces]; parent = number of the domain */
  dw_domain *domain;     /* owned */
  dw_pairs pairs;        /* of domains */
} solution;

static dw_status gather(solution *all, const dw_pieces *mine) {
  const dw_comm *comm = mine->runs.phi->lattice->comm;
  void *block[3] = {NULL, NULL, NULL};
  size_t bytes[3] = {0, 0, 0};
  dw_status status = dw_comm_gather(comm, mine->piece, (size_t)mine->count * sizeof *mine->piece, &block[0], &bytes[0],
                                    "domains of all processes");
  if (status == DW_OK) {
    status = dw_comm_gather(comm, mine->bond, (size_t)mine->bonds * sizeof *mine->bond, &block[1], &bytes[1],
                            "domains of all processes");
  }
  if (status == DW_OK) {
    status = dw_comm_gather(comm, mine->pairs.place, (size_t)mine->pairs.count * sizeof *mine->pairs.place, &block[2],
                            &bytes[2], "walls of all processes");
  }
  *all = (solution){.pieces = (int64_t)(bytes[0] / sizeof *all->piece),
                    .bonds = (int64_t)(bytes[1] / sizeof *all->bond),
                    .links = (int64_t)(bytes[2] / sizeof *all->link),
                    .piece = block[0],
                    .bond = block[1],
                    .link = block[2]};
  return status;
}

static void release(solution *all) {
  dw_free(all->piece);
  dw_free(all->bond);
  dw_free(all->link);
  dw_free(all->node);
  dw_free(all->domain);
  dw_pairs_destroy(&all->pairs);
}

/* --- domains --- */

/* Pieces become domains. */
static dw_status join_pieces(solution *all, dw_domains *domains) {
  void *node = NULL;
  void *domain = NULL;
  DW_TRY(dw_alloc(&node, (size_t)all->pieces, sizeof *all->node, "domains of all processes"));
  all->node = node;
  dw_winding_init(all->node, all->pieces);
  for (int64_t i = 0; i < all->pieces; i++) {
    all->node[i].wraps = all->piece[i].wraps;
  }
  for (int64_t i = 0; i < all->bonds; i++) {
    dw_winding_join(all->node, all->bond[i].a, all->bond[i].b, all->bond[i].shift);
  }
  domains->domains = dw_winding_number(all->node, all->pieces);
  DW_TRY(dw_alloc(&domain, (size_t)domains->domains, sizeof *all->domain, "domains of all processes"));
  all->domain = domain;
  memset(all->domain, 0, (size_t)domains->domains * sizeof *all->domain);
  for (int64_t i = 0; i < all->pieces; i++) {
    const dw_domain *piece = &all->piece[i];
    dw_domain *whole = &all->domain[all->node[i].parent];
    whole->label = whole->volume == 0 || piece->label < whole->label ? piece->label : whole->label;
    whole->volume += piece->volume;
    whole->wraps = all->node[i].wraps;
    whole->positive = piece->positive;
  }
  return DW_OK;
}

static int compare_domains(const dw_domain *a, const dw_domain *b) {
  if (a->volume != b->volume) {
    return a->volume > b->volume ? -1 : 1;
  }
  return (a->label > b->label) - (a->label < b->label);
}

/* Keeps the first `most` in order, by insertion: few of many come in. */
static void list_domains(const solution *all, dw_domains *domains, int64_t most) {
  for (int64_t i = 0; i < domains->domains; i++) {
    const dw_domain *domain = &all->domain[i];
    domains->largest = domain->volume > domains->largest ? domain->volume : domains->largest;
    int64_t place = domains->listed_domains;
    while (place > 0 && compare_domains(domain, &domains->domain[place - 1]) < 0) {
      place--;
    }
    if (place == most) {
      continue;
    }
    domains->listed_domains += domains->listed_domains < most;
    memmove(domains->domain + place + 1, domains->domain + place,
            (size_t)(domains->listed_domains - 1 - place) * sizeof *domain);
    domains->domain[place] = *domain;
  }
}

/* --- walls --- */

/* Walls between pieces become walls between domains. */
static dw_status join_walls(solution *all) {
  DW_TRY(dw_pairs_create(&all->pairs, 0));
  for (int64_t i = 0; i < all->links; i++) {
    const dw_pair *link = &all->link[i];
    DW_TRY(dw_pairs_add(&all->pairs, all->node[link->positive].parent, all->node[link->negative].parent, &link->area));
  }
  dw_pairs_pack(&all->pairs);
  return DW_OK;
}

static bool is_closed(const solution *all, const dw_pair *pair) {
  return all->domain[pair->positive].wraps == 0 || all->domain[pair->negative].wraps == 0;
}

static int64_t enclosed(const solution *all, const dw_pair *pair) {
  const dw_domain *side[2] = {&all->domain[pair->positive], &all->domain[pair->negative]};
  int64_t volume = 0;
  for (int i = 0; i < 2; i++) {
    if (side[i]->wraps == 0 && (volume == 0 || side[i]->volume < volume)) {
      volume = side[i]->volume;
    }
  }
  return volume;
}

static int compare_pairs(const solution *all, const dw_pair *a, const dw_pair *b) {
  const int by_area = -dw_tally_compare(&a->area, &b->area);
  const int64_t positive = all->domain[a->positive].label - all->domain[b->positive].label;
  const int64_t negative = all->domain[a->negative].label - all->domain[b->negative].label;
  const int64_t by_label = positive != 0 ? positive : negative;
  return by_area != 0 ? by_area : (by_label > 0) - (by_label < 0);
}

/* The largest `most` pairs come to the front, in order, by insertion. */
static int64_t sort_pairs(solution *all, int64_t most) {
  dw_pair *pair = all->pairs.place;
  int64_t kept = 0;
  for (int64_t i = 0; i < all->pairs.count; i++) {
    const dw_pair now = pair[i];
    int64_t place = kept;
    while (place > 0 && compare_pairs(all, &now, &pair[place - 1]) < 0) {
      place--;
    }
    if (place < most) {
      kept += kept < most;
      memmove(pair + place + 1, pair + place, (size_t)(kept - 1 - place) * sizeof *pair);
      pair[place] = now;
    }
  }
  return kept;
}

/* unit: area per comoving volume of a weight of one. */
static void measure_walls(solution *all, dw_domains *domains, double unit) {
  dw_tally area[2] = {{0, 0}, {0, 0}}; /* percolating, closed */
  domains->walls = all->pairs.count;
  for (int64_t i = 0; i < all->pairs.count; i++) {
    const dw_pair *pair = &all->pairs.place[i];
    const bool closed = is_closed(all, pair);
    domains->walls_closed += closed;
    dw_tally_merge(&area[closed], &pair->area);
  }
  domains->area_percolating = unit * dw_tally_value(&area[0]);
  domains->area_closed = unit * dw_tally_value(&area[1]);
}

static void list_walls(solution *all, dw_domains *domains, int64_t most, double unit) {
  domains->listed_walls = sort_pairs(all, most);
  for (int64_t i = 0; i < domains->listed_walls; i++) {
    const dw_pair *pair = &all->pairs.place[i];
    domains->wall[i] = (dw_wall){.positive = all->domain[pair->positive].label,
                                 .negative = all->domain[pair->negative].label,
                                 .area = unit * dw_tally_value(&pair->area),
                                 .volume = enclosed(all, pair),
                                 .closed = is_closed(all, pair)};
  }
}

static dw_status make_lists(dw_domains *domains, const solution *all, int64_t most) {
  const int64_t counts[2] = {domains->domains < most ? domains->domains : most,
                             all->pairs.count < most ? all->pairs.count : most};
  void *domain = NULL;
  void *wall = NULL;
  DW_TRY(dw_alloc(&domain, (size_t)counts[0], sizeof *domains->domain, "list of domains"));
  domains->domain = domain;
  DW_TRY(dw_alloc(&wall, (size_t)counts[1], sizeof *domains->wall, "list of walls"));
  domains->wall = wall;
  return DW_OK;
}

static dw_status solve(solution *all, dw_domains *domains, const dw_lattice *lattice, int64_t most) {
  const double n = (double)lattice->points;
  const double unit = 1.0 / (n * n * n * lattice->spacing);
  DW_TRY(join_pieces(all, domains));
  DW_TRY(join_walls(all));
  measure_walls(all, domains, unit);
  DW_TRY(make_lists(domains, all, most));
  list_domains(all, domains, most);
  list_walls(all, domains, most, unit);
  return DW_OK;
}

/* Numbers reach all, lists stay on process 0. */
static void tell(dw_domains *domains, const dw_comm *comm) {
  dw_domains told = *domains;
  dw_comm_broadcast(comm, &told, sizeof told);
  if (dw_comm_rank(comm) != 0) {
    told.listed_domains = 0;
    told.listed_walls = 0;
    told.domain = NULL;
    told.wall = NULL;
    *domains = told;
  }
}

dw_status dw_domains_merge(dw_domains *domains, const dw_pieces *pieces, int64_t most) {
  const dw_lattice *lattice = pieces->runs.phi->lattice;
  solution all;
  dw_status status = gather(&all, pieces);
  if (status == DW_OK) {
    status = dw_comm_rank(lattice->comm) == 0 ? solve(&all, domains, lattice, most) : DW_OK;
    status = dw_comm_agree(lattice->comm, status);
  }
  release(&all);
  if (status == DW_OK) {
    tell(domains, lattice->comm);
  }
  return status;
}
