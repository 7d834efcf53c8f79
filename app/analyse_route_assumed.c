/* Section route: what assumptions about the coherence make of the equal-time correlator. */
#include <math.h>
#include <string.h>

#include "analysis/post/route_models.h"
#include "app/analyse_route_private.h"
#include "base/memory.h"

static const struct {
  const char *name;
  dw_coherence model;
  int field;
} assumptions[] = {
    {"coherent", DW_COHERENCE_FULL, DW_FOUND_COHERENT},
    {"incoherent", DW_COHERENCE_NONE, DW_FOUND_INCOHERENT},
    {"top-hat", DW_COHERENCE_TOP_HAT, DW_FOUND_TOP_HAT},
    {"gaussian", DW_COHERENCE_GAUSSIAN, DW_FOUND_GAUSSIAN},
};

static double scale_of(const dw_coherence_comparison *comparison, const char *name) {
  for (int m = 0; m < DW_COHERENCE_MODELS; m++) {
    if (strcmp(comparison->fit[m].model->name, name) == 0) {
      return comparison->fit[m].scale;
    }
  }
  return (double)NAN;
}

/* Mean over the members of the equal-time correlator at a time; 0 where one of them has none. */
static double correlator_at(const dw_route_job *j, int64_t shell, double tau) {
  double sum = 0.0;
  for (int r = 0; r < j->input->runs; r++) {
    const dw_archive_spectra *spectra = &j->input->run[r]->etc;
    const int64_t row = dw_analyse_row(spectra, tau);
    if (row < 0) {
      return 0.0;
    }
    sum += dw_archive_value(spectra, "value")[row * spectra->shells + shell] / j->input->runs;
  }
  return sum;
}

/* Times while the source acts, with one beyond its start where that lies between them, and the equal-time correlator of
 * a shell; returns how many. */
static int correlator_rows(const dw_route_job *j, int64_t shell, double *tau, double *etc) {
  const dw_archive_spectra *first = &j->input->run[0]->etc;
  int count = 0;
  for (int64_t t = 0; t < first->rows && first->tau[t] <= j->end * (1.0 + DW_ROUTE_SLACK); t++) {
    const double value = correlator_at(j, shell, first->tau[t]);
    if (value > 0.0) {
      count = count > 0 && first->tau[t] <= j->start * (1.0 + DW_ROUTE_SLACK) ? 0 : count;
      tau[count] = first->tau[t];
      etc[count++] = value;
    }
  }
  return count;
}

dw_status dw_route_take_assumed(const dw_route_job *j, int64_t shell, double *line) {
  void *block = NULL;
  const dw_archive_spectra *spectra = &j->input->run[0]->etc;
  DW_TRY(dw_alloc(&block, 2 * (size_t)spectra->rows, sizeof(double), "equal-time correlator"));
  double *tau = block;
  double *etc = tau + spectra->rows;
  const int count = correlator_rows(j, shell, tau, etc);
  const dw_route route = {.green = &j->green, .count = count, .tau = tau, .start = j->start, .end = j->end, .a = j->a};
  dw_status status = DW_OK;
  for (size_t i = 0; i < sizeof assumptions / sizeof assumptions[0] && status == DW_OK && count >= 3; i++) {
    const bool is_free = assumptions[i].model == DW_COHERENCE_FULL;
    const double x_c = is_free ? 1.0 : j->known ? scale_of(&j->coherence, assumptions[i].name) : (double)NAN;
    dw_route_gw gw = {.drho_dlnk = (double)NAN};
    if (x_c > 0.0 && isfinite(x_c)) {
      status = dw_route_model(&route, spectra->k[shell], etc, assumptions[i].model, x_c, &gw);
    }
    if (status == DW_ERR_PARAM) { /* a coherence time too short to be integrated */
      gw.drho_dlnk = (double)NAN;
      status = DW_OK;
    }
    line[assumptions[i].field] = gw.drho_dlnk;
  }
  dw_free(block);
  return status;
}
