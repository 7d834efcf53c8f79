/* Fields whose domains are hard to find or known: functions of the global site of a lattice of n points a side. */
#ifndef DW_TEST_ANALYSIS_DOMAIN_SHAPES_H
#define DW_TEST_ANALYSIS_DOMAIN_SHAPES_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lattice/fixture.h"

/* A sign with values that aren't all alike, so that the weights of links differ. */
static inline double signed_site(bool positive, int64_t n, int64_t x, int64_t y, int64_t z) {
  const double size = 0.625 + 0.5 * fixture_site(n, x, y, z);
  return positive ? size : -size;
}

static inline double checkerboard(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site((x + y + z) % 2 == 0, n, x, y, z);
}

static inline double plus(int64_t n, int64_t x, int64_t y, int64_t z) { return signed_site(true, n, x, y, z); }

static inline double minus(int64_t n, int64_t x, int64_t y, int64_t z) { return signed_site(false, n, x, y, z); }

static inline double zero(int64_t n, int64_t x, int64_t y, int64_t z) {
  (void)n, (void)x, (void)y, (void)z;
  return 0.0;
}

static inline double one_site(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site(x == n - 1 && y == n / 2 && z == 0, n, x, y, z);
}

/* The eight corners of the box are one block; so are the sites along its edges, and those on its faces. */
static inline double corners(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site((x == 0 || x == n - 1) && (y == 0 || y == n - 1) && (z == 0 || z == n - 1), n, x, y, z);
}

static inline double edges(int64_t n, int64_t x, int64_t y, int64_t z) {
  const int on = (x == 0 || x == n - 1) + (y == 0 || y == n - 1) + (z == 0 || z == n - 1);
  return signed_site(on >= 2, n, x, y, z);
}

/* Two sites through each face, away from the others. */
static inline double faces(int64_t n, int64_t x, int64_t y, int64_t z) {
  const bool end[3] = {x == 0 || x == n - 1, y == 0 || y == n - 1, z == 0 || z == n - 1};
  const bool on = (end[0] && y == 2 && z == 4) || (end[1] && z == 2 && x == 4) || (end[2] && x == 2 && y == 4);
  return signed_site(on, n, x, y, z);
}

/* Opposite sites of an edge and of the corner touch only through sites between them: x = y = N - 1 and 0 with a bridge
 * at (0, N - 1), and two that have none. */
static inline double bridges(int64_t n, int64_t x, int64_t y, int64_t z) {
  const int64_t e = n - 1;
  const bool bridged = z == 3 && ((x == e && y == e) || (x == 0 && y == 0) || (x == 0 && y == e));
  const bool apart = z == 6 && ((x == e && y == e) || (x == 0 && y == 0));
  const bool corner = (x == e && y == e && z == e) || (x == 0 && y == e && z == e) || (x == 0 && y == 0 && z == e) ||
                      (x == 0 && y == 0 && z == 0);
  return signed_site(bridged || apart || corner, n, x, y, z);
}

/* Two rods through single sites: bridges between blocks, wherever these end, are one site wide. */
static inline double ladder(int64_t n, int64_t x, int64_t y, int64_t z) {
  const bool rung = (y == 1 && z == 1) || (x == 3 && z == 4);
  return signed_site(rung || (x % 2 == 0 && y % 2 == 0 && z % 3 == 1), n, x, y, z);
}

/* Rods along each direction, complete and with one site missing. */
static inline double rods(int64_t n, int64_t x, int64_t y, int64_t z) {
  const bool whole = (y == 1 && z == 1) || (x == 1 && z == 4) || (x == 4 && y == 4);
  const bool broken = (y == 6 && z == 6 && x != 5) || (x == 6 && z == 3 && y != 3) || (x == 8 && y == 8 && z != 2);
  return signed_site(whole || broken, n, x, y, z);
}

/* A strand that goes up by two along z while x goes on by one: it meets itself after two turns along z and one along x.
 * Where it steps to the next x it has a site in both. */
static inline double helix(int64_t n, int64_t x, int64_t y, int64_t z) {
  bool on = false;
  for (int64_t t = 0; t < 2 * n; t++) {
    on = on || (y == 1 && z == t % n && (x == t / 2 || (t % 2 == 1 && x == (t / 2 + 1) % n)));
  }
  return signed_site(on, n, x, y, z);
}

/* Two strands along z that change places: on the way up the one goes over to the other's side in front (small y), the
 * other behind. One domain that wraps twice along z and nowhere else. */
static inline double braid(int64_t n, int64_t x, int64_t y, int64_t z) {
  static const int64_t part[][3][2] = {
      {{1, 1}, {3, 3}, {0, 3}}, {{1, 1}, {1, 3}, {3, 3}}, {{1, 4}, {1, 1}, {3, 3}}, /* the first */
      {{4, 4}, {1, 1}, {3, 7}}, {{4, 4}, {1, 3}, {7, 7}}, {{4, 4}, {3, 3}, {7, 64}},
      {{4, 4}, {3, 3}, {0, 5}}, {{4, 4}, {3, 5}, {5, 5}}, {{1, 4}, {5, 5}, {5, 5}}, /* the second */
      {{1, 1}, {3, 5}, {5, 5}}, {{1, 1}, {3, 3}, {5, 64}}};
  bool on = false;
  for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
    on = on || (x >= part[i][0][0] && x <= part[i][0][1] && y >= part[i][1][0] && y <= part[i][1][1] &&
                z >= part[i][2][0] && z <= part[i][2][1]);
  }
  return signed_site(on, n, x, y, z);
}

/* The same helix without one site. */
static inline double broken_helix(int64_t n, int64_t x, int64_t y, int64_t z) {
  return x == n - 1 && z == n - 2 ? signed_site(false, n, x, y, z) : helix(n, x, y, z);
}

/* A corridor of width 1 that turns inwards in the plane of two directions; the last row and column stay free, which
 * keeps the ends of the box apart. */
static inline bool on_spiral(int64_t n, int64_t a, int64_t b) {
  enum { MOST = 16 };
  static const int64_t step[4][2] = {{0, 1}, {1, 0}, {0, -1}, {-1, 0}};
  bool on[MOST + 4][MOST + 4] = {{false}}; /* two cells wider on each side */
  int64_t at[2] = {0, 0};
  on[2][2] = true;
  for (int turn = 0, moved = 1; moved > 0; turn++) {
    const int64_t *to = step[turn % 4];
    for (moved = 0;; moved++) {
      const int64_t next[2] = {at[0] + to[0], at[1] + to[1]};
      const bool inside = next[0] >= 0 && next[0] < n - 1 && next[1] >= 0 && next[1] < n - 1;
      if (!inside || on[next[0] + 2][next[1] + 2] || on[next[0] + to[0] + 2][next[1] + to[1] + 2]) {
        break;
      }
      on[next[0] + 2][next[1] + 2] = true;
      memcpy(at, next, sizeof at);
    }
  }
  return on[a + 2][b + 2];
}

static inline double spiral_xy(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site(on_spiral(n, x, y), n, x, y, z);
}

static inline double spiral_yz(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site(on_spiral(n, y, z) && x == 2, n, x, y, z);
}

static inline double spiral_xz(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site(on_spiral(n, x, z) && y < 3, n, x, y, z);
}

static inline double slab_x(int64_t n, int64_t x, int64_t y, int64_t z) { return signed_site(x < n / 2, n, x, y, z); }

static inline double slab_y(int64_t n, int64_t x, int64_t y, int64_t z) { return signed_site(y < n / 2, n, x, y, z); }

static inline double slab_z(int64_t n, int64_t x, int64_t y, int64_t z) { return signed_site(z < n / 2, n, x, y, z); }

static inline double slab_xyz(int64_t n, int64_t x, int64_t y, int64_t z) {
  return signed_site((x + 2 * y + 3 * z) % n < n / 2, n, x, y, z);
}

/* A hollow cube, away from the faces. */
static inline double shell(int64_t n, int64_t x, int64_t y, int64_t z) {
  const int64_t far[3] = {llabs(x - n / 2), llabs(y - n / 2), llabs(z - n / 2)};
  const int64_t r = far[0] > far[1] ? (far[0] > far[2] ? far[0] : far[2]) : (far[1] > far[2] ? far[1] : far[2]);
  return signed_site(r == 2, n, x, y, z);
}

#endif
