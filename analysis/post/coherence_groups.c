#include "analysis/post/coherence_groups.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Above it, lags say the same: the coherence of all of them is near 1 with errors that go together. */
static const double start_level = 0.9;

/* With fewer entries than this all go to different lags. */
enum { LEAST_TO_SPLIT = 6 };

/* What is known of the pairs at one multiple of the spacing. */
typedef struct lag {
  int64_t pairs;
  double sum;    /* of their coherence */
  int64_t group; /* of the early half; -1: not taken */
  int64_t seen;  /* pairs met so far, while groups are given out */
} lag;

int64_t dw_coherence_time_of(const dw_coherence_source *source, int64_t row) {
  return source->at == NULL ? row : source->at[row];
}

static double lag_of(const dw_coherence_source *source, int64_t row, int64_t column) {
  return fabs(source->x[dw_coherence_time_of(source, row)] - source->x[column]);
}

/* Whether the pairs of this lag are split into early and late ones. */
static bool is_split(const lag *l, int64_t most) { return most >= LEAST_TO_SPLIT && l->pairs > 1; }

/* Each pair of different times once, where the coherence is known. */
static bool is_pair(const dw_coherence_source *source, int64_t row, int64_t column) {
  for (int64_t r = 0; r <= row; r++) {
    if (dw_coherence_time_of(source, r) == column) {
      return false;
    }
  }
  return isfinite(source->estimate->coherence[row * source->estimate->columns + column]);
}

/* group[row][column], -1 for none, as lists; the order of pairs stays. */
static dw_status sort(const dw_coherence_source *source, const int64_t *group, int64_t count, dw_utc_means *means) {
  const int64_t columns = source->estimate->columns;
  const int64_t entries = source->estimate->rows * columns;
  *means = (dw_utc_means){.count = count};
  DW_TRY(dw_alloc((void **)&means->begin, (size_t)count + 2, sizeof *means->begin, "groups of pairs"));
  memset(means->begin, 0, ((size_t)count + 2) * sizeof *means->begin);
  for (int64_t i = 0; i < entries; i++) {
    if (group[i] >= 0) {
      means->begin[group[i] + 2]++;
    }
  }
  for (int64_t g = 2; g < count + 2; g++) {
    means->begin[g] += means->begin[g - 1];
  }
  DW_TRY(dw_alloc((void **)&means->pair, (size_t)means->begin[count + 1], sizeof *means->pair, "pairs of times"));
  for (int64_t i = 0; i < entries; i++) {
    if (group[i] >= 0) { /* begin[g + 1] runs from the start of group g to its end */
      int64_t *pair = means->pair[means->begin[group[i] + 1]++];
      pair[0] = i / columns;
      pair[1] = i % columns;
    }
  }
  return DW_OK;
}

/* The multiple of the mean spacing that is nearest to the lag. */
static int64_t multiple(const dw_coherence_source *source, int64_t row, int64_t column) {
  const int64_t columns = source->estimate->columns;
  const double spacing = (source->x[columns - 1] - source->x[0]) / (double)(columns - 1);
  return (int64_t)floor(lag_of(source, row, column) / spacing + 0.5);
}

/* lags[columns], and multiples[row][column] with -1 where there is no pair. */
static void survey(const dw_coherence_source *source, lag *lags, int64_t *multiples) {
  const int64_t columns = source->estimate->columns;
  for (int64_t n = 0; n < columns; n++) {
    lags[n] = (lag){.pairs = 0, .group = -1};
  }
  for (int64_t row = 0; row < source->estimate->rows; row++) {
    for (int64_t column = 0; column < columns; column++) {
      const int64_t i = row * columns + column;
      const int64_t n = is_pair(source, row, column) ? multiple(source, row, column) : 0;
      multiples[i] = n > 0 ? n : -1; /* two times much closer than the others don't count */
      if (n > 0) {
        lags[n].pairs++;
        lags[n].sum += source->estimate->coherence[i];
      }
    }
  }
}

/* The last multiple before the coherence falls below the level; 1 if it never does. */
static int64_t first_multiple(const lag *lags, int64_t last) {
  int64_t before = 1;
  for (int64_t n = 1; n <= last; n++) {
    if (lags[n].pairs > 0 && lags[n].sum < start_level * (double)lags[n].pairs) {
      return before;
    }
    before = lags[n].pairs > 0 ? n : before;
  }
  return 1;
}

/* Gives groups to a few multiples; returns how many groups. */
static int64_t choose(lag *lags, int64_t columns, int64_t most) {
  int64_t longest = columns - 1;
  while (longest > 0 && lags[longest].pairs == 0) {
    longest--;
  }
  const int64_t last = longest > 1 ? 3 * longest / 4 : longest;
  const double first = (double)first_multiple(lags, last);
  const int64_t wanted = most >= LEAST_TO_SPLIT ? most / 2 : most;
  int64_t groups = 0;
  int64_t before = 0;
  for (int64_t i = 0; i < wanted && longest > 0; i++) {
    const double part = wanted > 1 ? (double)i / (double)(wanted - 1) : 0.5;
    const int64_t aim = (int64_t)floor(first * pow((double)last / first, part) + 0.5);
    const int64_t n = aim > before ? aim : before + 1;
    if (n <= last && lags[n].pairs > 0) {
      lags[n].group = groups;
      groups += is_split(&lags[n], most) ? 2 : 1;
    }
    before = n;
  }
  return groups;
}

/* The multiples become groups: the first half of the pairs of a lag, in time, and the second half. */
static void divide(lag *lags, int64_t entries, int64_t most, int64_t *group) {
  for (int64_t i = 0; i < entries; i++) {
    if (group[i] >= 0) {
      lag *l = &lags[group[i]];
      const bool late = is_split(l, most) && l->seen >= l->pairs / 2;
      l->seen++;
      group[i] = l->group < 0 ? -1 : l->group + (late ? 1 : 0);
    }
  }
}

dw_status dw_coherence_groups_by_lag(const dw_coherence_source *source, int64_t most, dw_utc_means *means) {
  const int64_t columns = source->estimate->columns;
  const int64_t entries = source->estimate->rows * columns;
  lag *lags = NULL;
  int64_t *group = NULL;
  *means = (dw_utc_means){.count = 0};
  if (columns < 2 || most < 1) {
    return DW_OK;
  }
  dw_status status = dw_alloc((void **)&lags, (size_t)columns, sizeof *lags, "lags");
  if (status == DW_OK) {
    status = dw_alloc((void **)&group, (size_t)entries, sizeof *group, "groups of pairs");
  }
  if (status == DW_OK) {
    survey(source, lags, group);
    const int64_t count = choose(lags, columns, most);
    divide(lags, entries, most, group);
    status = sort(source, group, count, means);
  }
  dw_free(lags);
  dw_free(group);
  return status;
}

dw_status dw_coherence_groups_by_bin(const dw_coherence_source *source, const dw_coherence_table *table,
                                     dw_utc_means *means) {
  const int64_t columns = source->estimate->columns;
  const int64_t entries = source->estimate->rows * columns;
  int64_t *group = NULL;
  *means = (dw_utc_means){.count = 0};
  DW_TRY(dw_alloc((void **)&group, (size_t)entries, sizeof *group, "groups of pairs"));
  for (int64_t row = 0; row < source->estimate->rows; row++) {
    for (int64_t column = 0; column < columns; column++) {
      const int64_t i = row * columns + column;
      const bool equal = dw_coherence_time_of(source, row) == column && isfinite(source->estimate->coherence[i]);
      const bool counts = equal || is_pair(source, row, column);
      group[i] = counts ? dw_coherence_table_bin(table, lag_of(source, row, column)) : -1;
    }
  }
  const dw_status status = sort(source, group, table->bins, means);
  dw_free(group);
  return status;
}

void dw_coherence_groups_destroy(dw_utc_means *means) {
  dw_free(means->begin);
  dw_free(means->pair);
  *means = (dw_utc_means){.count = 0};
}
