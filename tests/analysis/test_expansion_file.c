/* expansion.txt: what is written comes back, and what is damaged doesn't. */
#include "tests/dw_test.h"

#include <stdio.h>
#include <string.h>

#include "analysis/expansion_file.h"
#include "base/memory.h"

static const char path[] = "expansion.txt";

static void write_text(const char *text, size_t length) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fwrite(text, 1, length, file) == length);
  assert_int_equal(fclose(file), 0);
}

/* Catches digits that are lost, half steps among the rows, and a record that begins elsewhere. */
static void what_is_written_is_read(void **state) {
  (void)state;
  dw_background_record *record = NULL;
  dw_background_record *back = NULL;
  dw_state of = {.tau_start = 1.5, .dtau = 0.1};
  dw_model model = {0};
  assert_ok(dw_background_record_create(&record, 1.5, 0.05, 7));
  for (int i = 0; i < 7; i++) {
    dw_background_record_append(record, 1.0 + 0.1 * i + 0.01 * i * i, 0.7 + 0.03 * i, 0.3);
  }
  const dw_expansion expansion = {.state = &of, .model = &model, .now = {.coupling = 0.01}, .record = record};
  assert_ok(dw_expansion_file_write(path, &expansion));
  assert_ok(dw_expansion_file_read(path, 1.5, &back));
  assert_true(back->count == 4);
  assert_close(back->spacing, 0.1, 1e-14, 0.0);
  for (int i = 0; i < 4; i++) {
    assert_true(back->node[i].a == record->node[2 * i].a && back->node[i].time == record->node[2 * i].time);
    assert_close(back->node[i].slope, record->node[2 * i].slope, 1e-15, 0.0);
  }
  dw_background_record_destroy(back);
  dw_background_record_destroy(record);
  assert_status(dw_expansion_file_read(path, 1.4, &back), DW_ERR_FILE);
  assert_true(back == NULL);
}

/* Catches rows that are missing, out of place, short, long or no numbers, and files without rows. */
static void damaged_files_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "# nothing\n",
      "1 1 1 1\n1.1 1.1 1 1.1\n1.3 1.2 1 1.2\n",
      "1 1 1 1\n1.1 1.1 1 1.1\n1.2 1.2 1\n",
      "1 1 1 1\n1.1 1.1 1 1.1 5\n",
      "1 1 1 1\n1.1 1.1 1 1.1",
      "1 1 1 1\n1.1 nan 1 1.1\n",
      "1 1 1 1\n1.1 1.1 -1 1.1\n",
      "1 1 1 1\n0.9 1.1 1 1.1\n",
      "1 1 1 1\n\n1.1 1.1 1 1.1\n",
  };
  dw_background_record *record = NULL;
  const size_t held = dw_memory_held();
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    write_text(bad[i], strlen(bad[i]));
    assert_status(dw_expansion_file_read(path, 1.0, &record), DW_ERR_FILE);
    assert_non_null(strstr(dw_message(), path));
  }
  assert_true(dw_memory_held() == held);
  write_text("1 1 1 1\n", 8);
  assert_ok(dw_expansion_file_read(path, 1.0, &record));
  assert_true(record->count == 1);
  dw_background_record_destroy(record);
  (void)remove(path);
  assert_status(dw_expansion_file_read(path, 1.0, &record), DW_ERR_FILE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(damaged_files_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
