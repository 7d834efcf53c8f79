/* The sections of an analysis: one table of what can be done and what it needs. To add one, write its function and a
 * row in analyse_sections.c.
 *
 * Not collective: process 0 works. A section reads the runs, tells its findings and writes nothing. */
#ifndef DW_APP_ANALYSE_SECTIONS_H
#define DW_APP_ANALYSE_SECTIONS_H

#include "analysis/post/annihilation.h"
#include "analysis/post/archive.h"
#include "analysis/post/findings.h"
#include "app/analyse_options.h"

/* What a section works on: members of an ensemble, all of one set-up, and a window of time within all of them. */
typedef struct dw_analyse_input {
  int runs;
  const dw_archive *const *run; /* (runs) */
  double from;                  /* 1/m */
  double to;
  const dw_analyse_options *options;
} dw_analyse_input;

enum {
  DW_NEEDS_WALLS = 1,   /* a potential with walls */
  DW_NEEDS_UNEQUAL = 2, /* the stress at unequal times */
  DW_NEEDS_WAVES = 4,   /* gravitational waves */
  DW_NEEDS_SCALES = 8   /* --temperature, and --sigma or --eta */
};

typedef struct dw_analyse_section {
  const char *name;
  const char *doc;
  unsigned needs;
  dw_status (*analyse)(const dw_analyse_input *input, dw_findings *findings);
  /* Files of its own, once everything is computed; NULL: none. */
  dw_status (*write)(const dw_analyse_input *input, const dw_provenance *provenance, const char *directory);
  const char *files; /* their names, for people */
} dw_analyse_section;

/* At most DW_ANALYSE_SECTIONS. */
int dw_analyse_section_count(void);
const dw_analyse_section *dw_analyse_section_at(int index);

/* Leaves out the sections for which one of the runs, of which the options have the number, lacks what they need, with
 * the reason. Errors: DW_ERR_FILE where such a section was named, or none is left, naming all that a run lacks and the
 * parameters that would have given it.
 */
dw_status dw_analyse_leave_out(dw_analyse_options *options, const dw_archive *const *run);

/* The functions of the table. */
dw_status dw_analyse_walls(const dw_analyse_input *input, dw_findings *findings);
dw_status dw_analyse_correlator(const dw_analyse_input *input, dw_findings *findings);
dw_status dw_analyse_coherence(const dw_analyse_input *input, dw_findings *findings);
dw_status dw_analyse_waves(const dw_analyse_input *input, dw_findings *findings);
dw_status dw_analyse_route(const dw_analyse_input *input, dw_findings *findings);
dw_status dw_analyse_today(const dw_analyse_input *input, dw_findings *findings);
dw_status dw_analyse_today_write(const dw_analyse_input *input, const dw_provenance *provenance, const char *directory);

/* What sections share. Rows of spectra: snapshots bring some of their own, and a run may have ended early, so members
 * needn't have the same ones. */

/* The row at a time; -1 where there is none. */
int64_t dw_analyse_row(const dw_archive_spectra *spectra, double tau);

/* Whether a row of the time series is valid and in the window. */
bool dw_analyse_row_counts(const dw_analyse_input *input, const dw_archive *run, int64_t row);

/* The time of the last spectra in the window that all members have; at worst that of their start. */
double dw_analyse_last_time(const dw_analyse_input *input);

/* The end of a run's network under its bias. */
dw_status dw_analyse_annihilation(const dw_archive *run, double to, dw_annihilation *result);

#endif
