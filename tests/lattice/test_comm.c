#include <string.h>

#include "base/memory.h"
#include "tests/dw_test_mpi.h"

static int rank(void) { return dw_comm_rank(dw_comm_world()); }

static int size(void) { return dw_comm_size(dw_comm_world()); }

/* Catches a failure of one process that the others don't hear of, or hear of without its message. */
static void failure_of_one_reaches_all(void **state) {
  (void)state;
  for (int bad = 0; bad < size(); bad++) {
    dw_status status = DW_OK;
    dw_message_clear();
    if (rank() == bad) {
      status = dw_fail(DW_ERR_FILE, "process %d can't write", bad);
    }
    assert_all_status(dw_comm_agree(dw_comm_world(), status), DW_ERR_FILE);
    char expected[64];
    (void)snprintf(expected, sizeof expected, "process %d can't write", bad);
    assert_all(strcmp(dw_message(), expected) == 0);
  }
}

/* Catches a mild failure that hides a severe one, and messages that depend on who asks. */
static void worst_status_wins(void **state) {
  (void)state;
  const bool last = rank() == size() - 1;
  const dw_status mine =
      last ? dw_fail(DW_ERR_MEMORY, "out of memory") : dw_fail(DW_ERR_PARAM, "process %d: wrong", rank());
  assert_all_status(dw_comm_agree(dw_comm_world(), mine), DW_ERR_MEMORY);
  assert_all(strcmp(dw_message(), "out of memory") == 0);

  const dw_status same = dw_fail(DW_ERR_INVALID, "process %d: NaN", rank());
  assert_all_status(dw_comm_agree(dw_comm_world(), same), DW_ERR_INVALID);
  assert_all(strcmp(dw_message(), "process 0: NaN") == 0);
}

/* Catches agreement that invents a failure, and messages with % that are formatted twice. */
static void agreement_on_success(void **state) {
  (void)state;
  assert_all_ok(dw_comm_agree(dw_comm_world(), DW_OK));
  assert_all_status(dw_comm_agree(dw_comm_world(), dw_fail(DW_ERR_FILE, "%s", "100%s full")), DW_ERR_FILE);
  assert_all(strcmp(dw_message(), "100%s full") == 0);
}

/* Catches a message of full length that is cut or overruns on its way. */
static void long_message(void **state) {
  (void)state;
  char text[DW_MESSAGE_LENGTH];
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  const dw_status mine = rank() == size() - 1 ? dw_fail(DW_ERR_FILE, "%s", text) : DW_OK;
  assert_all_status(dw_comm_agree(dw_comm_world(), mine), DW_ERR_FILE);
  assert_all_int_equal(strlen(dw_message()), sizeof text - 1);
}

/* Catches sums that pass through doubles or 32 bits, and elements that are left out. */
static void sums(void **state) {
  (void)state;
  const int64_t large = INT64_C(1) << 60;
  int64_t values[3] = {rank() == 0 ? large : 1, -rank(), INT64_C(1) << 33};
  dw_comm_sum_int64(dw_comm_world(), values, 3);
  assert_all_int_equal(values[0], large + size() - 1);
  assert_all_int_equal(values[1], -size() * (size() - 1) / 2);
  assert_all_int_equal(values[2], (INT64_C(1) << 33) * size());
  uint64_t wrapped = UINT64_MAX; /* wraps modulo 2^64, as fingerprints do */
  dw_comm_sum_uint64(dw_comm_world(), &wrapped, 1);
  assert_all(wrapped == (uint64_t)0 - (uint64_t)size());
}

/* Catches a maximum taken over some processes only, or that starts from 0. */
static void maxima(void **state) {
  (void)state;
  double reals[2] = {-1.0 - rank(), rank() == size() - 1 ? 1e300 : -1e300};
  dw_comm_max_double(dw_comm_world(), reals, 2);
  assert_all(reals[0] == -1.0);
  assert_all(reals[1] == 1e300);
  int64_t integers[2] = {-5 - rank(), (INT64_C(1) << 53) + rank()};
  dw_comm_max_int64(dw_comm_world(), integers, 2);
  assert_all_int_equal(integers[0], -5);
  assert_all_int_equal(integers[1], (INT64_C(1) << 53) + size() - 1);
}

/* Catches bytes of a broadcast that don't arrive, and one that comes from another process than 0. */
static void broadcast(void **state) {
  (void)state;
  unsigned char bytes[1001];
  memset(bytes, rank() + 1, sizeof bytes);
  dw_comm_broadcast(dw_comm_world(), bytes, sizeof bytes - 1);
  bool good = bytes[1000] == rank() + 1; /* one past the message */
  for (size_t i = 0; i < sizeof bytes - 1; i++) {
    good = good && bytes[i] == 1;
  }
  assert_all(good);
  dw_comm_broadcast(dw_comm_world(), bytes, 0);
  dw_comm_barrier(dw_comm_world());
}

/* Catches a rank that counts itself, and what MPI leaves undefined on process 0. */
static void sums_before(void **state) {
  (void)state;
  const int64_t large = INT64_C(1) << 40;
  assert_all_int_equal(dw_comm_sum_before(dw_comm_world(), large + rank()), rank() * large + rank() * (rank() - 1) / 2);
  assert_all_int_equal(dw_comm_sum_before(dw_comm_self(), 5), 0);
}

/* Catches pieces out of order, of wrong length (some have none), a process 0 that is left out, and memory that stays.
 */
static void gather(void **state) {
  (void)state;
  const size_t held = dw_memory_held();
  for (int shift = 0; shift < size(); shift++) {
    unsigned char mine[300];
    const size_t bytes = 97 * (size_t)((rank() + shift) % size());
    memset(mine, rank() + 1, sizeof mine);
    void *all = NULL;
    size_t total = 0;
    assert_all_ok(dw_comm_gather(dw_comm_world(), mine, bytes, &all, &total, "test"));
    bool good = (rank() == 0) == (all != NULL);
    size_t at = 0;
    for (int i = 0; rank() == 0 && i < size(); i++) {
      for (size_t j = 0; j < 97 * (size_t)((i + shift) % size()); j++) {
        good = good && at < total && ((unsigned char *)all)[at++] == i + 1;
      }
    }
    assert_all(good && at == total);
    dw_free(all);
  }
  void *alone = NULL;
  size_t bytes = 0;
  assert_all_ok(dw_comm_gather(dw_comm_self(), "abc", 3, &alone, &bytes, "test"));
  assert_all(bytes == 3 && memcmp(alone, "abc", 3) == 0);
  dw_free(alone);
  assert_all_int_equal(dw_memory_held(), held);
}

/* Catches messages that go the wrong way round, or whose two lengths are mixed up; the sizes of neighbours differ. */
static void exchange(void **state) {
  (void)state;
  for (int step = -1; step <= 1; step++) {
    const int to = (rank() + step + size()) % size();
    const int from = (rank() - step + size()) % size();
    unsigned char send[400];
    unsigned char receive[400];
    memset(send, rank() + 1, sizeof send);
    memset(receive, 0, sizeof receive);
    const size_t bytes = 100 * (size_t)from;
    dw_comm_exchange(dw_comm_world(), to, send, 100 * (size_t)rank(), from, receive, bytes);
    bool good = true;
    for (size_t i = 0; i < sizeof receive; i++) {
      good = good && receive[i] == (i < bytes ? from + 1 : 0);
    }
    assert_all(good);
  }
}

/* Catches a communicator of this process alone that talks to the others, and wrong counts of processes. */
static void one_alone(void **state) {
  (void)state;
  assert_all_int_equal(dw_comm_rank(dw_comm_self()), 0);
  assert_all_int_equal(dw_comm_size(dw_comm_self()), 1);
  int64_t value = rank();
  dw_comm_sum_int64(dw_comm_self(), &value, 1);
  assert_all_int_equal(value, rank());
  const dw_status mine = rank() == 0 ? dw_fail(DW_ERR_FILE, "alone") : DW_OK;
  assert_all_status(dw_comm_agree(dw_comm_self(), mine), mine);
  assert_all(dw_comm_local_size() >= 1 && dw_comm_local_size() <= size());
}

/* Catches parts that hold other processes, rank them otherwise, or wait for each other. */
static void parts_are_apart(void **state) {
  (void)state;
  dw_comm *part = NULL;
  assert_all_ok(dw_comm_split(&part, dw_comm_world(), rank() / 2));
  const int expected = rank() / 2 * 2 + 2 <= size() ? 2 : 1;
  assert_all_int_equal(dw_comm_size(part), expected);
  assert_all_int_equal(dw_comm_rank(part), rank() % 2);
  int64_t sum = rank() + 1;
  for (int n = 0; n <= rank() / 2; n++) { /* each part a different number of times */
    dw_comm_sum_int64(part, &sum, 1);
  }
  const int64_t first = rank() / 2 * 2 + 1;
  const int64_t once = expected == 2 ? 2 * first + 1 : first;
  assert_all_int_equal(sum, once * (expected == 2 ? 1 << (rank() / 2) : 1));
  const dw_status mine = rank() / 2 == 0 ? dw_fail(DW_ERR_FILE, "first part") : DW_OK;
  assert_all_int_equal(dw_comm_agree(part, mine), rank() / 2 == 0 ? DW_ERR_FILE : DW_OK);
  dw_comm_destroy(part);
  dw_comm_destroy(NULL);
}

/* Catches messages that are lost, come from somebody else, or are taken for those of a collective call. */
static void single_messages(void **state) {
  (void)state;
  int64_t got = 0;
  const int64_t turn = rank();
  void *all = NULL;
  size_t total = 0;
  if (rank() > 0) {
    const int64_t mine = 10 + rank();
    dw_comm_send(dw_comm_world(), 0, &mine, sizeof mine);
  }
  assert_all_ok(dw_comm_gather(dw_comm_world(), &turn, sizeof turn, &all, &total, "test"));
  assert_all(rank() != 0 || ((int64_t *)all)[size() - 1] == size() - 1);
  dw_free(all);
  for (int n = 1; rank() == 0 && n < size();) {
    int from = -1;
    int64_t value = 0;
    if (dw_comm_waiting(dw_comm_world(), &from)) {
      dw_comm_receive(dw_comm_world(), from, &value, sizeof value);
      got += value == 10 + from ? value : -1000;
      n++;
    }
  }
  int from = -1;
  assert_all(!dw_comm_waiting(dw_comm_world(), &from));
  assert_all(rank() != 0 || got == (size() - 1) * 10 + size() * (size() - 1) / 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(failure_of_one_reaches_all),
    cmocka_unit_test(worst_status_wins),
    cmocka_unit_test(agreement_on_success),
    cmocka_unit_test(long_message),
    cmocka_unit_test(sums),
    cmocka_unit_test(maxima),
    cmocka_unit_test(broadcast),
    cmocka_unit_test(sums_before),
    cmocka_unit_test(gather),
    cmocka_unit_test(exchange),
    cmocka_unit_test(one_alone),
    cmocka_unit_test(parts_are_apart),
    cmocka_unit_test(single_messages),
};

DW_TEST_MPI_MAIN(tests)
