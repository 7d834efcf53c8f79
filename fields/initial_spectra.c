/* Gaussian random fields other than white noise. Powers are P(k) = |phi_k|^2/L^3, phi_k = dx^3 sum phi exp(-i k x). */
#include <math.h>
#include <stddef.h>

#include "fields/initial_private.h"

#include "base/constants.h"

/* omega = sqrt(k^2 + m_eff^2) of a quantum. */
static double frequency(const dw_initial *initial, double k) { return hypot(k, initial->mass); }

/* Quantum vacuum of a free field of mass m_eff at a = 1 (Birrell & Davies, Quantum Fields in Curved Space, 1982; used
 * for walls in arXiv:2406.17053): in units with hbar = c = 1 the powers of the field and of its derivative are 1/(2
 * omega) and omega/2. Lengths in 1/m and fields in eta give them the factor m^2/eta^2 = lambda. Modes well inside the
 * horizon: corrections of the order H/omega, such as the share -H phi of phi', are left out. */
static double vacuum_field(const dw_initial *initial, double k) {
  return dw_initial_noise_filter(initial, k) * 0.5 * initial->lambda / frequency(initial, k);
}

static double vacuum_velocity(const dw_initial *initial, double k) {
  return dw_initial_noise_filter(initial, k) * 0.5 * initial->lambda * frequency(initial, k);
}

dw_status dw_initial_vacuum(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  static const dw_spectrum vacuum = {
      vacuum_field, vacuum_velocity, true, "fields.initial.cutoff", offsetof(dw_initial, cutoff), NULL};
  return dw_initial_random(&vacuum, initial, state, modes);
}

/* n + 1/2 quanta a mode, or n alone: n = 1/(exp(omega/T) - 1), Bose and Einstein. */
static double quanta(const dw_initial *initial, double k) {
  const double filter = dw_initial_noise_filter(initial, k);
  return filter * (1.0 / expm1(frequency(initial, k) / initial->temperature) + (initial->zero_point ? 0.5 : 0.0));
}

/* Free field in equilibrium at the temperature T (Le Bellac, Thermal Field Theory, 1996, ch. 2): (n + 1/2)/omega and
 * (n + 1/2) omega, in the units of the vacuum. For omega much below T each mode has the energy T of the classical
 * equipartition: lambda T/omega^2 and lambda T. */
static double thermal_field(const dw_initial *initial, double k) {
  return initial->lambda * quanta(initial, k) / frequency(initial, k);
}

static double thermal_velocity(const dw_initial *initial, double k) {
  return initial->lambda * quanta(initial, k) * frequency(initial, k);
}

dw_status dw_initial_thermal(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  const double lowest = DW_TWO_PI / state->lattice->length;
  if (!(dw_initial_noise_filter(initial, lowest) > 0.0)) {
    return dw_initial_vacuum(initial, state, modes); /* refuses it and names the cut-off */
  }
  static const dw_spectrum thermal = {
      thermal_field, thermal_velocity, true, "fields.initial.temperature", offsetof(dw_initial, temperature), NULL};
  return dw_initial_random(&thermal, initial, state, modes);
}

/* P ~ exp(-k^2 l^2/2): correlation <phi(x) phi(x + r)> = rms^2 exp(-r^2/(2 l^2)) in an infinite volume, cut where it is
 * below 1e-15. */
static double gaussian_field(const dw_initial *initial, double k) {
  const double x = k * initial->correlation_length;
  const double power = exp(-0.5 * x * x);
  return power < 1e-15 ? 0.0 : power;
}

dw_status dw_initial_gaussian(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  static const dw_spectrum gaussian = {
      gaussian_field, NULL, false, "fields.initial.correlation_length", offsetof(dw_initial, correlation_length), NULL};
  return dw_initial_random(&gaussian, initial, state, modes);
}

/* P ~ k^n up to the cut-off; n = 0 is white noise. */
static double power_law_field(const dw_initial *initial, double k) {
  return dw_initial_noise_filter(initial, k) * pow(k / initial->cutoff, initial->index);
}

dw_status dw_initial_power_law(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  static const dw_spectrum law = {
      power_law_field, NULL, false, "fields.initial.cutoff", offsetof(dw_initial, cutoff), NULL};
  return dw_initial_random(&law, initial, state, modes);
}
