#include "app/surrogate_options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const usages[] = {
    [DW_SURROGATE_TRAIN] =
        "dwell surrogate train DATASET --output MODEL [--times TAU,...] [--quantity NAME]... [--levels auto|fine|both] "
        "[--kernel matern|squared] [--trend constant|linear|quadratic] [--components N] [--bound X]; "
        "of a field operator: dwell surrogate train CONFIG --output MODEL",
    [DW_SURROGATE_PREDICT] =
        "dwell surrogate predict [MODEL] [--set key=value... | --places FILE] [--csv FILE] [--hdf5 FILE] [--gradients] "
        "[--ptarcade FILE --temperature GEV --sigma GEV3 [--grid N]]",
    [DW_SURROGATE_EVALUATE] = "dwell surrogate evaluate MODEL DATASET [--folds N] [--curve] [--hdf5 FILE]; "
                              "of a field operator: dwell surrogate evaluate MODEL",
    [DW_SURROGATE_QUERY] =
        "dwell surrogate query MODEL --dataset SCAN_DIRECTORY|DATASET [--set key=value]... [--seeds N] [--output DIR] "
        "[--csv FILE] [--hdf5 FILE] [--dry-run] [--quiet]"};

enum {
  TRAIN = 1 << DW_SURROGATE_TRAIN,
  PREDICT = 1 << DW_SURROGATE_PREDICT,
  EVALUATE = 1 << DW_SURROGATE_EVALUATE,
  QUERY = 1 << DW_SURROGATE_QUERY,
  PLACES = PREDICT | QUERY /* actions that are asked about a point */
};

static const struct {
  const char *name;
  int actions;
  bool has_value;
} known[] = {{"--output", TRAIN | QUERY, true},
             {"--times", TRAIN, true},
             {"--quantity", TRAIN, true},
             {"--levels", TRAIN, true},
             {"--kernel", TRAIN, true},
             {"--trend", TRAIN, true},
             {"--components", TRAIN, true},
             {"--bound", TRAIN, true},
             {"--set", PLACES, true},
             {"--csv", PLACES, true},
             {"--hdf5", PLACES | EVALUATE, true},
             {"--places", PREDICT, true},
             {"--gradients", PREDICT, false},
             {"--ptarcade", PREDICT, true},
             {"--grid", PREDICT, true},
             {"--temperature", PREDICT, true},
             {"--sigma", PREDICT, true},
             {"--folds", EVALUATE, true},
             {"--curve", EVALUATE, false},
             {"--dataset", QUERY, true},
             {"--seeds", QUERY, true},
             {"--dry-run", QUERY, false},
             {"--quiet", QUERY, false}};

static dw_status read_positive(const char *option, const char *text, double *number) {
  char *end = NULL;
  *number = strtod(text, &end);
  return end != text && *end == '\0' && isfinite(*number) && *number > 0.0
             ? DW_OK
             : dw_fail(DW_ERR_PARAM, "%s: \"%s\" isn't a number > 0", option, text);
}

static dw_status read_count(const char *option, const char *text, int64_t low, int64_t high, int64_t *number) {
  char *end = NULL;
  errno = 0;
  const long long value = strtoll(text, &end, 10);
  if (end == text || *end != '\0' || errno != 0 || value < low || value > high) {
    return dw_fail(DW_ERR_PARAM, "%s: \"%s\" isn't a whole number of %lld to %lld", option, text, (long long)low,
                   (long long)high);
  }
  *number = value;
  return DW_OK;
}

/* Index of a word among `count`. */
static dw_status read_choice(const char *option, const char *text, int count, const char *const *words, const char *all,
                             int *choice) {
  for (*choice = 0; *choice < count; (*choice)++) {
    if (strcmp(text, words[*choice]) == 0) {
      return DW_OK;
    }
  }
  return dw_fail(DW_ERR_PARAM, "%s: \"%s\" is unknown; choose from %s", option, text, all);
}

static dw_status read_times(dw_surrogate_options *o, const char *list) {
  char text[64];
  for (const char *at = list;; at++) {
    const size_t length = strcspn(at, ",");
    if (length >= sizeof text || o->train.times == DW_EMULATOR_TIMES) {
      return dw_fail(DW_ERR_PARAM, "--times: \"%s\" isn't a list of at most %d numbers", list, DW_EMULATOR_TIMES);
    }
    memcpy(text, at, length);
    text[length] = '\0';
    DW_TRY(read_positive("--times", text, &o->time[o->train.times++]));
    at += length;
    if (*at == '\0') {
      return DW_OK;
    }
  }
}

static dw_status set_choice(dw_surrogate_options *o, const char *option, const char *value) {
  static const char *const levels[] = {"fine", "both", "auto"};
  static const char *const kernels[] = {"matern", "squared"};
  static const char *const trends[] = {"constant", "linear", "quadratic"};
  int choice = 0;
  if (strcmp(option, "--levels") == 0) {
    DW_TRY(read_choice(option, value, 3, levels, "fine, both, auto", &choice));
    o->train.levels = (dw_emulator_levels)choice;
  } else if (strcmp(option, "--kernel") == 0) {
    DW_TRY(read_choice(option, value, 2, kernels, "matern, squared", &choice));
    o->train.kernel = (dw_emulator_kernel)choice;
  } else {
    DW_TRY(read_choice(option, value, 3, trends, "constant, linear, quadratic", &choice));
    o->train.trend = (dw_emulator_trend)choice;
  }
  return DW_OK;
}

static dw_status add_set(dw_surrogate_options *o, const char *value) {
  if (o->sets == DW_MAX_SETS) {
    return dw_fail(DW_ERR_PARAM, "more than %d times --set", DW_MAX_SETS);
  }
  o->set[o->sets++] = value;
  return DW_OK;
}

static dw_status add_quantity(dw_surrogate_options *o, const char *value) {
  if (o->train.quantities == DW_EMULATOR_QUANTITIES) {
    return dw_fail(DW_ERR_PARAM, "more than %d times --quantity", DW_EMULATOR_QUANTITIES);
  }
  o->quantity[o->train.quantities++] = value;
  return DW_OK;
}

static dw_status set_text(dw_surrogate_options *o, const char *option, const char *value) {
  const struct {
    const char *name;
    const char **text;
  } texts[] = {{"--output", &o->output},     {"--csv", &o->csv},       {"--hdf5", &o->hdf5},
               {"--ptarcade", &o->ptarcade}, {"--places", &o->places}, {"--dataset", &o->dataset}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (strcmp(option, texts[i].name) == 0) {
      *texts[i].text = value;
      return *value != '\0' ? DW_OK : dw_fail(DW_ERR_PARAM, "%s: \"\" is no file", option);
    }
  }
  return set_choice(o, option, value);
}

static dw_status set(dw_surrogate_options *o, const char *option, const char *value) {
  if (strcmp(option, "--set") == 0) {
    return add_set(o, value);
  }
  if (strcmp(option, "--quantity") == 0) {
    return add_quantity(o, value);
  }
  if (strcmp(option, "--times") == 0) {
    return read_times(o, value);
  }
  if (strcmp(option, "--components") == 0) {
    return read_count(option, value, 1, 24, &o->train.components);
  }
  if (strcmp(option, "--grid") == 0) {
    return read_count(option, value, 2, 100, &o->grid);
  }
  if (strcmp(option, "--folds") == 0) {
    return read_count(option, value, 2, 1000, &o->folds);
  }
  if (strcmp(option, "--seeds") == 0) {
    return read_count(option, value, 1, 10000, &o->seeds);
  }
  if (strcmp(option, "--bound") == 0) {
    return read_positive(option, value, &o->train.bound);
  }
  if (strcmp(option, "--temperature") == 0) {
    return read_positive(option, value, &o->temperature);
  }
  if (strcmp(option, "--sigma") == 0) {
    return read_positive(option, value, &o->sigma);
  }
  return set_text(o, option, value);
}

/* Takes argument *i and the value after it, if it has one. */
static dw_status take_option(dw_surrogate_options *o, dw_surrogate_action action, int argc, char *const *argv, int *i) {
  const char *argument = argv[*i];
  const size_t length = strcspn(argument, "=");
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    if (strlen(known[k].name) != length || strncmp(known[k].name, argument, length) != 0 ||
        (known[k].actions & (1 << action)) == 0) {
      continue;
    }
    if (!known[k].has_value) {
      o->gradients = o->gradients || strcmp(argument, "--gradients") == 0;
      o->curve = o->curve || strcmp(argument, "--curve") == 0;
      o->dry_run = o->dry_run || strcmp(argument, "--dry-run") == 0;
      o->quiet = o->quiet || strcmp(argument, "--quiet") == 0;
      return argument[length] == '\0' ? DW_OK : dw_fail(DW_ERR_PARAM, "%s takes no value", known[k].name);
    }
    if (argument[length] == '=') {
      return set(o, known[k].name, argument + length + 1);
    }
    if (*i + 1 == argc) {
      return dw_fail(DW_ERR_PARAM, "%s needs a value after it\nusage: %s", argument, usages[action]);
    }
    return set(o, known[k].name, argv[++*i]);
  }
  return dw_fail(DW_ERR_PARAM, "unknown option %s\nusage: %s", argument, usages[action]);
}

static dw_status check(const dw_surrogate_options *o, dw_surrogate_action action) {
  static const int least[] = {1, 0, 2, 1};
  static const int most[] = {1, 1, 2, 1};
  if (o->files < least[action] || o->files > most[action]) {
    return dw_fail(DW_ERR_PARAM, "%d files are given\nusage: %s", o->files, usages[action]);
  }
  if (action == DW_SURROGATE_TRAIN && o->output == NULL) {
    return dw_fail(DW_ERR_PARAM, "--output is missing: name the file for the model\nusage: %s", usages[action]);
  }
  if (action == DW_SURROGATE_QUERY && o->dataset == NULL) {
    return dw_fail(
        DW_ERR_PARAM,
        "--dataset is missing: name the scan's directory, or the data set the model was trained on\nusage: %s",
        usages[action]);
  }
  if (o->places != NULL && (o->sets > 0 || o->ptarcade != NULL || o->gradients)) {
    return dw_fail(DW_ERR_PARAM, "--places goes with --csv and --hdf5 only\nusage: %s", usages[action]);
  }
  if (o->ptarcade != NULL && (isnan(o->temperature) || isnan(o->sigma))) {
    return dw_fail(DW_ERR_PARAM, "--ptarcade needs --temperature and --sigma\nusage: %s", usages[action]);
  }
  return DW_OK;
}

dw_status dw_surrogate_options_parse(dw_surrogate_options *options, dw_surrogate_action action, int argc,
                                     char *const *argv) {
  dw_surrogate_options *o = options;
  *o = (dw_surrogate_options){
      .temperature = (double)NAN, .sigma = (double)NAN, .grid = 5, .folds = 8, .train = dw_emulator_defaults()};
  for (int i = 0; i < argc; i++) {
    if (argv[i][0] == '-') {
      DW_TRY(take_option(o, action, argc, argv, &i));
    } else if (o->files == 2) {
      return dw_fail(DW_ERR_PARAM, "%s is one file too many\nusage: %s", argv[i], usages[action]);
    } else {
      o->file[o->files++] = argv[i];
    }
  }
  o->train.quantity = o->quantity;
  o->train.time = o->time;
  return check(o, action);
}

const char *dw_surrogate_first_file(int argc, char *const *argv) {
  for (int i = 0; i < argc; i++) {
    if (argv[i][0] != '-') {
      return argv[i];
    }
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
      if (strcmp(argv[i], known[k].name) == 0 && known[k].has_value) {
        i++;
        break;
      }
    }
  }
  return NULL;
}
