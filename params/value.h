/* A value as the user gave it, and its way into a dw_params or another struct that has a table of such rows (a scan).
 * Internal to params/.
 *
 * Configuration files, --set and defaults all become a dw_given, and dw_param_assign() is the only place that
 * checks types, bounds and choices.
 *
 * Not collective. */
#ifndef DW_PARAMS_VALUE_H
#define DW_PARAMS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "params/table.h"

typedef enum dw_given_kind {
  DW_GIVEN_BOOL,
  DW_GIVEN_INTEGER,
  DW_GIVEN_REAL,
  DW_GIVEN_TEXT,
  DW_GIVEN_LIST,
  DW_GIVEN_GROUP
} dw_given_kind;

typedef struct dw_given {
  dw_given_kind kind;
  bool flag;
  int64_t integer;
  double real;
  const char *text;
  /* A list: how many elements, and how to get the one at `index`. */
  size_t count;
  struct dw_given (*element)(const void *source, size_t index);
  const void *source;
} dw_given;

/* Stores the value in *params and returns true; or leaves *params as it is, writes "what; what to do" to
 * `problem` and returns false. An integer is taken for a real, never a real for an integer. Texts and lists are
 * padded with zeros, so that equal parameters are equal bytes. */
bool dw_param_assign(const dw_param_entry *entry, void *params, const dw_given *given, char *problem, size_t size);

/* The same for a value written as for --set: numbers, true or false, text with or without double quotes, lists
 * as [a, b], (a, b), "a, b" or a single number. */
bool dw_param_parse(const dw_param_entry *entry, void *params, const char *text, char *problem, size_t size);

/* The value kept in *params as a dw_given, so that it can be checked again. It points into *params. */
dw_given dw_param_given(const dw_param_entry *entry, const dw_params *params);

/* Number of elements of the value: of a list or an array, else 1. */
size_t dw_param_count(const dw_param_entry *entry, const dw_params *params);

/* Element `index` as it is written in a configuration file: "256", "0.25", "\"double-well\"". The text of a real
 * has the fewest digits that give back the same number, and a '.' or an exponent. `size` of
 * DW_VALUE_LENGTH is always enough. */
enum { DW_VALUE_LENGTH = 4 * DW_TEXT_LENGTH };
const char *dw_param_format(const dw_param_entry *entry, const dw_params *params, size_t index, char *buffer,
                            size_t size);

#endif
