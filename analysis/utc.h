/* The unequal-time correlator of the stress while the run goes on: group utc of spectra.h5.
 *
 *   UTC(k; tau_r, tau) = Re sum_ij Pi_ij(k, tau_r) Pi*_ij(k, tau)/L^3   (TT part, shell means; docs/conventions.md)
 *
 * At each reference time tau_r the amplitudes of Pi are stored for the shells up to a limit, and correlated with those
 * of every later time at which spectra are taken; at tau_r itself this is the ETC, with the same bits. With `earlier`
 * the amplitudes of all such times are stored until the last reference is reached, and each reference is correlated
 * with the earlier ones too.
 *
 * Everything is collective unless said otherwise. */
#ifndef DW_ANALYSIS_UTC_H
#define DW_ANALYSIS_UTC_H

#include "analysis/spectra.h"
#include "gw/coarse.h"
#include "lattice/file.h"

typedef struct dw_utc_choice {
  int64_t references;  /* R; 0: nothing is done */
  const int64_t *step; /* (R) ascending; not owned */
  int64_t shells;      /* K, at most those of the grid of the stress */
  bool earlier;        /* correlate with earlier times too */
  int64_t states;      /* about how many will be stored at once */
} dw_utc_choice;

typedef struct dw_utc dw_utc;

/* Memory for so many states is taken here. The grid and the steps of the choice outlive the handle. Errors:
 * DW_ERR_MEMORY. */
dw_status dw_utc_create(dw_utc **utc, const dw_coarse *coarse, const dw_utc_choice *choice);
void dw_utc_destroy(dw_utc *utc);

/* Declares the group. */
dw_status dw_utc_declare(const dw_utc *utc, dw_spectra *spectra);

/* A row for the state's time, whose amplitudes of Pi (plus and cross, dw_stress_project) are `stress`; with `earlier`
 * the rows before get what they lack. Errors: DW_ERR_MEMORY. */
dw_status dw_utc_measure(dw_utc *utc, dw_spectra *spectra, dw_modes *const stress[DW_POLARISATIONS]);

/* The stored amplitudes, under /utc of a checkpoint. Reading fails with DW_ERR_FILE where a reference up to step `now`
 * isn't there. */
dw_status dw_utc_write(const dw_utc *utc, dw_file *file);
dw_status dw_utc_read(dw_utc *utc, dw_file *file, int64_t now);

/* Not collective. Bytes of it in a file, and in memory on a process with this share of the field's lattice, whose
 * stress is coarsened by c. */
uint64_t dw_utc_file_bytes(const dw_utc_choice *choice, dw_precision precision);
size_t dw_utc_bytes(const dw_utc_choice *choice, const dw_share *share, int coarsening, dw_precision precision);

#endif
