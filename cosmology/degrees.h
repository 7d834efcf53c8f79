/* Effective degrees of freedom of the Standard Model plasma in the early universe: g_* of the energy density
 * rho = g_* pi^2 T^4/30 and g_*s of the entropy density s = g_*s 2 pi^2 T^3/45, T the temperature of the photons.
 *
 * Values: K. Saikawa & S. Shirai, JCAP 05 (2018) 035, arXiv:1803.01038, who join lattice QCD, perturbation theory, a
 * hadron gas and the decoupling of neutrinos (rows taken: degrees_table.c), interpolated by Steffen's monotone spline
 * in ln T (rows that were left out are met within 0.1 %). Below 1e-5 GeV and above 1.5e6 GeV the last value holds; far
 * above, both tend to 106.75 from below, which the plasma's interactions keep it 2-3 % away from at any T here.
 * The slight falls with T above 10 GeV (0.1 %) and above 170 GeV (0.2 %) are the source's.
 *
 * Accuracy, by comparison with table S2 of S. Borsanyi et al., Nature 539 (2016) 69, arXiv:1606.07494, an independent
 * equation of state: 0.3 % from 3 to 40 MeV, 1 % up to 0.3 GeV except 2.2 % at 0.14 GeV in the QCD transition, and
 * 5 % at most from there to 280 GeV, where the values here are the lower ones (5.0 % at 1 GeV, 4.1 % at 20 GeV, 1.0 %
 * at 100 GeV, 1.2 % at 280 GeV). That is 2 % in h^2 Omega and 1 % in f.
 * Between neutrino decoupling (1 MeV) and the end of electron-positron annihilation an ideal gas with neutrinos that
 * decouple at once lies within 0.7 %. Today g_* = 3.383, g_*s = 3.931: the textbook's 3.363 and 3.909 leave out the
 * heat that annihilation gives to the neutrinos (N_eff = 3.04 for 3).
 *
 * Not collective. */
#ifndef DW_COSMOLOGY_DEGREES_H
#define DW_COSMOLOGY_DEGREES_H

#include "base/status.h"

typedef struct dw_degrees {
  double energy;  /* g_* */
  double entropy; /* g_*s */
} dw_degrees;

/* At `temperature`, in GeV. Errors: DW_ERR_PARAM, not a temperature > 0; DW_ERR_MEMORY. */
dw_status dw_degrees_at(double temperature, dw_degrees *degrees);

/* After electron-positron annihilation, with neutrinos still counted as relativistic: what entropy conservation up to
 * today needs. */
dw_degrees dw_degrees_today(void);

#endif
