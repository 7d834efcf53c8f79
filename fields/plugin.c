#define _GNU_SOURCE /* memfd_create */
#include "fields/plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "fields/dwell_potential.h"
#include "fields/plugin_compile.h"
#include "lattice/replace.h"

/* One precision. The descriptor stays open while it is loaded: a second object under the same /proc/self/fd/N would be
 * taken for this one. */
typedef struct part {
  void *handle;
  int descriptor; /* -1: none */
  dwell_slope_row *slopes;
  dwell_kick_row *kicks; /* NULL: none */
  dwell_value_row *values;
} part;

struct dw_plugin {
  dw_potential potential;
  part part[2]; /* single, double */
  char fingerprint[17];
  const char *name;
  char *text;
};

/* --- rows --- */

static dwell_numbers numbers_of(const dw_potential_values *values, const dw_instant *at) {
  return (dwell_numbers){.value = values->own, .tau = at->tau, .a = at->a};
}

#define ROWS(suffix, index)                                                                                          \
  static void derivative_##suffix(const dw_potential_values *values, const dw_instant *at, double degenerate,        \
                                  double bias, const void *const *phi, void *const *out, ptrdiff_t n) {              \
    const dwell_numbers numbers = numbers_of(values, at);                                                            \
    values->plugin->part[index].slopes(&numbers, degenerate, bias * values->bias, phi, out, n);                      \
  }                                                                                                                  \
  static void value_##suffix(const dw_potential_values *values, const dw_instant *at, const void *const *phi,        \
                             double *v0, double *vb, ptrdiff_t n) {                                                  \
    const dwell_numbers numbers = numbers_of(values, at);                                                            \
    values->plugin->part[index].values(&numbers, values->bias, phi, v0, vb, n);                                      \
  }                                                                                                                  \
  static void kick_##suffix(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias, \
                            const dwell_rows *rows) {                                                                \
    const dwell_numbers numbers = numbers_of(values, at);                                                            \
    values->plugin->part[index].kicks(&numbers, degenerate, bias * values->bias, rows);                              \
  }

ROWS(f32, 0)
ROWS(f64, 1)

/* --- loading --- */

static dw_status write_bytes(int descriptor, const dw_plugin_object *object) {
  const char *at = object->data;
  size_t left = object->bytes;
  while (left > 0) {
    const ssize_t now = write(descriptor, at, left);
    if (now <= 0 && errno != EINTR) {
      return dw_fail(DW_ERR_FILE,
                     "fields.potential_file: no room for the compiled file (%s); set TMPDIR to a directory",
                     strerror(errno));
    }
    at += now > 0 ? now : 0;
    left -= now > 0 ? (size_t)now : 0;
  }
  return DW_OK;
}

/* In memory, which any node has, whatever its disks allow. */
static void *open_memory(int *descriptor, const dw_plugin_object *object) {
  char path[64];
  *descriptor = memfd_create("dwell-potential", MFD_CLOEXEC);
  if (*descriptor < 0 || write_bytes(*descriptor, object) != DW_OK) {
    return NULL;
  }
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", *descriptor);
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

/* A file in $TMPDIR, gone again once it is loaded. */
static dw_status open_file(void **handle, const dw_plugin_object *object) {
  char path[1024];
  const char *base = getenv("TMPDIR");
  const int length = snprintf(path, sizeof path, "%s/dwell-XXXXXX", base != NULL && *base ? base : "/tmp");
  const int descriptor = length < (int)sizeof path ? mkstemp(path) : -1;
  if (descriptor < 0) {
    return dw_fail(DW_ERR_FILE, "%s: no file for the compiled fields.potential_file (%s); set TMPDIR to a directory",
                   path, strerror(errno));
  }
  const dw_status status = write_bytes(descriptor, object);
  (void)close(descriptor);
  if (status == DW_OK) {
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  }
  (void)unlink(path);
  return status;
}

static dw_status find_symbols(dw_plugin *plugin, part *p) {
  static const char *const names[] = {"dwell_slopes", "dwell_values"};
  void *found[2];
  for (int i = 0; i < 2; i++) {
    found[i] = dlsym(p->handle, names[i]);
    if (found[i] == NULL) {
      return dw_fail(DW_ERR_PARAM,
                     "fields.potential_file: %s doesn't define %s; end it with DWELL_POTENTIAL(slope, v0, vb), which "
                     "does, or write the row functions of dwell_potential.h yourself (docs/add-a-potential.md)",
                     plugin->name, names[i]);
    }
  }
  memcpy(&p->slopes, &found[0], sizeof found[0]); /* ISO C knows no cast from an object to a function */
  memcpy(&p->values, &found[1], sizeof found[1]);
  void *kicks = dlsym(p->handle, "dwell_kicks");
  memcpy(&p->kicks, &kicks, sizeof kicks);
  const int *components = dlsym(p->handle, "dwell_components");
  plugin->potential.components = components != NULL ? *components : 1;
  if (plugin->potential.components < 1 || plugin->potential.components > DW_MOST_COMPONENTS) {
    return dw_fail(DW_ERR_PARAM, "fields.potential_file: %s has dwell_components = %d; there may be 1 to %d",
                   plugin->name, plugin->potential.components, DW_MOST_COMPONENTS);
  }
  return DW_OK;
}

/* A file that writes its rows itself may have none, and several fields have no such kick. */
static void offer_kicks(dw_plugin *plugin) {
  if (plugin->potential.components == 1 && plugin->part[0].kicks != NULL && plugin->part[1].kicks != NULL) {
    plugin->potential.kick[0] = kick_f32;
    plugin->potential.kick[1] = kick_f64;
  }
}

static dw_status load_part(dw_plugin *plugin, int i, const dw_plugin_object *object) {
  part *p = &plugin->part[i];
  p->handle = open_memory(&p->descriptor, object);
  if (p->handle == NULL) {
    DW_TRY(open_file(&p->handle, object));
  }
  if (p->handle == NULL) {
    return dw_fail(DW_ERR_PARAM, "fields.potential_file: %s is compiled but can't be loaded: %s", plugin->name,
                   dlerror());
  }
  return find_symbols(plugin, p);
}

/* --- the whole --- */

static void take_fingerprint(dw_plugin *plugin) {
  const uint64_t hash = dw_hash_bytes(DW_HASH_START, plugin->text, strlen(plugin->text));
  (void)snprintf(plugin->fingerprint, sizeof plugin->fingerprint, "%016" PRIx64, hash);
}

/* Process 0. */
static dw_status read_and_compile(dw_plugin *plugin, const char *path, dw_plugin_object object[2]) {
  size_t bytes = 0;
  if (dw_replace_read(path, &plugin->text, &bytes) != DW_OK) {
    char reason[DW_MESSAGE_LENGTH];
    (void)snprintf(reason, sizeof reason, "%s", dw_message());
    return dw_fail(DW_ERR_FILE, "fields.potential_file: %s", reason);
  }
  if (strlen(plugin->text) != bytes) {
    return dw_fail(DW_ERR_PARAM, "fields.potential_file: %s isn't a C file, it has bytes of 0", plugin->name);
  }
  take_fingerprint(plugin);
  return dw_plugin_compile(object, plugin->name, plugin->text);
}

static dw_status share_object(const dw_comm *comm, dw_plugin_object *object) {
  dw_comm_broadcast(comm, &object->bytes, sizeof object->bytes);
  if (dw_comm_rank(comm) == 0) {
    DW_TRY(dw_comm_agree(comm, DW_OK));
  } else {
    DW_TRY(dw_comm_agree(comm, dw_alloc(&object->data, object->bytes, 1, "a compiled potential")));
  }
  dw_comm_broadcast(comm, object->data, object->bytes);
  return DW_OK;
}

static dw_status load(dw_plugin *plugin, const dw_comm *comm, const char *path, dw_plugin_object object[2]) {
  DW_TRY(dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? read_and_compile(plugin, path, object) : DW_OK));
  dw_comm_broadcast(comm, plugin->fingerprint, sizeof plugin->fingerprint);
  for (int i = 0; i < 2; i++) {
    DW_TRY(share_object(comm, &object[i]));
    DW_TRY(dw_comm_agree(comm, load_part(plugin, i, &object[i])));
  }
  return DW_OK;
}

dw_status dw_plugin_load(dw_plugin **plugin, const dw_comm *comm, const char *path, const char *shown) {
  void *block = NULL;
  *plugin = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof **plugin, "a plug-in"));
  dw_plugin *made = block;
  *made = (dw_plugin){.name = shown,
                      .part = {{.descriptor = -1}, {.descriptor = -1}},
                      .potential = {.name = "plugin",
                                    .doc = "fields.potential_file",
                                    .derivative = {derivative_f32, derivative_f64},
                                    .value = {value_f32, value_f64},
                                    .computed = true}};
  dw_plugin_object object[2] = {{NULL, 0}, {NULL, 0}};
  const dw_status status = load(made, comm, path, object);
  dw_free(object[0].data);
  dw_free(object[1].data);
  if (status != DW_OK) {
    dw_plugin_unload(made);
    return status;
  }
  offer_kicks(made);
  *plugin = made;
  return DW_OK;
}

void dw_plugin_unload(dw_plugin *plugin) {
  for (int i = 0; plugin != NULL && i < 2; i++) {
    if (plugin->part[i].handle != NULL) {
      (void)dlclose(plugin->part[i].handle);
    }
    if (plugin->part[i].descriptor >= 0) {
      (void)close(plugin->part[i].descriptor);
    }
  }
  if (plugin != NULL) {
    dw_free(plugin->text);
  }
  dw_free(plugin);
}

const dw_potential *dw_plugin_potential(const dw_plugin *plugin) { return &plugin->potential; }

const char *dw_plugin_fingerprint(const dw_plugin *plugin) { return plugin->fingerprint; }

const char *dw_plugin_text(const dw_plugin *plugin) { return plugin->text; }

const char *dw_plugin_name(const dw_plugin *plugin) { return plugin->name; }
