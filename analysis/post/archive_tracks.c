#include "analysis/post/archive_tracks.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

static const char AT[] = "/tracks";

static dw_status read_samples(dw_archive_tracks *t, dw_archive_file *file) {
  t->samples = -1;
  DW_TRY(dw_archive_read_ints(file, AT, "step", 1, &t->samples, 0, true, &t->step));
  DW_TRY(dw_archive_read_reals(file, AT, "tau", 1, &t->samples, DW_ARCHIVE_RISING, &t->tau));
  return dw_archive_read_reals(file, AT, "a", 1, &t->samples, DW_ARCHIVE_POSITIVE, &t->a);
}

static dw_status read_modes(dw_archive_tracks *t, dw_archive_file *file) {
  t->modes = -1;
  t->shells = -1;
  DW_TRY(dw_archive_read_ints(file, AT, "shell", 1, &t->modes, 1, false, &t->shell));
  DW_TRY(dw_archive_read_reals(file, AT, "k", 1, &t->modes, DW_ARCHIVE_POSITIVE, &t->k));
  int64_t numbers[2] = {t->modes, 3};
  DW_TRY(dw_archive_read_ints(file, AT, "n", 2, numbers, INT32_MIN, false, &t->n));
  DW_TRY(dw_archive_read_reals(file, AT, "shell_k", 1, &t->shells, DW_ARCHIVE_RISING, &t->shell_k));
  return dw_archive_read_ints(file, AT, "shell_count", 1, &t->shells, 1, false, &t->shell_count);
}

/* Fills `first`; modes must come in the order of their shells. */
static dw_status sort_out_shells(dw_archive_tracks *t, const dw_archive_file *file) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)t->shells + 1, sizeof(int64_t), "mode tracks"));
  t->first = block;
  memset(t->first, 0, ((size_t)t->shells + 1) * sizeof *t->first);
  for (int64_t m = 0; m < t->modes; m++) {
    if (t->shell[m] > t->shells || (m > 0 && t->shell[m] < t->shell[m - 1])) {
      return dw_fail(DW_ERR_FILE,
                     "%s: mode %" PRId64 " is of shell %" PRId64 ", where there are %" PRId64
                     " shells in order; the file is damaged, bring it back from a copy or run again",
                     file->path, m + 1, t->shell[m], t->shells);
    }
    t->first[t->shell[m]]++;
  }
  for (int64_t i = 0; i < t->shells; i++) {
    t->first[i + 1] += t->first[i];
  }
  return DW_OK;
}

dw_status dw_archive_tracks_read(dw_archive_tracks *tracks, dw_archive_file *file) {
  *tracks = (dw_archive_tracks){.samples = 0};
  DW_TRY(read_samples(tracks, file));
  DW_TRY(read_modes(tracks, file));
  DW_TRY(sort_out_shells(tracks, file));
  int64_t shape[3] = {tracks->samples, tracks->modes, 4};
  return dw_archive_read_reals(file, AT, "amplitude", 3, shape, DW_ARCHIVE_FINITE, &tracks->amplitude);
}

void dw_archive_tracks_free(dw_archive_tracks *tracks) {
  dw_free(tracks->step);
  dw_free(tracks->tau);
  dw_free(tracks->a);
  dw_free(tracks->n);
  dw_free(tracks->shell);
  dw_free(tracks->k);
  dw_free(tracks->shell_k);
  dw_free(tracks->shell_count);
  dw_free(tracks->first);
  dw_free(tracks->amplitude);
  memset(tracks, 0, sizeof *tracks);
}
