/* The journal of a scan: torn, damaged and foreign files; two scans at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/replace.h"
#include "surrogate/scan/journal.h"
#include "tests/dw_test.h"

enum { KEYS = 2, ENTRIES = 4 };

static const dw_journal_entry some[ENTRIES] = {
    {.kind = DW_JOURNAL_POINT, .point = 0, .blind = true, .value = {0.1, 1.0 / 3.0}},
    {.kind = DW_JOURNAL_BEGUN, .point = 0, .seed = 12, .level = DW_LEVEL_FINE},
    {.kind = DW_JOURNAL_DONE, .point = 0, .seed = 12, .level = DW_LEVEL_CHEAP},
    {.kind = DW_JOURNAL_FAILED, .point = 3, .seed = 1, .level = DW_LEVEL_FINE, .message = "tau = 1.5: NaN #0 100 %s"}};

static void assert_same(const dw_journal_entry *a, const dw_journal_entry *b) {
  assert_int_equal(a->kind, b->kind);
  assert_int_equal(a->point, b->point);
  assert_int_equal(a->seed, b->seed);
  assert_int_equal(a->level, b->level);
  assert_int_equal(a->blind, b->blind);
  assert_true(a->value[0] == b->value[0] && a->value[1] == b->value[1]);
  assert_string_equal(a->message, b->message);
}

static void write_journal(const char *path) {
  dw_journal *journal = NULL;
  (void)unlink(path);
  assert_ok(dw_journal_create(&journal, path, KEYS));
  assert_ok(dw_journal_append(journal, &some[0], 1));
  assert_ok(dw_journal_append(journal, &some[1], ENTRIES - 1));
  assert_ok(dw_journal_append(journal, NULL, 0));
  dw_journal_close(journal);
}

/* Opens it and expects the first `expected` entries. */
static void assert_holds(const char *path, int64_t expected) {
  dw_journal *journal = NULL;
  dw_journal_entry *entries = NULL;
  int64_t count = 0;
  assert_ok(dw_journal_open(&journal, path, KEYS, &entries, &count));
  assert_int_equal(count, expected);
  for (int64_t i = 0; i < count; i++) {
    assert_same(&entries[i], &some[i]);
  }
  dw_free(entries);
  dw_journal_close(journal);
}

static void assert_refused(const char *path, int64_t keys, const char *what) {
  dw_journal *journal = NULL;
  dw_journal_entry *entries = NULL;
  int64_t count = 0;
  const size_t held = dw_memory_held();
  assert_status(dw_journal_open(&journal, path, keys, &entries, &count), DW_ERR_FILE);
  assert_true(journal == NULL && entries == NULL && dw_memory_held() == held);
  if (strstr(dw_message(), what) == NULL) {
    print_message("%s\n", dw_message());
  }
  assert_non_null(strstr(dw_message(), what));
}

static void write_text(const char *path, const char *text, size_t length) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fwrite(text, 1, length, file) == length);
  (void)fclose(file);
}

/* Catches an entry that is lost or changed, and an existing journal that is replaced. */
static void what_is_written_comes_back(void **state) {
  (void)state;
  dw_journal *journal = NULL;
  write_journal("whole.txt");
  assert_holds("whole.txt", ENTRIES);
  assert_holds("whole.txt", ENTRIES); /* opening changes nothing */
  assert_status(dw_journal_create(&journal, "whole.txt", KEYS), DW_ERR_FILE);
  assert_null(journal);
}

/* Catches a line torn by a crash, at any byte, that is believed, or that costs the lines before it; what is appended
 * afterwards must be whole. */
static void any_torn_line_is_cut_off(void **state) {
  (void)state;
  char *text = NULL;
  size_t bytes = 0;
  write_journal("torn.txt");
  assert_ok(dw_replace_read("torn.txt", &text, &bytes));
  for (size_t length = 0; length <= bytes; length++) {
    dw_journal *journal = NULL;
    dw_journal_entry *entries = NULL;
    int64_t count = 0;
    int64_t lines = 0;
    for (size_t i = 0; i < length; i++) {
      lines += text[i] == '\n' ? 1 : 0;
    }
    const int64_t expected = lines > 0 ? lines - 1 : 0;
    write_text("torn.txt", text, length);
    assert_ok(dw_journal_open(&journal, "torn.txt", KEYS, &entries, &count));
    assert_int_equal(count, expected);
    dw_free(entries);
    assert_ok(dw_journal_append(journal, &some[expected < ENTRIES ? expected : 0], 1));
    dw_journal_close(journal);
    if (expected < ENTRIES) {
      assert_holds("torn.txt", expected + 1);
    }
  }
  dw_free(text);
}

/* Catches a changed byte that is believed: the last line goes, any other is refused. */
static void any_changed_byte_is_noticed(void **state) {
  (void)state;
  char *text = NULL;
  size_t bytes = 0;
  write_journal("changed.txt");
  assert_ok(dw_replace_read("changed.txt", &text, &bytes));
  size_t last = bytes - 1;
  while (text[last - 1] != '\n') {
    last--;
  }
  for (size_t i = 0; i + 1 < bytes; i++) {
    const char before = text[i];
    text[i] = before == '3' ? '4' : '3';
    write_text("changed.txt", text, bytes);
    text[i] = before;
    if (i + 1 >= last) { /* without the newline before it the last line has swallowed that one */
      assert_holds("changed.txt", i >= last ? ENTRIES - 1 : ENTRIES - 2);
    } else {
      assert_refused("changed.txt", KEYS, "changed.txt:");
    }
  }
  dw_free(text);
}

/* Catches a foreign file that is shortened, and the journal of a scan of other parameters. */
static void foreign_files_are_refused(void **state) {
  (void)state;
  static const char foreign[] = "dear diary";
  char *text = NULL;
  size_t bytes = 0;
  assert_refused("absent.txt", KEYS, "absent.txt");
  write_text("foreign.txt", foreign, sizeof foreign - 1);
  assert_refused("foreign.txt", KEYS, "isn't the head");
  assert_ok(dw_replace_read("foreign.txt", &text, &bytes));
  assert_string_equal(text, foreign);
  dw_free(text);
  write_journal("other.txt");
  assert_refused("other.txt", KEYS + 1, "isn't the head");
}

/* Catches two programs that write one journal. */
static void a_journal_is_locked(void **state) {
  (void)state;
  dw_journal *journal = NULL;
  (void)unlink("locked.txt");
  assert_ok(dw_journal_create(&journal, "locked.txt", KEYS));
  const pid_t child = fork();
  if (child == 0) {
    dw_journal *second = NULL;
    dw_journal_entry *entries = NULL;
    int64_t count = 0;
    const dw_status status = dw_journal_open(&second, "locked.txt", KEYS, &entries, &count);
    _exit(status == DW_ERR_FILE && strstr(dw_message(), "another program") != NULL ? 0 : 1);
  }
  int code = -1;
  assert_true(child > 0 && waitpid(child, &code, 0) == child);
  assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
  dw_journal_close(journal);
  assert_holds("locked.txt", 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_comes_back),  cmocka_unit_test(any_torn_line_is_cut_off),
    cmocka_unit_test(any_changed_byte_is_noticed), cmocka_unit_test(foreign_files_are_refused),
    cmocka_unit_test(a_journal_is_locked),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
