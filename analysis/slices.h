/* slices/phi_NNNNNN.png: the plane x = N/2 of the field, z to the right, y upwards.
 *
 * Collective over phi's communicator; process 0 writes, beside and renamed. phi in eta; colours from blue (-1.2) over
 * white (0) to red (1.2), clipped; NaN is black. Small lattices are magnified to at least 512 pixels a side.
 * Step and tau (1/m) are in the file's text chunks.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY. Colours: ends of ColorBrewer's RdBu, safe for the colour-blind. */
#ifndef DW_ANALYSIS_SLICES_H
#define DW_ANALYSIS_SLICES_H

#include <stdint.h>

#include "lattice/field.h"

/* DIRECTORY/phi_NNNNNN.png. The directory exists. */
dw_status dw_slice_write(const char *directory, int64_t step, double tau, const dw_field *phi);

/* The colour of a value. Not collective. */
void dw_slice_colour(double value, unsigned char rgb[3]);

#endif
