/* What is wrong with the parameters of a run: lines of text, collected, so that the user sees all of them at once.
 *
 * Plain data of fixed size: nothing is allocated, nothing has to be destroyed, and adding a line can't fail.
 * The app prints it once, on one process, and ends with exit code 2 if the count isn't 0.
 *
 * Not collective. */
#ifndef DW_PARAMS_REPORT_H
#define DW_PARAMS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { DW_REPORT_LENGTH = 32768, DW_REPORT_KEYS = 128 };

typedef struct dw_report {
  size_t count;                    /* lines added */
  size_t held;                     /* lines that found room in text */
  size_t length;                   /* bytes in text */
  size_t key_count;                /* keys named below */
  const char *key[DW_REPORT_KEYS]; /* known keys that have a line; static strings of the table */
  char text[DW_REPORT_LENGTH];     /* lines, each with its newline; ends with a zero */
} dw_report;

/* No lines. Needed before anything else. */
void dw_report_init(dw_report *report);

/* Adds one line; control characters in it become '?', so that one problem stays one line. A line that finds no
 * room is counted only. `key`: the known key it is about, a string that outlives the report, or NULL. */
void dw_report_add(dw_report *report, const char *key, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Whether a line was added about this key. */
bool dw_report_has(const dw_report *report, const char *key);

/* Writes all lines, and how many more there were if some found no room. */
void dw_report_print(const dw_report *report, FILE *file);

#endif
