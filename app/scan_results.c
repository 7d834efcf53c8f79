#include "app/scan_results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/post/archive.h"
#include "app/progress.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "params/print.h"
#include "surrogate/scan/collect.h"
#include "surrogate/paired/paired.h"
#include "surrogate/scan/ensemble.h"

/* Seconds between two writes of the data set, and times the last one took: at most 5 % of the time goes into them. */
static const double LEAST_INTERVAL = 2.0;
static const double LEAST_SHARE = 20.0;

struct dw_scan_results {
  const dw_scan_setup *setup;
  const dw_provenance *provenance;
  char *base; /* texts that go into the data set */
  char *cheap;
  const char *text;
  dw_dataset *known; /* as it is on the disk; NULL without one */
  dw_dataset **fresh;
  int64_t count; /* of fresh ones */
  int64_t room;
  int64_t warned;                  /* runs that were taken and have warned */
  char warning[DW_MESSAGE_LENGTH]; /* of the first */
  double written;                  /* seconds, when */
  double took;                     /* seconds */
};

static dw_status make_texts(dw_scan_results *r) {
  DW_TRY(dw_params_text(&r->setup->base, &r->base));
  return r->setup->scan.cheap.enabled ? dw_params_text(&r->setup->cheap, &r->cheap) : DW_OK;
}

dw_status dw_scan_results_create(dw_scan_results **results, const dw_scan_setup *setup, const dw_provenance *provenance,
                                 const char *text, bool restart) {
  *results = NULL;
  dw_scan_results *r = calloc(1, sizeof *r);
  if (r == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the results of the scan");
  }
  r->setup = setup;
  r->provenance = provenance;
  r->text = text;
  r->written = -(double)INFINITY;
  dw_status status = make_texts(r);
  if (status == DW_OK && restart && access(setup->directory.dataset, F_OK) == 0) {
    status = dw_dataset_read(&r->known, setup->directory.dataset);
  }
  if (status != DW_OK) {
    dw_scan_results_destroy(r);
    return status;
  }
  *results = r;
  return DW_OK;
}

void dw_scan_results_destroy(dw_scan_results *r) {
  if (r == NULL) {
    return;
  }
  for (int64_t i = 0; i < r->count; i++) {
    dw_dataset_destroy(r->fresh[i]);
  }
  dw_dataset_destroy(r->known);
  free(r->fresh);
  free(r->base);
  free(r->cheap);
  free(r);
}

const dw_dataset *dw_scan_results_dataset(const dw_scan_results *r) { return r->known; }

int64_t dw_scan_results_warned(const dw_scan_results *r, const char **first) {
  *first = r->warning;
  return r->warned;
}

/* Its directory may soon be gone, and with it what it said. A log that can't be read says nothing. */
static void note_warning(dw_scan_results *r, const char *id, const char *path) {
  static const char begin[] = "\nwarning: ";
  char name[DW_PATH_LENGTH + 16];
  char *text = NULL;
  size_t bytes = 0;
  (void)snprintf(name, sizeof name, "%s/run.log", path);
  if (dw_replace_read(name, &text, &bytes) != DW_OK) {
    dw_message_clear();
    return;
  }
  const char *found = strstr(text, begin);
  if (found != NULL) {
    found += strlen(begin);
    r->warned++;
    if (r->warned == 1) {
      (void)snprintf(r->warning, sizeof r->warning, "%s: %.*s", id, (int)strcspn(found, "\n"), found);
    }
  }
  dw_free(text);
}

dw_status dw_scan_results_add(dw_scan_results *r, const dw_dataset_run *run, const double *values) {
  char path[DW_PATH_LENGTH];
  if (r->count == r->room) {
    const int64_t room = r->room == 0 ? 64 : 2 * r->room;
    dw_dataset **fresh = realloc(r->fresh, (size_t)room * sizeof(dw_dataset *));
    if (fresh == NULL) {
      return dw_fail(DW_ERR_MEMORY, "no memory for the results of the scan");
    }
    r->fresh = fresh;
    r->room = room;
  }
  dw_scan_run_path(&r->setup->directory, run->id, path);
  DW_TRY(dw_collect_run(&r->fresh[r->count], path, &r->setup->scan, run, values));
  r->count++;
  note_warning(r, run->id, path);
  return DW_OK;
}

dw_status dw_scan_results_find(const dw_scan_results *r, const char *id, bool *there) {
  char path[DW_PATH_LENGTH];
  dw_archive *archive = NULL;
  *there = false;
  dw_message_clear();
  dw_scan_run_path(&r->setup->directory, id, path);
  if (access(path, F_OK) != 0) {
    return DW_OK;
  }
  const dw_status status = dw_archive_open(&archive, path);
  *there = status == DW_OK && archive->finished;
  dw_archive_close(archive);
  return status == DW_ERR_MEMORY ? status : DW_OK;
}

/* What was known and what is new, with the texts of this scan. */
static dw_status join(const dw_scan_results *r, dw_dataset **joined) {
  const dw_dataset **parts = malloc((size_t)(r->count + 1) * sizeof(dw_dataset *));
  if (parts == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the results of the scan");
  }
  int64_t count = 0;
  for (int64_t i = 0; i < r->count; i++) { /* the ranges of this scan, not of the file */
    parts[count++] = r->fresh[i];
  }
  if (r->known != NULL) {
    parts[count++] = r->known;
  }
  dw_status status = dw_collect_join(joined, parts, count);
  free(parts);
  if (status == DW_OK) {
    status = dw_collect_text(&(*joined)->base, r->base);
  }
  if (status == DW_OK) {
    status = dw_collect_text(&(*joined)->cheap, r->cheap != NULL ? r->cheap : "");
  }
  return status == DW_OK ? dw_collect_text(&(*joined)->scan, r->text) : status;
}

static dw_record record_of(const dw_scan_results *r) {
  return (dw_record){.provenance = r->provenance, .params = &r->setup->base, .config = r->base};
}

/* The directories of runs that are in the data set now. */
static dw_status release(dw_scan_results *r) {
  dw_status status = DW_OK;
  for (int64_t i = 0; i < r->count; i++) {
    if (status == DW_OK && !r->setup->scan.keep_runs) {
      status = dw_scan_remove_run(&r->setup->directory, r->fresh[i]->run[0].id);
    }
    dw_dataset_destroy(r->fresh[i]);
  }
  r->count = 0;
  return status;
}

dw_status dw_scan_results_write(dw_scan_results *r, bool at_once) {
  const double begun = dw_seconds();
  dw_dataset *joined = NULL;
  if (r->count == 0 || (!at_once && begun - r->written < fmax(LEAST_INTERVAL, LEAST_SHARE * r->took))) {
    return DW_OK;
  }
  const dw_record record = record_of(r);
  dw_status status = join(r, &joined);
  if (status == DW_OK) {
    status = dw_dataset_write(joined, r->setup->directory.dataset, &record);
  }
  if (status != DW_OK) {
    dw_dataset_destroy(joined);
    return status;
  }
  dw_dataset_destroy(r->known);
  r->known = joined;
  r->written = dw_seconds();
  r->took = r->written - begun;
  return release(r);
}

dw_status dw_scan_results_write_ensemble(dw_scan_results *r) {
  const dw_record record = record_of(r);
  if (r->known == NULL) {
    return DW_OK;
  }
  DW_TRY(dw_ensemble_write(r->known, r->setup->directory.ensemble, &record));
  return dw_paired_write_all(r->known, false, r->setup->directory.root, &record);
}
