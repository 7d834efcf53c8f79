/* The journal of a scan: a text file, one line for each thing that happened, forced to the disk one by one.
 *
 *   dwell-scan 1 2 #CHECKSUM            version, number of scanned parameters
 *   point 3 0 0.25 4.5 #...             point 3 of the design, no check, its values
 *   begun 3 1 fine #...                 its run with seed 1 was handed out
 *   done 3 1 fine #...                  all its files are written
 *   failed 3 2 fine the reason #...     it can't be run; it isn't tried again
 *
 * A line ends with a checksum of what stands before it, so a last line that was torn by a crash is recognised; it is
 * cut off when the journal is opened. A bad line elsewhere is damage and refused. A journal that is open is locked: two
 * scans can't work on one directory.
 *
 * Not collective: one process. Errors: DW_ERR_FILE with file and line; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_SCAN_JOURNAL_H
#define DW_SURROGATE_SCAN_JOURNAL_H

#include "params/scan.h"
#include "surrogate/dataset.h"

enum { DW_JOURNAL_MESSAGE = 512 };

typedef enum dw_journal_kind { DW_JOURNAL_POINT, DW_JOURNAL_BEGUN, DW_JOURNAL_DONE, DW_JOURNAL_FAILED } dw_journal_kind;

typedef struct dw_journal_entry {
  dw_journal_kind kind;
  int64_t point;
  int64_t seed;                     /* of a run */
  dw_dataset_level level;           /* of a run */
  bool blind;                       /* of a point */
  double value[DW_SCAN_KEYS];       /* of a point */
  char message[DW_JOURNAL_MESSAGE]; /* of a failure; one line */
} dw_journal_entry;

typedef struct dw_journal dw_journal;

/* Whether no other program works with it. Errors: DW_ERR_FILE where one does, or it can't be opened. */
dw_status dw_journal_check_free(const char *path);

/* A new one. An existing file is refused. */
dw_status dw_journal_create(dw_journal **journal, const char *path, int64_t keys);

/* One that is there, for reading and going on; it must have so many parameters. *entries, released by the caller with
 * dw_free, are all of it in order. */
dw_status dw_journal_open(dw_journal **journal, const char *path, int64_t keys, dw_journal_entry **entries,
                          int64_t *count);

/* On the disk when it returns; several are written at once. */
dw_status dw_journal_append(dw_journal *journal, const dw_journal_entry *entries, int64_t count);

/* NULL is allowed. */
void dw_journal_close(dw_journal *journal);

#endif
