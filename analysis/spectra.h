/* spectra.h5: spectra over time, in groups, kept in memory on process 0 and written as a whole.
 *
 * A group (field, etc, stress, gw, utc) has T rows in time and K shells: tau, a, step (T), k, count (K) and
 * its values (T,K), or (R,T,K) with reference_tau (R) for correlations with R reference times. Which values
 * a group has, with unit and description, is a row in spectra_table.c. The file is written beside and
 * renamed, so that it can be read at any time.
 *
 * All functions are collective over `comm`; data are taken from process 0, the others may pass NULL.
 * k comoving, in m; tau in 1/m; units of values in the table. The caller owns the handle.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY; DW_ERR_INTERNAL for a group or shape that wasn't declared. */
#ifndef DW_ANALYSIS_SPECTRA_H
#define DW_ANALYSIS_SPECTRA_H

#include <stdint.h>

#include "analysis/record.h"
#include "base/status.h"
#include "lattice/comm.h"

typedef struct dw_spectra dw_spectra;

/* Nothing is written yet. `record` must outlive the handle. */
dw_status dw_spectra_create(dw_spectra **spectra, const dw_comm *comm, const char *path, const dw_record *record);
void dw_spectra_destroy(dw_spectra *spectra);

/* Declares a group of the table, before its first append: k[shells] is the mean |k| of each shell, count[shells]
 * its number of modes. references = 0 and reference_tau = NULL for a group without reference times. */
dw_status dw_spectra_declare(dw_spectra *spectra, const char *group, int64_t shells, const double *k,
                             const int64_t *count, int64_t references, const double *reference_tau);

/* Attributes of a declared group: `grid_spacing` (comoving, 1/m) and `coarsening` of the grid it is measured on, and
 * `k_end`, the upper edge of its last shell. With c > 1 the grid isn't right beyond; with c = 1 the last shells reach
 * the Nyquist momentum and are artefacts of the lattice from about half of it on. */
dw_status dw_spectra_note_grid(dw_spectra *spectra, const char *group, double spacing, double k_end, int coarsening);

/* One row: values[i] is value i of the group in the order of the table, max(1, R) x K doubles. A row with the step
 * of the last one replaces it. values = NULL: a row of NaN, to be amended. */
dw_status dw_spectra_append(dw_spectra *spectra, const char *group, int64_t step, double tau, double a,
                            const double *const *values);

/* Not collective; what other processes say is ignored. Writes values[i] (K) over what the row of `step` has for
 * reference r of a group with references. Nothing happens where there is no such row. */
void dw_spectra_amend(dw_spectra *spectra, const char *group, int64_t step, int64_t reference,
                      const double *const *values);

/* Writes all groups that were declared. */
dw_status dw_spectra_write(dw_spectra *spectra);

/* Reads back the rows with step <= `step` of all declared groups; a group that the file lacks stays empty.
 * Shells and references must be those declared, and the last row of the field's that of step `last` (-1: not known). */
dw_status dw_spectra_restore(dw_spectra *spectra, int64_t step, int64_t last);

/* Not collective. Forgets rows of steps after `last`, such as those of a step that some group doesn't have. */
void dw_spectra_cut(dw_spectra *spectra, int64_t last);

/* Rows of a group so far, on process 0; 0 elsewhere. Not collective. */
int64_t dw_spectra_rows(const dw_spectra *spectra, const char *group);

#endif
