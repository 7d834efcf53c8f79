/* From the command line to a scan that is ready to run. */
#ifndef DW_APP_SCAN_SETUP_H
#define DW_APP_SCAN_SETUP_H

#include "app/scan_directory.h"
#include "lattice/comm.h"
#include "params/scan.h"

enum { DW_SCAN_OPTION_SETS = 256 };

/* The command line. */
typedef struct dw_scan_options {
  const char *config;
  const char *set[DW_SCAN_OPTION_SETS];
  int sets;
  const char *jobs; /* directory of a job array; NULL without */
  bool restart;
  bool dry_run;
  bool collect;
  bool quiet;
} dw_scan_options;

/* Not collective. Errors: DW_ERR_PARAM with what is wrong and the usage. */
dw_status dw_scan_options_parse(dw_scan_options *options, int argc, char *const *argv);

/* The same on all processes. */
typedef struct dw_scan_setup {
  dw_scan scan;
  dw_params base;
  dw_params cheap; /* resolved; the base's without a cheap twin */
  dw_scan_directory directory;
} dw_scan_setup;

/* Collective. Process 0 reads the files, prints every problem to stderr, and sends the rest the result; nothing is
 * written. Errors: DW_ERR_PARAM, DW_ERR_FILE. */
dw_status dw_scan_setup_read(dw_scan_setup *setup, const dw_scan_options *options, const dw_comm *comm);

/* Process 0: refuses a directory with a scan, cleans it (overwrite), or sees that the scan in it is the same one
 * (restart). Writes scan.cfg, base.cfg and cheap.cfg of a new scan; its journal is for the caller to make. `text`: of
 * the scan file. Errors: DW_ERR_FILE, DW_ERR_PARAM. */
dw_status dw_scan_setup_directory(const dw_scan_setup *setup, bool restart, const char *text);

/* Process 0: the scan file and, as comments, the --set of the command line; *text is released with free. */
dw_status dw_scan_setup_text(const dw_scan_options *options, char **text);

#endif
