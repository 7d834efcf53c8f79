#include "analysis/spectra_table.h"

#include <stdio.h>
#include <string.h>

typedef struct dataset {
  const char *group; /* "" = in every group */
  const char *name;
  const char *unit;
  const char *description;
} dataset;

static const char *const groups[] = {"field", "etc", "stress", "gw", "utc"};

static const dataset datasets[] = {
    {"", "step", "1", "number of steps taken (T)"},
    {"", "tau", "1/m", "conformal time (T)"},
    {"", "a", "1", "scale factor, 1 at the start of the run (T)"},
    {"", "k", "m", "mean comoving |k| of the modes of each shell (K)"},
    {"", "count", "1", "number of modes of each shell, of the full Hermitian cube (K)"},
    {"", "reference_tau", "1/m", "conformal time of each reference state (R)"},
    {"field", "power", "eta^2/m^3", "power spectrum of phi, shell mean of |phi_k|^2/L^3 (T,K)"},
    {"field", "power_error", "eta^2/m^3",
     "standard error of the shell mean; k and -k are one draw: deviation/sqrt(count/2) (T,K)"},
    {"etc", "value", "m eta^4", "equal-time correlator of the TT stress, shell mean of sum_ij |Pi_ij(k)|^2/L^3 (T,K)"},
    {"etc", "value_error", "m eta^4",
     "standard error of the shell mean for independent modes; those of a product are not: a lower bound (T,K)"},
    {"etc", "scaling", "1", "F(k tau) = value/(sigma^2 a^2 tau); NaN without walls (T,K)"},
    {"stress", "scalar", "m eta^4", "equal-time correlator of the scalar part of the traceless stress (T,K)"},
    {"stress", "scalar_error", "m eta^4", "standard error for independent modes, a lower bound (T,K)"},
    {"stress", "vector", "m eta^4", "equal-time correlator of the vector part of the stress (T,K)"},
    {"stress", "vector_error", "m eta^4", "standard error for independent modes, a lower bound (T,K)"},
    {"gw", "drho_dlnk", "m^2 eta^4/M_P^2", "energy density of gravitational waves per ln k (T,K)"},
    {"gw", "drho_dlnk_error", "m^2 eta^4/M_P^2", "standard error for independent modes, a lower bound (T,K)"},
    {"gw", "drho_dlnk_averaged", "m^2 eta^4/M_P^2",
     "the same with (|h'|^2 + k^2 |h|^2)/2 in place of |h'|^2, k^2 as the method evolves with it: free of the "
     "oscillation "
     "of each mode (T,K)"},
    {"gw", "omega", "(eta/M_P)^4",
     "drho_dlnk over the critical density of the background; NaN where it doesn't expand (T,K)"},
    {"gw", "omega_averaged", "(eta/M_P)^4", "drho_dlnk_averaged over the critical density of the background (T,K)"},
    {"utc", "value", "m eta^4",
     "unequal-time correlator Re sum_ij Pi_ij(k,tau_r) Pi*_ij(k,tau)/L^3, shell mean; NaN where not measured (R,T,K)"},
    {"utc", "value_error", "m eta^4", "standard error for independent modes, a lower bound (R,T,K)"},
};

enum { DATASETS = sizeof datasets / sizeof datasets[0], GROUPS = sizeof groups / sizeof groups[0] };

_Static_assert((int)GROUPS <= (int)DW_SPECTRA_GROUPS, "raise DW_SPECTRA_GROUPS");

int dw_spectra_group_count(void) { return GROUPS; }

const char *dw_spectra_group_name(int group) { return groups[group]; }

int dw_spectra_group_find(const char *name) {
  for (int i = 0; i < GROUPS; i++) {
    if (strcmp(groups[i], name) == 0) {
      return i;
    }
  }
  return -1;
}

int dw_spectra_value_count(int group) {
  int count = 0;
  for (int i = 0; i < DATASETS; i++) {
    count += strcmp(datasets[i].group, groups[group]) == 0;
  }
  return count;
}

const char *dw_spectra_value_name(int group, int value) {
  for (int i = 0; i < DATASETS; i++) {
    if (strcmp(datasets[i].group, groups[group]) == 0 && value-- == 0) {
      return datasets[i].name;
    }
  }
  return "";
}

dw_status dw_spectra_describe(dw_file *file, int group, const char *name) {
  for (int i = 0; i < DATASETS; i++) {
    const bool here = datasets[i].group[0] == '\0' || strcmp(datasets[i].group, groups[group]) == 0;
    if (here && strcmp(datasets[i].name, name) == 0) {
      char path[DW_FILE_NAME];
      (void)snprintf(path, sizeof path, "/%s/%s", groups[group], name);
      return dw_attribute_describe(file, path, datasets[i].unit, datasets[i].description);
    }
  }
  return dw_fail(DW_ERR_INTERNAL, "spectra: no dataset %s in group %s", name, groups[group]);
}
