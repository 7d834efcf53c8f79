#include "app/analyse_sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const dw_analyse_section sections[] = {
    {"walls", "area, velocity and energies of the network, the one-scale model, its end under a bias", DW_NEEDS_WALLS,
     dw_analyse_walls, NULL, NULL},
    {"correlator", "scaling of the equal-time correlator of the stress", DW_NEEDS_WALLS, dw_analyse_correlator, NULL,
     NULL},
    {"coherence", "the stress at unequal times, models of its coherence", DW_NEEDS_UNEQUAL, dw_analyse_coherence, NULL,
     NULL},
    {"waves", "slopes, peak and efficiency of gravitational waves", DW_NEEDS_WAVES, dw_analyse_waves, NULL, NULL},
    {"route", "gravitational waves from the stress at unequal times, against those evolved",
     DW_NEEDS_UNEQUAL | DW_NEEDS_WAVES, dw_analyse_route, NULL, NULL},
    {"today", "the spectrum of gravitational waves today", DW_NEEDS_WALLS | DW_NEEDS_WAVES | DW_NEEDS_SCALES,
     dw_analyse_today, dw_analyse_today_write, "spectrum_today.txt, spectrum_today.h5"},
};

enum { SECTIONS = sizeof sections / sizeof sections[0], TEXT = 2048 };

_Static_assert((int)SECTIONS <= (int)DW_ANALYSE_SECTIONS, "raise DW_ANALYSE_SECTIONS");

int dw_analyse_section_count(void) { return SECTIONS; }

const dw_analyse_section *dw_analyse_section_at(int index) { return &sections[index]; }

/* --- needs --- */

static bool has_walls(const dw_archive *run) { return run->model.potential->tension > 0.0; }

static bool has_waves(const dw_archive *run) { return run->gw.rows > 0; }

/* What a run must have, and what it says where it hasn't. */
static const struct {
  unsigned need;
  bool (*has)(const dw_archive *run);
  const char *lack;
} needs[] = {
    {DW_NEEDS_WALLS, has_walls, "no walls that are measured (fields.potential has none, or those of several fields)"},
    {DW_NEEDS_UNEQUAL, dw_archive_has_unequal,
     "no stress at unequal times (set analysis.utc_reference or analysis.tracks)"},
    {DW_NEEDS_WAVES, has_waves, "no gravitational waves (set gw.enabled = true)"},
};

static void append(char text[TEXT], const char *separator, const char *more) {
  const size_t used = strlen(text);
  (void)snprintf(text + used, TEXT - used, "%s%s", used > 0 ? separator : "", more);
}

/* The needs of some sections that a run doesn't meet, and in words. */
static unsigned unmet_of(const dw_archive *run, unsigned wanted, char lacks[TEXT]) {
  unsigned unmet = 0;
  lacks[0] = '\0';
  for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
    if ((wanted & needs[i].need) != 0 && !needs[i].has(run)) {
      unmet |= needs[i].need;
      append(lacks, "; ", needs[i].lack);
    }
  }
  return unmet;
}

static dw_status leave_out_of_run(dw_analyse_options *options, const dw_archive *run) {
  char lacks[TEXT];
  char skip[TEXT] = "";
  unsigned named = 0;
  for (int s = 0; s < SECTIONS; s++) {
    if (options->section[s] && unmet_of(run, sections[s].needs, lacks) != 0) {
      options->section[s] = false;
      (void)snprintf(options->left_out[s], DW_ANALYSE_REASON, "the run has %.400s", lacks);
      if (options->named[s]) {
        named |= sections[s].needs;
        append(skip, ",", sections[s].name);
      }
    }
  }
  if (named == 0) {
    return DW_OK;
  }
  (void)unmet_of(run, named, lacks);
  return dw_fail(DW_ERR_FILE, "%s has %s; change that in a new run, or do the rest of this one with --skip %s",
                 run->path, lacks, skip);
}

dw_status dw_analyse_leave_out(dw_analyse_options *options, const dw_archive *const *run) {
  char lacks[TEXT];
  bool any = false;
  for (int r = 0; r < options->runs; r++) {
    DW_TRY(leave_out_of_run(options, run[r]));
  }
  for (int s = 0; s < SECTIONS; s++) {
    any = any || options->section[s];
  }
  if (any) {
    return DW_OK;
  }
  (void)unmet_of(run[0], ~0U, lacks);
  return dw_fail(DW_ERR_FILE, "nothing is left to analyse: %s has %s", run[0]->path, lacks);
}

/* --- rows --- */

static const double SLACK = 1e-9; /* of a time */

int64_t dw_analyse_row(const dw_archive_spectra *spectra, double tau) {
  int64_t row = spectra->rows - 1;
  while (row >= 0 && spectra->tau[row] > tau * (1.0 + SLACK)) {
    row--;
  }
  return row >= 0 && spectra->tau[row] >= tau * (1.0 - SLACK) ? row : -1;
}

bool dw_analyse_row_counts(const dw_analyse_input *input, const dw_archive *run, int64_t row) {
  const double tau = dw_archive_column(run, DW_COLUMN_TAU)[row];
  return tau >= input->from * (1.0 - SLACK) && tau <= input->to * (1.0 + SLACK) &&
         dw_archive_column(run, DW_COLUMN_VALID)[row] > 0.0;
}

static bool all_have(const dw_analyse_input *input, double tau) {
  for (int r = 1; r < input->runs; r++) {
    if (dw_analyse_row(&input->run[r]->field, tau) < 0) {
      return false;
    }
  }
  return true;
}

double dw_analyse_last_time(const dw_analyse_input *input) {
  const dw_archive_spectra *first = &input->run[0]->field;
  int64_t row = first->rows - 1;
  while (row > 0 && (first->tau[row] > input->to * (1.0 + SLACK) || !all_have(input, first->tau[row]))) {
    row--;
  }
  return first->tau[row];
}
