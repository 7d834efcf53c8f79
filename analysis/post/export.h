/* Spectra of gravitational waves today for other programs: a table of text and a grid for pulsar timing arrays.
 *
 * The grid is what PTArcade reads (A. Mitridate et al., arXiv:2306.16377; models_utils.spec_importer and
 * fast_interpolate.load_data): an HDF5 file with
 *
 *   parameter_names   (P) texts of variable length, UTF-8, the axes in order, the last one "f"
 *   NAME              (2) reals [start, step], one such dataset for each of these names
 *   spectrum          (n_1, ..., n_P) reals, axes in that order, C order
 *
 * It interpolates linearly between the points start + i step and gives the value as it is, so the logarithms are a
 * convention between file and model. Here, as in the models PTArcade comes with: axis f is log10(f/Hz), values are
 * log10(h^2 Omega), and a model's function is
 *
 *   S = spec_importer(FILE);   spectrum(f, a) = 10**S(log10(f), a = a)
 *
 * No bounds are checked there: a value below `start` takes points from the other end of the axis and one at the last
 * point or above it is an error. So the axis f must reach beyond all frequencies of the data on both sides.
 *
 * Not collective: called on one process. Files are whole or absent (lattice/file.h, lattice/replace.h). */
#ifndef DW_ANALYSIS_POST_EXPORT_H
#define DW_ANALYSIS_POST_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "lattice/provenance.h"

/* An axis of equal steps. */
typedef struct dw_export_axis {
  const char *name; /* of the parameter; a dataset's name, so neither with '/' nor "spectrum" nor "parameter_names" */
  double start;     /* in the unit the model file uses; log10(f/Hz) for "f" */
  double step;      /* > 0 */
  int64_t count;    /* of points, at least 2 */
} dw_export_axis;

/* log10 of the h^2 Omega that stands for "nothing": far below what any instrument sees, and still a number whose root
 * the reader can take. */
#define DW_EXPORT_FLOOR (-30.0)

/* Writes `count` lines "f [Hz]  h2Omega" (17 digits), with `error` (NULL where unknown) as third column, after lines
 * "# ..." with the `lines` comments (what, which run, parameters; a line break in one becomes a blank) and a last one
 * that names columns and units. numpy.loadtxt and gnuplot read it as it is.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
dw_status dw_export_text(const char *path, size_t lines, const char *const *comments, size_t count,
                         const double *frequency, const double *omega, const double *error);

/* Writes the grid. values: log10(h^2 Omega), product of the counts, the last axis (which must be "f") fastest.
 * `description` says in words what it is; both it and the provenance become attributes of the root.
 * Errors: DW_ERR_PARAM, no such axes (DW_FILE_RANK at most) or a value that isn't finite; DW_ERR_FILE; DW_ERR_MEMORY.
 */
dw_status dw_export_grid(const char *path, size_t axes, const dw_export_axis *axis, const double *values,
                         const char *description, const dw_provenance *provenance);

/* values[i] = log10(h^2 Omega) at f = 10^(start + i step) Hz, i < axis->count, of one spectrum given at `count`
 * frequencies > 0 that rise (Hz), by Steffen's monotone spline in log10 f and log10 h^2 Omega (a straight line between
 * two points): no new maxima, exact for power laws and at the points given.
 * Points with omega <= 0 or not finite are left out. Outside the range of the others, and where less comes out, the
 * value is DW_EXPORT_FLOOR: nothing is extrapolated, so the edge is a cliff one step wide.
 * Errors: DW_ERR_PARAM, frequencies that don't rise, or less than 2 points with omega > 0; DW_ERR_MEMORY. */
dw_status dw_export_resample(size_t count, const double *frequency, const double *omega, const dw_export_axis *axis,
                             double *values);

#endif
