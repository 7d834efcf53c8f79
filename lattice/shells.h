/* Averages over shells of |k|.
 *
 * Shell n = 1 ... K, K = N/2 or the limit of the modes, collects the modes with |k|/k_IR in [n - 1/2, n + 1/2),
 * k_IR = 2 pi/L. Every mode of the full Hermitian cube counts once, the zero mode never. Membership is decided in
 * integers, and sums are ordered along kx and exact across lines (lattice/sum.h): the same bits on any decomposition.
 */
#ifndef DW_LATTICE_SHELLS_H
#define DW_LATTICE_SHELLS_H

#include "lattice/modes.h"

typedef struct dw_shells {
  const dw_lattice *lattice;
  int64_t shells; /* K = side/2 of the modes */
  double *k;      /* (K) mean |k|, comoving, m; owned */
  int64_t *count; /* (K) modes of the full cube; owned */
} dw_shells;

/* A quantity per mode: fills value[kx lanes + lane] for all kx and `lanes` adjacent kz from local (ky, kz) on.
 * Called by several threads at once. The value of k and -k is the same. */
typedef void (*dw_mode_function)(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                                 double *value);

/* Collective. Modes for which `counted` gives 0 instead of 1 are left out of count and k; the functions averaged later
 * give 0 for them too. NULL counts all. Errors: DW_ERR_MEMORY. */
dw_status dw_shells_create(dw_shells **shells, const dw_modes *modes, dw_mode_function counted, const void *context);
void dw_shells_destroy(dw_shells *shells);

/* The shell of integer mode n with n.n = n2; may exceed N/2 (corners of the cube), 0 for the zero mode. */
int64_t dw_shell_of(int64_t n2);

/* Collective. mean (K) and error (K), the standard error of the mean: k and -k are one draw, so it is the
 * standard deviation over sqrt(count/2), 0 where a shell has one pair. Errors: DW_ERR_MEMORY. */
dw_status dw_shells_average(const dw_shells *shells, const dw_modes *modes, dw_mode_function function,
                            const void *context, double *mean, double *error);

/* A dw_mode_function, no context: |f_k|^2. */
void dw_mode_square(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value);

#endif
