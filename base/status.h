/* Status codes and the message that goes with a failure.
 *
 * Every fallible function returns a dw_status. The one that detects a failure
 * calls dw_fail(), which records one message (what, where, what to do) and
 * returns the status; callers pass it on with DW_TRY. Libraries never print
 * and never exit: app/ turns the status into a line on stderr and an exit code.
 *
 * Not collective. The message is kept per thread. */
#ifndef DW_BASE_STATUS_H
#define DW_BASE_STATUS_H

#include <stddef.h>

/* Ordered by severity: when processes disagree, the largest value wins. */
typedef enum dw_status {
  DW_OK = 0,
  DW_STOPPED,     /* stopped by a signal or the wall-clock limit, checkpoint written */
  DW_ERR_PARAM,   /* command line or parameter wrong */
  DW_ERR_FILE,    /* a file can't be read or written */
  DW_ERR_INVALID, /* the evolution became invalid: NaN, instability */
  DW_ERR_MEMORY,  /* allocation failed */
  DW_ERR_MPI,     /* communication failed */
  DW_ERR_INTERNAL /* a contract of this code was broken */
} dw_status;

enum { DW_MESSAGE_LENGTH = 4096 };

#define DW_TRY(call)                         \
  do {                                       \
    const dw_status dw_try_status_ = (call); \
    if (dw_try_status_ != DW_OK) {           \
      return dw_try_status_;                 \
    }                                        \
  } while (0)

/* Records the message of this failure, in place of an earlier one, and returns `status`. */
dw_status dw_fail(dw_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message of the last failure on this thread; "" if there was none. */
const char *dw_message(void);
void dw_message_clear(void);

/* The program's exit code for a status: 0, 75, 2, 3, 4 or 5. */
int dw_exit_code(dw_status status);

#endif
