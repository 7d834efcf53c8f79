#include "analysis/spectra.h"

#include <string.h>

#include "analysis/spectra_store.h"
#include "base/memory.h"

enum { ATTRIBUTE_BYTES = 1 << 17 }; /* generous, for the estimate of the space */

struct dw_spectra {
  const dw_comm *comm;
  const dw_record *record;
  dw_spectra_store store[DW_SPECTRA_GROUPS]; /* on process 0 */
  char path[];
};

dw_status dw_spectra_create(dw_spectra **spectra, const dw_comm *comm, const char *path, const dw_record *record) {
  *spectra = NULL;
  void *block = NULL;
  const size_t length = strlen(path) + 1;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof **spectra + length, "spectra"));
  memset(block, 0, sizeof **spectra);
  *spectra = block;
  (*spectra)->comm = comm;
  (*spectra)->record = record;
  memcpy((*spectra)->path, path, length);
  return DW_OK;
}

void dw_spectra_destroy(dw_spectra *spectra) {
  if (spectra != NULL) {
    for (int i = 0; i < DW_SPECTRA_GROUPS; i++) {
      dw_spectra_store_free(&spectra->store[i]);
    }
    dw_free(spectra);
  }
}

static bool holds(const dw_spectra *spectra) { return dw_comm_rank(spectra->comm) == 0; }

dw_status dw_spectra_declare(dw_spectra *spectra, const char *group, int64_t shells, const double *k,
                             const int64_t *count, int64_t references, const double *reference_tau) {
  const int index = dw_spectra_group_find(group);
  if (index < 0) {
    return dw_fail(DW_ERR_INTERNAL, "spectra: there is no group %s", group);
  }
  dw_status status = DW_OK;
  if (holds(spectra)) {
    status = dw_spectra_store_declare(&spectra->store[index], index, shells, k, count, references, reference_tau);
  }
  return dw_comm_agree(spectra->comm, status);
}

dw_status dw_spectra_note_grid(dw_spectra *spectra, const char *group, double spacing, double k_end, int coarsening) {
  const int index = dw_spectra_group_find(group);
  if (index < 0) {
    return dw_fail(DW_ERR_INTERNAL, "spectra: there is no group %s", group);
  }
  dw_spectra_store *store = &spectra->store[index];
  store->grid_spacing = spacing;
  store->k_end = k_end;
  store->coarsening = coarsening;
  return DW_OK;
}

static dw_status append(dw_spectra *spectra, const char *group, int64_t step, double tau, double a,
                        const double *const *values) {
  const int index = dw_spectra_group_find(group);
  if (index < 0 || !spectra->store[index].declared) {
    return dw_fail(DW_ERR_INTERNAL, "spectra: group %s was not declared", group);
  }
  return dw_spectra_store_append(&spectra->store[index], step, tau, a, values);
}

dw_status dw_spectra_append(dw_spectra *spectra, const char *group, int64_t step, double tau, double a,
                            const double *const *values) {
  return dw_comm_agree(spectra->comm, holds(spectra) ? append(spectra, group, step, tau, a, values) : DW_OK);
}

void dw_spectra_amend(dw_spectra *spectra, const char *group, int64_t step, int64_t reference,
                      const double *const *values) {
  const int index = dw_spectra_group_find(group);
  if (index >= 0 && holds(spectra) && spectra->store[index].declared) {
    dw_spectra_store_amend(&spectra->store[index], step, reference, values);
  }
}

static dw_status write_groups(const dw_spectra *spectra, dw_file *file) {
  DW_TRY(dw_record_write(file, spectra->record));
  for (int i = 0; i < dw_spectra_group_count(); i++) {
    if (spectra->store[i].declared) {
      DW_TRY(dw_spectra_store_write(&spectra->store[i], file));
    }
  }
  return DW_OK;
}

static dw_status write_file(const dw_spectra *spectra) {
  uint64_t bytes = ATTRIBUTE_BYTES;
  for (int i = 0; i < dw_spectra_group_count(); i++) {
    bytes += spectra->store[i].declared ? dw_spectra_store_bytes(&spectra->store[i]) : 0;
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_self(), spectra->path, bytes));
  const dw_status status = write_groups(spectra, file);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

void dw_spectra_cut(dw_spectra *spectra, int64_t last) {
  for (int i = 0; i < dw_spectra_group_count(); i++) {
    dw_spectra_store *store = &spectra->store[i];
    while (store->rows > 0 && store->step[store->rows - 1] > last) {
      store->rows--;
    }
  }
}

dw_status dw_spectra_write(dw_spectra *spectra) {
  return dw_comm_agree(spectra->comm, holds(spectra) ? write_file(spectra) : DW_OK);
}

/* Field spectra are always there. */
static dw_status check_last(const dw_spectra *spectra, int64_t last) {
  const dw_spectra_store *field = &spectra->store[dw_spectra_group_find("field")];
  const int64_t found = field->rows > 0 ? field->step[field->rows - 1] : -1;
  return last < 0 || !field->declared || found == last
             ? DW_OK
             : dw_fail(DW_ERR_FILE,
                       "%s: spectra are missing: up to the checkpoint, the last ones are of step %lld instead of %lld",
                       spectra->path, (long long)found, (long long)last);
}

static dw_status read_file(dw_spectra *spectra, int64_t step, int64_t last) {
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, dw_comm_self(), spectra->path));
  dw_status status = DW_OK;
  for (int i = 0; i < dw_spectra_group_count() && status == DW_OK; i++) {
    if (spectra->store[i].declared) {
      status = dw_spectra_store_read(&spectra->store[i], file, step);
    }
  }
  dw_file_close(file);
  return status == DW_OK ? check_last(spectra, last) : status;
}

dw_status dw_spectra_restore(dw_spectra *spectra, int64_t step, int64_t last) {
  return dw_comm_agree(spectra->comm, holds(spectra) ? read_file(spectra, step, last) : DW_OK);
}

int64_t dw_spectra_rows(const dw_spectra *spectra, const char *group) {
  const int index = dw_spectra_group_find(group);
  return index < 0 || !holds(spectra) ? 0 : spectra->store[index].rows;
}
