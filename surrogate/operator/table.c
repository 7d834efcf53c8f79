#include "surrogate/operator/table.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "surrogate/operator/jump.h"

enum { TOGETHER = 4, REPEATS = 5, MOST_REPEATS = 100, SIZES = 3 };

/* What is short is timed more often, s. */
static const double LONG_ENOUGH = 0.3;

/* Where fat walls begin, as a share of the run, for models of physical cheap runs. */
static const double FAT_SHARE = 0.65;

typedef struct survey {
  const dw_corrector *c;
  dw_table *table;
  int64_t train;
  int64_t runs; /* training and test */
  dw_observed *truth;
  dw_observed *found;
  dw_observed *half; /* of the fine runs at `middle` */
  int64_t middle;    /* step half-way, or where jumps begin */
  double start;      /* of the runs, 1/m */
  dw_say say;
  void *context;
} survey;

static int64_t seed_of(const survey *s, int64_t run) {
  const dw_operator_config *config = &s->c->config;
  return run < s->train ? config->train.first + run : config->test.first + run - s->train;
}

/* Whether round r, of rounds since `first`, is one to be timed. */
static bool is_short(int r, double first) {
  return r < REPEATS || (r < MOST_REPEATS && omp_get_wtime() - first < LONG_ENOUGH);
}

/* The least time of a few, ms. */
static double time_steps(dw_member *m, int64_t steps, bool plain) {
  double best = INFINITY;
  const double first = omp_get_wtime();
  for (int r = 0; is_short(r, first); r++) {
    const double begun = omp_get_wtime();
    if (plain) {
      for (int64_t i = 0; i < steps; i++) {
        dw_step(m->state);
      }
    } else {
      dw_steps(m->state, (int)steps, NULL);
    }
    best = fmin(best, 1e3 * (omp_get_wtime() - begun));
  }
  return best;
}

/* The state goes on from its end while it is timed, so it is started anew. */
static dw_status time_member(const survey *s, const dw_member_choice *choice, int64_t *steps, double *plain,
                             double *fast) {
  for (int together = 1; together <= TOGETHER; together += TOGETHER - 1) {
    dw_member *m = NULL;
    dw_member_choice mine = *choice;
    mine.together = together;
    DW_TRY(dw_member_create(&m, &s->c->base, &mine, dw_comm_self()));
    dw_status status = dw_member_start(m, seed_of(s, 0));
    if (status == DW_OK) {
      *steps = *steps > 0 ? *steps : m->steps;
      *(together == 1 ? plain : fast) = time_steps(m, *steps, together == 1);
    }
    dw_member_destroy(m);
    DW_TRY(status);
  }
  return DW_OK;
}

/* A line from what a method found. */
static void add_line(survey *s, const char *name, const dw_observed *found, double plain, double fast) {
  const int64_t shells = s->c->config.shells;
  dw_table_line *line = &s->table->line[s->table->lines++];
  dw_observed factor;
  dw_observed error;
  dw_observed_calibrate(s->truth, found, s->train, shells, &factor);
  dw_observed_errors(s->truth + s->train, found + s->train, s->runs - s->train, shells, &factor, &error);
  memset(line, 0, sizeof *line);
  (void)snprintf(line->name, sizeof line->name, "%s", name);
  line->plain = plain;
  line->fast = fast;
  line->area = error.area;
  line->stress = dw_observed_rms(error.stress, shells);
  line->field = dw_observed_rms(error.field, shells);
  if (s->say != NULL) {
    s->say(s->context, name);
  }
}

static dw_status run_fine(survey *s, dw_member *m, dw_observer *o) {
  for (int64_t i = 0; i < s->runs; i++) {
    DW_TRY(dw_member_start(m, seed_of(s, i)));
    dw_steps(m->state, (int)s->middle, NULL);
    DW_TRY(dw_observer_measure(o, &s->half[i]));
    dw_steps(m->state, (int)(m->steps - s->middle), NULL);
    DW_TRY(dw_observer_measure(o, &s->truth[i]));
  }
  return DW_OK;
}

static dw_status do_fine(survey *s) {
  const dw_params *base = &s->c->base;
  const dw_member_choice choice = {base->lattice.points, base->fields.s, 0.0, TOGETHER};
  dw_member *m = NULL;
  dw_observer *o = NULL;
  int64_t steps = 0;
  DW_TRY(dw_member_create(&m, base, &choice, dw_comm_self()));
  const dw_operator_config *config = &s->c->config;
  const bool jumps = dw_corrector_jumps(config);
  s->middle = jumps ? m->steps - config->jump.steps * config->jump.jumps : m->steps / 2;
  s->start = m->model.background.tau_start;
  const double share = (double)s->middle / (double)m->steps;
  dw_status status = dw_observer_create(&o, m, (int)dw_params_stress_coarsening(base), s->c->config.shells);
  if (status == DW_OK) {
    status = run_fine(s, m, o);
  }
  dw_observer_destroy(o);
  dw_member_destroy(m);
  DW_TRY(status);
  DW_TRY(time_member(s, &choice, &steps, &s->table->fine_plain, &s->table->fine_fast));
  for (int64_t i = 0; i < s->runs; i++) { /* the same for all: factors make it the mean */
    s->found[i] = s->truth[0];
  }
  add_line(s, "mean of the training runs", s->found, 0.0, 0.0);
  add_line(s, jumps ? "fine run where jumps begin" : "fine run stopped half-way", s->half, share * s->table->fine_plain,
           share * s->table->fine_fast);
  return DW_OK;
}

static dw_status run_lattice(survey *s, dw_member *m) {
  dw_observer *o = NULL;
  DW_TRY(dw_observer_create(&o, m, 1, s->c->config.shells));
  dw_status status = DW_OK;
  for (int64_t i = 0; i < s->runs && status == DW_OK; i++) {
    status = dw_member_run(m, seed_of(s, i));
    if (status == DW_OK) {
      status = dw_observer_measure(o, &s->found[i]);
    }
  }
  dw_observer_destroy(o);
  return status;
}

/* Fat walls as those of the model's cheap runs, where they have them. */
static dw_member_choice fat_choice(const survey *s, int64_t points) {
  const dw_params *base = &s->c->base;
  dw_member_choice choice = dw_corrector_cheap(&s->c->config);
  choice.points = points;
  if (choice.s >= base->fields.s) {
    choice.s = 0.0;
    choice.fat_from = s->start + FAT_SHARE * (base->time.end - s->start);
  }
  return choice;
}

static dw_status do_lattice(survey *s, int64_t points, bool fat) {
  const dw_params *base = &s->c->base;
  const dw_member_choice physical = {points, base->fields.s, 0.0, TOGETHER};
  const dw_member_choice choice = fat ? fat_choice(s, points) : physical;
  char name[DW_TABLE_NAME];
  dw_member *m = NULL;
  int64_t steps = 0;
  double plain = 0.0;
  double fast = 0.0;
  DW_TRY(dw_member_create(&m, base, &choice, dw_comm_self()));
  const dw_status status = run_lattice(s, m);
  dw_member_destroy(m);
  DW_TRY(status);
  DW_TRY(time_member(s, &choice, &steps, &plain, &fast));
  (void)snprintf(name, sizeof name, "%s, %lld^3", fat ? "fat walls" : "physical", (long long)points);
  add_line(s, name, s->found, plain, fast);
  return DW_OK;
}

static double time_net(dw_corrector_work *w) {
  double best = INFINITY;
  const double first = omp_get_wtime();
  for (int r = 0; is_short(r, first); r++) {
    const double begun = omp_get_wtime();
    for (int i = 0; i < w->corrector->nets; i++) {
      dw_member_copy(w->cheap, w->pass->input);
      dw_sample_scale(w->pass->input[1], 1.0 / w->corrector->scale);
      dw_net_apply(w->pass, w->corrector->net[i], NULL);
    }
    best = fmin(best, 1e3 * (omp_get_wtime() - begun));
  }
  return best;
}

static dw_status do_net(survey *s) {
  dw_corrector_work *w = NULL;
  const dw_member_choice choice = dw_corrector_cheap(&s->c->config);
  char name[DW_TABLE_NAME];
  int64_t steps = 0;
  double plain = 0.0;
  double fast = 0.0;
  double net = 0.0;
  DW_TRY(dw_corrector_work_create(&w, s->c, dw_comm_self()));
  dw_status status = DW_OK;
  for (int64_t i = 0; i < s->runs && status == DW_OK; i++) {
    dw_observed raw;
    status = dw_corrector_run(w, seed_of(s, i), &raw, &s->found[i]);
  }
  net = status == DW_OK ? time_net(w) : 0.0;
  dw_corrector_work_destroy(w);
  DW_TRY(status);
  DW_TRY(time_member(s, &choice, &steps, &plain, &fast));
  (void)snprintf(name, sizeof name, "%s, %lld^3, and net", choice.s < s->c->base.fields.s ? "fat walls" : "physical",
                 (long long)choice.points);
  s->table->net = s->table->lines;
  add_line(s, name, s->found, plain + net, fast + net);
  s->table->line[s->table->net].is_net = true;
  return DW_OK;
}

/* The least time of a few, of all jumps. */
static dw_status time_jumps(dw_jumper *j, double *best) {
  *best = INFINITY;
  const double first = omp_get_wtime();
  for (int r = 0; is_short(r, first); r++) {
    const double begun = omp_get_wtime();
    for (int i = 0; i < j->corrector->nets; i++) {
      dw_sample_copy(j->now[0], j->start[0]);
      dw_sample_copy(j->now[1], j->start[1]);
      DW_TRY(dw_jumper_run(j, j->corrector->net[i], NULL));
    }
    *best = fmin(*best, 1e3 * (omp_get_wtime() - begun));
  }
  return DW_OK;
}

/* What comes before the first jump isn't counted: the true state there is given. */
static dw_status do_jumps(survey *s) {
  dw_jumper *j = NULL;
  char name[DW_TABLE_NAME];
  double time = 0.0;
  DW_TRY(dw_jumper_create(&j, s->c));
  dw_status status = DW_OK;
  for (int64_t i = 0; i < s->runs && status == DW_OK; i++) {
    dw_observed truth;
    dw_observed raw;
    status = dw_jumper_seed(j, seed_of(s, i), &truth, &raw, &s->found[i]);
  }
  if (status == DW_OK) {
    status = time_jumps(j, &time);
  }
  dw_jumper_destroy(j);
  (void)snprintf(name, sizeof name, "%lld jumps on %lld^3", (long long)s->c->config.jump.jumps,
                 (long long)s->c->config.cheap.points);
  s->table->net = s->table->lines;
  add_line(s, name, s->found, time, time);
  s->table->line[s->table->net].is_net = true;
  return status;
}

/* Where another method is as cheap and better. */
static void mark(dw_table *table) {
  const dw_table_line *net = &table->line[table->net];
  for (int i = 0; i < table->lines; i++) {
    dw_table_line *line = &table->line[i];
    line->net_loses = i != table->net && line->plain <= net->plain &&
                      (line->area < net->area || line->stress < net->stress || line->field < net->field);
  }
}

static dw_status measure(survey *s) {
  const int64_t n = s->c->base.lattice.points;
  DW_TRY(do_fine(s));
  for (int fat = 0; fat <= 1; fat++) {
    for (int64_t eighths = 3; eighths < 3 + SIZES; eighths++) {
      const int64_t points = n * eighths / 8;
      if (points % s->c->base.gw.coarsening == 0 && 2 * s->c->config.shells <= points) {
        DW_TRY(do_lattice(s, points, fat == 1));
      }
    }
  }
  DW_TRY(dw_corrector_jumps(&s->c->config) ? do_jumps(s) : do_net(s));
  mark(s->table);
  return DW_OK;
}

dw_status dw_table_measure(dw_table *table, const dw_corrector *c, dw_say say, void *context) {
  const int64_t runs = c->config.train.runs + c->config.test.runs;
  void *block = NULL;
  memset(table, 0, sizeof *table);
  DW_TRY(dw_alloc(&block, 3 * (size_t)runs, sizeof(dw_observed), "the table"));
  survey s = {.c = c,
              .table = table,
              .train = c->config.train.runs,
              .runs = runs,
              .truth = block,
              .found = (dw_observed *)block + runs,
              .half = (dw_observed *)block + 2 * runs,
              .say = say,
              .context = context};
  const dw_status status = measure(&s);
  dw_free(block);
  return status;
}
