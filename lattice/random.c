#include "lattice/random.h"

#include <math.h>
#include <stdbool.h>

/* Random123's headers are written for looser warnings than ours. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include <Random123/threefry.h>

#include "base/constants.h"
#pragma GCC diagnostic pop

double dw_random_uniform(uint64_t bits) { return ((double)(bits >> 11) + 1.0) * 0x1p-53; }

static threefry4x64_ctr_t draw(int64_t seed, dw_stream stream, const int64_t n[3]) {
  const threefry4x64_key_t key = {{(uint64_t)seed, (uint64_t)stream, 0, 0}};
  const threefry4x64_ctr_t counter = {{(uint64_t)n[0], (uint64_t)n[1], (uint64_t)n[2], 0}};
  return threefry4x64(counter, key);
}

uint64_t dw_random_bits(int64_t seed, dw_stream stream, const int64_t n[3]) { return draw(seed, stream, n).v[0]; }

void dw_random_normal(int64_t seed, dw_stream stream, const int64_t n[3], double normal[2]) {
  const threefry4x64_ctr_t bits = draw(seed, stream, n);
  const double radius = sqrt(-2.0 * log(dw_random_uniform(bits.v[0]))); /* Box and Muller 1958 */
  const double angle = DW_TWO_PI * dw_random_uniform(bits.v[1]);
  normal[0] = radius * cos(angle);
  normal[1] = radius * sin(angle);
}

/* Of each pair n, -n one is drawn: the one whose last nonzero component is positive. */
static bool is_drawn(const int64_t n[3]) {
  if (n[2] != 0) {
    return n[2] > 0;
  }
  if (n[1] != 0) {
    return n[1] > 0;
  }
  return n[0] > 0;
}

void dw_random_mode(int64_t seed, dw_stream stream, const int64_t n[3], double amplitude[2]) {
  if (is_drawn(n)) {
    dw_random_normal(seed, stream, n, amplitude);
    return;
  }
  const int64_t mirror[3] = {-n[0], -n[1], -n[2]};
  dw_random_normal(seed, stream, mirror, amplitude);
  amplitude[1] = -amplitude[1];
}
