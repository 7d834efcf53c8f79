/* What the tests of nets share: a net with weights everywhere, and fields that differ at each site. */
#ifndef DW_TEST_SURROGATE_OPERATOR_NETS_H
#define DW_TEST_SURROGATE_OPERATOR_NETS_H

#include "surrogate/operator/net.h"
#include "tests/lattice/fixture.h"

/* The gains too, and a last layer as large as the others. */
static inline void nets_shake(dw_net *net) {
  for (size_t i = 0; i < net->count; i++) {
    net->weight[i] += 0.2F * (float)fixture_random(7 * i + 3);
  }
}

static inline void nets_fill(dw_net_pass *pass, const int64_t shift[3], double sign) {
  for (int i = 0; i < pass->shape.inputs; i++) {
    const int64_t moved[3] = {shift[0] + i, shift[1] + 2 * i, shift[2]};
    fixture_fill_shifted(pass->input[i], moved, sign * (1.0 + 0.5 * i));
    dw_field_touch(pass->input[i]);
  }
}

#endif
