/* A row of the table of gw/gw.c: one way to evolve the waves. Private to gw/. Contracts: those of gw/gw.h. */
#ifndef DW_GW_METHOD_H
#define DW_GW_METHOD_H

#include "fields/wavefront.h"
#include "gw/gw.h"

/* What every method has; its own data follow in the struct that starts with this. */
struct dw_gw {
  const struct dw_gw_method *method;
  dw_state *state;
  const dw_coarse *coarse;
  int64_t start; /* step */
};

typedef struct dw_gw_method {
  const char *name;
  size_t size; /* of the method's struct */
  /* Not collective: what create does after the common part is filled and the rest is zero. */
  dw_status (*allocate)(dw_gw *gw);
  void (*release)(dw_gw *gw);                 /* also after allocate failed half-way */
  dw_status (*advance)(dw_gw *gw, int units); /* the start is reached; at most DW_GW_MOST_UNITS */
  int (*units_together)(const dw_gw *gw);
  dw_gw_amplitudes (*measure)(dw_gw *gw, dw_modes *const stress[DW_POLARISATIONS]);
  const double *(*squares)(const dw_gw *gw);
  dw_status (*write)(const dw_gw *gw, dw_file *file);
  dw_status (*read)(dw_gw *gw, dw_file *file);
  uint64_t (*file_bytes)(int64_t points, int coarsening, dw_precision precision);
  size_t (*bytes)(const dw_share *fine, int coarsening, int together, dw_precision precision);
  double (*advance_cost)(int coarsening);
  double (*measure_cost)(int coarsening);
} dw_gw_method;

enum { DW_GW_MOST_UNITS = DW_MOST_PASS_STAGES };

extern const dw_gw_method dw_gw_lattice;
extern const dw_gw_method dw_gw_modes;

/* Whether a step of the waves has been taken: then the leapfrog's closing kick is pending, and sources are known. */
static inline bool dw_gw_has_begun(const dw_gw *gw) { return gw->state->step > gw->start; }

/* Step of the waves, c dtau. */
static inline double dw_gw_interval(const dw_gw *gw) { return gw->coarse->coarsening * gw->state->dtau; }

#endif
