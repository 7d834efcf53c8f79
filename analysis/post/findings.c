#include "analysis/post/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analysis/post/findings_private.h"
#include "base/memory.h"

/* A block of `room` units, the first `held` taken over from *block, which is released. */
static dw_status grow(void **block, size_t held, size_t room, size_t size) {
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, room, size, "results of an analysis"));
  if (held > 0) {
    memcpy(larger, *block, held * size);
  }
  dw_free(*block);
  *block = larger;
  return DW_OK;
}

dw_status dw_findings_create(dw_findings **findings) {
  void *block = NULL;
  *findings = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof **findings, "results of an analysis"));
  memset(block, 0, sizeof **findings);
  *findings = block;
  return DW_OK;
}

static void release(dw_finding *finding) {
  dw_free(finding->data);
  dw_free(finding->about);
}

void dw_findings_destroy(dw_findings *findings) {
  if (findings == NULL) {
    return;
  }
  for (size_t i = 0; i < findings->count; i++) {
    release(&findings->finding[i]);
  }
  dw_free(findings->finding);
  dw_free(findings->text);
  dw_free(findings);
}

/* --- text --- */

dw_status dw_findings_line(dw_findings *findings, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  dw_status status = length < 0 ? dw_fail(DW_ERR_INTERNAL, "a line of the analysis has no text: %s", format) : DW_OK;
  const size_t needed = findings->length + (size_t)(length < 0 ? 0 : length) + 2;
  if (status == DW_OK && needed > findings->text_room) {
    void *text = findings->text;
    status = grow(&text, findings->length, 2 * needed, 1);
    if (status == DW_OK) {
      findings->text = text;
      findings->text_room = 2 * needed;
    }
  }
  if (status == DW_OK) {
    (void)vsnprintf(findings->text + findings->length, needed - findings->length, format, again);
    findings->length = needed - 1;
    findings->text[findings->length - 1] = '\n';
    findings->text[findings->length] = '\0';
  }
  va_end(again);
  return status;
}

const char *dw_findings_text(const dw_findings *findings) { return findings->text == NULL ? "" : findings->text; }

/* --- numbers --- */

static dw_status check_path(const dw_findings *findings, const char *path) {
  const char *slash = strchr(path, '/');
  if (slash == NULL || slash == path || slash[1] == '\0' || strchr(slash + 1, '/') != NULL ||
      strlen(path) + 2 > DW_FINDING_PATH) {
    return dw_fail(DW_ERR_INTERNAL, "results of an analysis: \"%s\" isn't group/name", path);
  }
  for (size_t i = 0; i < findings->count; i++) {
    if (strcmp(findings->finding[i].path + 1, path) == 0) {
      return dw_fail(DW_ERR_INTERNAL, "results of an analysis: %s is there already", path);
    }
  }
  return DW_OK;
}

/* Unit and description in one block, each with its 0. */
static dw_status note(dw_finding *finding, const char *unit, const char *description) {
  void *block = NULL;
  const size_t first = strlen(unit) + 1;
  const size_t second = strlen(description) + 1;
  DW_TRY(dw_alloc(&block, first + second, 1, "results of an analysis"));
  finding->about = block;
  memcpy(finding->about, unit, first);
  memcpy(finding->about + first, description, second);
  return DW_OK;
}

static dw_status add(dw_findings *findings, const char *path, dw_finding draft, const void *data, const char *unit,
                     const char *description) {
  DW_TRY(check_path(findings, path));
  if (findings->count == findings->room) {
    void *list = findings->finding;
    const size_t room = 2 * findings->room + 16;
    DW_TRY(grow(&list, findings->count, room, sizeof draft));
    findings->finding = list;
    findings->room = room;
  }
  (void)snprintf(draft.path, sizeof draft.path, "/%s", path);
  dw_status status = unit == NULL ? DW_OK : note(&draft, unit, description);
  if (status == DW_OK) {
    status = dw_alloc(&draft.data, draft.bytes, 1, path);
  }
  if (status != DW_OK) {
    release(&draft);
    return status;
  }
  if (draft.bytes > 0) {
    memcpy(draft.data, data, draft.bytes);
  }
  findings->finding[findings->count++] = draft;
  return DW_OK;
}

static dw_status add_numbers(dw_findings *findings, const char *path, dw_finding_kind kind, int rank,
                             const int64_t *shape, const void *values, const char *unit, const char *description) {
  dw_finding draft = {.kind = kind, .rank = rank, .bytes = sizeof(double)};
  _Static_assert(sizeof(double) == sizeof(int64_t), "numbers are of one size");
  if (rank < 0 || rank > DW_FILE_RANK) {
    return dw_fail(DW_ERR_INTERNAL, "results of an analysis: %s has rank %d", path, rank);
  }
  for (int i = 0; i < rank; i++) {
    draft.shape[i] = shape[i];
    draft.bytes *= (size_t)shape[i];
  }
  return add(findings, path, draft, values, unit, description);
}

dw_status dw_findings_reals(dw_findings *findings, const char *path, int rank, const int64_t *shape,
                            const double *values, const char *unit, const char *description) {
  return add_numbers(findings, path, DW_FINDING_REALS, rank, shape, values, unit, description);
}

dw_status dw_findings_ints(dw_findings *findings, const char *path, int rank, const int64_t *shape,
                           const int64_t *values, const char *unit, const char *description) {
  return add_numbers(findings, path, DW_FINDING_INTS, rank, shape, values, unit, description);
}

dw_status dw_findings_real(dw_findings *findings, const char *path, double value, const char *unit,
                           const char *description) {
  return dw_findings_reals(findings, path, 0, NULL, &value, unit, description);
}

dw_status dw_findings_int(dw_findings *findings, const char *path, int64_t value, const char *unit,
                          const char *description) {
  return dw_findings_ints(findings, path, 0, NULL, &value, unit, description);
}

dw_status dw_findings_word(dw_findings *findings, const char *path, const char *word) {
  return add(findings, path, (dw_finding){.kind = DW_FINDING_WORD, .bytes = strlen(word) + 1}, word, NULL, NULL);
}
