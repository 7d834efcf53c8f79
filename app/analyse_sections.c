#include "app/analyse_sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const dw_analyse_section sections[] = {
    {"walls", "area and velocity of the network", DW_NEEDS_WALLS, dw_analyse_walls},
    {"correlator", "equal-time correlator of the stress", 0, dw_analyse_correlator},
    {"coherence", "correlator of the stress at unequal times", DW_NEEDS_UNEQUAL, dw_analyse_coherence},
    {"waves", "spectrum of gravitational waves", DW_NEEDS_WAVES, dw_analyse_waves},
    {"today", "spectrum of gravitational waves today", DW_NEEDS_WAVES | DW_NEEDS_SCALES, dw_analyse_today},
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
    {DW_NEEDS_WALLS, has_walls, "no walls (fields.potential has none)"},
    {DW_NEEDS_UNEQUAL, dw_archive_has_unequal,
     "no stress at unequal times (set analysis.utc_reference or analysis.tracks)"},
    {DW_NEEDS_WAVES, has_waves, "no gravitational waves (set gw.enabled = true)"},
};

static void append(char text[TEXT], const char *separator, const char *more) {
  const size_t used = strlen(text);
  (void)snprintf(text + used, TEXT - used, "%s%s", used > 0 ? separator : "", more);
}

static dw_status check_run(const dw_archive *run, const dw_analyse_options *options) {
  char lacks[TEXT] = "";
  char skip[TEXT] = "";
  unsigned unmet = 0;
  for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
    bool wanted = false;
    for (int s = 0; s < SECTIONS; s++) {
      wanted = wanted || (options->section[s] && (sections[s].needs & needs[i].need) != 0);
    }
    if (wanted && !needs[i].has(run)) {
      unmet |= needs[i].need;
      append(lacks, "; ", needs[i].lack);
    }
  }
  for (int s = 0; s < SECTIONS; s++) {
    if (options->section[s] && (sections[s].needs & unmet) != 0) {
      append(skip, ",", sections[s].name);
    }
  }
  if (unmet == 0) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE, "%s has %s; change that in a new run, or do the rest of this one with --skip %s",
                 run->path, lacks, skip);
}

dw_status dw_analyse_check_needs(const dw_analyse_input *input) {
  for (int r = 0; r < input->runs; r++) {
    DW_TRY(check_run(input->run[r], input->options));
  }
  return DW_OK;
}

/* --- what there is to work with --- */

static dw_status say_spectra(const char *section, const dw_archive *run, const dw_archive_spectra *spectra,
                             dw_findings *findings) {
  if (spectra->rows == 0 || spectra->shells == 0) {
    return dw_findings_line(findings, "%-12s %s: no spectra", section, run->path);
  }
  return dw_findings_line(findings, "%-12s %s: %lld spectra from tau = %.6g to %.6g, %lld shells from k = %.4g to %.4g",
                          section, run->path, (long long)spectra->rows, spectra->tau[0],
                          spectra->tau[spectra->rows - 1], (long long)spectra->shells, spectra->k[0],
                          spectra->k[spectra->shells - 1]);
}

dw_status dw_analyse_correlator(const dw_analyse_input *input, dw_findings *findings) {
  for (int r = 0; r < input->runs; r++) {
    DW_TRY(say_spectra("correlator", input->run[r], &input->run[r]->etc, findings));
  }
  return DW_OK;
}

dw_status dw_analyse_coherence(const dw_analyse_input *input, dw_findings *findings) {
  for (int r = 0; r < input->runs; r++) {
    const dw_archive *run = input->run[r];
    DW_TRY(dw_findings_line(findings, "%-12s %s: %lld reference times; tracks of %lld modes at %lld times", "coherence",
                            run->path, (long long)run->utc.references, (long long)run->tracks.modes,
                            (long long)run->tracks.samples));
  }
  return DW_OK;
}

dw_status dw_analyse_waves(const dw_analyse_input *input, dw_findings *findings) {
  for (int r = 0; r < input->runs; r++) {
    DW_TRY(say_spectra("waves", input->run[r], &input->run[r]->gw, findings));
  }
  return DW_OK;
}

dw_status dw_analyse_today(const dw_analyse_input *input, dw_findings *findings) {
  return dw_findings_line(findings, "%-12s at a temperature of %g GeV", "today", input->options->temperature);
}
