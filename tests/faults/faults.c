#include "tests/faults/faults.h"

#include <stdatomic.h>

enum { ANY = DW_FAULT_KINDS };

static const char *const names[DW_FAULT_KINDS] = {"memory", "hdf5", "write", "rename", "open", "mpi"};

static atomic_llong counts[DW_FAULT_KINDS + 1];
static atomic_llong turn;
static atomic_int armed = ANY;
static const char *last = "none";

const char *dw_fault_kind_name(dw_fault_kind kind) { return names[kind]; }

static void arm(int kind, int64_t n) {
  for (int i = 0; i <= DW_FAULT_KINDS; i++) {
    atomic_store(&counts[i], 0);
  }
  last = "none";
  atomic_store(&armed, kind);
  atomic_store(&turn, n);
}

void dw_faults_arm(dw_fault_kind kind, int64_t n) { arm((int)kind, n); }

void dw_faults_arm_any(int64_t n) { arm(ANY, n); }

void dw_faults_disarm(void) { atomic_store(&turn, 0); }

int64_t dw_faults_count(dw_fault_kind kind) { return atomic_load(&counts[kind]); }

int64_t dw_faults_count_any(void) { return atomic_load(&counts[ANY]); }

bool dw_fault_now(dw_fault_kind kind, const char *name) {
  const long long of_kind = atomic_fetch_add(&counts[kind], 1) + 1;
  const long long of_any = atomic_fetch_add(&counts[ANY], 1) + 1;
  const int what = atomic_load(&armed);
  const bool now = atomic_load(&turn) != 0 && (what == ANY || what == (int)kind) &&
                   (what == ANY ? of_any : of_kind) == atomic_load(&turn);
  if (now) {
    last = name;
  }
  return now;
}

const char *dw_fault_last(void) { return last; }
