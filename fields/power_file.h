/* Powers of phi and phi' as functions of the momentum, from a text file.
 *
 * Rows `k P_phi` or `k P_phi P_phi'`, all with the same number of columns, # begins a comment line; k comoving, m, and
 * increasing; P(k) = |phi_k|^2/L^3 with phi_k = dx^3 sum phi exp(-i k x), in eta^2/m^3, and m^2 eta^2/m^3 for phi'; 0
 * is no power. Between two rows with power ln P is a monotone cubic of ln k (M. Steffen, A&A 239 (1990) 443): a power
 * law is met exactly. There is none between a row with power and one without, nor beyond the first and the last row. */
#ifndef DW_FIELDS_POWER_FILE_H
#define DW_FIELDS_POWER_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lattice/comm.h"

typedef struct dw_power_row {
  double log_k;
  double log_power[2]; /* phi, phi'; -INFINITY without power */
  double slope[2];     /* d ln P/d ln k */
  int64_t line;        /* of the file */
} dw_power_row;

typedef struct dw_power_file {
  int64_t rows;
  bool moving; /* has a column of phi' */
  dw_power_row *row;
} dw_power_file;

/* Collective: process 0 reads, all have the rows. The caller owns them. Errors: DW_ERR_FILE for a file that can't be
 * read; DW_ERR_PARAM, with the line, for wrong rows, and for a single row with power, which has none beside it. */
dw_status dw_power_file_read(dw_power_file **file, const char *path, const dw_comm *comm);
void dw_power_file_destroy(dw_power_file *file);

/* Not collective. P(k) of phi (0) or phi' (1), k > 0. */
double dw_power_file_at(const dw_power_file *file, int which, double k);

/* The momenta outside of which both are 0: those of the first and the last row, which count as reached within 1e-5, so
 * that a k of the box may be written with six digits. */
void dw_power_file_range(const dw_power_file *file, double range[2]);

#endif
