/* The one table of parameters: for each key its type, place in dw_params, default, allowed values, unit and doc.
 *
 * It drives reading, --set, checking, `dwell params`, config.cfg, the attributes of files and the comparison at a
 * restart. To add a parameter, add a member to dw_params and a row here; keys of one group stay together.
 *
 * Not collective. The table is static and constant. */
#ifndef DW_PARAMS_TABLE_H
#define DW_PARAMS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "params/params.h"

typedef enum dw_param_type {
  DW_PARAM_BOOL,       /* bool */
  DW_PARAM_INT64,      /* int64_t */
  DW_PARAM_REAL,       /* double, finite */
  DW_PARAM_TEXT,       /* char[DW_TEXT_LENGTH] */
  DW_PARAM_CHOICE,     /* char[DW_TEXT_LENGTH], one of the choices */
  DW_PARAM_REAL_LIST,  /* dw_real_list */
  DW_PARAM_INT64_ARRAY /* int64_t[count] */
} dw_param_type;

/* What a restart may do with a key. */
typedef enum dw_param_restart {
  DW_RESTART_FIXED, /* it decides the evolution or what the files hold: must stay */
  DW_RESTART_LATER, /* may only grow */
  DW_RESTART_FREE   /* outputs and limits: may change */
} dw_param_restart;

typedef struct dw_param_entry {
  const char *key; /* "lattice.points" */
  dw_param_type type;
  size_t offset;       /* bytes into dw_params */
  size_t count;        /* elements of an array; 1 for the other types */
  const char *initial; /* the default, written as for --set */
  double low;          /* bounds of the number or of each element; of the length in bytes for a text */
  double high;
  bool low_excluded;
  bool high_excluded;
  const char *choices; /* "single|double", "2|4"; NULL where the bounds decide */
  dw_param_restart restart;
  const char *unit; /* "" if it has none */
  const char *doc;
} dw_param_entry;

size_t dw_table_size(void);

/* Row `index` < dw_table_size(), in the order of config.cfg. */
const dw_param_entry *dw_table_entry(size_t index);

/* The row of a key, NULL if it is unknown. */
const dw_param_entry *dw_table_find(const char *key);

/* Whether some key lies in the group `path`, such as "fields.initial". */
bool dw_table_is_group(const char *path);

/* Where the value of this row is kept in a dw_params. */
const void *dw_param_at(const dw_param_entry *entry, const dw_params *params);

/* "real", "integer", "3 integers", ... */
const char *dw_param_type_name(const dw_param_entry *entry, char *buffer, size_t size);

/* The allowed values in words: "4 to 65536", "> 0 and < 1", "single, double", "any". */
const char *dw_param_allowed(const dw_param_entry *entry, char *buffer, size_t size);

#endif
