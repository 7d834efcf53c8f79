#include <stdio.h>
#include <string.h>

#include "analysis/post/findings_private.h"
#include "base/memory.h"
#include "lattice/replace.h"

enum { STRUCTURE_BYTES = 1 << 18 }; /* groups and attributes; for the estimate of the space */

static dw_status write_numbers(dw_file *file, const dw_finding *finding) {
  if (finding->kind == DW_FINDING_REALS) {
    DW_TRY(dw_file_write_reals(file, finding->path, finding->rank, finding->shape, finding->data));
  } else {
    DW_TRY(dw_file_write_ints(file, finding->path, finding->rank, finding->shape, finding->data));
  }
  const char *description = finding->about + strlen(finding->about) + 1;
  return dw_attribute_describe(file, finding->path, finding->about, description);
}

static dw_status write_word(dw_file *file, const dw_finding *finding) {
  char group[DW_FINDING_PATH];
  const char *name = strrchr(finding->path, '/') + 1;
  (void)snprintf(group, sizeof group, "%.*s", (int)(name - 1 - finding->path), finding->path);
  DW_TRY(dw_file_group(file, group));
  return dw_attribute_write_text(file, group, name, finding->data);
}

static dw_status write_source(dw_file *file, const dw_findings_source *source) {
  DW_TRY(dw_record_write(file, source->record));
  DW_TRY(dw_attribute_write_texts(file, "/", "source.runs", source->runs, source->path));
  DW_TRY(dw_attribute_write_texts(file, "/", "source.version", source->runs, source->version));
  DW_TRY(dw_attribute_write_texts(file, "/", "source.git", source->runs, source->git));
  return dw_attribute_write_ints(file, "/", "source.seed", source->runs, source->seed);
}

static dw_status write_all(dw_file *file, const dw_findings *findings, const dw_findings_source *source) {
  DW_TRY(write_source(file, source));
  for (size_t i = 0; i < findings->count; i++) {
    const dw_finding *finding = &findings->finding[i];
    DW_TRY(finding->kind == DW_FINDING_WORD ? write_word(file, finding) : write_numbers(file, finding));
  }
  return DW_OK;
}

static dw_status write_file(const dw_findings *findings, const char *path, const dw_findings_source *source) {
  uint64_t bytes = STRUCTURE_BYTES;
  for (size_t i = 0; i < findings->count; i++) {
    bytes += findings->finding[i].bytes;
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, bytes));
  const dw_status status = write_all(file, findings, source);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

dw_status dw_findings_write(const dw_findings *findings, const char *directory, const dw_findings_source *source) {
  void *block = NULL;
  const size_t size = strlen(directory) + 32;
  DW_TRY(dw_alloc(&block, size, 1, "file name"));
  char *path = block;
  (void)snprintf(path, size, "%s/analysis.h5", directory);
  dw_status status = write_file(findings, path, source);
  if (status == DW_OK) {
    (void)snprintf(path, size, "%s/analysis.txt", directory);
    status = dw_replace_file(path, dw_findings_text(findings), findings->length);
  }
  dw_free(path);
  return status;
}
