#include "analysis/post/archive_spectra.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

typedef struct dataset {
  const char *group;
  const char *name;
  bool required;
  dw_archive_rule rule;
} dataset;

/* Those of a group stand together, at most DW_ARCHIVE_VALUES. */
static const dataset datasets[] = {
    {"field", "power", true, DW_ARCHIVE_FINITE},
    {"field", "power_error", false, DW_ARCHIVE_FINITE},
    {"etc", "value", true, DW_ARCHIVE_FINITE},
    {"etc", "value_error", false, DW_ARCHIVE_FINITE},
    {"etc", "scaling", true, DW_ARCHIVE_MAYBE},
    {"stress", "scalar", true, DW_ARCHIVE_FINITE},
    {"stress", "scalar_error", false, DW_ARCHIVE_FINITE},
    {"stress", "vector", true, DW_ARCHIVE_FINITE},
    {"stress", "vector_error", false, DW_ARCHIVE_FINITE},
    {"gw", "drho_dlnk", true, DW_ARCHIVE_FINITE},
    {"gw", "drho_dlnk_error", false, DW_ARCHIVE_FINITE},
    {"gw", "drho_dlnk_averaged", true, DW_ARCHIVE_FINITE},
    {"gw", "omega", false, DW_ARCHIVE_MAYBE},
    {"gw", "omega_averaged", false, DW_ARCHIVE_MAYBE},
    {"utc", "value", true, DW_ARCHIVE_MAYBE},
    {"utc", "value_error", false, DW_ARCHIVE_MAYBE},
};

enum { DATASETS = sizeof datasets / sizeof datasets[0], GROUP_NAME = 32 };

static dw_status read_axes(dw_archive_spectra *s, dw_archive_file *file, const char *at) {
  s->rows = -1;
  s->shells = -1;
  DW_TRY(dw_archive_read_ints(file, at, "step", 1, &s->rows, 0, true, &s->step));
  DW_TRY(dw_archive_read_reals(file, at, "tau", 1, &s->rows, DW_ARCHIVE_RISING, &s->tau));
  DW_TRY(dw_archive_read_reals(file, at, "a", 1, &s->rows, DW_ARCHIVE_POSITIVE, &s->a));
  DW_TRY(dw_archive_read_reals(file, at, "k", 1, &s->shells, DW_ARCHIVE_RISING, &s->k));
  DW_TRY(dw_archive_read_ints(file, at, "count", 1, &s->shells, 1, false, &s->count));
  if (s->rows < 1 || s->shells < 1) {
    return dw_fail(DW_ERR_FILE, "%s: group %s is empty; the file is damaged, bring it back from a copy or run again",
                   file->path, at);
  }
  if (strcmp(s->group, "utc") != 0) {
    return DW_OK;
  }
  s->references = -1;
  return dw_archive_read_reals(file, at, "reference_tau", 1, &s->references, DW_ARCHIVE_FINITE, &s->reference_tau);
}

static dw_status read_values(dw_archive_spectra *s, dw_archive_file *file, const char *at) {
  int index = 0;
  for (int i = 0; i < DATASETS; i++) {
    if (strcmp(datasets[i].group, s->group) != 0) {
      continue;
    }
    char path[DW_FILE_NAME];
    (void)snprintf(path, sizeof path, "%s/%s", at, datasets[i].name);
    const bool unequal = s->reference_tau != NULL;
    int64_t shape[3] = {s->references, s->rows, s->shells};
    bool there = false;
    DW_TRY(dw_file_find(file->file, path, &there));
    if (datasets[i].required || there) {
      DW_TRY(dw_archive_read_reals(file, at, datasets[i].name, unequal ? 3 : 2, unequal ? shape : shape + 1,
                                   datasets[i].rule, &s->value[index]));
    }
    index++;
  }
  return DW_OK;
}

static dw_status read_grid(dw_archive_spectra *s, dw_archive_file *file, const char *at) {
  bool there = false;
  DW_TRY(dw_attribute_find(file->file, at, "coarsening", &there));
  if (!there) {
    return DW_OK;
  }
  DW_TRY(dw_attribute_read_int(file->file, at, "coarsening", &s->coarsening));
  DW_TRY(dw_attribute_read_real(file->file, at, "grid_spacing", &s->spacing));
  return dw_attribute_read_real(file->file, at, "k_end", &s->k_end);
}

dw_status dw_archive_spectra_read(dw_archive_spectra *spectra, dw_archive_file *file, const char *group, bool needed) {
  char at[GROUP_NAME];
  *spectra = (dw_archive_spectra){.group = group};
  (void)snprintf(at, sizeof at, "/%s", group);
  bool there = false;
  DW_TRY(dw_file_find(file->file, at, &there));
  if (!needed && !there) {
    return DW_OK;
  }
  DW_TRY(read_axes(spectra, file, at));
  DW_TRY(read_values(spectra, file, at));
  return read_grid(spectra, file, at);
}

void dw_archive_spectra_free(dw_archive_spectra *spectra) {
  dw_free(spectra->step);
  dw_free(spectra->tau);
  dw_free(spectra->a);
  dw_free(spectra->k);
  dw_free(spectra->count);
  dw_free(spectra->reference_tau);
  for (int i = 0; i < DW_ARCHIVE_VALUES; i++) {
    dw_free(spectra->value[i]);
  }
  memset(spectra, 0, sizeof *spectra);
}

bool dw_archive_spectra_begin_alike(const dw_archive_spectra *a, const dw_archive_spectra *b, int64_t shells) {
  return shells == 0 ||
         (a->shells >= shells && b->shells >= shells && memcmp(a->k, b->k, (size_t)shells * sizeof *a->k) == 0);
}

const double *dw_archive_value(const dw_archive_spectra *spectra, const char *name) {
  int index = 0;
  for (int i = 0; i < DATASETS && spectra->group != NULL; i++) {
    if (strcmp(datasets[i].group, spectra->group) == 0) {
      if (strcmp(datasets[i].name, name) == 0) {
        return spectra->value[index];
      }
      index++;
    }
  }
  return NULL;
}
