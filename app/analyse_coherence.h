/* The coherence of the stress in a window of time, fitted with each model: for section coherence, and for section
 * route, which assumes the models with what was found. Not collective. */
#ifndef DW_APP_ANALYSE_COHERENCE_H
#define DW_APP_ANALYSE_COHERENCE_H

#include "analysis/post/coherence.h"
#include "app/analyse_sections.h"

/* Times of a window of which the coherence is taken; more samples of tracks are thinned out. */
enum { DW_ANALYSE_TIMES = 64 };

/* Shells with unequal times, the first ones of the correlator's. */
int64_t dw_analyse_unequal_shells(const dw_analyse_input *input);

/* Adds shell `shell`, from 0, to the data: the tracks of all members together, or without tracks the references of each
 * member. A shell with fewer than two times in the window adds nothing. Errors: DW_ERR_MEMORY, DW_ERR_PARAM. */
dw_status dw_analyse_coherence_add(const dw_analyse_input *input, int64_t shell, dw_coherence_data *data);

/* Room for all shells; the table has `bins` bins of a width. */
enum { DW_ANALYSE_BINS = 60 };
#define DW_ANALYSE_BIN 0.25

/* All shells together. *known is false where there are too few entries for a fit. The caller destroys *data, also after
 * a failure. */
dw_status dw_analyse_coherence_fit(const dw_analyse_input *input, dw_coherence_data *data,
                                   dw_coherence_comparison *comparison, bool *known);

#endif
