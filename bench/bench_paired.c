/* What paired cheap runs gain on real runs, and whether their means are right (docs/paired.sh makes the runs):
 *
 *   bench_paired DATASET [SIZE [DIRECTORY [COST]]]
 *
 * The data set has one point. Its pairs are divided into groups of SIZE (8), each with as large a part of the extra
 * cheap runs, eight times at random, as one division may be unlucky: the bins of a group move together. Every group is
 * estimated as a point of its own, and so are all the other runs, which know nothing of it: z is the difference of the
 * two over its error. Printed for each quantity and time: bins with a cheap counterpart, geometric means over bins and
 * groups of reduction and gain, the share of bins in which the cheap level is dropped, that of |z| < 2, the scatter of
 * groups of the plain mean over that of the estimate, squared, as a check of the reduction, and the largest gain that
 * another number of cheap runs would give. Then all times but the first, and the same for means of logarithms.
 * DIRECTORY gets paired.h5 and paired.txt of the groups. COST: of a cheap run over that of a fine one; without it from
 * the seconds of the runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lattice/comm.h"
#include "lattice/provenance.h"
#include "params/read.h"
#include "surrogate/dataset.h"
#include "surrogate/paired/paired.h"

enum { MOST_GROUPS = 64, MOST_TIMES = 64, ROUNDS = 8 };

/* Sums over the bins and groups of a quantity at a time. */
typedef struct tally {
  double bins;
  double reduction; /* of logarithms */
  double gain;
  double best;
  double dropped;
  double within;
  double plain; /* of logarithms of squares of deviations of groups */
  double value;
} tally;

/* A number that looks random, of a run and a division; splitmix64 (G. Steele et al., 2014). */
static uint64_t shuffle(int64_t seed, int round) {
  uint64_t z = ((uint64_t)seed * 64 + (uint64_t)round + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* How many runs from `first` to `last` come before run i in this division. */
static int64_t rank_of(const dw_dataset *d, int64_t i, int64_t first, int64_t last, int round) {
  const uint64_t own = shuffle(d->run[i].seed, round);
  int64_t rank = 0;
  for (int64_t j = first; j < last; j++) {
    rank += shuffle(d->run[j].seed, round) < own ? 1 : 0;
  }
  return rank;
}

static int64_t count_fine(const dw_dataset *d) {
  int64_t fine = 0;
  while (fine < d->runs && d->run[fine].level == DW_LEVEL_FINE) {
    fine++;
  }
  return fine;
}

/* Group of each run. A data set has fine runs before cheap ones. */
static void divide(const dw_dataset *d, int64_t groups, int round, int64_t *group) {
  const int64_t fine = count_fine(d);
  for (int64_t i = 0; i < fine; i++) {
    group[i] = rank_of(d, i, 0, fine, round) % groups;
  }
  for (int64_t i = fine; i < d->runs; i++) {
    group[i] = rank_of(d, i, fine, d->runs, round) % groups;
    for (int64_t j = 0; j < fine; j++) {
      group[i] = d->run[j].seed == d->run[i].seed ? group[j] : group[i];
    }
  }
}

/* Every fine run takes 1 s and every cheap one `cost`; 0: the mean of its level. The runs were made at different times,
 * perhaps beside other work. */
static void level_seconds(dw_dataset *d, double cost) {
  for (int level = DW_LEVEL_FINE; level <= DW_LEVEL_CHEAP; level++) {
    double sum = 0.0;
    double count = 0.0;
    for (int64_t i = 0; i < d->runs; i++) {
      sum += (int)d->run[i].level == level ? d->run[i].seconds : 0.0;
      count += (int)d->run[i].level == level ? 1.0 : 0.0;
    }
    const double given = level == DW_LEVEL_FINE ? 1.0 : cost;
    for (int64_t i = 0; i < d->runs; i++) {
      d->run[i].seconds = (int)d->run[i].level != level ? d->run[i].seconds : cost > 0.0 ? given : sum / count;
    }
  }
}

/* The estimate from the runs of a group, or from all others. */
static dw_paired *estimate(dw_dataset *d, const int64_t *group, int64_t which, bool others, bool logarithmic) {
  dw_paired *p = NULL;
  for (int64_t i = 0; i < d->runs; i++) {
    d->run[i].point = (group[i] == which) != others ? which : which + 1;
  }
  if (dw_paired_estimate(d, which, logarithmic, &p) != DW_OK) {
    fprintf(stderr, "bench_paired: %s\n", dw_message());
    exit(1);
  }
  return p;
}

static void count_bin(const dw_paired *p, const dw_paired *rest, int quantity, int64_t b, tally *sum) {
  const dw_paired_table *t = &p->table[quantity];
  const dw_paired_table *r = &rest->table[quantity];
  if (!(isfinite(t->reduction[b]) && t->reduction[b] > 0.0)) {
    return;
  }
  const double cost = p->seconds_cheap / p->seconds_fine;
  const double error = sqrt(t->error[b] * t->error[b] + r->error[b] * r->error[b]);
  sum->bins += 1.0;
  sum->reduction += log(t->reduction[b]);
  sum->gain += log(t->gain[b]);
  sum->best += log(dw_paired_gain(t->correlation[b], cost, dw_paired_best_ratio(t->correlation[b], cost)));
  sum->dropped += t->kept[b] == 0.0 ? 1.0 : 0.0;
  sum->within += fabs(t->value[b] - r->value[b]) < 2.0 * error ? 1.0 : 0.0;
}

/* Scatter of groups about their own mean. */
static void count_scatter(dw_paired *const *p, int64_t groups, int quantity, int64_t b, tally *sum) {
  double mean[2] = {0.0, 0.0};
  double squares[2] = {0.0, 0.0};
  if (!isfinite(p[0]->table[quantity].reduction[b])) {
    return;
  }
  for (int64_t g = 0; g < groups; g++) {
    mean[0] += p[g]->table[quantity].plain[b] / (double)groups;
    mean[1] += p[g]->table[quantity].value[b] / (double)groups;
  }
  for (int64_t g = 0; g < groups; g++) {
    squares[0] += pow(p[g]->table[quantity].plain[b] - mean[0], 2.0);
    squares[1] += pow(p[g]->table[quantity].value[b] - mean[1], 2.0);
  }
  sum->plain += log(squares[0]);
  sum->value += log(squares[1]);
}

static void print_line(const char *name, double tau, int64_t groups, const tally *s) {
  const double n = s->bins;
  printf("%-8s %6.2f %5.0f %10.2f %7.2f %7.2f %8.3f %6.3f %9.2f\n", name, tau, n / (double)(groups * ROUNDS),
         exp(s->reduction / n), exp(s->gain / n), exp(s->best / n), s->dropped / n, s->within / n,
         exp((s->plain - s->value) / n * (double)groups));
}

static void add_tally(tally *sum, const tally *other) {
  sum->bins += other->bins;
  sum->reduction += other->reduction;
  sum->gain += other->gain;
  sum->best += other->best;
  sum->dropped += other->dropped;
  sum->within += other->within;
  sum->plain += other->plain;
  sum->value += other->value;
}

static void count_quantity(dw_paired *const *p, dw_paired *const *rest, int64_t groups, int quantity, tally *at) {
  const dw_paired_table *table = &p[0]->table[quantity];
  for (int64_t t = 0; t < table->times && t < MOST_TIMES; t++) {
    for (int64_t b = t * table->bins; b < (t + 1) * table->bins; b++) {
      for (int64_t g = 0; g < groups; g++) {
        count_bin(p[g], rest[g], quantity, b, &at[t]);
      }
      count_scatter(p, groups, quantity, b, &at[t]);
    }
  }
}

static void print_quantity(const dw_paired *p, int64_t groups, int quantity, const tally *at) {
  const dw_paired_table *table = &p->table[quantity];
  const char *name = dw_paired_name((dw_paired_quantity)quantity);
  tally all = {.bins = 0.0};
  for (int64_t t = 0; t < table->times && t < MOST_TIMES; t++) {
    if (at[t].bins > 0.0 && !p->logarithmic) {
      print_line(name, table->tau[t], groups, &at[t]);
    }
    if (t > 0) { /* the start is the same field in both */
      add_tally(&all, &at[t]);
    }
  }
  print_line(name, (double)NAN, groups, &all);
}

static dw_status write_groups(int64_t groups, dw_paired *const *p, const char *directory, int argc, char **argv) {
  const dw_paired *points[MOST_GROUPS];
  static dw_provenance provenance;
  static dw_params params;
  DW_TRY(dw_params_defaults(&params));
  dw_provenance_collect(&provenance, dw_comm_self(), argc, argv, 0, 1);
  const dw_record record = {.provenance = &provenance, .params = &params, .config = ""};
  for (int64_t g = 0; g < groups; g++) {
    points[g] = p[g];
  }
  return dw_paired_write(groups, points, directory, &record);
}

static void print_head(const dw_paired *p, int64_t groups) {
  printf("%s: %d groups of %d fine and about %d cheap runs; %.3f and %.3f s a run, ratio %.3f\n",
         p->logarithmic ? "logarithms" : "values", (int)groups, (int)p->fine, (int)p->cheap, p->seconds_fine,
         p->seconds_cheap, p->seconds_cheap / p->seconds_fine);
  printf("%-8s %6s %5s %10s %7s %7s %8s %6s %9s\n", "quantity", "tau", "bins", "reduction", "gain", "best", "dropped",
         "z < 2", "scatter");
}

/* The tables, and the files where there is a directory; they hold the last division. */
static dw_status study(dw_dataset *d, int64_t *group, int64_t groups, bool logarithmic, int argc, char **argv) {
  static tally at[DW_PAIRED_QUANTITIES][MOST_TIMES];
  dw_status status = DW_OK;
  memset(at, 0, sizeof at);
  for (int round = 0; round < ROUNDS && status == DW_OK; round++) {
    dw_paired *p[MOST_GROUPS];
    dw_paired *rest[MOST_GROUPS];
    divide(d, groups, round, group);
    for (int64_t g = 0; g < groups; g++) {
      p[g] = estimate(d, group, g, false, logarithmic);
      rest[g] = estimate(d, group, g, true, logarithmic);
    }
    for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
      count_quantity(p, rest, groups, q, at[q]);
    }
    if (round == ROUNDS - 1) {
      print_head(p[0], groups);
      for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
        print_quantity(p[0], groups, q, at[q]);
      }
      status = argc > 3 && !logarithmic ? write_groups(groups, p, argv[3], argc, argv) : DW_OK;
    }
    for (int64_t g = 0; g < groups; g++) {
      dw_paired_destroy(p[g]);
      dw_paired_destroy(rest[g]);
    }
  }
  return status;
}

int main(int argc, char **argv) {
  dw_dataset *d = NULL;
  const long size = argc > 2 ? strtol(argv[2], NULL, 10) : 8;
  if (argc < 2 || size < 1 || dw_dataset_read(&d, argv[1]) != DW_OK) {
    fprintf(stderr, "bench_paired DATASET [SIZE [DIRECTORY [COST]]]: %s\n", dw_message());
    return 2;
  }
  int64_t *group = calloc((size_t)d->runs, sizeof *group);
  const int64_t groups = group ? count_fine(d) / size : 0;
  if (groups < 2 || groups > MOST_GROUPS) {
    fprintf(stderr, "bench_paired: %s has runs for %d groups; 2 to %d are needed\n", argv[1], (int)groups, MOST_GROUPS);
    free(group);
    return 2;
  }
  level_seconds(d, argc > 4 ? strtod(argv[4], NULL) : 0.0);
  dw_status status = study(d, group, groups, false, argc, argv);
  if (status == DW_OK) {
    status = study(d, group, groups, true, argc, argv);
  }
  if (status != DW_OK) {
    fprintf(stderr, "bench_paired: %s\n", dw_message());
  }
  free(group);
  dw_dataset_destroy(d);
  return dw_exit_code(status);
}
