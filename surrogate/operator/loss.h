/* How far fields are from what they should be, by shells of momentum, and the slope of that.
 *
 *   field:   mean over shells of  sum |phi - phi*|^2 / <sum |phi*|^2>
 *   stress:  the same of the six products T_ij = d_i psi d_j psi, of shells up to the last alone, where T* are the
 *            products of the fine run itself
 *
 * with sums over the modes of a shell, those below the line means over the training set: each shell counts alike, since
 * the relative error of its power is what matters. Derivatives are centred, of order 2. Shells beyond the last count a
 * tenth in the field.
 *
 * One process: the lattice is dw_comm_self()'s. The same bits for any number of threads. The caller owns the handle.
 * Errors: DW_ERR_MEMORY; DW_ERR_PARAM for more shells than half the points less one. */
#ifndef DW_SURROGATE_OPERATOR_LOSS_H
#define DW_SURROGATE_OPERATOR_LOSS_H

#include "lattice/field.h"
#include "lattice/halo.h"
#include "lattice/shells.h"

enum { DW_LOSS_PRODUCTS = 6 };

typedef struct dw_loss {
  const dw_lattice *lattice;
  int64_t shells;
  dw_modes *modes; /* all of them */
  dw_modes *few;   /* those of the products */
  dw_shells *all;
  dw_halo *halo;
  dw_field *phi; /* a copy with a fresh halo */
  dw_field *work;
  dw_field *along[3]; /* what the products send back, by direction */
  double *field;      /* (all shells + 1) weight of a mode's |difference|^2, from shell 0 on */
  double *product;    /* (all shells + 1) */
  double *line;       /* sums of lines of modes, scratch */
  float *weights;     /* weights of a line for each kx, scratch */
  double *sum;        /* (2 shells) scratch */
  int64_t samples;    /* added so far */
} dw_loss;

dw_status dw_loss_create(dw_loss **loss, const dw_lattice *lattice, int64_t shells);
void dw_loss_destroy(dw_loss *loss);

/* The transforms of the six products of a field, up to |n| <= shells in each direction, in units of the differences
 * over a length of 2: those of a finer lattice of the same box are the same quantities as those of this one. `phi` has
 * a fresh halo. target[i] is created where it is NULL. `modes`: scratch, made on the field's lattice with the limit
 * `shells`. */
dw_status dw_loss_products(const dw_field *phi, dw_modes *modes, double spacing, dw_modes *target[DW_LOSS_PRODUCTS]);

/* Adds a target of the training set to the means that weigh the shells; dw_loss_weigh ends that. NULL: none. */
dw_status dw_loss_add(dw_loss *loss, const dw_field *target, dw_modes *const product[DW_LOSS_PRODUCTS]);
void dw_loss_weigh(dw_loss *loss);

/* The loss, and its slope into the interior of `slope`. */
double dw_loss_field(dw_loss *loss, const dw_field *phi, const dw_field *target, dw_field *slope);
double dw_loss_stress(dw_loss *loss, const dw_field *psi, dw_modes *const target[DW_LOSS_PRODUCTS], dw_field *slope);

#endif
