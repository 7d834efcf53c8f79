/* Connected components on the torus: union-find that also keeps by how many turns round the box its nodes are apart.
 *
 * Each node is a set of sites with a place in infinite space, one of the periodic copies. Joining two nodes says that
 * a and the copy of b that is moved by `shift` box lengths touch. A node keeps its own shift relative to its parent, so
 * that every node has a place in the frame of its root. Two nodes of one component that touch at another shift than
 * theirs close a loop that doesn't contract: the component wraps round the torus along the directions in which the two
 * shifts differ. The number of turns is kept exactly, so a tube that closes only after several turns is one that wraps.
 * After J. Machta et al., Phys. Rev. E 54 (1996) 1332; M. Newman & R. Ziff, Phys. Rev. E 64 (2001) 016706.
 *
 * Shifts fit 32 bits for lattices of less than 65536 points a side. Not collective; functions on disjoint nodes may
 * run in several threads. The caller owns the nodes. */
#ifndef DW_ANALYSIS_WINDING_H
#define DW_ANALYSIS_WINDING_H

#include <stdint.h>

enum { DW_WRAPS_X = 1, DW_WRAPS_Y = 2, DW_WRAPS_Z = 4 };

typedef struct dw_winding_node {
  int64_t parent;   /* itself for a root; parents come before their children */
  int32_t shift[3]; /* box lengths, relative to the parent's place */
  int32_t wraps;    /* DW_WRAPS_ bits; of a root those of all below */
} dw_winding_node;

/* `count` components of one node each. */
void dw_winding_init(dw_winding_node *nodes, int64_t count);

/* a touches b moved by `shift`; a may be b. */
void dw_winding_join(dw_winding_node *nodes, int64_t a, int64_t b, const int32_t shift[3]);

/* Ends the joining: `parent` of each node becomes the number of its component, counted in the order of their first
 * nodes, `shift` the node's place in the component's frame, `wraps` those of the component. Returns how many there
 * are. */
int64_t dw_winding_number(dw_winding_node *nodes, int64_t count);

#endif
