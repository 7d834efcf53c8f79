#include "fields/plugin_compile.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/replace.h"
#include "plugin_values.h" /* written by cmake/DwellPlugin.cmake */

enum { PATH_LENGTH = 1024, COMMAND_LENGTH = 1024, WORDS = 64, SHOWN = 2600 };

static const char HEADER[] = "dwell_potential.h";
static const char KICK_HEADER[] = "dwell_kick.h";
static const char SOURCE[] = "potential.c";
static const char OBJECT[] = "potential.so";
static const char MESSAGES[] = "messages";

extern char **environ;

/* What a compilation works with. */
typedef struct job {
  const char *shown; /* path of the user */
  const char *text;
  char folder[PATH_LENGTH / 2];
  char compiler[COMMAND_LENGTH];
} job;

static void name_file(const job *j, const char *name, char path[PATH_LENGTH]) {
  (void)snprintf(path, PATH_LENGTH, "%s/%s", j->folder, name);
}

static dw_status make_folder(job *j) {
  const char *base = getenv("TMPDIR");
  const int length = snprintf(j->folder, sizeof j->folder, "%s/dwell-XXXXXX", base != NULL && *base ? base : "/tmp");
  if (length >= (int)sizeof j->folder || mkdtemp(j->folder) == NULL) {
    return dw_fail(DW_ERR_FILE, "%s: no directory to compile fields.potential_file in (%s); set TMPDIR to one",
                   j->folder, strerror(errno));
  }
  return DW_OK;
}

static void remove_folder(const job *j) {
  const char *const names[] = {HEADER, KICK_HEADER, SOURCE, OBJECT, MESSAGES};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char path[PATH_LENGTH];
    name_file(j, names[i], path);
    (void)unlink(path);
  }
  (void)rmdir(j->folder);
}

static FILE *open_file(const job *j, const char *name) {
  char path[PATH_LENGTH];
  name_file(j, name, path);
  return fopen(path, "wb");
}

static dw_status finish_file(const job *j, FILE *file) {
  const int failed = file == NULL || ferror(file) != 0;
  if ((file != NULL && fclose(file) != 0) || failed) {
    return dw_fail(DW_ERR_FILE, "%s: can't be written to (%s); set TMPDIR to another directory", j->folder,
                   strerror(errno));
  }
  return DW_OK;
}

static dw_status write_header(const job *j, const char *name, const char *text, size_t bytes) {
  FILE *file = open_file(j, name);
  if (file != NULL) {
    (void)fwrite(text, 1, bytes, file);
  }
  return finish_file(j, file);
}

static dw_status write_headers(const job *j) {
  DW_TRY(write_header(j, HEADER, dw_plugin_potential_text, sizeof dw_plugin_potential_text));
  return write_header(j, KICK_HEADER, dw_plugin_kick_text, sizeof dw_plugin_kick_text);
}

/* The user's text under the user's name, so that messages show where in it they belong. */
static dw_status write_source(const job *j, int real_bytes) {
  FILE *file = open_file(j, SOURCE);
  if (file != NULL) {
    (void)fprintf(file, "#define DWELL_REAL_BYTES %d\n#line 1 \"", real_bytes);
    for (const char *c = j->shown; *c != '\0'; c++) {
      (void)fprintf(file, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    }
    (void)fprintf(file, "\"\n%s\n", j->text);
  }
  return finish_file(j, file);
}

static void choose_compiler(job *j) {
  const char *const wishes[] = {getenv("DWELL_CC"), getenv("CC")};
  const char *chosen = access(DW_PLUGIN_COMPILER, X_OK) == 0 ? DW_PLUGIN_COMPILER : "cc";
  for (int i = 1; i >= 0; i--) {
    chosen = wishes[i] != NULL && wishes[i][strspn(wishes[i], " ")] != '\0' ? wishes[i] : chosen;
  }
  (void)snprintf(j->compiler, sizeof j->compiler, "%s", chosen);
}

/* Starts the command and waits for it; what it says goes to the file of messages. *code is its exit code. */
static dw_status execute(const job *j, char *const *words, int *code) {
  char messages[PATH_LENGTH];
  name_file(j, MESSAGES, messages);
  posix_spawn_file_actions_t actions;
  (void)posix_spawn_file_actions_init(&actions);
  (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  (void)posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
  (void)posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.potential_file: no C compiler, %s can't be started (%s); install one (Debian, Ubuntu: gcc "
                   "libc6-dev) or name yours in the variable DWELL_CC",
                   words[0], strerror(failed));
  }
  int state = 0;
  while (waitpid(child, &state, 0) < 0) {
    if (errno != EINTR) {
      return dw_fail(DW_ERR_INTERNAL, "fields.potential_file: the compiler got lost (%s)", strerror(errno));
    }
  }
  *code = WIFEXITED(state) ? WEXITSTATUS(state) : 128;
  return DW_OK;
}

static dw_status fail_with_messages(const job *j) {
  char path[PATH_LENGTH];
  char *text = NULL;
  size_t bytes = 0;
  name_file(j, MESSAGES, path);
  DW_TRY(dw_replace_read(path, &text, &bytes));
  while (bytes > 0 && text[bytes - 1] == '\n') {
    text[--bytes] = '\0';
  }
  const dw_status status =
      dw_fail(DW_ERR_PARAM, "fields.potential_file: %s doesn't compile (%s):\n%.*s%s", j->shown, j->compiler, SHOWN,
              bytes > 0 ? text : "it says nothing", bytes > SHOWN ? "\n..." : "");
  dw_free(text);
  return status;
}

static dw_status compile(const job *j) {
  static const char *const flags[] = {
      DW_PLUGIN_FLAGS, "-fvisibility=hidden", "-Werror=implicit-function-declaration", "-fPIC", "-shared", "-o"};
  enum { FLAGS = sizeof flags / sizeof flags[0] };
  char command[COMMAND_LENGTH];
  char source[PATH_LENGTH];
  char object[PATH_LENGTH];
  char include[PATH_LENGTH + 2];
  char math[] = "-lm";
  char *words[WORDS + FLAGS + 5];
  char *rest = NULL;
  int count = 0;
  (void)snprintf(command, sizeof command, "%s", j->compiler);
  for (char *word = strtok_r(command, " ", &rest); word != NULL && count < WORDS; word = strtok_r(NULL, " ", &rest)) {
    words[count++] = word;
  }
  for (int i = 0; i < FLAGS; i++) {
    words[count++] = (char *)flags[i]; /* posix_spawn leaves its words as they are */
  }
  name_file(j, OBJECT, object);
  name_file(j, SOURCE, source);
  (void)snprintf(include, sizeof include, "-I%s", j->folder);
  char *const last[] = {object, include, source, math, NULL};
  memcpy(words + count, last, sizeof last);
  int code = 0;
  DW_TRY(execute(j, words, &code));
  return code == 0 ? DW_OK : fail_with_messages(j);
}

static dw_status make_object(const job *j, int real_bytes, dw_plugin_object *object) {
  char path[PATH_LENGTH];
  char *data = NULL;
  name_file(j, OBJECT, path);
  DW_TRY(write_source(j, real_bytes));
  DW_TRY(compile(j));
  DW_TRY(dw_replace_read(path, &data, &object->bytes));
  object->data = data;
  return DW_OK;
}

/* --- the last one --- */

/* Scans and queries load one file again and again, for each run and for what is read of it. */
static struct {
  char *text; /* NULL: none; the rest goes with it */
  char compiler[COMMAND_LENGTH];
  dw_plugin_object object[2];
} last;

static void forget(void) {
  free(last.text);
  free(last.object[0].data);
  free(last.object[1].data);
  memset(&last, 0, sizeof last);
}

/* Without memory nothing is kept. */
static void remember(const job *j, const dw_plugin_object object[2]) {
  forget();
  (void)snprintf(last.compiler, sizeof last.compiler, "%s", j->compiler);
  for (int i = 0; i < 2; i++) {
    last.object[i] = (dw_plugin_object){malloc(object[i].bytes), object[i].bytes};
    if (last.object[i].data == NULL) {
      forget();
      return;
    }
    memcpy(last.object[i].data, object[i].data, object[i].bytes);
  }
  last.text = strdup(j->text);
  if (last.text == NULL) {
    forget();
  }
}

static bool is_last(const job *j) {
  return last.text != NULL && strcmp(last.text, j->text) == 0 && strcmp(last.compiler, j->compiler) == 0;
}

static dw_status copy_last(dw_plugin_object object[2]) {
  for (int i = 0; i < 2; i++) {
    DW_TRY(dw_alloc(&object[i].data, last.object[i].bytes, 1, "a compiled potential"));
    object[i].bytes = last.object[i].bytes;
    memcpy(object[i].data, last.object[i].data, object[i].bytes);
  }
  return DW_OK;
}

/* --- the whole --- */

dw_status dw_plugin_compile(dw_plugin_object object[2], const char *path, const char *text) {
  job j = {.shown = path, .text = text};
  choose_compiler(&j);
  if (is_last(&j)) {
    return copy_last(object);
  }
  DW_TRY(make_folder(&j));
  dw_status status = write_headers(&j);
  for (int i = 0; i < 2 && status == DW_OK; i++) {
    status = make_object(&j, i == 0 ? 4 : 8, &object[i]);
  }
  remove_folder(&j);
  if (status == DW_OK) {
    remember(&j, object);
  }
  return status;
}
