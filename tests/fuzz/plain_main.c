/* A fuzz target without libFuzzer: plain_main FOLDER MUTATIONS [SEED] gives it each file of the folder, then so many
 * random mutations of them. The same inputs each time. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { FILES = 512, LONGEST = 1 << 14 };

typedef struct input {
  size_t size;
  uint8_t *data;
} input;

static input corpus[FILES];
static int count;
static uint64_t state;

static uint64_t draw(uint64_t below) {
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (state >> 33) % below;
}

static void read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  uint8_t *data = malloc(LONGEST);
  if (file == NULL || data == NULL) {
    abort();
  }
  const size_t size = fread(data, 1, LONGEST, file);
  (void)fclose(file);
  corpus[count++] = (input){.size = size, .data = data};
}

/* In the order of their names, which a folder doesn't keep. */
static void read_corpus(const char *folder) {
  struct dirent **entry = NULL;
  const int found = scandir(folder, &entry, NULL, alphasort);
  for (int i = 0; i < found; i++) {
    char path[DW_FUZZ_PATH];
    (void)snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
    if (entry[i]->d_name[0] != '.' && count < FILES) {
      read_file(path);
    }
    free(entry[i]);
  }
  free(entry);
}

static const char *const words[] = {
    "-1", "0",  "1e999", "nan", "9223372036854775808", "[",  "]", "{",   "}", "(", ")", ";", "=", "\"", ",",
    ".",  "\n", "#",     "//",  "@include \"x\"",      "0x", "L", "true"};
enum { WORDS = 23 };

/* One change of `data`; the new size. */
static size_t mutate(uint8_t *data, size_t size) {
  const size_t at = (size_t)draw(size + 1);
  const char *word = words[draw(WORDS)];
  const size_t length = strlen(word);
  switch (draw(5)) {
    case 0:
      if (at < size) {
        data[at] = (uint8_t)draw(256);
      }
      return size;
    case 1:
      if (at < size) {
        data[at] ^= (uint8_t)(1U << draw(8));
      }
      return size;
    case 2: { /* cut */
      const size_t end = at + (size_t)draw(size - at + 1);
      memmove(data + at, data + end, size - end);
      return size - (end - at);
    }
    case 3: { /* twice */
      const size_t bytes = (size_t)draw(size - at + 1);
      if (size + bytes <= LONGEST) {
        memmove(data + at + bytes, data + at, size - at);
        return size + bytes;
      }
      return size;
    }
    default:
      if (size + length <= LONGEST) {
        memmove(data + at + length, data + at, size - at);
        memcpy(data + at, word, length);
        return size + length;
      }
      return size;
  }
}

int main(int argc, char **argv) {
  static uint8_t data[LONGEST];
  if (argc < 3) {
    (void)fprintf(stderr, "usage: %s FOLDER MUTATIONS [SEED]\n", argv[0]);
    return 2;
  }
  state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
  read_corpus(argv[1]);
  if (count == 0) {
    (void)fprintf(stderr, "%s: no inputs there\n", argv[1]);
    return 1;
  }
  for (int i = 0; i < count; i++) {
    (void)LLVMFuzzerTestOneInput(corpus[i].data, corpus[i].size);
  }
  const long mutations = strtol(argv[2], NULL, 10);
  for (long i = 0; i < mutations; i++) {
    const input *from = &corpus[draw((uint64_t)count)];
    size_t size = from->size;
    memcpy(data, from->data, size);
    for (uint64_t changes = 1 + draw(6); changes > 0; changes--) {
      size = mutate(data, size);
    }
    (void)LLVMFuzzerTestOneInput(data, size);
  }
  (void)printf("%d files and %ld mutations of them: none crashed\n", count, mutations);
  for (int i = 0; i < count; i++) {
    free(corpus[i].data);
  }
  return 0;
}
