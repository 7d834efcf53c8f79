/* The gradient of a loss with respect to the weights of a net, by hand.
 *
 * Orbit means are symmetric, O^T = O, so what goes back through a layer is a layer with the transposed weights:
 *
 *   du_l = dh_l g^3 (the slope of the gate),   dh_{l-1} = O (g W)^T du_l + dh_l (where there is a residual),
 *   dW_l = g du_l (O h_{l-1})^T,   dP_l = q (sum over the sites of du_l W_l O h_{l-1})^T.
 *
 * dW is one SGEMM for a few rows of a plane; planes are added in double, in their order. So the bits don't depend on
 * the number of threads. One process: the lattice is dw_comm_self()'s. The caller owns the handle.
 * Errors: DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_GRADIENT_H
#define DW_SURROGATE_OPERATOR_GRADIENT_H

#include "surrogate/operator/net.h"

typedef struct dw_net_gradient {
  dw_net_pass *pass;                 /* with all layers kept; owned */
  dw_field *d_output[DW_NET_INPUTS]; /* filled by the caller: d loss/d output */
  dw_field *dh[DW_NET_CHANNELS];
  dw_field *du[DW_NET_CHANNELS];
  float *plane; /* (planes) products of one plane */
  float *rows;  /* means and derivatives of a few rows, one set per thread */
  size_t rows_reals;
  double *gradient; /* (count) */
} dw_net_gradient;

dw_status dw_net_gradient_create(dw_net_gradient **gradient, const dw_lattice *lattice, const dw_net_shape *shape);
void dw_net_gradient_destroy(dw_net_gradient *gradient);

/* After dw_net_apply(gradient->pass, net, q): adds to gradient->gradient. */
void dw_net_gradient_add(dw_net_gradient *gradient, const dw_net *net, const double *q);

#endif
