/* Calls that fail on purpose, for tests and for the program built for them (tests/faults/README.md).
 *
 * The calls are replaced by the linker: dwell_inject(target KINDS ...) in tests/CMakeLists.txt gives the --wrap options
 * and links the replacements. Each counts, fails when it is its turn, and otherwise does what it replaces. Which kinds
 * can fail is chosen by linking, which of them do by arming. Not collective; calls are counted from all threads. */
#ifndef DW_TESTS_FAULTS_H
#define DW_TESTS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum dw_fault_kind {
  DW_FAULT_MEMORY, /* dw_alloc, malloc, calloc, realloc */
  DW_FAULT_HDF5,
  DW_FAULT_WRITE,  /* write, pwrite, fsync, ftruncate, fwrite, fflush; fputs, which compilers make fwrite of */
  DW_FAULT_RENAME, /* rename, unlink, mkdir, rmdir */
  DW_FAULT_OPEN,   /* fopen, opendir, open_memstream, read, pread, fread, statvfs */
  DW_FAULT_MPI,    /* reported to the error handler of the communicator, as the library does */
  DW_FAULT_KINDS
} dw_fault_kind;

/* "memory", "hdf5", ... */
const char *dw_fault_kind_name(dw_fault_kind kind);

/* Counts all kinds from 0 again; the n-th call of `kind` fails from now on, none for n = 0. */
void dw_faults_arm(dw_fault_kind kind, int64_t n);

/* The same for calls of any kind. */
void dw_faults_arm_any(int64_t n);

/* Nothing fails any more; the counts stay. */
void dw_faults_disarm(void);

/* Calls since arming, of a kind and of all kinds. */
int64_t dw_faults_count(dw_fault_kind kind);
int64_t dw_faults_count_any(void);

/* For the replacements: whether this call fails. `name` of the call that did is kept for messages. */
bool dw_fault_now(dw_fault_kind kind, const char *name);
const char *dw_fault_last(void);

#endif
