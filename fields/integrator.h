/* Integrators: compositions of kicks and drifts, a table chosen by name.
 *
 * Stage i: pi += kick[i] dtau a^{3-s} F, then phi += drift[i] dtau pi/a^{3-s}; after the last stage one
 * more kick, kick[stages], closes the step. Kicks take a at their own time, drifts at the middle of theirs.
 * The closing kick of a step and the opening kick of the next act at the same time on the same phi, so they
 * are done as one: between steps the closing kick is pending (fields/state.h). */
#ifndef DW_FIELDS_INTEGRATOR_H
#define DW_FIELDS_INTEGRATOR_H

#include "base/status.h"

enum { DW_MAX_STAGES = 8 };

typedef struct dw_integrator {
  const char *name;
  const char *doc;
  int order;
  int stages;
  double kick[DW_MAX_STAGES + 1];
  double drift[DW_MAX_STAGES];
} dw_integrator;

/* *integrator points into the table. Errors: DW_ERR_PARAM. */
dw_status dw_integrator_find(const dw_integrator **integrator, const char *name);

#endif
