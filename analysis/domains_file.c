#include "analysis/domains_file.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file.h"

enum { ATTRIBUTE_BYTES = 1 << 17, FIRST_ROOM = 16 };

/* What a column has one entry for. */
typedef enum axis { TIME, DOMAIN, WALL, AXES } axis;

typedef enum column {
  STEP,
  TAU,
  A,
  DOMAINS,
  DOMAINS_LISTED,
  WALLS,
  WALLS_LISTED,
  LABEL,
  SIGN,
  VOLUME,
  WRAPS,
  AREA,
  CLOSED,
  ENCLOSED,
  POSITIVE,
  NEGATIVE,
  COLUMNS
} column;

typedef struct column_info {
  const char *path;
  const char *unit;
  const char *description;
  axis axis;
  bool integer;
  int64_t width; /* numbers in an entry */
} column_info;

static const column_info table[COLUMNS] = {
    [STEP] = {"/time/step", "1", "number of steps taken (T)", TIME, true, 1},
    [TAU] = {"/time/tau", "1/m", "conformal time (T)", TIME, false, 1},
    [A] = {"/time/a", "1", "scale factor, 1 at the start of the run (T)", TIME, false, 1},
    [DOMAINS] = {"/time/domains", "1", "number of all domains (T)", TIME, true, 1},
    [DOMAINS_LISTED] = {"/time/domains_listed", "1", "number of domains that are listed, the largest ones (T)", TIME,
                        true, 1},
    [WALLS] = {"/time/walls", "1", "number of all walls (T)", TIME, true, 1},
    [WALLS_LISTED] = {"/time/walls_listed", "1", "number of walls that are listed, the largest ones (T)", TIME, true,
                      1},
    [LABEL] = {"/domains/label", "1", "smallest site index (x N + y) N + z in the domain (D)", DOMAIN, true, 1},
    [SIGN] = {"/domains/sign", "1", "1 where phi > 0, else -1 (D)", DOMAIN, true, 1},
    [VOLUME] = {"/domains/volume_fraction", "1", "share of the volume of the box (D)", DOMAIN, false, 1},
    [WRAPS] = {"/domains/wraps", "1", "1 where the domain wraps round the box along x, y, z, else 0 (D,3)", DOMAIN,
               true, 3},
    [AREA] = {"/walls/area", "m", "comoving area of the wall per comoving volume of the box (W)", WALL, false, 1},
    [CLOSED] = {"/walls/closed", "1", "1 where one of the two sides at least doesn't wrap, else 0 (W)", WALL, true, 1},
    [ENCLOSED] = {"/walls/enclosed_fraction", "1",
                  "share of the volume of the box in the side that doesn't wrap, the smaller one of two; 0 where both "
                  "wrap (W)",
                  WALL, false, 1},
    [POSITIVE] = {"/walls/positive", "1", "label of the domain with phi > 0 (W)", WALL, true, 1},
    [NEGATIVE] = {"/walls/negative", "1", "label of the domain with phi <= 0 (W)", WALL, true, 1},
};

/* All numbers have eight bytes. */
typedef union number {
  double real;
  int64_t integer;
} number;

struct dw_domains_file {
  const dw_comm *comm;
  const dw_record *record;
  int64_t length[AXES]; /* entries, on process 0 */
  int64_t room[AXES];
  number *value[COLUMNS]; /* owned: [room][width] */
  char path[];
};

/* --- memory --- */

dw_status dw_domains_file_create(dw_domains_file **file, const dw_comm *comm, const char *path,
                                 const dw_record *record) {
  *file = NULL;
  void *block = NULL;
  const size_t length = strlen(path) + 1;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof **file + length, "lists of domains and walls"));
  memset(block, 0, sizeof **file);
  *file = block;
  (*file)->comm = comm;
  (*file)->record = record;
  memcpy((*file)->path, path, length);
  return DW_OK;
}

void dw_domains_file_destroy(dw_domains_file *file) {
  if (file != NULL) {
    for (int i = 0; i < COLUMNS; i++) {
      dw_free(file->value[i]);
    }
    dw_free(file);
  }
}

/* Room for `more` entries along an axis; it doubles. */
static dw_status reserve(dw_domains_file *file, axis along, int64_t more) {
  const int64_t needed = file->length[along] + more;
  if (file->room[along] > 0 && needed <= file->room[along]) {
    return DW_OK;
  }
  const int64_t twice = 2 * file->room[along] > FIRST_ROOM ? 2 * file->room[along] : FIRST_ROOM;
  const int64_t room = needed > twice ? needed : twice;
  for (int i = 0; i < COLUMNS; i++) {
    if (table[i].axis == along) {
      void *larger = NULL;
      DW_TRY(dw_alloc(&larger, (size_t)(room * table[i].width), sizeof(number), "lists of domains and walls"));
      if (file->length[along] > 0) {
        memcpy(larger, file->value[i], (size_t)(file->length[along] * table[i].width) * sizeof(number));
      }
      dw_free(file->value[i]);
      file->value[i] = larger;
    }
  }
  file->room[along] = room;
  return DW_OK;
}

/* Keeps the first `times`. */
static void cut(dw_domains_file *file, int64_t times) {
  file->length[TIME] = times;
  file->length[DOMAIN] = 0;
  file->length[WALL] = 0;
  for (int64_t t = 0; t < times; t++) {
    file->length[DOMAIN] += file->value[DOMAINS_LISTED][t].integer;
    file->length[WALL] += file->value[WALLS_LISTED][t].integer;
  }
}

static void append_domain(dw_domains_file *file, const dw_domain *domain, double sites) {
  const int64_t i = file->length[DOMAIN]++;
  file->value[LABEL][i].integer = domain->label;
  file->value[SIGN][i].integer = domain->positive ? 1 : -1;
  file->value[VOLUME][i].real = (double)domain->volume / sites;
  for (int d = 0; d < 3; d++) {
    file->value[WRAPS][3 * i + d].integer = (domain->wraps >> d) & 1;
  }
}

static void append_wall(dw_domains_file *file, const dw_wall *wall, double sites) {
  const int64_t i = file->length[WALL]++;
  file->value[AREA][i].real = wall->area;
  file->value[CLOSED][i].integer = wall->closed;
  file->value[ENCLOSED][i].real = (double)wall->volume / sites;
  file->value[POSITIVE][i].integer = wall->positive;
  file->value[NEGATIVE][i].integer = wall->negative;
}

static dw_status append(dw_domains_file *file, int64_t step, double tau, double a, double sites,
                        const dw_domains *domains) {
  const int64_t last = file->length[TIME] - 1;
  if (last >= 0 && file->value[STEP][last].integer == step) {
    cut(file, last);
  }
  DW_TRY(reserve(file, TIME, 1));
  DW_TRY(reserve(file, DOMAIN, domains->listed_domains));
  DW_TRY(reserve(file, WALL, domains->listed_walls));
  const int64_t t = file->length[TIME]++;
  file->value[STEP][t].integer = step;
  file->value[TAU][t].real = tau;
  file->value[A][t].real = a;
  file->value[DOMAINS][t].integer = domains->domains;
  file->value[DOMAINS_LISTED][t].integer = domains->listed_domains;
  file->value[WALLS][t].integer = domains->walls;
  file->value[WALLS_LISTED][t].integer = domains->listed_walls;
  for (int64_t i = 0; i < domains->listed_domains; i++) {
    append_domain(file, &domains->domain[i], sites);
  }
  for (int64_t i = 0; i < domains->listed_walls; i++) {
    append_wall(file, &domains->wall[i], sites);
  }
  return DW_OK;
}

static bool holds(const dw_domains_file *file) { return dw_comm_rank(file->comm) == 0; }

dw_status dw_domains_file_append(dw_domains_file *file, int64_t step, double tau, double a, int64_t points,
                                 const dw_domains *domains) {
  const double sites = (double)points * (double)points * (double)points;
  return dw_comm_agree(file->comm, holds(file) ? append(file, step, tau, a, sites, domains) : DW_OK);
}

int64_t dw_domains_file_times(const dw_domains_file *file) { return file->length[TIME]; }

int64_t dw_domains_file_last(const dw_domains_file *file) {
  return file->length[TIME] > 0 ? file->value[STEP][file->length[TIME] - 1].integer : -1;
}

/* --- files --- */

static dw_status write_column(const dw_domains_file *from, dw_file *file, const column_info *info,
                              const number *value) {
  const int64_t shape[2] = {from->length[info->axis], info->width};
  const int rank = info->width > 1 ? 2 : 1;
  if (info->integer) {
    DW_TRY(dw_file_write_ints(file, info->path, rank, shape, (const int64_t *)value));
  } else {
    DW_TRY(dw_file_write_reals(file, info->path, rank, shape, (const double *)value));
  }
  return dw_attribute_describe(file, info->path, info->unit, info->description);
}

static dw_status write_columns(const dw_domains_file *from, dw_file *file) {
  DW_TRY(dw_record_write(file, from->record));
  for (int i = 0; i < COLUMNS; i++) {
    DW_TRY(write_column(from, file, &table[i], from->value[i]));
  }
  return DW_OK;
}

static dw_status write_file(const dw_domains_file *from) {
  uint64_t bytes = ATTRIBUTE_BYTES;
  for (int i = 0; i < COLUMNS; i++) {
    bytes += (uint64_t)(from->length[table[i].axis] * table[i].width) * sizeof(number);
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

dw_status dw_domains_file_write(dw_domains_file *file) {
  return dw_comm_agree(file->comm, holds(file) ? write_file(file) : DW_OK);
}

/* Reads all columns of an axis; the first of them says how long it is. */
static dw_status read_axis(dw_domains_file *to, dw_file *file, axis along, column first, int64_t *length) {
  DW_TRY(dw_file_length(file, table[first].path, length));
  DW_TRY(reserve(to, along, *length));
  for (int i = 0; i < COLUMNS; i++) {
    const column_info *info = &table[i];
    const int64_t entries[2] = {*length, info->width};
    if (info->axis == along && info->integer) {
      DW_TRY(dw_file_read_ints(file, info->path, info->width > 1 ? 2 : 1, entries, (int64_t *)to->value[i]));
    } else if (info->axis == along) {
      DW_TRY(dw_file_read_reals(file, info->path, info->width > 1 ? 2 : 1, entries, (double *)to->value[i]));
    }
  }
  return DW_OK;
}

/* The numbers of listed domains and walls are those of the lists. */
static dw_status check_lists(const dw_domains_file *to, const int64_t length[AXES]) {
  int64_t left[2] = {length[DOMAIN], length[WALL]};
  for (int64_t t = 0; t < length[TIME]; t++) {
    const int64_t listed[2] = {to->value[DOMAINS_LISTED][t].integer, to->value[WALLS_LISTED][t].integer};
    for (int i = 0; i < 2; i++) {
      if (listed[i] < 0 || listed[i] > left[i]) {
        return dw_fail(DW_ERR_FILE, "%s: the lists are shorter than /time says; the file is damaged", to->path);
      }
      left[i] -= listed[i];
    }
  }
  return DW_OK;
}

static dw_status read_columns(dw_domains_file *to, dw_file *file, int64_t last) {
  int64_t length[AXES] = {0};
  DW_TRY(read_axis(to, file, TIME, STEP, &length[TIME]));
  DW_TRY(read_axis(to, file, DOMAIN, LABEL, &length[DOMAIN]));
  DW_TRY(read_axis(to, file, WALL, AREA, &length[WALL]));
  DW_TRY(check_lists(to, length));
  int64_t kept = 0;
  while (kept < length[TIME] && to->value[STEP][kept].integer <= last) {
    kept++;
  }
  cut(to, kept);
  return DW_OK;
}

static dw_status read_file(dw_domains_file *to, int64_t last) {
  if (access(to->path, F_OK) != 0) {
    return DW_OK;
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, dw_comm_self(), to->path));
  const dw_status status = read_columns(to, file, last);
  dw_file_close(file);
  return status;
}

dw_status dw_domains_file_restore(dw_domains_file *file, int64_t step) {
  return dw_comm_agree(file->comm, holds(file) ? read_file(file, step) : DW_OK);
}
