/* A file that one program at a time holds: fcntl's lock, which also holds between nodes where the file system has it.
 *
 * The system lets it go when the program ends, however it ends, so nothing stale is left. Closing any descriptor of the
 * file ends the lock, so a program opens it once. Not collective. */
#ifndef DW_LATTICE_LOCK_H
#define DW_LATTICE_LOCK_H

#include <stdbool.h>

/* Whether this program holds the open file now; false where another one does. A file system without locks is let pass.
 */
bool dw_lock_take(int file);

#endif
