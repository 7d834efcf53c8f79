/* Section walls: whether area and velocity scale, against the one-scale model; energies of walls and of what surrounds
 * them; the end of a network under a bias. */
#include <math.h>
#include <stdio.h>

#include "analysis/validity.h"
#include "analysis/post/annihilation.h"
#include "analysis/post/scaling_area.h"
#include "analysis/post/vos_fit.h"
#include "app/analyse_sections.h"
#include "base/memory.h"
#include "fields/potential_bias.h"

/* --- rows --- */

/* Rows of the window in which walls are resolved and the horizon is in the box. */
typedef struct rows {
  int64_t first;
  int64_t count;
} rows;

/* Of the largest area parameter. */
static const double GONE = 0.1;

/* Up to when the walls have gone: what then moves between the vacua is radiation. */
static rows valid_rows(const dw_analyse_input *input, const dw_archive *run) {
  const double *area = dw_archive_column(run, DW_COLUMN_AREA_PARAMETER_T);
  rows r = {.first = 0};
  double most = 0.0;
  for (int64_t i = 0; i < run->series.rows; i++) {
    if (!dw_analyse_row_counts(input, run, i)) {
      continue;
    }
    most = fmax(most, area[i]);
    if (area[i] < GONE * most || !(area[i] > 0.0 || isnan(area[i]))) {
      break;
    }
    r.first = r.count == 0 ? i : r.first;
    r.count++;
  }
  return r;
}

/* --- scaling --- */

static const dw_column columns[] = {DW_COLUMN_AREA_PARAMETER_T, DW_COLUMN_AREA_PARAMETER_H, DW_COLUMN_VELOCITY,
                                    DW_COLUMN_GAMMA_VELOCITY};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static dw_status tell_scaling(const char *name, const dw_scaling *s, dw_findings *findings) {
  char path[64];
  const double row[6] = {s->mean.value, s->mean.error, s->drift.value, s->drift.error, s->limit.value, s->limit.error};
  const int64_t shape = 6;
  (void)snprintf(path, sizeof path, "walls/%s", name);
  DW_TRY(dw_findings_reals(findings, path, 1, &shape, row, "1",
                           "mean over ln tau, its error, d/dln tau, its error, limit A of A + B/tau, its error"));
  if (isnan(s->mean.value)) {
    return dw_findings_line(findings, "  %-18s no valid row in the window", name);
  }
  return dw_findings_line(findings, "  %-18s %8.4g +- %-8.2g drift %8.3g +- %-8.2g limit %8.4g +- %-8.2g %s%s", name,
                          row[0], row[1], row[2], row[3], row[4], row[5], dw_scaling_verdict_text(s->verdict),
                          s->lower_bound ? ", errors are lower bounds" : "");
}

static dw_status measure_scaling(const dw_analyse_input *input, dw_column column, dw_scaling *member, dw_scaling *all) {
  for (int r = 0; r < input->runs; r++) {
    const dw_archive *run = input->run[r];
    const rows of = valid_rows(input, run);
    const bool expands = dw_background_expands(&run->model.background);
    const dw_scaling_series series = {.rows = of.count,
                                      .tau = dw_archive_column(run, DW_COLUMN_TAU) + of.first,
                                      .a = expands ? dw_archive_column(run, DW_COLUMN_A) + of.first : NULL,
                                      .value = dw_archive_column(run, column) + of.first};
    DW_TRY(dw_scaling_measure(&series, input->from, input->to, &member[r]));
  }
  return dw_scaling_combine(input->runs, member, all);
}

static dw_status scaling(const dw_analyse_input *input, dw_scaling all[COLUMNS], dw_findings *findings) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)input->runs, sizeof(dw_scaling), "scaling of walls"));
  dw_status status = DW_OK;
  for (int c = 0; c < COLUMNS && status == DW_OK; c++) {
    status = measure_scaling(input, columns[c], block, &all[c]);
    if (status == DW_OK) {
      status = tell_scaling(dw_column_describe(columns[c])->name, &all[c], findings);
    }
  }
  dw_free(block);
  return status;
}

/* --- the one-scale model --- */

/* Mean over the members of a column at the rows of the window, which are those of the first. */
static void mean_rows(const dw_analyse_input *input, const rows *of, dw_column column, double *mean) {
  for (int64_t i = 0; i < of->count; i++) {
    mean[i] = 0.0;
    for (int r = 0; r < input->runs; r++) {
      mean[i] += dw_archive_column(input->run[r], column)[of->first + i] / input->runs;
    }
  }
}

static dw_status tell_fixed_point(const dw_analyse_input *input, const dw_scaling all[COLUMNS], dw_findings *findings) {
  const dw_background *background = &input->run[0]->model.background;
  const dw_vos vos = dw_vos_standard();
  dw_vos_point fixed;
  if (isnan(background->p)) {
    return dw_findings_line(findings, "  one-scale model    no fixed point: the background isn't one power law");
  }
  DW_TRY(dw_vos_fixed_point(&vos, background->p, &fixed));
  const double values[4] = {fixed.area_parameter, fixed.velocity, all[0].mean.value / fixed.area_parameter,
                            all[2].mean.value / fixed.velocity};
  const int64_t shape = 4;
  DW_TRY(dw_findings_reals(findings, "walls/vos_fixed_point", 1, &shape, values, "1",
                           "A_t and v of the one-scale model with published parameters, measured over model"));
  return dw_findings_line(findings, "  one-scale model    A_t %.4g, v %.4g; measured over model %.3f, %.3f", values[0],
                          values[1], values[2], values[3]);
}

/* The model's A_t and v at the times of the rows, for whoever plots it. */
static dw_status tell_solution(const char *path, const char *description, const dw_vos *vos, dw_vos_point start,
                               const dw_background *background, const dw_vos_series *series, dw_findings *findings) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, series->count, sizeof(dw_vos_point) + 3 * sizeof(double), "one-scale model"));
  dw_vos_point *point = block;
  double *row = (double *)(point + series->count);
  dw_status status = dw_vos_integrate(vos, background, series->tau[0], start, series->count, series->tau, point);
  for (size_t i = 0; i < series->count && status == DW_OK; i++) {
    row[3 * i] = series->tau[i];
    row[3 * i + 1] = point[i].area_parameter;
    row[3 * i + 2] = point[i].velocity;
  }
  if (status == DW_OK) {
    const int64_t shape[2] = {(int64_t)series->count, 3};
    status = dw_findings_reals(findings, path, 2, shape, row, "1", description);
  }
  dw_free(block);
  return status;
}

static dw_status fit_model(const dw_analyse_input *input, const dw_vos_series *series, dw_findings *findings) {
  const dw_background *background = &input->run[0]->model.background;
  const dw_vos standard = dw_vos_standard();
  const dw_vos_point first = {.area_parameter = series->area_parameter[0], .velocity = series->velocity[0]};
  dw_vos_deviation deviation;
  dw_vos_fit fit;
  DW_TRY(dw_vos_compare(&standard, background, series, &deviation));
  DW_TRY(dw_findings_line(findings,
                          "  its solution       from the first row on: rms deviation %.1f %% in A_t, %.1f %% in v",
                          100.0 * deviation.rms_area_parameter, 100.0 * deviation.rms_velocity));
  DW_TRY(tell_solution("walls/vos_solution", "tau (1/m), A_t and v of the model with published parameters (T,3)",
                       &standard, first, background, series, findings));
  const dw_status status = dw_vos_fit_series(&standard, background, series, &fit);
  if (status == DW_ERR_INVALID) {
    return dw_findings_line(findings, "  its parameters     can't be fitted: %s", dw_message());
  }
  DW_TRY(status);
  const double row[5] = {fit.vos.d, fit.d_error, fit.vos.k0, fit.k0_error, fit.correlation};
  const int64_t shape = 5;
  DW_TRY(dw_findings_reals(findings, "walls/vos_fit", 1, &shape, row, "1",
                           "d, its error, k_0, its error, their correlation; the other parameters are the published"));
  DW_TRY(tell_solution("walls/vos_fit_solution", "tau (1/m), A_t and v of the fitted model (T,3)", &fit.vos, fit.start,
                       background, series, findings));
  return dw_findings_line(
      findings,
      "  its parameters     d = %.3g +- %.1g, k_0 = %.3g +- %.1g (published 0.26, 1.77); rms %.1f %%, "
      "%.1f %%",
      row[0], row[1], row[2], row[3], 100.0 * fit.deviation.rms_area_parameter, 100.0 * fit.deviation.rms_velocity);
}

/* Rows are known to be the same for all members only if they are one run, or runs of one set-up with the same outputs.
 */
static bool have_same_rows(const dw_analyse_input *input, const rows *of) {
  const double *tau = dw_archive_column(input->run[0], DW_COLUMN_TAU);
  for (int r = 1; r < input->runs; r++) {
    const rows other = valid_rows(input, input->run[r]);
    const double *theirs = dw_archive_column(input->run[r], DW_COLUMN_TAU);
    if (other.first != of->first || other.count != of->count) {
      return false;
    }
    for (int64_t i = of->first; i < of->first + of->count; i++) {
      if (fabs(theirs[i] - tau[i]) > 1e-9 * tau[i]) {
        return false;
      }
    }
  }
  return true;
}

static bool is_usable(const dw_vos_series *s) {
  for (size_t i = 0; i < s->count; i++) {
    if (!(s->area_parameter[i] > 0.0 && s->velocity[i] > 0.0 && s->velocity[i] < 1.0)) {
      return false;
    }
  }
  return s->count >= 4;
}

static dw_status one_scale(const dw_analyse_input *input, const dw_scaling all[COLUMNS], dw_findings *findings) {
  const rows of = valid_rows(input, input->run[0]);
  void *block = NULL;
  DW_TRY(tell_fixed_point(input, all, findings));
  DW_TRY(dw_alloc(&block, 2 * (size_t)of.count + 1, sizeof(double), "one-scale model"));
  double *area = block;
  double *velocity = area + of.count;
  const dw_vos_series series = {.count = (size_t)of.count,
                                .tau = dw_archive_column(input->run[0], DW_COLUMN_TAU) + of.first,
                                .area_parameter = area,
                                .velocity = velocity};
  dw_status status = DW_OK;
  if (have_same_rows(input, &of)) {
    mean_rows(input, &of, DW_COLUMN_AREA_PARAMETER_T, area);
    mean_rows(input, &of, DW_COLUMN_VELOCITY, velocity);
    status = is_usable(&series) ? fit_model(input, &series, findings)
                                : dw_findings_line(findings, "  its parameters     too few rows with walls for a fit");
  } else {
    status =
        dw_findings_line(findings, "  its parameters     the runs have other rows and can't be averaged for a fit");
  }
  dw_free(block);
  return status;
}

/* --- energies --- */

/* Mean over valid rows of a ratio of columns, and over the members. */
static double mean_share(const dw_analyse_input *input, double (*share)(const dw_archive *run, int64_t row)) {
  double sum = 0.0;
  int64_t count = 0;
  for (int r = 0; r < input->runs; r++) {
    const rows of = valid_rows(input, input->run[r]);
    for (int64_t i = of.first; i < of.first + of.count; i++) {
      const double value = share(input->run[r], i);
      sum += isnan(value) ? 0.0 : value;
      count += isnan(value) ? 0 : 1;
    }
  }
  return count > 0 ? sum / (double)count : (double)NAN;
}

static double sum_of(const dw_archive *run, int64_t row, const dw_column of[3]) {
  double sum = 0.0;
  for (int i = 0; i < 3; i++) {
    sum += dw_archive_column(run, of[i])[row];
  }
  return sum;
}

static const dw_column total[3] = {DW_COLUMN_ENERGY_KINETIC, DW_COLUMN_ENERGY_GRADIENT, DW_COLUMN_ENERGY_POTENTIAL};
static const dw_column inside[3] = {DW_COLUMN_ENERGY_KINETIC_WALLS, DW_COLUMN_ENERGY_GRADIENT_WALLS,
                                    DW_COLUMN_ENERGY_POTENTIAL_WALLS};

static double inside_share(const dw_archive *run, int64_t row) {
  return sum_of(run, row, inside) / sum_of(run, row, total);
}

static double radiation_share(const dw_archive *run, int64_t row) {
  return dw_archive_column(run, DW_COLUMN_ENERGY_RADIATION)[row] / sum_of(run, row, total);
}

static double closed_share(const dw_archive *run, int64_t row) {
  return dw_archive_column(run, DW_COLUMN_AREA_CLOSED)[row] / dw_archive_column(run, DW_COLUMN_AREA)[row];
}

static double largest_domain(const dw_archive *run, int64_t row) {
  return dw_archive_column(run, DW_COLUMN_DOMAIN_LARGEST)[row];
}

static double closed_walls(const dw_archive *run, int64_t row) {
  return dw_archive_column(run, DW_COLUMN_WALLS_CLOSED)[row];
}

static dw_status domains(const dw_analyse_input *input, dw_findings *findings) {
  const double closed = mean_share(input, closed_share);
  const double largest = mean_share(input, largest_domain);
  const double count = mean_share(input, closed_walls);
  if (isnan(largest)) {
    return DW_OK; /* analysis.domains = false */
  }
  DW_TRY(dw_findings_real(findings, "walls/closed_area", closed, "1", "share of closed walls in the area"));
  DW_TRY(dw_findings_real(findings, "walls/closed_number", count, "1", "closed walls in the box"));
  DW_TRY(dw_findings_real(findings, "walls/largest_domain", largest, "1", "share of the box in the largest domain"));
  return dw_findings_line(
      findings,
      "  domains            %.3g closed walls with %.2g %% of the area; the largest domain has %.3g %% "
      "of the box",
      count, 100.0 * closed, 100.0 * largest);
}

static dw_status energies(const dw_analyse_input *input, dw_findings *findings) {
  const double walls = mean_share(input, inside_share);
  const double radiation = mean_share(input, radiation_share);
  if (isnan(walls)) {
    return DW_OK; /* a run of a version without these columns */
  }
  DW_TRY(dw_findings_real(findings, "walls/energy_inside", walls, "1", "share of the energy inside the walls' mask"));
  DW_TRY(dw_findings_real(findings, "walls/energy_radiation", radiation, "1",
                          "share of the energy in scalar radiation outside the walls"));
  return dw_findings_line(findings,
                          "  energy             %.1f %% inside the mask of walls, %.1f %% scalar radiation outside",
                          100.0 * walls, 100.0 * radiation);
}

/* --- the end under a bias --- */

static dw_status tell_decay(const char *what, const dw_decay *d, dw_findings *findings) {
  if (d->state != DW_FIT_DONE) {
    return dw_findings_line(findings, "    %-12s no fit: %s", what, dw_fit_state_text(d->state));
  }
  return dw_findings_line(findings, "    %-12s f = %.3g exp(-(tau/%.4g)^%.3g), errors %.1g, %.2g, %.2g%s%s", what,
                          d->f0, d->tau_c, d->n, d->f0_error, d->tau_c_error, d->n_error,
                          d->decays ? "" : "; not significant", d->beyond ? "; tau_c lies after the run" : "");
}

static dw_status tell_annihilation(int r, const dw_annihilation *a, dw_findings *findings) {
  char path[64];
  const double row[9] = {a->tau_fraction, a->tau_area,   a->tau_gone, a->cubic.f0,     a->cubic.tau_c,
                         a->free.f0,      a->free.tau_c, a->free.n,   a->fraction_last};
  const int64_t shape = 9;
  (void)snprintf(path, sizeof path, "walls/annihilation_%d", r);
  DW_TRY(dw_findings_reals(findings, path, 1, &shape, row, "1/m",
                           "times: false vacuum at 1/e, area at a tenth, gone; f0 and tau_c with n = 3; f0, tau_c, n "
                           "free; last fraction of the false vacuum"));
  if (a->early) {
    DW_TRY(dw_findings_line(findings,
                            "  annihilation       too early to tell when: the false vacuum is down to %.3g before a "
                            "network has formed, tau = %.4g; take a smaller fields.bias",
                            a->fraction_first, a->tau_first));
  } else if (a->annihilated) {
    DW_TRY(dw_findings_line(findings,
                            "  annihilation       false vacuum at 1/e at tau = %.4g, area at a tenth at %.4g, "
                            "gone at %.4g",
                            a->tau_fraction, a->tau_area, a->tau_gone));
  } else {
    DW_TRY(dw_findings_line(findings, "  annihilation       not within the run: the false vacuum still has %.3g",
                            a->fraction_last));
  }
  DW_TRY(tell_decay("n = 3", &a->cubic, findings));
  return tell_decay("n free", &a->free, findings);
}

dw_status dw_analyse_annihilation(const dw_archive *run, double to, dw_annihilation *result) {
  const int64_t count = run->series.rows;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)count, sizeof(double), "false vacuum"));
  double *fraction = block;
  const int side = dw_potential_false_side(run->model.potential, &run->model.values);
  const double lifts_left = side < 0 ? 0.0 : side == 0 ? 1.0 : -1.0;
  for (int64_t i = 0; i < count; i++) {
    fraction[i] = dw_false_fraction(lifts_left, dw_archive_column(run, DW_COLUMN_FRACTION_POSITIVE)[i]);
  }
  const dw_annihilation_series series = {.rows = count,
                                         .tau = dw_archive_column(run, DW_COLUMN_TAU),
                                         .fraction = fraction,
                                         .area = dw_archive_column(run, DW_COLUMN_AREA_PARAMETER_T),
                                         .length = run->params.lattice.length};
  /* A network has formed once the horizon has grown to a few times the walls' width. */
  const double first = dw_archive_tau_first(run);
  const double formed = first + 2.0 * dw_model_wall_width(&run->model, first);
  const dw_status status = dw_annihilation_measure(&series, formed < to ? formed : series.tau[0], to, result);
  dw_free(block);
  return status;
}

static dw_status annihilation(const dw_analyse_input *input, dw_findings *findings) {
  const dw_model *model = &input->run[0]->model;
  if (dw_potential_false_side(model->potential, &model->values) < 0) {
    return dw_findings_line(findings, "  annihilation       not measured: the sign of the field doesn't tell the false "
                                      "vacuum apart");
  }
  for (int r = 0; r < input->runs; r++) {
    dw_annihilation result;
    DW_TRY(dw_analyse_annihilation(input->run[r], input->to, &result));
    DW_TRY(tell_annihilation(r, &result, findings));
  }
  return DW_OK;
}

/* --- the section --- */

/* At the last row that counts, as the run itself warns at its end. */
static dw_status tell_formed(const dw_analyse_input *input, dw_findings *findings) {
  for (int r = 0; r < input->runs; r++) {
    const dw_archive *run = input->run[r];
    int64_t last = run->series.rows - 1;
    while (last >= 0 && !dw_analyse_row_counts(input, run, last)) {
      last--;
    }
    const double share = last < 0 ? 0.0 : dw_archive_column(run, DW_COLUMN_VOLUME_WALLS)[last];
    if (share > DW_MOST_WALLS) {
      return dw_findings_line(
          findings,
          "  warning: at tau = %.4g %.3g of the volume is inside walls: no network has formed, and areas "
          "and velocities aren't those of one",
          dw_archive_column(run, DW_COLUMN_TAU)[last], share);
    }
  }
  return DW_OK;
}

dw_status dw_analyse_walls(const dw_analyse_input *input, dw_findings *findings) {
  dw_scaling all[COLUMNS];
  DW_TRY(dw_findings_line(findings, "walls        over valid rows of the window"));
  DW_TRY(tell_formed(input, findings));
  DW_TRY(scaling(input, all, findings));
  DW_TRY(domains(input, findings));
  if (input->run[0]->params.fields.bias < 0.0 || input->run[0]->params.fields.bias > 0.0) {
    return annihilation(input, findings); /* the model has no bias, and a false vacuum's energy isn't that of walls */
  }
  DW_TRY(energies(input, findings));
  if (input->run[0]->model.potential->melts) {
    return dw_findings_line(findings, "  one-scale model    left out: its walls keep their tension, these don't");
  }
  return one_scale(input, all, findings);
}
