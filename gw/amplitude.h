/* Arithmetic on polarisation amplitudes, mode by mode. Not collective; threads inside. All modes of a call are held
 * for the same kept modes, in one precision; arithmetic is double. */
#ifndef DW_GW_AMPLITUDE_H
#define DW_GW_AMPLITUDE_H

#include "gw/oscillator.h"
#include "lattice/modes.h"

/* target = factor target - late kappa^2 wave, kappa^2 the sum of `squares` (per mode index, m^2) over directions. */
void dw_amplitude_close(dw_modes *target, const dw_modes *wave, const double *squares, double factor, double late);

/* One interval of one polarisation: the wave and its rate go on with the stress before and after it. */
typedef struct dw_amplitude_step {
  dw_modes *wave;
  dw_modes *rate;
  dw_modes *before;
  dw_modes *after;
} dw_amplitude_step;

/* oscillators[i] for |k|^2 = i (2 pi/L)^2; modes with i >= count are left alone. */
void dw_amplitude_advance(const dw_amplitude_step *step, const dw_oscillator *oscillators, int64_t count);

#endif
