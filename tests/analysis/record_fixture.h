/* A record for test files: default parameters, provenance of this test, a short config. */
#ifndef DW_TEST_ANALYSIS_RECORD_FIXTURE_H
#define DW_TEST_ANALYSIS_RECORD_FIXTURE_H

#include "analysis/record.h"
#include "params/read.h"
#include "tests/dw_test_mpi.h"

typedef struct record_fixture {
  dw_params params;
  dw_provenance provenance;
  dw_record record;
} record_fixture;

/* `fixture` must stay where it is while its record is used. */
static inline const dw_record *record_fixture_init(record_fixture *fixture) {
  static char program[] = "test";
  char *const arguments[] = {program};
  assert_all_ok(dw_params_defaults(&fixture->params));
  dw_provenance_collect(&fixture->provenance, dw_comm_world(), 1, arguments, 7, 1);
  fixture->record = (dw_record){
      .provenance = &fixture->provenance, .params = &fixture->params, .config = "name = \"test\";\nseed = 7;\n"};
  return &fixture->record;
}

#endif
