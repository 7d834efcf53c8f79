#include "analysis/post/export.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_interp.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/comm.h"
#include "lattice/file.h"
#include "lattice/replace.h"

/* --- text --- */

enum { LINE = 96 }; /* bytes, at most, of a line of numbers and of the names of columns */

static size_t text_bytes(size_t lines, const char *const *comments, size_t count) {
  size_t bytes = (count + 1) * LINE + 1;
  for (size_t i = 0; i < lines; i++) {
    bytes += strlen(comments[i]) + 3;
  }
  return bytes;
}

/* Returns the end of what it has written. */
static char *put_comment(char *text, const char *comment) {
  *text++ = '#';
  *text++ = ' ';
  for (; *comment != '\0'; comment++) {
    *text++ = *comment == '\n' || *comment == '\r' ? ' ' : *comment;
  }
  *text++ = '\n';
  return text;
}

dw_status dw_export_text(const char *path, size_t lines, const char *const *comments, size_t count,
                         const double *frequency, const double *omega, const double *error) {
  char *text = NULL;
  DW_TRY(dw_alloc((void **)&text, text_bytes(lines, comments, count), 1, "spectrum as text"));
  char *end = text;
  for (size_t i = 0; i < lines; i++) {
    end = put_comment(end, comments[i]);
  }
  end = put_comment(end, error == NULL ? "f [Hz]  h2Omega [1]" : "f [Hz]  h2Omega [1]  error of h2Omega [1]");
  for (size_t i = 0; i < count; i++) {
    end += snprintf(end, LINE, "%.17g %.17g", frequency[i], omega[i]);
    if (error != NULL) {
      end += snprintf(end, LINE, " %.17g", error[i]);
    }
    *end++ = '\n';
  }
  const dw_status status = dw_replace_file(path, text, (size_t)(end - text));
  dw_free(text);
  return status;
}

/* --- grid --- */

static bool is_axis(const dw_export_axis *axis) {
  return axis->name[0] != '\0' && strlen(axis->name) < DW_FILE_NAME - 1 && strchr(axis->name, '/') == NULL &&
         strcmp(axis->name, ".") != 0 && strcmp(axis->name, "spectrum") != 0 &&
         strcmp(axis->name, "parameter_names") != 0 && isfinite(axis->start) && isfinite(axis->step) &&
         axis->step > 0.0 && axis->count >= 2;
}

static dw_status check_axes(size_t axes, const dw_export_axis *axis) {
  if (axes < 1 || axes > DW_FILE_RANK || strcmp(axis[axes - 1].name, "f") != 0) {
    return dw_fail(DW_ERR_PARAM, "a grid of spectra needs 1 to %d axes, the last one f", DW_FILE_RANK);
  }
  for (size_t i = 0; i < axes; i++) {
    if (!is_axis(&axis[i])) {
      return dw_fail(DW_ERR_PARAM, "a grid of spectra can't have the axis \"%s\", start %g, step %g, %lld points",
                     axis[i].name, axis[i].start, axis[i].step, (long long)axis[i].count);
    }
    for (size_t j = 0; j < i; j++) {
      if (strcmp(axis[i].name, axis[j].name) == 0) {
        return dw_fail(DW_ERR_PARAM, "a grid of spectra has two axes \"%s\"", axis[i].name);
      }
    }
  }
  return DW_OK;
}

static dw_status check_values(size_t axes, const dw_export_axis *axis, const double *values, uint64_t *count) {
  *count = 1;
  for (size_t i = 0; i < axes; i++) {
    *count *= (uint64_t)axis[i].count;
  }
  for (uint64_t i = 0; i < *count; i++) {
    if (!isfinite(values[i])) {
      return dw_fail(DW_ERR_PARAM, "a grid of spectra can't hold the value %g (number %llu)", values[i],
                     (unsigned long long)i);
    }
  }
  return DW_OK;
}

static dw_status write_axis(dw_file *file, const dw_export_axis *axis) {
  const int64_t shape[1] = {2};
  const double values[2] = {axis->start, axis->step};
  const bool last = strcmp(axis->name, "f") == 0;
  char path[DW_FILE_NAME];
  (void)snprintf(path, sizeof path, "/%s", axis->name);
  DW_TRY(dw_file_write_reals(file, path, 1, shape, values));
  return dw_attribute_write_text(file, path, "description",
                                 last ? "start and step of log10(f), f today in Hz"
                                      : "start and step of the parameter");
}

static dw_status write_grid(dw_file *file, size_t axes, const dw_export_axis *axis, const double *values,
                            const char *description, const dw_provenance *provenance) {
  const char *names[DW_FILE_RANK];
  int64_t shape[DW_FILE_RANK];
  for (size_t i = 0; i < axes; i++) {
    names[i] = axis[i].name;
    shape[i] = axis[i].count;
    DW_TRY(write_axis(file, &axis[i]));
  }
  DW_TRY(dw_file_write_texts(file, "/parameter_names", axes, names));
  DW_TRY(dw_file_write_reals(file, "/spectrum", (int)axes, shape, values));
  DW_TRY(dw_attribute_write_text(file, "/spectrum", "unit", "1"));
  DW_TRY(dw_attribute_write_text(file, "/spectrum", "description",
                                 "log10(h^2 Omega) of gravitational waves today, axes as in parameter_names"));
  DW_TRY(dw_attribute_write_text(file, "/", "description", description));
  return dw_provenance_write(file, provenance);
}

dw_status dw_export_grid(const char *path, size_t axes, const dw_export_axis *axis, const double *values,
                         const char *description, const dw_provenance *provenance) {
  uint64_t count = 0;
  dw_file *file = NULL;
  DW_TRY(check_axes(axes, axis));
  DW_TRY(check_values(axes, axis, values, &count));
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, count * sizeof(double)));
  const dw_status status = write_grid(file, axes, axis, values, description, provenance);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

/* --- resampling --- */

/* The points that can be used, as logarithms; x and y are as long as the spectrum. */
static dw_status take_points(size_t count, const double *frequency, const double *omega, double *x, double *y,
                             size_t *points) {
  *points = 0;
  for (size_t i = 0; i < count; i++) {
    if (!(isfinite(frequency[i]) && frequency[i] > (i == 0 ? 0.0 : frequency[i - 1]))) {
      return dw_fail(DW_ERR_PARAM, "a spectrum can't be resampled: frequency %zu, %g Hz, doesn't rise", i,
                     frequency[i]);
    }
    if (isfinite(omega[i]) && omega[i] > 0.0) {
      x[*points] = log10(frequency[i]);
      y[*points] = log10(omega[i]);
      (*points)++;
    }
  }
  if (*points < 2) {
    return dw_fail(DW_ERR_PARAM, "a spectrum can't be resampled: %zu of its %zu points are above 0", *points, count);
  }
  return DW_OK;
}

static double sample(const gsl_interp *spline, const double *x, const double *y, size_t points, double at) {
  const double slack = 1e-12 * (1.0 + fabs(at)); /* a grid that starts or ends at the spectrum's first or last point */
  double value = DW_EXPORT_FLOOR;
  if (at >= x[0] - slack && at <= x[points - 1] + slack) {
    const double inside = fmin(fmax(at, x[0]), x[points - 1]);
    if (gsl_interp_eval_e(spline, x, y, inside, NULL, &value) != GSL_SUCCESS) {
      return NAN;
    }
  }
  return value;
}

static dw_status resample(size_t points, const double *x, const double *y, const dw_export_axis *axis, double *values) {
  (void)gsl_set_error_handler_off();
  gsl_interp *spline = gsl_interp_alloc(points < 3 ? gsl_interp_linear : gsl_interp_steffen, points);
  if (spline == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory to resample a spectrum");
  }
  bool good = gsl_interp_init(spline, x, y, points) == GSL_SUCCESS;
  for (int64_t i = 0; i < axis->count && good; i++) {
    const double value = sample(spline, x, y, points, axis->start + (double)i * axis->step);
    good = isfinite(value);
    values[i] = fmax(value, DW_EXPORT_FLOOR);
  }
  gsl_interp_free(spline);
  return good ? DW_OK : dw_fail(DW_ERR_INTERNAL, "a spectrum of %zu points can't be interpolated", points);
}

dw_status dw_export_resample(size_t count, const double *frequency, const double *omega, const dw_export_axis *axis,
                             double *values) {
  double *x = NULL;
  size_t points = 0;
  DW_TRY(dw_alloc((void **)&x, 2 * count, sizeof *x, "spectrum to resample"));
  dw_status status = take_points(count, frequency, omega, x, x + count, &points);
  if (status == DW_OK) {
    status = resample(points, x, x + count, axis, values);
  }
  dw_free(x);
  return status;
}
