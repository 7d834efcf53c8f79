#include "app/surrogate_field.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/setup.h"
#include "base/memory.h"
#include "lattice/file.h"
#include "params/check.h"
#include "params/operator_config.h"
#include "params/read.h"
#include "surrogate/operator/box.h"
#include "surrogate/operator/model_file.h"
#include "surrogate/operator/monitor.h"
#include "surrogate/operator/spread.h"
#include "surrogate/operator/table.h"

enum { CODE_OK = 0, CODE_DEGRADED = 10, CODE_OUT = 11, PATH_LENGTH = 2 * DW_TEXT_LENGTH };

/* rms over shells, in units of the expected spread, of the difference of the corrected and the cheap spectrum. */
static const double FAR = 3.0;

static const char TRAIN[] = "dwell surrogate train CONFIG --output MODEL";
static const char EVALUATE[] = "dwell surrogate evaluate MODEL";
static const char PREDICT[] = "dwell surrogate predict MODEL [--set key=value]...";

bool dw_surrogate_field_trains(const char *path) {
  static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  unsigned char start[8] = {0};
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return false;
  }
  const size_t count = fread(start, 1, sizeof start, file);
  (void)fclose(file);
  return count > 0 && (count < sizeof start || memcmp(start, signature, sizeof start) != 0);
}

bool dw_surrogate_field_owns(const char *model) {
  dw_file *file = NULL;
  char kind[DW_TEXT_LENGTH] = "";
  if (dw_file_open(&file, dw_comm_self(), model) == DW_OK) {
    if (dw_attribute_has(file, "/", "kind") && dw_attribute_read_text(file, "/", "kind", kind, sizeof kind) != DW_OK) {
      kind[0] = '\0';
    }
    dw_file_close(file);
  }
  dw_message_clear();
  return strcmp(kind, "field operator") == 0;
}

/* --- arguments --- */

typedef struct arguments {
  const char *path;
  const char *output;
  dw_options sets; /* its config isn't used */
} arguments;

static dw_status parse(arguments *a, int argc, char **argv, const char *usage, bool output, bool sets) {
  memset(a, 0, sizeof *a);
  for (int i = 0; i < argc; i++) {
    if (output && strcmp(argv[i], "--output") == 0 && i + 1 < argc) {
      a->output = argv[++i];
    } else if (sets && strcmp(argv[i], "--set") == 0 && i + 1 < argc && a->sets.sets < DW_MAX_SETS) {
      a->sets.set[a->sets.sets++] = argv[++i];
    } else if (argv[i][0] == '-' || a->path != NULL) {
      return dw_fail(DW_ERR_PARAM, "%s: not understood here\nusage: %s", argv[i], usage);
    } else {
      a->path = argv[i];
    }
  }
  if (a->path == NULL || (output && a->output == NULL)) {
    return dw_fail(DW_ERR_PARAM, "%s is missing\nusage: %s", a->path == NULL ? "a file" : "--output MODEL", usage);
  }
  return DW_OK;
}

/* --- train --- */

static void say(void *context, const char *line) {
  (void)context;
  (void)printf("%s\n", line);
  (void)fflush(stdout);
}

static dw_status read_config(dw_operator_config *config, const char *path) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the report on the configuration");
  }
  dw_report_init(report);
  const dw_status status = dw_operator_config_read(config, path, report);
  if (report->count > 0) {
    dw_report_print(report, stderr);
  }
  free(report);
  return status;
}

/* The base run: its file lies beside the configuration. */
static dw_status read_base(dw_params *base, const dw_operator_config *config, const char *path) {
  char beside[PATH_LENGTH];
  dw_options options;
  memset(&options, 0, sizeof options);
  if (config->base[0] == '\0') {
    return dw_fail(DW_ERR_PARAM, "%s: base: missing; give the parameter file of the fine run", path);
  }
  const char *slash = strrchr(path, '/');
  const bool absolute = config->base[0] == '/' || slash == NULL;
  const int length =
      snprintf(beside, sizeof beside, "%.*s%s", absolute ? 0 : (int)(slash - path + 1), path, config->base);
  if (length < 0 || length >= (int)sizeof beside) {
    return dw_fail(DW_ERR_PARAM, "%s: base: the path is too long", path);
  }
  options.config = beside;
  for (int64_t i = 0; i < config->sets; i++) {
    options.set[options.sets++] = config->set[i];
  }
  return dw_setup_params(base, &options, dw_comm_self());
}

typedef struct lesson {
  dw_operator_config config;
  dw_params base;
  dw_provenance provenance;
} lesson;

static dw_status train_with(lesson *l, const arguments *a, int whole_count, char **whole) {
  dw_corrector *corrector = NULL;
  DW_TRY(read_config(&l->config, a->path));
  DW_TRY(read_base(&l->base, &l->config, a->path));
  dw_provenance_collect(&l->provenance, dw_comm_self(), whole_count, whole, l->config.net.seed, dw_setup_threads());
  DW_TRY(dw_corrector_jumps(&l->config) ? dw_jump_train(&corrector, &l->config, &l->base, say, NULL)
                                        : dw_corrector_train(&corrector, &l->config, &l->base, say, NULL));
  const dw_status status = dw_corrector_write(corrector, a->output, &l->provenance, dw_comm_self());
  dw_corrector_destroy(corrector);
  if (status == DW_OK) {
    (void)printf("written      %s\n", a->output);
  }
  return status;
}

static dw_status train(int argc, char **argv, int whole_count, char **whole) {
  arguments a;
  DW_TRY(parse(&a, argc, argv, TRAIN, true, false));
  lesson *l = calloc(1, sizeof *l);
  if (l == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for training");
  }
  const dw_status status = train_with(l, &a, whole_count, whole);
  free(l);
  return status;
}

dw_status dw_surrogate_field_train(int argc, char **argv, int whole_count, char **whole) {
  const dw_comm *comm = dw_comm_world();
  (void)dw_setup_threads();
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? train(argc, argv, whole_count, whole) : DW_OK);
}

/* --- evaluate --- */

static void print_line(const dw_table *t, const dw_table_line *line) {
  char ratio[2][32] = {"", ""};
  if (line->plain > 0.0) {
    (void)snprintf(ratio[0], sizeof ratio[0], "1/%.1f", t->fine_plain / line->plain);
    (void)snprintf(ratio[1], sizeof ratio[1], "1/%.1f", t->fine_fast / line->fast);
  }
  (void)printf("%-28s %8.1f %7s %8.1f %7s   %6.2f %7.2f %7.2f  %s\n", line->name, line->plain, ratio[0], line->fast,
               ratio[1], 100.0 * line->area, 100.0 * line->stress, 100.0 * line->field,
               line->is_net      ? "<- the net"
               : line->net_loses ? "the net loses"
                                 : "");
}

static void print_table(const dw_table *t, const dw_corrector *c) {
  (void)printf("rms log errors in %%, %" PRId64 " shells, %" PRId64 " runs that weren't trained on, after one factor a "
               "shell from %" PRId64 " runs;\n",
               c->config.shells, c->config.test.runs, c->config.train.runs);
  (void)printf("fine run %lld^3: %.1f ms with the plain kernel, %.1f ms with the fastest\n\n",
               (long long)c->base.lattice.points, t->fine_plain, t->fine_fast);
  (void)printf("%-28s %8s %7s %8s %7s   %6s %7s %7s\n", "method", "plain/ms", "of fine", "fast/ms", "of fine", "area",
               "stress", "field");
  for (int i = 0; i < t->lines; i++) {
    print_line(t, &t->line[i]);
  }
  (void)printf("\n\"the net loses\": costs no more than the net and has a smaller error in area, stress or field\n");
}

/* The same spacings in 5/4 of the box. */
static dw_status print_box(const dw_corrector *c) {
  dw_observed error;
  int64_t shells = 0;
  if (!dw_box_fits(c)) {
    (void)printf("larger box   points a side aren't multiples of 4 and of the coarsening: not measured\n");
    return DW_OK;
  }
  DW_TRY(dw_box_errors(c, &error, &shells));
  const int64_t own = c->config.shells;
  (void)printf(
      "larger box   5/4 of the side: %.2f %% area, %.2f %% stress, %.2f %% field; over those of its own box: %.2f, "
      "%.2f, %.2f\n",
      100.0 * error.area, 100.0 * dw_observed_rms(error.stress, shells), 100.0 * dw_observed_rms(error.field, shells),
      error.area / c->error.area, dw_observed_rms(error.stress, shells) / dw_observed_rms(c->error.stress, own),
      dw_observed_rms(error.field, shells) / dw_observed_rms(c->error.field, own));
  return DW_OK;
}

static dw_status evaluate(int argc, char **argv) {
  arguments a;
  dw_corrector *corrector = NULL;
  dw_table table;
  DW_TRY(parse(&a, argc, argv, EVALUATE, false, false));
  DW_TRY(dw_corrector_read(&corrector, a.path, dw_comm_self()));
  dw_status status = dw_table_measure(&table, corrector, NULL, NULL);
  if (status == DW_OK) {
    print_table(&table, corrector);
    status = print_box(corrector);
  }
  dw_corrector_destroy(corrector);
  return status;
}

dw_status dw_surrogate_field_evaluate(int argc, char **argv) {
  const dw_comm *comm = dw_comm_world();
  (void)dw_setup_threads();
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? evaluate(argc, argv) : DW_OK);
}

/* --- predict --- */

/* The base run with what --set changes; *out where that decides more than the seed, and, where several backgrounds were
 * learned, w among them. */
static dw_status change(dw_params *params, const dw_corrector *c, const arguments *a, bool *out) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the report on the parameters");
  }
  dw_report_init(report);
  *params = c->base;
  for (int i = 0; i < a->sets.sets; i++) {
    (void)dw_params_set(params, a->sets.set[i], report);
  }
  (void)dw_params_validate(params, report);
  dw_status status = DW_OK;
  if (report->count > 0) {
    dw_report_print(report, stderr);
    status = dw_fail(DW_ERR_PARAM, "%zu problem(s) with the parameters", report->count);
  } else {
    dw_params same = c->base;
    same.seed = params->seed;
    if (c->backgrounds > 1 && dw_monitor_knows(c, params->cosmology.w)) {
      same.cosmology.w = params->cosmology.w;
    }
    *out = dw_params_compare(&same, params, report) != DW_OK || params->time.end != c->base.time.end;
    if (*out) {
      dw_report_print(report, stdout);
    }
    dw_message_clear();
  }
  free(report);
  return status;
}

/* How far the corrected spectra are from the cheap ones, both with their factors. */
static double distance(const dw_corrector *c, const dw_observed *raw, const dw_observed *corrected) {
  double sum = 0.0;
  for (int64_t k = 0; k < c->config.shells; k++) {
    const double field = log(corrected->field[k] / raw->field[k]);
    const double stress = log(corrected->stress[k] / raw->stress[k]);
    sum += field * field / (c->error.field[k] * c->error.field[k] + c->cheap_error.field[k] * c->cheap_error.field[k]);
    sum += stress * stress /
           (c->error.stress[k] * c->error.stress[k] + c->cheap_error.stress[k] * c->cheap_error.stress[k]);
  }
  return sqrt(sum / (2.0 * (double)c->config.shells));
}

static bool is_within(int64_t seed, int64_t first, int64_t runs) { return seed >= first && seed < first + runs; }

/* The code. */
static int print_status(const dw_corrector *c, double far, double apart) {
  const int code = far <= FAR && apart <= FAR ? CODE_OK : CODE_DEGRADED; /* also where one isn't a number */
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)printf("status       %s: corrected and cheap spectra differ by %.2f of what test runs do",
                 code == CODE_OK ? "OK" : "DEGRADED", far);
    (void)printf(c->nets > 1 ? ", the nets by %.2f\n" : "\n", apart);
  }
  return code;
}

static void print_provenance(const dw_corrector *c, int64_t seed) {
  const bool seen = is_within(seed, c->config.train.first, c->config.train.runs);
  const char *what = dw_corrector_jumps(&c->config)   ? "jumps"
                     : c->config.cheap.fat_from > 0.0 ? "physical, then fat-wall run"
                                                      : "cheap run";
  (void)printf("provenance   corrected: %s of %lld^3, s = %g, seed %lld%s; %d net%s trained on %lld runs of %lld^3\n",
               what, (long long)c->config.cheap.points, c->config.cheap.s, (long long)seed,
               seen ? " (which was trained on)" : "", c->nets, c->nets == 1 ? "" : "s", (long long)c->config.train.runs,
               (long long)c->base.lattice.points);
}

static void print_found(const dw_corrector *c, const dw_observer *see, const dw_observed *found,
                        const dw_observed *error) {
  (void)printf("tau          %.10g\n", c->base.time.end);
  (void)printf("area         %.10g +- %.3g\n", found->area, found->area * error->area);
  (void)printf("# k, field power, its error, equal-time correlator, its error\n");
  for (int64_t k = 0; k < c->config.shells; k++) {
    (void)printf("%.10g %.10g %.3g %.10g %.3g\n", see->all->k[k], found->field[k], found->field[k] * error->field[k],
                 found->stress[k], found->stress[k] * error->stress[k]);
  }
}

/* With the factors; the code; prints on process 0. */
static void finish_prediction(const dw_corrector_work *w, int64_t seed, dw_observed *raw, dw_observed *found,
                              int *code) {
  const dw_corrector *c = w->corrector;
  dw_observed error;
  dw_observed_scale(raw, &c->cheap_factor, c->config.shells);
  dw_observed_scale(found, &c->factor, c->config.shells);
  *code = print_status(c, distance(c, raw, found), dw_spread_apart(c, &w->spread));
  if (dw_comm_rank(dw_comm_world()) == 0) {
    dw_spread_claim(c, &w->spread, &error);
    print_provenance(c, seed);
    print_found(c, w->see_frame, found, &error);
  }
}

static void print_background(const dw_corrector *c, double w) {
  if (c->backgrounds > 1) {
    (void)printf("background   w = %.6g, trained on %d from %.6g to %.6g\n", w, c->backgrounds, c->w[0],
                 c->w[c->backgrounds - 1]);
  }
}

/* One line for each stretch between two times of jumps. */
static void print_stretches(const dw_jumper *j, const dw_watch *watch) {
  (void)printf("stretch      to tau = %.6g simulated by the fine run\n", dw_jumper_tau(j, 0));
  for (int64_t i = 0; i < watch->jumps; i++) {
    (void)printf("stretch      tau = %.6g to %.6g %s: residual %.3g, threshold %.3g\n", dw_jumper_tau(j, i),
                 dw_jumper_tau(j, i + 1), watch->anchored[i] ? "re-anchored to the fine run" : "jumped",
                 watch->residual[i], j->monitor->threshold);
  }
}

/* A result of the fine run has no error of the nets. */
static void print_jumps(const dw_jumper *j, int64_t seed, dw_observed *raw, const dw_observed *found,
                        const dw_watch *watch, int *code) {
  const dw_corrector *c = j->corrector;
  dw_observed error = {0};
  if (watch->since > 0) {
    dw_observed_scale(raw, &j->monitor->cheap_factor, c->config.shells);
    *code = print_status(c, distance(c, raw, found), dw_spread_apart(c, &j->spread));
    dw_spread_claim(c, &j->spread, &error);
    print_provenance(c, seed);
  } else {
    *code = CODE_OK;
    (void)printf("status       OK: the monitor sent the end back to the fine run\n");
    (void)printf("provenance   simulated: fine run of %lld^3, seed %lld\n", (long long)c->base.lattice.points,
                 (long long)seed);
  }
  print_background(c, j->params.cosmology.w);
  print_stretches(j, watch);
  print_found(c, j->see_frame, found, &error);
}

/* The fine run to where jumps begin, then the jumps under the monitor; by process 0. */
static dw_status predict_jumps(const dw_corrector *c, int64_t seed, double w, int *code) {
  dw_jumper *j = NULL;
  dw_observed raw;
  dw_observed found;
  dw_watch watch;
  DW_TRY(dw_jumper_create_at(&j, c, w));
  const dw_status status = dw_monitor_predict(j, seed, &raw, &found, &watch);
  if (status == DW_OK) {
    print_jumps(j, seed, &raw, &found, &watch, code);
  }
  dw_jumper_destroy(j);
  return status;
}

static dw_status predict_with(const dw_corrector *c, int64_t seed, const dw_comm *comm, int *code) {
  dw_corrector_work *w = NULL;
  dw_observed raw;
  dw_observed corrected;
  DW_TRY(dw_corrector_work_create(&w, c, comm));
  const dw_status status = dw_corrector_run(w, seed, &raw, &corrected);
  if (status == DW_OK) {
    finish_prediction(w, seed, &raw, &corrected, code);
  }
  dw_corrector_work_destroy(w);
  return status;
}

dw_status dw_surrogate_field_predict(int argc, char **argv, int *code) {
  const dw_comm *comm = dw_comm_world();
  arguments a;
  dw_corrector *corrector = NULL;
  (void)dw_setup_threads();
  DW_TRY(parse(&a, argc, argv, PREDICT, false, true));
  DW_TRY(dw_corrector_read(&corrector, a.path, comm));
  dw_params *params = calloc(1, sizeof *params);
  struct {
    int64_t seed;
    int64_t out;
    double w;
  } asked = {0, 0, 0.0};
  dw_status status = params != NULL ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the parameters");
  if (status == DW_OK && dw_comm_rank(comm) == 0) {
    bool out = false;
    status = change(params, corrector, &a, &out);
    asked.seed = params->seed;
    asked.out = out;
    asked.w = params->cosmology.w;
  }
  status = dw_comm_agree(comm, status);
  dw_comm_broadcast(comm, &asked, sizeof asked);
  if (status == DW_OK && asked.out != 0) {
    *code = CODE_OUT;
    if (dw_comm_rank(comm) == 0) {
      (void)printf(
          "status       OUT: what was changed is outside of what the model was trained on; run the simulation\n");
    }
  } else if (status == DW_OK) {
    const bool jumps = dw_corrector_jumps(&corrector->config);
    if (!jumps) {
      status = predict_with(corrector, asked.seed, comm, code);
    } else if (dw_comm_rank(comm) == 0) {
      status = predict_jumps(corrector, asked.seed, asked.w, code);
    }
    status = dw_comm_agree(comm, status);
  }
  free(params);
  dw_corrector_destroy(corrector);
  return status;
}
