#include "surrogate/scan/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "lattice/lock.h"

enum { VERSION = 1, LINE_LENGTH = 2048, CHECKSUM_DIGITS = 16 };

struct dw_journal {
  int file;
  int64_t keys;
  char *path;
};

static const char *const kinds[] = {"point", "begun", "done", "failed"};
static const char *const levels[] = {"fine", "cheap"};

/* --- lines --- */

/* Appends " #CHECKSUM\n"; `line` has room for it. */
static void seal(char line[LINE_LENGTH]) {
  const size_t length = strlen(line);
  (void)snprintf(line + length, LINE_LENGTH - length, " #%016" PRIx64 "\n", dw_hash_bytes(DW_HASH_START, line, length));
}

/* Takes the checksum off a line without its newline; false where it is wrong or missing. */
static bool unseal(char *line) {
  const size_t length = strlen(line);
  const size_t tail = CHECKSUM_DIGITS + 2;
  char expected[CHECKSUM_DIGITS + 3];
  if (length < tail) {
    return false;
  }
  (void)snprintf(expected, sizeof expected, " #%016" PRIx64, dw_hash_bytes(DW_HASH_START, line, length - tail));
  if (strcmp(line + length - tail, expected) != 0) {
    return false;
  }
  line[length - tail] = '\0';
  return true;
}

static void format(const dw_journal_entry *entry, int64_t keys, char line[LINE_LENGTH]) {
  size_t used = (size_t)snprintf(line, LINE_LENGTH, "%s %" PRId64, kinds[entry->kind], entry->point);
  if (entry->kind == DW_JOURNAL_POINT) {
    used += (size_t)snprintf(line + used, LINE_LENGTH - used, " %d", entry->blind ? 1 : 0);
    for (int64_t i = 0; i < keys; i++) {
      used += (size_t)snprintf(line + used, LINE_LENGTH - used, " %.17g", entry->value[i]);
    }
  } else {
    used += (size_t)snprintf(line + used, LINE_LENGTH - used, " %" PRId64 " %s", entry->seed,
                             levels[entry->level == DW_LEVEL_CHEAP ? 1 : 0]);
  }
  if (entry->kind == DW_JOURNAL_FAILED) {
    (void)snprintf(line + used, LINE_LENGTH - used, " %.*s", (int)strcspn(entry->message, "\n"), entry->message);
  }
  seal(line);
}

/* One number, moving on; false where there is none. */
static bool take_integer(const char **text, int64_t *value) {
  char *end = NULL;
  *value = strtoll(*text, &end, 10);
  const bool good = end != *text && *value >= 0;
  *text = end;
  return good;
}

static bool take_point(const char *text, int64_t keys, dw_journal_entry *entry) {
  int64_t blind = 0;
  if (!take_integer(&text, &entry->point) || !take_integer(&text, &blind) || blind > 1) {
    return false;
  }
  entry->blind = blind != 0;
  for (int64_t i = 0; i < keys; i++) {
    char *end = NULL;
    entry->value[i] = strtod(text, &end);
    if (end == text) {
      return false;
    }
    text = end;
  }
  return *text == '\0';
}

static bool take_run(const char *text, dw_journal_entry *entry) {
  if (!take_integer(&text, &entry->point) || !take_integer(&text, &entry->seed) || *text++ != ' ') {
    return false;
  }
  const size_t length = strcspn(text, " ");
  for (int i = 0; i < 2; i++) {
    if (strlen(levels[i]) == length && strncmp(text, levels[i], length) == 0) {
      entry->level = i == 1 ? DW_LEVEL_CHEAP : DW_LEVEL_FINE;
      (void)snprintf(entry->message, sizeof entry->message, "%s", text[length] == ' ' ? text + length + 1 : "");
      return true;
    }
  }
  return false;
}

static bool parse(const char *line, int64_t keys, dw_journal_entry *entry) {
  memset(entry, 0, sizeof *entry);
  for (int i = 0; i < 4; i++) {
    const size_t length = strlen(kinds[i]);
    if (strncmp(line, kinds[i], length) == 0 && line[length] == ' ') {
      entry->kind = (dw_journal_kind)i;
      return i == 0 ? take_point(line + length, keys, entry) : take_run(line + length, entry);
    }
  }
  return false;
}

/* --- the file --- */

static dw_status broken(const char *path, const char *what) {
  return dw_fail(DW_ERR_FILE, "%s %s: %s", path, what, strerror(errno));
}

static dw_status lock(const dw_journal *journal) {
  return dw_lock_take(journal->file)
             ? DW_OK
             : dw_fail(DW_ERR_FILE, "%s: another program works on this scan; wait for it, or stop it", journal->path);
}

static dw_status write_text(const dw_journal *journal, const char *line) {
  const size_t length = strlen(line);
  for (size_t done = 0; done < length;) {
    const ssize_t now = write(journal->file, line + done, length - done);
    if (now < 0 && errno == EINTR) {
      continue;
    }
    if (now <= 0) {
      return broken(journal->path, "can't be written");
    }
    done += (size_t)now;
  }
  return fsync(journal->file) == 0 ? DW_OK : broken(journal->path, "can't be written");
}

static dw_status make(dw_journal **journal, const char *path, int64_t keys, int flags) {
  void *block = NULL;
  *journal = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof **journal + strlen(path) + 1, "the journal"));
  dw_journal *made = block;
  *made = (dw_journal){.file = open(path, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0666), .keys = keys};
  made->path = (char *)(made + 1);
  (void)snprintf(made->path, strlen(path) + 1, "%s", path);
  if (made->file < 0) {
    dw_free(made);
    return broken(path, "can't be opened");
  }
  const dw_status status = lock(made);
  if (status != DW_OK) {
    dw_journal_close(made);
    return status;
  }
  *journal = made;
  return DW_OK;
}

dw_status dw_journal_check_free(const char *path) {
  dw_journal *journal = NULL;
  DW_TRY(make(&journal, path, 0, 0));
  dw_journal_close(journal);
  return DW_OK;
}

static void format_head(int64_t keys, char line[LINE_LENGTH]) {
  (void)snprintf(line, LINE_LENGTH, "dwell-scan %d %" PRId64, VERSION, keys);
  seal(line);
}

dw_status dw_journal_create(dw_journal **journal, const char *path, int64_t keys) {
  char line[LINE_LENGTH];
  DW_TRY(make(journal, path, keys, O_CREAT | O_EXCL));
  format_head(keys, line);
  const dw_status status = write_text(*journal, line);
  if (status != DW_OK) {
    dw_journal_close(*journal);
    *journal = NULL;
  }
  return status;
}

/* The whole file, with a 0 after it. */
static dw_status read_all(const dw_journal *journal, char **text, size_t *length) {
  struct stat state;
  void *block = NULL;
  if (fstat(journal->file, &state) != 0) {
    return broken(journal->path, "can't be read");
  }
  DW_TRY(dw_alloc(&block, (size_t)state.st_size + 1, 1, "the journal"));
  *text = block;
  *length = 0;
  while (*length < (size_t)state.st_size) {
    const ssize_t now = pread(journal->file, *text + *length, (size_t)state.st_size - *length, (off_t)*length);
    if (now <= 0) {
      dw_free(block);
      return broken(journal->path, "can't be read");
    }
    *length += (size_t)now;
  }
  (*text)[*length] = '\0';
  return DW_OK;
}

static dw_status bad_line(const dw_journal *journal, int64_t line, const char *what) {
  return dw_fail(DW_ERR_FILE, "%s:%" PRId64 ": %s; bring the file back from a copy, or scan into another directory",
                 journal->path, line, what);
}

/* Fills entries, which have room for all lines. *whole: bytes of the lines that are; what follows them was torn. */
static dw_status parse_all(const dw_journal *journal, char *text, size_t length, dw_journal_entry *entries,
                           int64_t *count, size_t *whole) {
  char head[LINE_LENGTH];
  char *line = text;
  format_head(journal->keys, head);
  *whole = 0;
  if (strncmp(text, head, length < strlen(head) ? length : strlen(head)) != 0) {
    return bad_line(journal, 1, "isn't the head of the journal of a scan of so many parameters");
  }
  for (char *end = strchr(line, '\n'); end != NULL; end = strchr(line, '\n')) {
    *end = '\0';
    if (!unseal(line)) {
      return end + 1 == text + length ? DW_OK : bad_line(journal, *count + 2, "is damaged");
    }
    if (line != text) {
      if (!parse(line, journal->keys, &entries[*count])) {
        return bad_line(journal, *count + 2, "isn't understood");
      }
      ++*count;
    }
    line = end + 1;
    *whole = (size_t)(line - text);
  }
  return DW_OK;
}

static dw_status read_entries(const dw_journal *journal, dw_journal_entry **entries, int64_t *count) {
  char *text = NULL;
  size_t length = 0;
  size_t whole = 0;
  void *block = NULL;
  size_t lines = 0;
  DW_TRY(read_all(journal, &text, &length));
  for (size_t i = 0; i < length; i++) {
    lines += text[i] == '\n' ? 1 : 0;
  }
  dw_status status = dw_alloc(&block, lines, sizeof **entries, "the journal");
  if (status == DW_OK) {
    status = parse_all(journal, text, length, block, count, &whole);
  }
  dw_free(text);
  if (status == DW_OK && whole < length && ftruncate(journal->file, (off_t)whole) != 0) {
    status = broken(journal->path, "can't be shortened");
  }
  if (status == DW_OK && whole == 0) { /* torn within its head */
    char head[LINE_LENGTH];
    format_head(journal->keys, head);
    status = write_text(journal, head);
  }
  if (status != DW_OK) {
    dw_free(block);
    return status;
  }
  *entries = block;
  return DW_OK;
}

dw_status dw_journal_open(dw_journal **journal, const char *path, int64_t keys, dw_journal_entry **entries,
                          int64_t *count) {
  *entries = NULL;
  *count = 0;
  DW_TRY(make(journal, path, keys, 0));
  const dw_status status = read_entries(*journal, entries, count);
  if (status != DW_OK) {
    dw_journal_close(*journal);
    *journal = NULL;
  }
  return status;
}

dw_status dw_journal_append(dw_journal *journal, const dw_journal_entry *entries, int64_t count) {
  char line[LINE_LENGTH];
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length);
  for (int64_t i = 0; i < count && stream != NULL; i++) {
    format(&entries[i], journal->keys, line);
    (void)fputs(line, stream);
  }
  dw_status status =
      stream != NULL && fclose(stream) == 0 ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the journal");
  if (status == DW_OK && length > 0) {
    status = write_text(journal, text);
  }
  free(text);
  return status;
}

void dw_journal_close(dw_journal *journal) {
  if (journal != NULL) {
    (void)close(journal->file);
    dw_free(journal);
  }
}
