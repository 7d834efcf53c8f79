/* What the sections of `dwell analyse` find out, in memory: lines of text for people, and numbers with name, unit and
 * meaning for programs. When all sections are done everything is written at once: analysis.txt and analysis.h5.
 *
 * A path names a group (the section) and a dataset in it, "coherence/measured". Everything that is passed is copied.
 * A path that is taken, or not of this form, is DW_ERR_INTERNAL.
 *
 * Not collective: one process. The caller owns the handle. Errors: DW_ERR_MEMORY; writing also DW_ERR_FILE. */
#ifndef DW_ANALYSIS_POST_FINDINGS_H
#define DW_ANALYSIS_POST_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/record.h"
#include "base/status.h"

typedef struct dw_findings dw_findings;

dw_status dw_findings_create(dw_findings **findings);

/* NULL is allowed. */
void dw_findings_destroy(dw_findings *findings);

/* One line of the report, without its newline. */
dw_status dw_findings_line(dw_findings *findings, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The report so far, each line with its newline. Valid until the next call. */
const char *dw_findings_text(const dw_findings *findings);

/* Arrays in C order, rank at most DW_FILE_RANK; rank 0 is one number. NAN: not known. `unit` "1" where dimensionless.
 */
dw_status dw_findings_reals(dw_findings *findings, const char *path, int rank, const int64_t *shape,
                            const double *values, const char *unit, const char *description);
dw_status dw_findings_ints(dw_findings *findings, const char *path, int rank, const int64_t *shape,
                           const int64_t *values, const char *unit, const char *description);
dw_status dw_findings_real(dw_findings *findings, const char *path, double value, const char *unit,
                           const char *description);
dw_status dw_findings_int(dw_findings *findings, const char *path, int64_t value, const char *unit,
                          const char *description);

/* A text, such as the name of a model: an attribute of the group. */
dw_status dw_findings_word(dw_findings *findings, const char *path, const char *word);

/* What the numbers come from. Nothing is owned. */
typedef struct dw_findings_source {
  const dw_record *record; /* provenance of this analysis, parameters of the first run */
  size_t runs;
  const char *const *path;    /* (runs) of their directories */
  const char *const *version; /* (runs) of the program that ran them */
  const char *const *git;     /* (runs) */
  const int64_t *seed;        /* (runs) */
} dw_findings_source;

/* DIRECTORY/analysis.h5 and analysis.txt, each whole or as it was before. The directory must be there. Root of the
 * HDF5 file: what every file of a run has (analysis/record.h) and source.runs, source.version, source.git, source.seed.
 */
dw_status dw_findings_write(const dw_findings *findings, const char *directory, const dw_findings_source *source);

#endif
