#include "lattice/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

bool dw_lock_take(int file) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(file, F_SETLK, &whole) == 0 || (errno != EACCES && errno != EAGAIN);
}
