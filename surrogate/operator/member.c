#include "surrogate/operator/member.h"

#include <math.h>
#include <string.h>

#include "analysis/model.h"
#include "analysis/power.h"
#include "base/memory.h"
#include "cosmology/background_driven.h"
#include "fields/initial.h"
#include "fields/step.h"
#include "gw/spectrum.h"
#include "gw/stress.h"

/* Rounding of (end - start)/step that must not cost a step. */
static const double SLACK = 1e-9;

static dw_status set_steps(dw_member *m, double *dtau) {
  const dw_params *params = &m->params;
  const double unit = (double)params->gw.coarsening * params->time.step * dw_params_spacing(params);
  const double span = params->time.end - m->model.background.tau_start;
  if (!(span > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "time.end = %g isn't after the start, tau = %.10g (set by cosmology.hubble_start)",
                   params->time.end, m->model.background.tau_start);
  }
  const int64_t units = (int64_t)ceil(span / unit * (1.0 - SLACK));
  m->steps = params->gw.coarsening * (units < 1 ? 1 : units);
  *dtau = span / (double)m->steps;
  return DW_OK;
}

/* Potentials with one real component and walls whose energy an s can scale. */
static dw_status check(const dw_member *m) {
  if (m->model.potential->components != 1 || !dw_potential_has_sign(m->model.potential)) {
    return dw_fail(DW_ERR_PARAM, "fields.potential: %s has no walls of one field; a net corrects only those",
                   m->params.fields.potential);
  }
  if (dw_background_is_driven(&m->model.background)) {
    return dw_fail(DW_ERR_PARAM, "cosmology.background: self-consistent isn't known here; take one that is given");
  }
  return DW_OK;
}

static dw_status fill(dw_member *m, const dw_member_choice *choice, const dw_comm *comm) {
  double dtau = 0.0;
  m->params.lattice.points = choice->points;
  m->params.fields.s = choice->s;
  DW_TRY(dw_comm_agree(comm, dw_model_from_params(&m->model, &m->params, NULL, NULL)));
  m->model.fat_from = choice->fat_from;
  DW_TRY(check(m));
  DW_TRY(set_steps(m, &dtau));
  const int halo = dw_steps_depth(&m->model, choice->together, NULL).q;
  const int align = (int)dw_params_stress_coarsening(&m->params);
  DW_TRY(dw_lattice_create(&m->lattice, comm, choice->points, m->params.lattice.length, halo, align, NULL));
  const dw_precision precision = strcmp(m->params.precision, "single") == 0 ? DW_SINGLE : DW_DOUBLE;
  dw_status status = dw_state_create(&m->state, m->lattice, &m->model, precision, dtau);
  if (status == DW_OK) {
    status = dw_modes_create(&m->modes, m->lattice, DW_ALL_MODES, precision);
  }
  return dw_comm_agree(comm, status);
}

dw_status dw_member_create(dw_member **member, const dw_params *base, const dw_member_choice *choice,
                           const dw_comm *comm) {
  void *block = NULL;
  *member = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof(dw_member), "a run in memory"));
  memset(block, 0, sizeof(dw_member));
  dw_member *draft = block;
  draft->params = *base;
  const dw_status status = fill(draft, choice, comm);
  if (status != DW_OK) {
    dw_member_destroy(draft);
    return status;
  }
  *member = draft;
  return DW_OK;
}

void dw_member_destroy(dw_member *m) {
  if (m != NULL) {
    dw_modes_destroy(m->modes);
    dw_state_destroy(m->state);
    dw_lattice_destroy(m->lattice);
    dw_free(m);
  }
}

dw_status dw_member_start(dw_member *m, int64_t seed) {
  m->params.seed = seed;
  m->state->step = 0;
  m->state->pending = 0.0;
  const dw_initial initial = dw_initial_from_params(&m->params);
  return dw_initial_set(&initial, m->state, m->modes);
}

dw_status dw_member_run(dw_member *m, int64_t seed) {
  DW_TRY(dw_member_start(m, seed));
  dw_steps(m->state, (int)m->steps, NULL);
  return DW_OK;
}

void dw_member_put(dw_member *m, const dw_field *phi) {
  const dw_lattice *lattice = m->lattice;
  dw_field *to = m->state->phi[0];
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      memcpy(dw_field_row(to, x, y), dw_field_row(phi, x, y), (size_t)lattice->points * (size_t)phi->precision);
    }
  }
  dw_field_touch(to);
  dw_field_clear(m->state->pi[0]);
  dw_field_touch(m->state->pi[0]);
  m->state->step = m->steps;
  m->state->pending = 0.0;
}

/* --- what is measured --- */

static dw_status fill_observer(dw_observer *o, int coarsening, int64_t shells) {
  dw_member *m = o->member;
  DW_TRY(dw_comm_agree(m->lattice->comm, dw_measure_create(&o->measure, m->state)));
  DW_TRY(dw_coarse_create(&o->coarse, m->state, coarsening, 1));
  DW_TRY(dw_shells_create(&o->all, m->modes, NULL, NULL));
  if (shells < 1 || shells > DW_SHELLS_MOST || shells > o->all->shells || shells > o->coarse->shells->shells) {
    return dw_fail(DW_ERR_PARAM,
                   "shells: %lld of them, but a lattice of %lld points has %lld of the stress; take fewer",
                   (long long)shells, (long long)m->lattice->points, (long long)o->coarse->shells->shells);
  }
  o->shells = shells;
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    DW_TRY(dw_modes_hold(&o->part[i], o->coarse->modes));
  }
  void *row = NULL;
  DW_TRY(dw_alloc(&row, (size_t)(2 * (o->all->shells + o->coarse->shells->shells)), sizeof(double), "spectra"));
  o->row = row;
  return DW_OK;
}

dw_status dw_observer_create(dw_observer **observer, dw_member *member, int coarsening, int64_t shells) {
  void *block = NULL;
  *observer = NULL;
  DW_TRY(dw_comm_alloc(member->lattice->comm, &block, 1, sizeof(dw_observer), "spectra"));
  memset(block, 0, sizeof(dw_observer));
  dw_observer *draft = block;
  draft->member = member;
  const dw_status status = dw_comm_agree(member->lattice->comm, fill_observer(draft, coarsening, shells));
  if (status != DW_OK) {
    dw_observer_destroy(draft);
    return status;
  }
  *observer = draft;
  return DW_OK;
}

void dw_observer_destroy(dw_observer *o) {
  if (o == NULL) {
    return;
  }
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_modes_destroy(o->part[i]);
  }
  dw_shells_destroy(o->all);
  dw_coarse_destroy(o->coarse);
  dw_measure_destroy(o->measure);
  dw_free(o->row);
  dw_free(o);
}

dw_status dw_observer_measure(dw_observer *o, dw_observed *observed) {
  dw_member *m = o->member;
  dw_measurement measured;
  memset(observed, 0, sizeof *observed);
  DW_TRY(dw_measure_state(o->measure, m->state, &measured));
  observed->area = measured.area;
  DW_TRY(dw_power_measure(m->state->phi[0], m->modes, o->all, o->row, o->row + o->all->shells));
  memcpy(observed->field, o->row, (size_t)o->shells * sizeof(double));
  dw_state_exchange(m->state);
  dw_stress_project_tensor(o->coarse, o->part);
  DW_TRY(dw_stress_spectrum(o->coarse, DW_POLARISATIONS, o->part, o->row, o->row + o->coarse->shells->shells));
  memcpy(observed->stress, o->row, (size_t)o->shells * sizeof(double));
  return DW_OK;
}
