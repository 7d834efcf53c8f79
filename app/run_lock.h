/* One program at a time works in the directory of a run. It holds the file .lock there (lattice/lock.h); what is in the
 * file, process and host of the last one, is for messages only.
 *
 * Collective; process 0 acts. Errors: DW_ERR_FILE where another program works there. */
#ifndef DW_APP_RUN_LOCK_H
#define DW_APP_RUN_LOCK_H

#include "app/directory.h"

/* Zero-initialised: not held. */
typedef struct dw_run_lock {
  int file; /* on process 0, its descriptor + 1 */
} dw_run_lock;

/* Takes it, where it isn't held. Without `make` nothing is changed: a directory that has no .lock is let pass, since no
 * program works there. */
dw_status dw_run_lock_take(dw_run_lock *lock, const dw_directory *directory, const dw_comm *comm, bool make);

/* Not collective. The file stays. */
void dw_run_lock_release(dw_run_lock *lock);

#endif
