/* The rows of one group of spectra in memory, and their way to and from a file. Internal to spectra.c.
 *
 * Not collective: process 0 alone holds rows; files are opened with dw_comm_self(). */
#ifndef DW_ANALYSIS_SPECTRA_STORE_H
#define DW_ANALYSIS_SPECTRA_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/spectra_table.h"
#include "lattice/file.h"

typedef struct dw_spectra_store {
  bool declared;
  int group;                        /* index in the table */
  int64_t shells;                   /* K */
  int64_t references;               /* R, 0 without */
  double grid_spacing;              /* of the grid it is measured on, 1/m */
  double k_end;                     /* upper edge of the last shell, m */
  int64_t coarsening;               /* of that grid; 0: not noted */
  int64_t rows;                     /* T */
  int64_t capacity;                 /* rows there is room for */
  double *k;                        /* owned: [K], m */
  int64_t *count;                   /* owned: [K] */
  double *reference_tau;            /* owned: [R], 1/m; NULL without */
  int64_t *step;                    /* owned: [capacity] */
  double *tau;                      /* owned: [capacity], 1/m */
  double *a;                        /* owned: [capacity] */
  double *value[DW_SPECTRA_VALUES]; /* owned: [capacity][max(1, R)][K] */
} dw_spectra_store;

dw_status dw_spectra_store_declare(dw_spectra_store *store, int group, int64_t shells, const double *k,
                                   const int64_t *count, int64_t references, const double *reference_tau);
void dw_spectra_store_free(dw_spectra_store *store);

/* A row with the step of the last one replaces it. values = NULL: NaN. */
dw_status dw_spectra_store_append(dw_spectra_store *store, int64_t step, double tau, double a,
                                  const double *const *values);

/* Writes values[i] (K) over what row `step` has for reference r; nothing where there is no such row. */
void dw_spectra_store_amend(dw_spectra_store *store, int64_t step, int64_t reference, const double *const *values);

/* Bytes of all arrays. */
uint64_t dw_spectra_store_bytes(const dw_spectra_store *store);

dw_status dw_spectra_store_write(const dw_spectra_store *store, dw_file *file);

/* Fills an empty store with the rows of the file with step <= `last`; shells and references must be the declared ones.
 * A group that the file lacks leaves it empty. */
dw_status dw_spectra_store_read(dw_spectra_store *store, dw_file *file, int64_t last);

#endif
