/* `dwell report`: finds a Python with the packages it needs and the package `dwell`, and becomes that Python.
 *
 * The work is done by python/dwell/report. Arguments go to it as they are; its exit codes are those of the program. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/program.h"
#include "app/report_paths.h" /* written by app/CMakeLists.txt */
#include "base/status.h"

enum { PATH_ROOM = 4096, LACKS = 64, LACKS_ALL = 127 };

/* In the order of the bits with which the question below ends. */
static const char *const modules[] = {"numpy", "h5py", "matplotlib"};

enum { MODULES = sizeof modules / sizeof modules[0] };

/* Ends with LACKS plus a bit for each module that isn't there; importing them all would take a second. */
static const char question[] = "import sys\n"
                               "from importlib.util import find_spec\n"
                               "names = ('numpy', 'h5py', 'matplotlib')\n"
                               "sys.exit(64 + sum(1 << i for i, n in enumerate(names) if find_spec(n) is None))\n";

/* --- the package --- */

static bool holds_package(const char *folder) {
  char file[PATH_ROOM];
  const int length = snprintf(file, sizeof file, "%s/dwell/report/__main__.py", folder);
  return length > 0 && length < (int)sizeof file && access(file, R_OK) == 0;
}

/* The folder of the program itself, "" where the system doesn't tell. */
static void find_program(char folder[PATH_ROOM]) {
  dw_program_path(folder, PATH_ROOM);
  char *slash = strrchr(folder, '/');
  if (slash != NULL) {
    *slash = '\0';
  }
}

/* Beside the program as installed, also where the tree was moved; in the source tree; where it was to be installed. */
static dw_status find_package(char package[PATH_ROOM]) {
  char program[PATH_ROOM];
  find_program(program);
  const char *const beside[] = {"/" DW_REPORT_FROM_PROGRAM, "/../python"};
  for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
    const int length = snprintf(package, PATH_ROOM, "%s%s", program, beside[i]);
    if (program[0] != '\0' && length > 0 && length < PATH_ROOM && holds_package(package)) {
      return DW_OK;
    }
  }
  const char *const fixed[] = {DW_REPORT_SOURCE, DW_REPORT_INSTALLED};
  for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
    if (holds_package(fixed[i])) {
      (void)snprintf(package, PATH_ROOM, "%s", fixed[i]);
      return DW_OK;
    }
  }
  return dw_fail(DW_ERR_FILE,
                 "report: the Python package isn't where the program looks for it (%s/%s, %s); install dwell again, "
                 "or run python3 -m dwell.report with python/ of the source tree in PYTHONPATH",
                 program, DW_REPORT_FROM_PROGRAM, DW_REPORT_SOURCE);
}

/* The page of a scan asks this program for predictions. */
static dw_status name_program(void) {
  char program[PATH_ROOM];
  dw_program_path(program, sizeof program);
  return program[0] == '\0' || setenv("DWELL_PROGRAM", program, 1) == 0
             ? DW_OK
             : dw_fail(DW_ERR_MEMORY, "no memory for the environment");
}

/* In front of what PYTHONPATH has. */
static dw_status add_package(const char *package) {
  char path[2 * PATH_ROOM];
  const char *before = getenv("PYTHONPATH");
  const bool more = before != NULL && before[0] != '\0';
  const int length = snprintf(path, sizeof path, "%s%s%s", package, more ? ":" : "", more ? before : "");
  if (length >= (int)sizeof path || setenv("PYTHONPATH", path, 1) != 0) {
    return dw_fail(DW_ERR_PARAM, "report: PYTHONPATH is too long");
  }
  return DW_OK;
}

/* --- the Python --- */

/* Bits of the modules that this Python lacks, 0 for none; -1 where it can't be started. */
static int ask(const char *python) {
  const pid_t child = fork();
  if (child == 0) {
    (void)execlp(python, python, "-c", question, (char *)NULL);
    _exit(LACKS_ALL);
  }
  int state = 0;
  pid_t ended = -1;
  do {
    ended = child > 0 ? waitpid(child, &state, 0) : -1;
  } while (ended < 0 && errno == EINTR);
  const int code = ended == child && WIFEXITED(state) ? WEXITSTATUS(state) : LACKS_ALL;
  return code >= LACKS && code < LACKS + (1 << MODULES) ? code - LACKS : -1;
}

static dw_status lacks(const char *python, int missing) {
  char names[128] = "";
  char packages[128] = "";
  for (int i = 0; i < MODULES; i++) {
    if ((missing & (1 << i)) != 0) {
      const size_t name_end = strlen(names);
      const size_t package_end = strlen(packages);
      (void)snprintf(names + name_end, sizeof names - name_end, "%s%s", name_end > 0 ? ", " : "", modules[i]);
      (void)snprintf(packages + package_end, sizeof packages - package_end, " python3-%s", modules[i]);
    }
  }
  return dw_fail(DW_ERR_FILE,
                 "report: %s lacks %s; on Debian and Ubuntu: apt-get install%s; or name a Python that has them in "
                 "DWELL_PYTHON",
                 python, names, packages);
}

/* Debian's Python before the first one on the path, which may be another one without its packages. */
static dw_status find_python(const char **python) {
  const char *chosen = getenv("DWELL_PYTHON");
  if (chosen != NULL && chosen[0] != '\0') {
    const int missing = ask(chosen);
    *python = chosen;
    if (missing < 0) {
      return dw_fail(DW_ERR_FILE, "report: %s, which DWELL_PYTHON names, isn't a Python 3 that can be started", chosen);
    }
    return missing == 0 ? DW_OK : lacks(chosen, missing);
  }
  static const char *const names[] = {"/usr/bin/python3", "python3"};
  int lacking[2] = {-1, -1};
  for (int i = 0; i < 2; i++) {
    lacking[i] = ask(names[i]);
    *python = names[i];
    if (lacking[i] == 0) {
      return DW_OK;
    }
  }
  if (lacking[0] < 0 && lacking[1] < 0) {
    return dw_fail(DW_ERR_FILE, "report: there is no python3; on Debian and Ubuntu: apt-get install python3 "
                                "python3-numpy python3-h5py python3-matplotlib; or name one in DWELL_PYTHON");
  }
  return lacking[0] >= 0 ? lacks(names[0], lacking[0]) : lacks(names[1], lacking[1]);
}

/* --- the command --- */

/* Returns only where it fails. */
static dw_status report(int argc, char **argv) {
  char package[PATH_ROOM];
  const char *python = NULL;
  DW_TRY(find_package(package));
  DW_TRY(find_python(&python));
  DW_TRY(add_package(package));
  DW_TRY(name_program());
  const char **command = calloc((size_t)argc + 4, sizeof *command);
  if (command == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the command line");
  }
  command[0] = python;
  command[1] = "-m";
  command[2] = "dwell.report";
  for (int i = 0; i < argc; i++) {
    command[3 + i] = argv[i];
  }
  (void)execvp(python, (char *const *)command);
  const dw_status status = dw_fail(DW_ERR_FILE, "report: %s can't be started: %s", python, strerror(errno));
  free((void *)command);
  return status;
}

int dw_command_report(int argc, char **argv) {
  const dw_status status = report(argc, argv);
  (void)fprintf(stderr, "dwell: %s\n", dw_message());
  return dw_exit_code(status);
}
