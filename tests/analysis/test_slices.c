/* Slices: colours, orientation, size, and the file. */
#include <math.h>
#include <png.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/slices.h"
#include "tests/dw_test_mpi.h"

enum { N = 12, SCALE = 43, SIDE = N * SCALE };

static unsigned char pixels[SIDE * SIDE * 3];

/* Reads DIRECTORY/NAME with libpng's simple interface; false where it isn't a square of SIDE. */
static bool read_picture(const char *path) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, path) == 0) {
    return false;
  }
  image.format = PNG_FORMAT_RGB;
  if (image.width != SIDE || image.height != SIDE) {
    png_image_free(&image);
    return false;
  }
  return png_image_finish_read(&image, NULL, pixels, 0, NULL) != 0;
}

static bool file_has(const char *path, const char *words, size_t length) {
  static char text[1 << 16];
  FILE *file = fopen(path, "r");
  const size_t bytes = file == NULL ? 0 : fread(text, 1, sizeof text, file);
  if (file != NULL) {
    (void)fclose(file);
  }
  bool found = false;
  for (size_t i = 0; i + length <= bytes; i++) {
    found = found || memcmp(text + i, words, length) == 0;
  }
  return found;
}

/* Catches colours that don't go from blue over white to red, evenly darker outwards, or that overflow at the ends. */
static void colours_diverge(void **state) {
  (void)state;
  unsigned char low[3];
  unsigned char middle[3];
  unsigned char high[3];
  unsigned char other[3];
  dw_slice_colour(-1.2, low);
  dw_slice_colour(0.0, middle);
  dw_slice_colour(1.2, high);
  assert_all(low[2] > low[0] && high[0] > high[2]);
  assert_all(middle[0] == 255 && middle[1] == 255 && middle[2] == 255);
  dw_slice_colour(-1e300, other);
  assert_all(memcmp(low, other, 3) == 0);
  dw_slice_colour((double)INFINITY, other);
  assert_all(memcmp(high, other, 3) == 0);
  dw_slice_colour((double)NAN, other);
  assert_all(other[0] == 0 && other[1] == 0 && other[2] == 0);
  bool monotonic = true;
  for (int i = 0; i < 120; i++) {
    unsigned char next[3];
    for (int sign = -1; sign <= 1; sign += 2) { /* darker outwards; blue below 0, red above */
      dw_slice_colour(sign * i / 100.0, other);
      dw_slice_colour(sign * (i + 1) / 100.0, next);
      monotonic = monotonic && next[0] + next[1] + next[2] <= other[0] + other[1] + other[2];
      monotonic = monotonic && sign * (next[0] - next[2]) >= 0;
    }
  }
  assert_all(monotonic);
}

/* Catches a picture of another plane, transposed, upside down, badly magnified, or without its time. */
static void the_plane_is_painted(void **state) {
  (void)state;
  dw_lattice *lattice = NULL;
  dw_field *field = NULL;
  assert_all_ok(dw_lattice_create(&lattice, dw_comm_world(), N, 1.0, 1, 1, NULL));
  assert_all_ok(dw_field_create(&field, lattice, DW_SINGLE));
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < N; z++) {
        const double value = (double)(y + lattice->start[1]) / N - (double)(z * z) / (N * N);
        dw_field_set(field, x, y, z, x + lattice->start[0] == N / 2 ? value : 2.0);
      }
    }
  }
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)mkdir("slices", 0777);
  }
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_slice_write("slices", 42, 1.5, field));
  dw_comm_barrier(dw_comm_world());
  assert_all(read_picture("slices/phi_000042.png"));
  bool good = true;
  for (int row = 0; row < SIDE; row++) {
    for (int column = 0; column < SIDE; column++) {
      const int y = N - 1 - row / SCALE;
      const int z = column / SCALE;
      unsigned char expected[3];
      dw_slice_colour((double)(float)((double)y / N - (double)(z * z) / (N * N)), expected);
      good = good && memcmp(pixels + 3 * (row * SIDE + column), expected, 3) == 0;
    }
  }
  assert_all(good);
  assert_all(file_has("slices/phi_000042.png", "step\00042", 7));
  assert_all(file_has("slices/phi_000042.png", "tau\0001.5", 7));
  assert_all_status(dw_slice_write("absent", 42, 1.5, field), DW_ERR_FILE);
  dw_field_destroy(field);
  dw_lattice_destroy(lattice);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(colours_diverge),
    cmocka_unit_test(the_plane_is_painted),
};

DW_TEST_MPI_MAIN(tests)
