#include "app/usage.h"

#include <string.h>

static const dw_usage_command commands[] = {
    {"run", "run CONFIG [--set group.key=value]... [--restart] [--quiet]",
     "evolve; mpirun -n P dwell run ... for P processes"},
    {"check", "check CONFIG [--set group.key=value]...", "validate, and say what a run would take"},
    {"analyse",
     "analyse RUN_DIR... [--output DIR] [--from TAU] [--to TAU]\n[--only SECTION,...] [--skip SECTION,...] "
     "[--unfinished]\n[--eta GEV] [--lambda X | --sigma GEV3] [--temperature GEV [--at end|annihilation]]",
     "post-process finished runs; several: seeds of one set-up"},
    {"scan",
     "scan SCAN_CONFIG [--set key=value]... [--set base.key=value]... [--restart]\n[--dry-run | --jobs DIR | "
     "--collect] [--quiet]",
     "an ensemble or a parameter scan; mpirun -n P for P runs at once"},
    {"surrogate train", "surrogate train DATASET|CONFIG --output MODEL",
     "learn from a scan; a configuration trains a field operator, which corrects cheap runs"},
    {"surrogate predict", "surrogate predict [MODEL] [--set group.key=value]...", "answer without running"},
    {"surrogate evaluate", "surrogate evaluate MODEL [DATASET]", "compare a model with runs"},
    {"surrogate query",
     "surrogate query MODEL --dataset SCAN_DIR|DATASET [--set group.key=value]...\n[--seeds N] [--output DIR] [--csv "
     "FILE] [--hdf5 FILE] [--dry-run] [--quiet]",
     "answer by the model, a corrected cheap run or a full run, whichever it takes"},
    {"report",
     "report RUN_DIR... [--output DIR] [--analysis DIR] [--data FILE [--label TEXT]]...\n[--movie FILE.png|FILE.webm "
     "[--fps N]] | SCAN_DIR [--output DIR] [--model FILE] [--train]",
     "plots and one HTML page, of several runs together, or of a scan and its emulator; or a movie of the slices"},
    {"params", "params [--markdown]", "the parameter reference"},
    {"help", "help [COMMAND | --man | --table]",
     "this text, or of a command with its options; as a manual page; as a table for programs"},
    {"--version", "--version", "version and libraries"},
};

#define SET_DOC "Changes a parameter of the file; as often as one likes"
#define RESTART_DOC "Goes on from the newest valid checkpoint"
#define QUIET_DOC "No progress line"

static const dw_usage_option options[] = {
    {"run", "--set", "KEY=VALUE", SET_DOC},
    {"run", "--restart", "", RESTART_DOC},
    {"run", "--quiet", "", QUIET_DOC},
    {"check", "--set", "KEY=VALUE", SET_DOC},
    {"analyse", "--output", "DIR", "Where the results go; needed for several runs"},
    {"analyse", "--from", "TAU", "Begin of the stretch that is fitted"},
    {"analyse", "--to", "TAU", "End of the stretch that is fitted"},
    {"analyse", "--only", "SECTION,...", "Only these sections"},
    {"analyse", "--skip", "SECTION,...", "Not these sections"},
    {"analyse", "--unfinished", "", "Takes a run that has not reached its end"},
    {"analyse", "--eta", "GEV", "Vacuum value of the field, for the spectrum today"},
    {"analyse", "--lambda", "X", "Coupling, with --eta"},
    {"analyse", "--sigma", "GEV3", "Tension of the walls, instead of --lambda"},
    {"analyse", "--temperature", "GEV", "Temperature at the time named by --at"},
    {"analyse", "--at", "end|annihilation", "When the universe has that temperature"},
    {"scan", "--set", "KEY=VALUE", "Changes a key of the scan file, or base.KEY of the base run"},
    {"scan", "--restart", "", "Goes on with the runs that are left"},
    {"scan", "--quiet", "", QUIET_DOC},
    {"scan", "--dry-run", "", "Says what there is to do and writes nothing"},
    {"scan", "--jobs", "DIR", "Writes a job array of the runs that are left instead of running them"},
    {"scan", "--collect", "", "Takes the results of finished runs into the data set"},
    {"surrogate train", "--output", "FILE", "The file of the model"},
    {"surrogate train", "--times", "TAU,...", "Conformal times at which it predicts"},
    {"surrogate train", "--quantity", "NAME", "A spectrum or column to learn; may be given several times"},
    {"surrogate train", "--levels", "auto|fine|both", "Whether cheap runs are used"},
    {"surrogate train", "--kernel", "matern|squared", "Covariance of the Gaussian process"},
    {"surrogate train", "--trend", "constant|linear|quadratic", "Its mean"},
    {"surrogate train", "--components", "N", "Principal components of a spectrum"},
    {"surrogate train", "--bound", "X", "Limit of the predicted error above which the verdict is DEGRADED"},
    {"surrogate predict", "--set", "KEY=VALUE", "Changes a parameter of the model's base run"},
    {"surrogate predict", "--places", "FILE", "A table of parameters, a place in each line, instead of --set"},
    {"surrogate predict", "--csv", "FILE", "Writes the prediction as text"},
    {"surrogate predict", "--hdf5", "FILE", "Writes the prediction as HDF5"},
    {"surrogate predict", "--gradients", "", "Adds derivatives by the parameters"},
    {"surrogate predict", "--ptarcade", "FILE", "Writes the spectrum today for PTArcade"},
    {"surrogate predict", "--temperature", "GEV", "Temperature at the end of the run, for --ptarcade"},
    {"surrogate predict", "--sigma", "GEV3", "Tension of the walls, for --ptarcade"},
    {"surrogate predict", "--grid", "N", "Points of each axis of the table, for --ptarcade"},
    {"surrogate evaluate", "--folds", "N", "Parts of the cross validation"},
    {"surrogate evaluate", "--curve", "", "Errors against the number of runs"},
    {"surrogate evaluate", "--hdf5", "FILE", "Writes the errors and each comparison as HDF5"},
    {"surrogate query", "--dataset", "DIR|FILE", "The scan that the model learned from"},
    {"surrogate query", "--set", "KEY=VALUE", SET_DOC},
    {"surrogate query", "--seeds", "N", "Realisations of the runs; else those of the scan"},
    {"surrogate query", "--output", "DIR", "Where the runs of queries are kept"},
    {"surrogate query", "--csv", "FILE", "Writes the answer as text"},
    {"surrogate query", "--hdf5", "FILE", "Writes the answer as HDF5"},
    {"surrogate query", "--dry-run", "", "Says what there is to do and writes nothing"},
    {"surrogate query", "--quiet", "", QUIET_DOC},
    {"report", "--output", "DIR", "Where the page and its plots go; else into the first run"},
    {"report", "--analysis", "DIR", "What analyse wrote of these runs together; else analysis/ of --output"},
    {"report", "--model", "FILE", "The emulator of a scan; else model.h5 beside its data set"},
    {"report", "--train", "", "Trains the emulator of a scan first"},
    {"report", "--data", "FILE", "A curve of two columns over the spectrum today; as often as one likes"},
    {"report", "--label", "TEXT", "The name of the curve before it"},
    {"report", "--movie", "FILE", "Only makes a movie of the slices, .png or .webm"},
    {"report", "--fps", "N", "Pictures a second of the movie"},
    {"params", "--markdown", "", "As a table in Markdown"},
    {"help", "--man", "", "The manual page dwell(1), for man"},
    {"help", "--table", "", "Commands and options, a line each, for programs"},
};

static const dw_usage_code codes[] = {
    {0, "done"},
    {2, "the command line or a parameter is wrong"},
    {3, "a file could not be read or written"},
    {4, "the evolution became invalid (NaN, instability)"},
    {5, "not enough memory, or an MPI or internal failure"},
    {10, "surrogate predict: DEGRADED, the answer is less sure than asked for"},
    {11, "surrogate predict: OUT, the model does not cover these parameters"},
    {75, "stopped by a signal or the wall-clock limit, with a checkpoint; go on with --restart"},
};

size_t dw_usage_commands(void) { return sizeof commands / sizeof *commands; }

const dw_usage_command *dw_usage_command_at(size_t index) { return &commands[index]; }

size_t dw_usage_options(void) { return sizeof options / sizeof *options; }

const dw_usage_option *dw_usage_option_at(size_t index) { return &options[index]; }

size_t dw_usage_codes(void) { return sizeof codes / sizeof *codes; }

const dw_usage_code *dw_usage_code_at(size_t index) { return &codes[index]; }

static dw_status written(FILE *file) {
  return ferror(file) ? dw_fail(DW_ERR_FILE, "the text can't be written; is the disk full, or was it closed?") : DW_OK;
}

enum { INDENT = 23 };

static void print_command(FILE *file, const dw_usage_command *command) {
  (void)fputs("  dwell ", file);
  for (const char *c = command->synopsis; *c != '\0'; c++) {
    (void)fputc(*c, file);
    if (*c == '\n') {
      (void)fprintf(file, "%*s", INDENT, "");
    }
  }
  (void)fprintf(file, "\n%*s%s\n", INDENT, "", command->doc);
}

static void print_options(FILE *file, const char *command) {
  for (size_t k = 0; k < dw_usage_options(); k++) {
    if (strcmp(options[k].command, command) == 0) {
      const int used = fprintf(file, "    %s %s", options[k].name, options[k].value);
      (void)fprintf(file, "%*s  %s\n", used < INDENT ? INDENT - used : 0, "", options[k].doc);
    }
  }
}

/* "surrogate" stands for all that begin so. */
static bool is_of(const char *command, const char *name) {
  const size_t length = strlen(name);
  return strncmp(command, name, length) == 0 && (command[length] == '\0' || command[length] == ' ');
}

bool dw_usage_knows(const char *name) {
  for (size_t i = 0; i < dw_usage_commands(); i++) {
    if (is_of(commands[i].name, name)) {
      return true;
    }
  }
  return false;
}

dw_status dw_usage_print_command(FILE *file, const char *name) {
  for (size_t i = 0; i < dw_usage_commands(); i++) {
    if (is_of(commands[i].name, name)) {
      print_command(file, &commands[i]);
      print_options(file, commands[i].name);
    }
  }
  return written(file);
}

dw_status dw_usage_print(FILE *file) {
  (void)fputs("dwell evolves domain-wall networks on a lattice\n\n", file);
  for (size_t i = 0; i < dw_usage_commands(); i++) {
    print_command(file, &commands[i]);
  }
  (void)fputs("\nExit codes:\n", file);
  for (size_t i = 0; i < dw_usage_codes(); i++) {
    (void)fprintf(file, "  %2d  %s\n", codes[i].code, codes[i].doc);
  }
  return written(file);
}

dw_status dw_usage_table(FILE *file) {
  for (size_t i = 0; i < dw_usage_commands(); i++) {
    (void)fprintf(file, "%s\t\t\t%s\n", commands[i].name, commands[i].doc);
    for (size_t k = 0; k < dw_usage_options(); k++) {
      if (strcmp(options[k].command, commands[i].name) == 0) {
        (void)fprintf(file, "%s\t%s\t%s\t%s\n", commands[i].name, options[k].name, options[k].value, options[k].doc);
      }
    }
  }
  return written(file);
}
