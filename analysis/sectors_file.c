#include "analysis/sectors_file.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file.h"

enum { ATTRIBUTE_BYTES = 1 << 17, FIRST_ROOM = 64 };

typedef enum column {
  STEP,
  STRINGS,
  JUNCTIONS,
  INTEGERS,
  TAU = INTEGERS,
  A,
  AREA,
  STRING_LENGTH,
  JUNCTION_LENGTH,
  AREA_BETWEEN,
  FRACTION,
  COLUMNS
} column;

/* Numbers of a time: one, one for each pair, or one for each vacuum. */
typedef enum kind { ONE, PAIRS, VACUA } kind;

typedef struct column_info {
  const char *path;
  const char *unit;
  const char *description;
  kind kind;
} column_info;

static const column_info table[COLUMNS] = {
    [STEP] = {"/time/step", "1", "number of steps taken (T)", ONE},
    [STRINGS] = {"/sectors/strings", "1", "number of plaquettes around which the phase winds (T)", ONE},
    [JUNCTIONS] = {"/sectors/junctions", "1", "number of plaquettes with three sectors or more (T)", ONE},
    [TAU] = {"/time/tau", "1/m", "conformal time (T)", ONE},
    [A] = {"/time/a", "1", "scale factor, 1 at the start of the run (T)", ONE},
    [AREA] = {"/sectors/area", "m", "comoving area of all walls per comoving volume (T)", ONE},
    [STRING_LENGTH] = {"/sectors/string_length", "m^2", "comoving length of strings per comoving volume (T)", ONE},
    [JUNCTION_LENGTH] = {"/sectors/junction_length", "m^2",
                         "comoving length of lines where three sectors or more meet per comoving volume (T)", ONE},
    [AREA_BETWEEN] = {"/sectors/area_between", "m",
                      "comoving area between the vacua of each pair per comoving volume (T,P)", PAIRS},
    [FRACTION] = {"/sectors/fraction", "1", "share of the volume in the sector of each vacuum (T,N)", VACUA},
};

/* All numbers have eight bytes. */
typedef union number {
  double real;
  int64_t integer;
} number;

struct dw_sectors_file {
  const dw_comm *comm;
  const dw_record *record;
  int walls;
  int64_t times; /* on process 0 */
  int64_t room;
  number *value[COLUMNS]; /* owned: [room][width] */
  char path[];
};

static int64_t width_of(const dw_sectors_file *file, int i) {
  const int pairs = file->walls == 1 ? 1 : file->walls * (file->walls - 1) / 2;
  return table[i].kind == ONE ? 1 : table[i].kind == PAIRS ? pairs : file->walls;
}

/* --- memory --- */

dw_status dw_sectors_file_create(dw_sectors_file **file, const dw_comm *comm, const char *path, const dw_record *record,
                                 int walls) {
  *file = NULL;
  void *block = NULL;
  const size_t length = strlen(path) + 1;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof **file + length, "sectors over time"));
  memset(block, 0, sizeof **file);
  *file = block;
  (*file)->comm = comm;
  (*file)->record = record;
  (*file)->walls = walls;
  memcpy((*file)->path, path, length);
  return DW_OK;
}

void dw_sectors_file_destroy(dw_sectors_file *file) {
  if (file != NULL) {
    for (int i = 0; i < COLUMNS; i++) {
      dw_free(file->value[i]);
    }
    dw_free(file);
  }
}

/* Room for so many times; it doubles. */
static dw_status reserve(dw_sectors_file *file, int64_t needed) {
  if (file->room > 0 && needed <= file->room) {
    return DW_OK;
  }
  const int64_t twice = 2 * file->room > FIRST_ROOM ? 2 * file->room : FIRST_ROOM;
  const int64_t room = needed > twice ? needed : twice;
  for (int i = 0; i < COLUMNS; i++) {
    void *larger = NULL;
    DW_TRY(dw_alloc(&larger, (size_t)(room * width_of(file, i)), sizeof(number), "sectors over time"));
    if (file->times > 0) {
      memcpy(larger, file->value[i], (size_t)(file->times * width_of(file, i)) * sizeof(number));
    }
    dw_free(file->value[i]);
    file->value[i] = larger;
  }
  file->room = room;
  return DW_OK;
}

static dw_status append(dw_sectors_file *file, int64_t step, double tau, double a, const dw_sectors *sectors) {
  if (file->times > 0 && file->value[STEP][file->times - 1].integer == step) {
    file->times--;
  }
  DW_TRY(reserve(file, file->times + 1));
  const int64_t t = file->times++;
  const int64_t integers[INTEGERS] = {[STEP] = step, [STRINGS] = sectors->strings, [JUNCTIONS] = sectors->junctions};
  const double reals[COLUMNS] = {[TAU] = tau,
                                 [A] = a,
                                 [AREA] = sectors->area,
                                 [STRING_LENGTH] = sectors->string_length,
                                 [JUNCTION_LENGTH] = sectors->junction_length};
  for (int i = 0; i < COLUMNS; i++) {
    const int64_t width = width_of(file, i);
    const double *from = i == AREA_BETWEEN ? sectors->area_between : i == FRACTION ? sectors->fraction : &reals[i];
    for (int64_t j = 0; j < width; j++) {
      if (i < INTEGERS) {
        file->value[i][t].integer = integers[i];
      } else {
        file->value[i][t * width + j].real = from[j];
      }
    }
  }
  return DW_OK;
}

static bool holds(const dw_sectors_file *file) { return dw_comm_rank(file->comm) == 0; }

dw_status dw_sectors_file_append(dw_sectors_file *file, int64_t step, double tau, double a, const dw_sectors *sectors) {
  return dw_comm_agree(file->comm, holds(file) ? append(file, step, tau, a, sectors) : DW_OK);
}

int64_t dw_sectors_file_times(const dw_sectors_file *file) { return file->times; }

int64_t dw_sectors_file_last(const dw_sectors_file *file) {
  return file->times > 0 ? file->value[STEP][file->times - 1].integer : -1;
}

/* --- files --- */

static dw_status write_pairs(const dw_sectors_file *from, dw_file *file) {
  int64_t pairs[DW_MOST_PAIRS][2] = {{0}};
  for (int k = 1; k < from->walls; k++) {
    for (int j = 0; j < k; j++) {
      pairs[dw_sectors_pair(j, k)][0] = j;
      pairs[dw_sectors_pair(j, k)][1] = k;
    }
  }
  const int64_t shape[2] = {width_of(from, AREA_BETWEEN), 2};
  DW_TRY(dw_file_write_ints(file, "/sectors/pairs", 2, shape, pairs[0]));
  return dw_attribute_describe(file, "/sectors/pairs", "1",
                               "the two vacua of each pair; 0, 0 where there is one vacuum (P,2)");
}

static dw_status write_columns(const dw_sectors_file *from, dw_file *file) {
  DW_TRY(dw_record_write(file, from->record));
  for (int i = 0; i < COLUMNS; i++) {
    const int64_t shape[2] = {from->times, width_of(from, i)};
    const int rank = table[i].kind == ONE ? 1 : 2;
    if (i < INTEGERS) {
      DW_TRY(dw_file_write_ints(file, table[i].path, rank, shape, (const int64_t *)from->value[i]));
    } else {
      DW_TRY(dw_file_write_reals(file, table[i].path, rank, shape, (const double *)from->value[i]));
    }
    DW_TRY(dw_attribute_describe(file, table[i].path, table[i].unit, table[i].description));
  }
  return write_pairs(from, file);
}

static dw_status write_file(const dw_sectors_file *from) {
  uint64_t bytes = ATTRIBUTE_BYTES;
  for (int i = 0; i < COLUMNS; i++) {
    bytes += (uint64_t)(from->times * width_of(from, i)) * sizeof(number);
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_self(), from->path, bytes));
  const dw_status status = write_columns(from, file);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

dw_status dw_sectors_file_write(dw_sectors_file *file) {
  return dw_comm_agree(file->comm, holds(file) ? write_file(file) : DW_OK);
}

static dw_status read_columns(dw_sectors_file *to, dw_file *file, int64_t last) {
  int64_t length = 0;
  DW_TRY(dw_file_length(file, table[STEP].path, &length));
  DW_TRY(reserve(to, length));
  for (int i = 0; i < COLUMNS; i++) {
    const int64_t entries[2] = {length, width_of(to, i)};
    const int dimensions = table[i].kind == ONE ? 1 : 2;
    if (i < INTEGERS) {
      DW_TRY(dw_file_read_ints(file, table[i].path, dimensions, entries, (int64_t *)to->value[i]));
    } else {
      DW_TRY(dw_file_read_reals(file, table[i].path, dimensions, entries, (double *)to->value[i]));
    }
  }
  while (to->times < length && to->value[STEP][to->times].integer <= last) {
    to->times++;
  }
  return DW_OK;
}

static dw_status read_file(dw_sectors_file *to, int64_t last) {
  if (access(to->path, F_OK) != 0) {
    return DW_OK;
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, dw_comm_self(), to->path));
  const dw_status status = read_columns(to, file, last);
  dw_file_close(file);
  return status;
}

dw_status dw_sectors_file_restore(dw_sectors_file *file, int64_t step) {
  return dw_comm_agree(file->comm, holds(file) ? read_file(file, step) : DW_OK);
}
