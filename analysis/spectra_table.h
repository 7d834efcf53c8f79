/* The datasets of spectra.h5: group, name, unit, meaning. To add one, add a row to spectra_table.c.
 *
 * Not collective. The table is constant. */
#ifndef DW_ANALYSIS_SPECTRA_TABLE_H
#define DW_ANALYSIS_SPECTRA_TABLE_H

#include "lattice/file.h"

enum { DW_SPECTRA_GROUPS = 8, DW_SPECTRA_VALUES = 8 };

/* Number of groups (at most DW_SPECTRA_GROUPS) and their names. */
int dw_spectra_group_count(void);
const char *dw_spectra_group_name(int group);

/* -1 for an unknown name. */
int dw_spectra_group_find(const char *name);

/* Values of a group (at most DW_SPECTRA_VALUES) and their names, in the order of the table. */
int dw_spectra_value_count(int group);
const char *dw_spectra_value_name(int group, int value);

/* Collective over the file. Attributes `unit` and `description` of dataset /GROUP/NAME. */
dw_status dw_spectra_describe(dw_file *file, int group, const char *name);

#endif
