/* Steps of Adam (D. Kingma & J. Ba, arXiv:1412.6980) with a rate that rises for a while and then falls as a half
 * cosine.
 *
 * Not collective. The caller owns the handle. Errors: DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_ADAM_H
#define DW_SURROGATE_OPERATOR_ADAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct dw_adam dw_adam;

/* `rate` at its highest, after a twentieth of `steps`; the last step has a hundredth of it. */
dw_status dw_adam_create(dw_adam **adam, size_t count, double rate, int64_t steps);
void dw_adam_destroy(dw_adam *adam);

/* One step down the gradient (count), whose length is cut to ten times its running mean. */
void dw_adam_step(dw_adam *adam, const double *gradient, float *weight);

#endif
