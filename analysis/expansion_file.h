/* expansion.txt of a run: the scale factor that a self-consistent background has had, as text.
 *
 * Rows of conformal time, a, conformal Hubble rate and cosmic time at each step, 17 digits; lines that begin with # are
 * comments. Between steps a is the cubic through a and a' (cosmology/background_driven.h).
 *
 * Not collective: called on one process. */
#ifndef DW_ANALYSIS_EXPANSION_FILE_H
#define DW_ANALYSIS_EXPANSION_FILE_H

#include "fields/expansion.h"

/* Replaces the file. Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
dw_status dw_expansion_file_write(const char *path, const dw_expansion *expansion);

/* The record that the file holds, a node each step; it begins at tau_start, 1/m. The caller destroys it.
 * Errors: DW_ERR_FILE with file and line, no such record; DW_ERR_MEMORY. */
dw_status dw_expansion_file_read(const char *path, double tau_start, dw_background_record **record);

#endif
