#include "analysis/slices.h"

#include <inttypes.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/gather.h"
#include "lattice/replace.h"

enum { SMALLEST_SIDE = 512, PATH_LENGTH = 1024 };

static const double CLIP = 1.2; /* eta */

/* --- colours --- */

/* Ends and middles of ColorBrewer's diverging RdBu, from blue to red, evenly spaced. */
static const double anchors[][3] = {{5, 48, 97},     {33, 102, 172},  {67, 147, 195},  {146, 197, 222},
                                    {209, 229, 240}, {255, 255, 255}, {253, 219, 199}, {244, 165, 130},
                                    {214, 96, 77},   {178, 24, 43},   {103, 0, 31}};

enum { ANCHORS = sizeof anchors / sizeof anchors[0] };

void dw_slice_colour(double value, unsigned char rgb[3]) {
  if (isnan(value)) {
    memset(rgb, 0, 3);
    return;
  }
  const double clipped = fmin(fmax(value, -CLIP), CLIP);
  const double place = (clipped + CLIP) / (2.0 * CLIP) * (ANCHORS - 1);
  const int below = place >= ANCHORS - 1 ? ANCHORS - 2 : (int)place;
  const double part = place - below;
  for (int i = 0; i < 3; i++) {
    rgb[i] = (unsigned char)lround((1.0 - part) * anchors[below][i] + part * anchors[below + 1][i]);
  }
}

/* --- the picture in memory --- */

typedef struct picture {
  const double *plane; /* [y][z] */
  int64_t points;
  int64_t scale;       /* pixels per site */
  unsigned char *row;  /* owned: one row of pixels */
  unsigned char *file; /* owned: the PNG file */
  size_t size;
  size_t room;
  bool no_room;
} picture;

/* libpng's own output goes to a stream, which hides what a full disk says. */
static void take_bytes(png_structp png, png_bytep bytes, size_t count) {
  picture *of = png_get_io_ptr(png);
  if (count > of->room - of->size) {
    of->no_room = true;
    png_error(png, "no room");
  }
  memcpy(of->file + of->size, bytes, count);
  of->size += count;
}

static void nothing_to_flush(png_structp png) { (void)png; }

/* libpng prints these unless it is told otherwise. */
static void on_error(png_structp png, png_const_charp text) {
  (void)text;
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void paint_row(const picture *of, int64_t y) {
  unsigned char *pixel = of->row;
  for (int64_t z = 0; z < of->points; z++) {
    unsigned char rgb[3];
    dw_slice_colour(of->plane[y * of->points + z], rgb);
    for (int64_t i = 0; i < of->scale; i++) {
      memcpy(pixel, rgb, 3);
      pixel += 3;
    }
  }
}

static void paint(png_structp png, png_infop info, const picture *of, char *step, char *tau) {
  const png_uint_32 side = (png_uint_32)(of->points * of->scale);
  png_text notes[] = {
      {.compression = PNG_TEXT_COMPRESSION_NONE, .key = (char[]){"Software"}, .text = (char[]){"dwell"}},
      {.compression = PNG_TEXT_COMPRESSION_NONE, .key = (char[]){"step"}, .text = step},
      {.compression = PNG_TEXT_COMPRESSION_NONE, .key = (char[]){"tau"}, .text = tau}};
  png_set_IHDR(png, info, side, side, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_text(png, info, notes, (int)(sizeof notes / sizeof notes[0]));
  png_write_info(png, info);
  for (int64_t y = of->points - 1; y >= 0; y--) { /* pictures begin at the top */
    paint_row(of, y);
    for (int64_t i = 0; i < of->scale; i++) {
      png_write_row(png, of->row);
    }
  }
  png_write_end(png, NULL);
}

/* Whether libpng had the memory it asked for. */
static bool encode(picture *of, char *step, char *tau) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  if (info == NULL) {
    png_destroy_write_struct(&png, NULL);
    return false;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  png_set_write_fn(png, of, take_bytes, nothing_to_flush);
  paint(png, info, of, step, tau);
  png_destroy_write_struct(&png, &info);
  return true;
}

static dw_status write_picture(const char *path, picture *of, int64_t step, double tau) {
  const size_t side = (size_t)(of->points * of->scale);
  void *row = NULL;
  void *file = NULL;
  of->room = side * (3 * side + 1) + side * side / 16 + (1 << 16); /* pixels that don't compress, and a margin */
  dw_status status = dw_alloc(&row, side, 3, "picture");
  if (status == DW_OK) {
    status = dw_alloc(&file, of->room, 1, "picture");
  }
  if (status == DW_OK) {
    char step_text[32];
    char tau_text[32];
    (void)snprintf(step_text, sizeof step_text, "%" PRId64, step);
    (void)snprintf(tau_text, sizeof tau_text, "%.17g", tau);
    of->row = row;
    of->file = file;
    status = encode(of, step_text, tau_text)
                 ? dw_replace_file(path, file, of->size)
                 : dw_fail(of->no_room ? DW_ERR_INTERNAL : DW_ERR_MEMORY, "%s: the picture can't be made", path);
  }
  dw_free(row);
  dw_free(file);
  return status;
}

dw_status dw_slice_write(const char *directory, int64_t step, double tau, const dw_field *phi) {
  const int64_t n = phi->lattice->points;
  const dw_comm *comm = phi->lattice->comm;
  const bool paints = dw_comm_rank(comm) == 0;
  void *plane = NULL;
  dw_status status = paints ? dw_alloc(&plane, (size_t)(n * n), sizeof(double), "slice") : DW_OK;
  status = dw_comm_agree(comm, status);
  if (status == DW_OK) {
    status = dw_gather_plane(phi, n / 2, plane);
  }
  if (status == DW_OK && paints) {
    char path[PATH_LENGTH];
    picture of = {.plane = plane, .points = n, .scale = (SMALLEST_SIDE + n - 1) / n};
    (void)snprintf(path, sizeof path, "%s/phi_%06" PRId64 ".png", directory, step);
    status = write_picture(path, &of, step, tau);
  }
  dw_free(plane);
  return dw_comm_agree(comm, status);
}
