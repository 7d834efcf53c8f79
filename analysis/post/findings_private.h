/* What findings are made of; for findings.c and findings_file.c. */
#ifndef DW_ANALYSIS_POST_FINDINGS_PRIVATE_H
#define DW_ANALYSIS_POST_FINDINGS_PRIVATE_H

#include "analysis/post/findings.h"

enum { DW_FINDING_PATH = 128 };

typedef enum dw_finding_kind { DW_FINDING_REALS, DW_FINDING_INTS, DW_FINDING_WORD } dw_finding_kind;

typedef struct dw_finding {
  dw_finding_kind kind;
  char path[DW_FINDING_PATH]; /* "/group/name" */
  int rank;
  int64_t shape[DW_FILE_RANK];
  void *data;   /* owned: numbers, or the text of a word */
  size_t bytes; /* of data */
  char *about;  /* owned: unit, 0, description, 0; NULL for a word */
} dw_finding;

struct dw_findings {
  dw_finding *finding; /* owned */
  size_t count;
  size_t room;
  char *text; /* owned */
  size_t length;
  size_t text_room;
};

#endif
