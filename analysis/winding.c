#include "analysis/winding.h"

#include <stdbool.h>
#include <string.h>

void dw_winding_init(dw_winding_node *nodes, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    nodes[i] = (dw_winding_node){.parent = i};
  }
}

/* The root of a node, and the node's place in the root's frame. Every other node on the way is hung one higher. */
static int64_t find(dw_winding_node *nodes, int64_t node, int32_t place[3]) {
  memset(place, 0, 3 * sizeof *place);
  while (nodes[node].parent != node) {
    dw_winding_node *here = &nodes[node];
    const dw_winding_node *above = &nodes[here->parent];
    if (above->parent != here->parent) {
      for (int d = 0; d < 3; d++) {
        here->shift[d] += above->shift[d];
      }
      here->parent = above->parent;
    }
    for (int d = 0; d < 3; d++) {
      place[d] += here->shift[d];
    }
    node = here->parent;
  }
  return node;
}

void dw_winding_join(dw_winding_node *nodes, int64_t a, int64_t b, const int32_t shift[3]) {
  int32_t place[2][3];
  const int64_t root[2] = {find(nodes, a, place[0]), find(nodes, b, place[1])};
  int32_t apart[3]; /* the second root's frame in that of the first */
  for (int d = 0; d < 3; d++) {
    apart[d] = place[0][d] + shift[d] - place[1][d];
  }
  if (root[0] == root[1]) {
    nodes[root[0]].wraps |=
        (apart[0] != 0 ? DW_WRAPS_X : 0) | (apart[1] != 0 ? DW_WRAPS_Y : 0) | (apart[2] != 0 ? DW_WRAPS_Z : 0);
    return;
  }
  const bool first_stays = root[0] < root[1];
  dw_winding_node *stays = &nodes[root[first_stays ? 0 : 1]];
  dw_winding_node *hangs = &nodes[root[first_stays ? 1 : 0]];
  for (int d = 0; d < 3; d++) {
    hangs->shift[d] = first_stays ? apart[d] : -apart[d];
  }
  hangs->parent = root[first_stays ? 0 : 1];
  stays->wraps |= hangs->wraps;
}

int64_t dw_winding_number(dw_winding_node *nodes, int64_t count) {
  int64_t components = 0;
  for (int64_t i = 0; i < count; i++) {
    if (nodes[i].parent == i) {
      nodes[i].parent = components++;
      continue;
    }
    const dw_winding_node *above = &nodes[nodes[i].parent]; /* done already */
    for (int d = 0; d < 3; d++) {
      nodes[i].shift[d] += above->shift[d];
    }
    nodes[i].wraps = above->wraps;
    nodes[i].parent = above->parent;
  }
  return components;
}
