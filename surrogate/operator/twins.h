/* Twins: a run and its cheap copy from the same seed, in memory, and the samples made of them.
 *
 * The cheap copy has fewer points and fat walls (s = 0), and the same modes at the start. The target of a sample is the
 * end of the fine run on the cheap lattice: its Fourier modes that the cheap lattice has (lattice/modes_resample.h).
 * Everything is in single precision. One process. The caller owns the handles.
 * Errors: DW_ERR_PARAM, DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_TWINS_H
#define DW_SURROGATE_OPERATOR_TWINS_H

#include "surrogate/operator/loss.h"
#include "surrogate/operator/member.h"

/* Fields of a sample: phi and phi'. */
enum { DW_SAMPLE_FIELDS = 2 };

typedef struct dw_sample {
  int64_t seed;
  double q[4];                        /* what the gains depend on (surrogate/operator/net.h) */
  dw_field *input[DW_SAMPLE_FIELDS];  /* phi and phi' of the cheap run */
  dw_field *target[DW_SAMPLE_FIELDS]; /* those of the fine run on the same lattice; phi' only where it is learned */
  dw_modes *stress[DW_LOSS_PRODUCTS]; /* products of the fine run's derivatives (surrogate/operator/loss.h) */
  dw_observed truth;                  /* of the fine run, on its own lattice */
  dw_observed raw;                    /* of the cheap one */
} dw_sample;

typedef struct dw_twins {
  dw_member *fine;
  dw_member *cheap;
  dw_member *frame; /* the physical equation on the cheap lattice: what the corrected field is measured in */
  dw_observer *see_fine;
  dw_observer *see_cheap;
  dw_observer *see_frame;
  dw_modes *restricted; /* those of the fine run that the cheap lattice has */
  dw_modes *few;        /* those of its stress */
} dw_twins;

/* `shells` of the spectra that are compared. */
dw_status dw_twins_create(dw_twins **twins, const dw_params *base, const dw_member_choice *cheap, int64_t shells);
void dw_twins_destroy(dw_twins *twins);

/* Runs both and fills the sample, whose fields are created. */
dw_status dw_twins_sample(dw_twins *twins, int64_t seed, dw_sample *sample);
void dw_sample_finalize(dw_sample *sample);

/* The cheap run alone; the truth of the sample stays 0, its target is not made. */
dw_status dw_twins_cheap(dw_twins *twins, int64_t seed, dw_sample *sample);

/* phi of the fine run on the cheap lattice. */
dw_status dw_twins_restrict(dw_twins *twins, const dw_field *fine, dw_field *target);

/* Not collective. Rows of the block: times a factor; those of another field of a lattice divided alike. */
void dw_sample_scale(dw_field *field, double factor);
void dw_sample_copy(dw_field *to, const dw_field *from);

/* Collective. phi and phi' of a member into two fields of its lattice. */
void dw_member_copy(const dw_member *member, dw_field *const field[DW_SAMPLE_FIELDS]);

#endif
