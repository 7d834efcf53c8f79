#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"
#include "surrogate/paired/paired.h"

enum { LINE = 256, HEAD_LINES = 8, GROUP = 64, GROUP_BYTES = 1 << 14 };

/* A text that was made large enough. */
typedef struct text {
  char *start;
  size_t used;
  size_t size;
} text;

__attribute__((format(printf, 2, 3))) static void add(text *t, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(t->start + t->used, t->size - t->used, format, arguments);
  va_end(arguments);
  t->used += length > 0 ? (size_t)length : 0;
}

static void add_head(text *t) {
  add(t,
      "Paired cheap runs as control variates: geometric means over times and bins with a cheap counterpart.\n"
      "gain: variance times cost of the fine runs alone over that of the estimate; dropped: bins whose gain is below "
      "1,\nwhich keep the mean of the fine runs; best: cheap runs per fine run for the largest gain, and that gain.\n\n"
      "point  fine cheap   cost  quantity    bins dropped  reduction    gain    best    gain\n");
}

static void add_point(text *t, const dw_paired *p) {
  for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
    const dw_paired_digest d = dw_paired_summary(p, (dw_paired_quantity)q);
    add(t, "%5" PRId64 " %5" PRId64 " %5" PRId64 " %6.3f  %-8s %7" PRId64, p->point, p->fine, p->cheap,
        p->seconds_cheap / p->seconds_fine, dw_paired_name((dw_paired_quantity)q), d.bins);
    if (d.bins == 0) {
      add(t, "  no counterpart, or fewer than %d pairs: mean of the fine runs\n", DW_PAIRED_FEWEST);
    } else {
      add(t, " %7" PRId64 " %10.2f %7.2f %7.1f %7.2f\n", d.dropped, d.reduction, d.gain, d.best, d.best_gain);
    }
  }
}

static dw_status write_text(int64_t points, const dw_paired *const *paired, const char *path) {
  void *block = NULL;
  text t = {.size = (size_t)LINE * (size_t)(HEAD_LINES + DW_PAIRED_QUANTITIES * points)};
  DW_TRY(dw_alloc(&block, t.size, 1, "report of paired runs"));
  t.start = block;
  add_head(&t);
  for (int64_t i = 0; i < points; i++) {
    add_point(&t, paired[i]);
  }
  const dw_status status = t.used < t.size ? dw_replace_file(path, t.start, t.used)
                                           : dw_fail(DW_ERR_INTERNAL, "%s: a line is longer than %d", path, LINE);
  dw_free(block);
  return status;
}

static dw_status write_array(dw_file *file, const char group[GROUP], const char *name, int rank, const int64_t *shape,
                             const double *values, const char *unit, const char *description) {
  char path[DW_FILE_NAME];
  (void)snprintf(path, sizeof path, "%.*s/%s", GROUP - 1, group, name);
  DW_TRY(dw_file_write_reals(file, path, rank, shape, values));
  return dw_attribute_describe(file, path, unit, description);
}

static dw_status write_table(dw_file *file, const char *group, dw_paired_quantity quantity, const dw_paired *p) {
  static const char *const units[DW_PAIRED_QUANTITIES] = {"m", "1", "eta^2/m^3", "m eta^4", "m^2 eta^4/M_P^2"};
  const dw_paired_table *t = &p->table[quantity];
  const char *unit = p->logarithmic ? "1" : units[quantity];
  const int64_t shape[2] = {t->times, t->bins};
  DW_TRY(write_array(file, group, "tau", 1, &shape[0], t->tau, "1/m", "conformal time"));
  DW_TRY(write_array(file, group, "k", 1, &shape[1], t->k, "m", "comoving momentum; NaN for a column"));
  const struct {
    const char *name;
    const double *values;
    const char *unit;
    const char *description;
  } arrays[] = {
      {"value", t->value, unit, "estimate of the mean"},
      {"error", t->error, unit, "its standard error"},
      {"plain", t->plain, unit, "mean of the fine runs"},
      {"plain_error", t->plain_error, unit, "its standard error"},
      {"beta", t->beta, "unit of fine over unit of cheap values", "mean slope; 0: cheap level dropped"},
      {"correlation", t->correlation, "1", "between fine and cheap runs"},
      {"reduction", t->reduction, "1", "variance of the plain mean over that with the cheap level"},
      {"gain", t->gain, "1", "reduction at equal cost"},
      {"kept", t->kept, "1", "share of the seeds for which the cheap level was used"},
  };
  for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
    DW_TRY(write_array(file, group, arrays[i].name, 2, shape, arrays[i].values, arrays[i].unit, arrays[i].description));
  }
  return DW_OK;
}

static dw_status write_digest(dw_file *file, const char *group, dw_paired_quantity quantity, const dw_paired *p) {
  const dw_paired_digest d = dw_paired_summary(p, quantity);
  DW_TRY(dw_attribute_write_int(file, group, "bins", d.bins));
  DW_TRY(dw_attribute_write_int(file, group, "dropped", d.dropped));
  DW_TRY(dw_attribute_write_real(file, group, "reduction", d.reduction));
  DW_TRY(dw_attribute_write_real(file, group, "gain", d.gain));
  DW_TRY(dw_attribute_write_real(file, group, "best_ratio", d.best));
  return dw_attribute_write_real(file, group, "best_gain", d.best_gain);
}

static dw_status write_point(dw_file *file, const dw_paired *p) {
  char group[GROUP];
  (void)snprintf(group, sizeof group, "/point%04" PRId64, p->point);
  DW_TRY(dw_file_group(file, group));
  DW_TRY(dw_attribute_write_int(file, group, "fine_runs", p->fine));
  DW_TRY(dw_attribute_write_int(file, group, "pairs", p->pairs));
  DW_TRY(dw_attribute_write_int(file, group, "cheap_runs", p->cheap));
  DW_TRY(dw_attribute_write_real(file, group, "seconds_fine", p->seconds_fine));
  DW_TRY(dw_attribute_write_real(file, group, "seconds_cheap", p->seconds_cheap));
  DW_TRY(dw_attribute_write_int(file, group, "logarithmic", p->logarithmic ? 1 : 0));
  for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
    (void)snprintf(group, sizeof group, "/point%04" PRId64 "/%s", p->point, dw_paired_name((dw_paired_quantity)q));
    if (p->table[q].times > 0) {
      DW_TRY(dw_file_group(file, group));
      DW_TRY(write_table(file, group, (dw_paired_quantity)q, p));
      DW_TRY(write_digest(file, group, (dw_paired_quantity)q, p));
    }
  }
  return DW_OK;
}

static dw_status write_all(dw_file *file, int64_t points, const dw_paired *const *paired, const dw_record *record) {
  DW_TRY(dw_record_write(file, record));
  for (int64_t i = 0; i < points; i++) {
    DW_TRY(write_point(file, paired[i]));
  }
  return DW_OK;
}

static dw_status write_file(int64_t points, const dw_paired *const *paired, const char *path, const dw_record *record) {
  uint64_t bytes = GROUP_BYTES;
  for (int64_t i = 0; i < points; i++) {
    for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
      const dw_paired_table *t = &paired[i]->table[q];
      bytes += GROUP_BYTES + 9 * sizeof(double) * (uint64_t)(t->times * t->bins);
    }
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, bytes));
  const dw_status status = write_all(file, points, paired, record);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

dw_status dw_paired_write(int64_t points, const dw_paired *const *paired, const char *directory,
                          const dw_record *record) {
  void *block = NULL;
  const size_t size = strlen(directory) + 16;
  DW_TRY(dw_alloc(&block, size, 1, "file name"));
  char *path = block;
  (void)snprintf(path, size, "%s/paired.h5", directory);
  dw_status status = write_file(points, paired, path, record);
  if (status == DW_OK) {
    (void)snprintf(path, size, "%s/paired.txt", directory);
    status = write_text(points, paired, path);
  }
  dw_free(path);
  return status;
}
