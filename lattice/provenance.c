#include "lattice/provenance.h"

#include <fftw3.h>
#include <hdf5.h>
#include <mpi.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/version.h"
#include "lattice/format.h"

__attribute__((format(printf, 3, 4))) static void add(dw_provenance *provenance, const char *name, const char *format,
                                                      ...) {
  if (provenance->count == DW_PROVENANCE_LINES) {
    return;
  }
  dw_provenance_line *line = &provenance->line[provenance->count++];
  (void)snprintf(line->name, sizeof line->name, "%s", name);
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(line->text, sizeof line->text, format, arguments);
  va_end(arguments);
  if (length >= (int)sizeof line->text) {
    memcpy(line->text + sizeof line->text - sizeof "...", "...", sizeof "...");
  }
}

static void add_libraries(dw_provenance *provenance) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  text[strcspn(text, "\n")] = '\0';
  add(provenance, "mpi", "%s", text);
  add(provenance, "fftw", "%s", fftw_version);
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  (void)H5get_libversion(&major, &minor, &release);
  add(provenance, "hdf5", "%u.%u.%u", major, minor, release);
}

static void add_machine(dw_provenance *provenance, const dw_comm *comm, int threads) {
  char host[256] = "unknown";
  if (gethostname(host, sizeof host) == 0) {
    host[sizeof host - 1] = '\0';
  }
  dw_comm_broadcast(comm, host, sizeof host);
  add(provenance, "host", "%s", host);
  add(provenance, "processes", "%d", dw_comm_size(comm));
  add(provenance, "threads", "%d", threads);
}

static void add_command(dw_provenance *provenance, int argc, char *const *argv) {
  char text[DW_PROVENANCE_TEXT + 4] = ""; /* one more than fits, so that add() marks the cut */
  size_t used = 0;
  for (int i = 0; i < argc && used < sizeof text; i++) {
    const int length = snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : " ", argv[i]);
    used += length > 0 ? (size_t)length : 0;
  }
  add(provenance, "command", "%s", text);
}

static void add_time(dw_provenance *provenance, const dw_comm *comm) {
  char text[64] = "unknown";
  const time_t now = time(NULL);
  struct tm parts;
  if (localtime_r(&now, &parts) != NULL) {
    (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts);
  }
  dw_comm_broadcast(comm, text, sizeof text);
  add(provenance, "start_time", "%s", text);
}

void dw_provenance_collect(dw_provenance *provenance, const dw_comm *comm, int argc, char *const *argv, int64_t seed,
                           int threads) {
  memset(provenance, 0, sizeof *provenance);
  add(provenance, "version", "%s", dw_version());
  add(provenance, "git", "%s", dw_version_git());
  add(provenance, "git_clean", "%s", dw_version_clean() ? "yes" : "no");
  add(provenance, "compiler", "%s", dw_version_compiler());
  add(provenance, "flags", "%s", dw_version_flags());
  add_libraries(provenance);
  add_machine(provenance, comm, threads);
  add_command(provenance, argc, argv);
  add(provenance, "seed", "%lld", (long long)seed);
  add_time(provenance, comm);
}

dw_status dw_provenance_write(dw_file *file, const dw_provenance *provenance) {
  DW_TRY(dw_attribute_write_int(file, "/", "format_version", DW_FORMAT_VERSION));
  for (int i = 0; i < provenance->count; i++) {
    char name[sizeof provenance->line[i].name + sizeof "provenance."];
    (void)snprintf(name, sizeof name, "provenance.%s", provenance->line[i].name);
    DW_TRY(dw_attribute_write_text(file, "/", name, provenance->line[i].text));
  }
  return DW_OK;
}

const char *dw_provenance_text(const dw_provenance *provenance, const char *name) {
  for (int i = 0; i < provenance->count; i++) {
    if (strcmp(provenance->line[i].name, name) == 0) {
      return provenance->line[i].text;
    }
  }
  return "";
}
