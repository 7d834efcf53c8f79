/* Whether the parameters of two files or runs are those of one set-up. Not collective. */
#ifndef DW_ANALYSIS_POST_ARCHIVE_COMPARE_H
#define DW_ANALYSIS_POST_ARCHIVE_COMPARE_H

#include <stdbool.h>

#include "params/table.h"

/* Keys that decide what a run computes: those a restart must keep. */
bool dw_key_decides_run(const dw_param_entry *entry);

/* Keys that members of an ensemble have in common: all but the seed and those that change neither the field nor what
 * is measured (name, output, overwrite, lattice.processes, store). Members may still differ in when: a snapshot brings
 * spectra with it, a run may have stopped early, and one that was continued keeps its earlier outputs. */
bool dw_key_decides_ensemble(const dw_param_entry *entry);

/* The first key in the order of the table that `counts` and whose values differ; NULL if there is none. Both were read
 * from files, so equal values are equal bytes (params/read.h). */
const dw_param_entry *dw_params_difference(const dw_params *a, const dw_params *b,
                                           bool (*counts)(const dw_param_entry *entry));

#endif
