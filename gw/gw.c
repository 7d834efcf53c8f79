#include "gw/gw.h"

#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "gw/method.h"

static const dw_gw_method *const table[] = {&dw_gw_lattice, &dw_gw_modes};

static const dw_gw_method *find(const char *name) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (strcmp(table[i]->name, name) == 0) {
      return table[i];
    }
  }
  return NULL;
}

dw_status dw_gw_create(dw_gw **gw, const char *method, dw_state *state, const dw_coarse *coarse, int64_t start) {
  *gw = NULL;
  const dw_gw_method *row = find(method);
  if (row == NULL) {
    return dw_fail(DW_ERR_PARAM, "gw.method: no method is called \"%s\"", method);
  }
  const dw_comm *comm = state->lattice->comm;
  void *block = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, row->size, "gravitational waves"));
  memset(block, 0, row->size);
  dw_gw *draft = block;
  *draft = (dw_gw){.method = row, .state = state, .coarse = coarse, .start = start};
  const dw_status status = dw_comm_agree(comm, row->allocate(draft));
  if (status != DW_OK) {
    dw_gw_destroy(draft);
    return status;
  }
  *gw = draft;
  return DW_OK;
}

void dw_gw_destroy(dw_gw *gw) {
  if (gw != NULL) {
    gw->method->release(gw);
    dw_free(gw);
  }
}

/* Units until the start; 0 from then on. */
static int64_t units_before(const dw_gw *gw) {
  const int64_t steps = gw->start - gw->state->step;
  return steps > 0 ? steps / gw->coarse->coarsening : 0;
}

dw_status dw_gw_advance(dw_gw *gw, int units) {
  const int64_t before = units_before(gw) < units ? units_before(gw) : units;
  dw_steps(gw->state, (int)before * gw->coarse->coarsening, NULL);
  for (int64_t done = before; done < units; done += DW_GW_MOST_UNITS) {
    const int64_t left = units - done;
    DW_TRY(gw->method->advance(gw, left < DW_GW_MOST_UNITS ? (int)left : DW_GW_MOST_UNITS));
  }
  return DW_OK;
}

int dw_gw_units_together(const dw_gw *gw) {
  if (units_before(gw) > 0) {
    const int units = dw_steps_together(gw->state, NULL, 0) / gw->coarse->coarsening;
    return units > 1 ? units : 1;
  }
  return gw->method->units_together(gw);
}

dw_gw_amplitudes dw_gw_measure(dw_gw *gw, dw_modes *const stress[DW_POLARISATIONS]) {
  return gw->method->measure(gw, stress);
}

const double *dw_gw_squares(const dw_gw *gw) { return gw->method->squares(gw); }

dw_status dw_gw_write(const dw_gw *gw, dw_file *file) { return gw->method->write(gw, file); }

dw_status dw_gw_read(dw_gw *gw, dw_file *file) { return gw->method->read(gw, file); }

uint64_t dw_gw_file_bytes(const char *method, int64_t points, int coarsening, dw_precision precision) {
  const dw_gw_method *row = find(method);
  return row == NULL ? 0 : row->file_bytes(points, coarsening, precision);
}

size_t dw_gw_bytes(const char *method, const dw_share *fine, int coarsening, int together, dw_precision precision) {
  const dw_gw_method *row = find(method);
  return row == NULL ? 0 : row->bytes(fine, coarsening, together, precision);
}

double dw_gw_advance_cost(const char *method, int coarsening) {
  const dw_gw_method *row = find(method);
  return row == NULL ? 0.0 : row->advance_cost(coarsening);
}

double dw_gw_measure_cost(const char *method, int coarsening) {
  const dw_gw_method *row = find(method);
  return row == NULL ? 0.0 : row->measure_cost(coarsening);
}
