#include <math.h>
#include <string.h>

#include "lattice/random.h"
#include "tests/dw_test.h"

/* Threefry4x64-20 written from the paper (Salmon et al. 2011, section 3.2; constants of Skein 1.3), as a twin. */
static uint64_t rotate(uint64_t value, int by) { return (value << by) | (value >> (64 - by)); }

static void threefry_twin(const uint64_t counter[4], const uint64_t key[4], uint64_t out[4]) {
  static const int turns[8][2] = {{14, 16}, {52, 57}, {23, 40}, {5, 37}, {25, 33}, {46, 12}, {58, 22}, {32, 32}};
  uint64_t schedule[5] = {key[0], key[1], key[2], key[3], UINT64_C(0x1bd11bdaa9fc1a22)};
  for (int i = 0; i < 4; i++) {
    schedule[4] ^= key[i];
    out[i] = counter[i] + key[i];
  }
  for (int round = 0; round < 20; round++) {
    const int other = round % 2 == 0 ? 1 : 3; /* the words trade places every round */
    out[0] += out[other];
    out[other] = rotate(out[other], turns[round % 8][0]) ^ out[0];
    out[2] += out[4 - other];
    out[4 - other] = rotate(out[4 - other], turns[round % 8][1]) ^ out[2];
    if (round % 4 == 3) {
      const int injection = round / 4 + 1;
      for (int i = 0; i < 4; i++) {
        out[i] += schedule[(injection + i) % 5];
      }
      out[3] += (uint64_t)injection;
    }
  }
}

/* Catches a wrong twin: the three vectors for 20 rounds published with Random123 (kat_vectors). */
static void twin_gives_the_published_numbers(void **state) {
  (void)state;
  const uint64_t f = UINT64_MAX;
  const uint64_t vectors[3][3][4] = {
      {{0, 0, 0, 0},
       {0, 0, 0, 0},
       {UINT64_C(0x09218ebde6c85537), UINT64_C(0x55941f5266d86105), UINT64_C(0x4bd25e16282434dc),
        UINT64_C(0xee29ec846bd2e40b)}},
      {{f, f, f, f},
       {f, f, f, f},
       {UINT64_C(0x29c24097942bba1b), UINT64_C(0x0371bbfb0f6f4e11), UINT64_C(0x3c231ffa33f83a1c),
        UINT64_C(0xcd29113fde32d168)}},
      {{UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344), UINT64_C(0xa4093822299f31d0),
        UINT64_C(0x082efa98ec4e6c89)},
       {UINT64_C(0x452821e638d01377), UINT64_C(0xbe5466cf34e90c6c), UINT64_C(0xbe5466cf34e90c6c),
        UINT64_C(0xc0ac29b7c97c50dd)},
       {UINT64_C(0xa7e8fde591651bd9), UINT64_C(0xbaafd0c30138319b), UINT64_C(0x84a5c1a729e685b9),
        UINT64_C(0x901d406ccebc1ba4)}},
  };
  for (int v = 0; v < 3; v++) {
    uint64_t out[4];
    threefry_twin(vectors[v][0], vectors[v][1], out);
    assert_memory_equal(out, vectors[v][2], sizeof out);
  }
}

/* Catches any change of the mapping from (seed, stream, mode) to numbers, which would change every realisation:
 * key (seed, stream, 0, 0), counter (n, 0), Box-Muller on the first two words. */
static void normals_are_those_of_the_twin(void **state) {
  (void)state;
  for (int64_t i = 0; i < 2000; i++) {
    const int64_t seed = i % 7 == 0 ? -i : i * i * i;
    const int64_t n[3] = {i - 1000, (i * 37) % 512 - 256, i % 5 == 0 ? INT64_C(1) << 40 : i % 300};
    const uint64_t key[4] = {(uint64_t)seed, DW_STREAM_FIELD, 0, 0};
    const uint64_t counter[4] = {(uint64_t)n[0], (uint64_t)n[1], (uint64_t)n[2], 0};
    uint64_t bits[4];
    threefry_twin(counter, key, bits);
    const double radius = sqrt(-2.0 * log(((double)(bits[0] >> 11) + 1.0) * 0x1p-53));
    const double angle = 2.0 * acos(-1.0) * (((double)(bits[1] >> 11) + 1.0) * 0x1p-53);
    double normal[2];
    dw_random_normal(seed, DW_STREAM_FIELD, n, normal);
    assert_close(normal[0], radius * cos(angle), 1e-15, 1e-14);
    assert_close(normal[1], radius * sin(angle), 1e-15, 1e-14);
  }
}

/* Catches a uniform number of 0, whose logarithm is infinite, and one above 1, whose logarithm is positive. */
static void uniform_is_in_range(void **state) {
  (void)state;
  assert_true(dw_random_uniform(0) == 0x1p-53);
  assert_true(dw_random_uniform(UINT64_MAX) == 1.0);
  assert_true(dw_random_uniform(UINT64_C(1) << 63) == 0.5 + 0x1p-53);
  assert_true(isfinite(log(dw_random_uniform(0))));
}

/* Catches a distribution that isn't normal with variance 1: moments of 10^6 numbers within 5 standard errors. */
static void moments(void **state) {
  (void)state;
  enum { SIDE = 100 };
  double sum[5] = {0};
  double cross = 0.0;
  double neighbour = 0.0;
  double before = 0.0;
  int64_t beyond = 0;
  const double draws = (double)SIDE * SIDE * SIDE;
  for (int64_t x = 0; x < SIDE; x++) {
    for (int64_t y = 0; y < SIDE; y++) {
      for (int64_t z = 0; z < SIDE; z++) {
        const int64_t n[3] = {x - SIDE / 2, y - SIDE / 2, z};
        double normal[2];
        dw_random_normal(7, DW_STREAM_FIELD, n, normal);
        for (int p = 1; p <= 4; p++) {
          sum[p] += pow(normal[0], p);
        }
        beyond += fabs(normal[1]) > 2.0;
        cross += normal[0] * normal[1];
        neighbour += normal[0] * before;
        before = normal[0];
      }
    }
  }
  assert_close(sum[1] / draws, 0.0, 0.0, 5.0 * sqrt(1.0 / draws));
  assert_close(sum[2] / draws, 1.0, 0.0, 5.0 * sqrt(2.0 / draws));
  assert_close(sum[3] / draws, 0.0, 0.0, 5.0 * sqrt(15.0 / draws));
  assert_close(sum[4] / draws, 3.0, 0.0, 5.0 * sqrt(96.0 / draws));
  const double tail = erfc(2.0 / sqrt(2.0));
  assert_close((double)beyond / draws, tail, 0.0, 5.0 * sqrt(tail / draws));
  assert_close(cross / draws, 0.0, 0.0, 5.0 * sqrt(1.0 / draws));
  assert_close(neighbour / draws, 0.0, 0.0, 5.0 * sqrt(1.0 / draws));
}

/* Catches amplitudes that are not those of a real field: f(-n) = conj f(n), on every face and axis too. */
static void modes_of_a_real_field(void **state) {
  (void)state;
  for (int64_t x = -3; x <= 3; x++) {
    for (int64_t y = -3; y <= 3; y++) {
      for (int64_t z = -3; z <= 3; z++) {
        if (x == 0 && y == 0 && z == 0) {
          continue;
        }
        const int64_t n[3] = {x, y, z};
        const int64_t mirror[3] = {-x, -y, -z};
        double here[2];
        double there[2];
        dw_random_mode(5, DW_STREAM_FIELD, n, here);
        dw_random_mode(5, DW_STREAM_FIELD, mirror, there);
        assert_true(here[0] == there[0] && here[1] == -there[1] && here[1] != 0.0);
      }
    }
  }
}

/* Catches seeds, streams or components of the mode that are ignored, cut to 32 bits or mixed up. */
static void every_input_counts(void **state) {
  (void)state;
  const int64_t high = INT64_C(1) << 32;
  const int64_t inputs[][5] = {
      {1, 1, 1, 2, 3},        {2, 1, 1, 2, 3},  {1, 2, 1, 2, 3},        {1, 1, 2, 1, 3},        {1, 1, 3, 2, 1},
      {1, 1, 1, 3, 2},        {-1, 1, 1, 2, 3}, {1 + high, 1, 1, 2, 3}, {1, 1, 1 + high, 2, 3}, {1, 1, 1, 2 + high, 3},
      {1, 1, 1, 2, 3 + high}, {1, 1, -1, 2, 3}, {1, 1, 1, -2, 3},       {1, 1, 0, 2, 3}};
  enum { COUNT = sizeof inputs / sizeof inputs[0] };
  double found[COUNT][2];
  for (int i = 0; i < COUNT; i++) {
    dw_random_normal(inputs[i][0], (dw_stream)inputs[i][1], &inputs[i][2], found[i]);
    for (int j = 0; j < i; j++) {
      assert_true(found[i][0] != found[j][0] && found[i][1] != found[j][1]);
    }
  }
}

/* Catches hidden state: the same input gives the same bits in any order of calls. */
static void pure(void **state) {
  (void)state;
  const int64_t n[3] = {4, -5, 6};
  const int64_t other[3] = {1, 1, 1};
  double first[2];
  double again[2];
  dw_random_mode(3, DW_STREAM_FIELD, n, first);
  dw_random_mode(4, DW_STREAM_FIELD, other, again);
  dw_random_mode(3, DW_STREAM_FIELD, n, again);
  assert_memory_equal(first, again, sizeof first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(twin_gives_the_published_numbers),
      cmocka_unit_test(normals_are_those_of_the_twin),
      cmocka_unit_test(uniform_is_in_range),
      cmocka_unit_test(moments),
      cmocka_unit_test(modes_of_a_real_field),
      cmocka_unit_test(every_input_counts),
      cmocka_unit_test(pure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
