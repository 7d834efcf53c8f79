#include "app/options.h"

#include <string.h>

static dw_status add_set(dw_options *options, const char *assignment) {
  if (options->sets == DW_MAX_SETS) {
    return dw_fail(DW_ERR_PARAM, "more than %d times --set; put them into the parameter file", DW_MAX_SETS);
  }
  options->set[options->sets++] = assignment;
  return DW_OK;
}

dw_status dw_options_parse(dw_options *options, int argc, char *const *argv, const char *usage, bool is_run) {
  memset(options, 0, sizeof *options);
  for (int i = 0; i < argc; i++) {
    const char *argument = argv[i];
    if (strcmp(argument, "--set") == 0) {
      if (i + 1 == argc) {
        return dw_fail(DW_ERR_PARAM, "--set needs key=value after it\nusage: %s", usage);
      }
      DW_TRY(add_set(options, argv[++i]));
    } else if (strncmp(argument, "--set=", 6) == 0) {
      DW_TRY(add_set(options, argument + 6));
    } else if (is_run && strcmp(argument, "--restart") == 0) {
      options->restart = true;
    } else if (is_run && strcmp(argument, "--quiet") == 0) {
      options->quiet = true;
    } else if (argument[0] == '-') {
      return dw_fail(DW_ERR_PARAM, "unknown option %s\nusage: %s", argument, usage);
    } else if (options->config != NULL) {
      return dw_fail(DW_ERR_PARAM, "two parameter files, %s and %s; give one\nusage: %s", options->config, argument,
                     usage);
    } else {
      options->config = argument;
    }
  }
  if (options->config == NULL) {
    return dw_fail(DW_ERR_PARAM, "no parameter file given\nusage: %s", usage);
  }
  return DW_OK;
}
