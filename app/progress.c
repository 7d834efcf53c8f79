#include "app/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double BAR_SECONDS = 0.2;
static const double LINE_SECONDS = 10.0;
enum { BAR_WIDTH = 24 };

double dw_seconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const char *dw_format_bytes(double bytes, char *text, size_t size) {
  const double mebibytes = bytes / 1048576.0;
  if (mebibytes < 1024.0) {
    (void)snprintf(text, size, "%.3f MiB", mebibytes);
  } else {
    (void)snprintf(text, size, "%.3f GiB", mebibytes / 1024.0);
  }
  return text;
}

void dw_progress_init(dw_progress *progress, dw_log *log, const dw_plan *plan, int64_t first_step) {
  const double n = (double)plan->params->lattice.points;
  *progress = (dw_progress){.log = log,
                            .plan = plan,
                            .sites = n * n * n,
                            .started = dw_seconds(),
                            .first_step = first_step,
                            .shown = dw_seconds(),
                            .terminal = isatty(STDOUT_FILENO) != 0};
}

double dw_progress_rate(const dw_progress *progress, int64_t step) {
  const double seconds = dw_seconds() - progress->started;
  return seconds > 0.0 ? progress->sites * (double)(step - progress->first_step) / seconds : 0.0;
}

static void format_left(double seconds, char *text, size_t size) {
  if (!isfinite(seconds) || seconds > 1e8) {
    (void)snprintf(text, size, "--");
    return;
  }
  const long whole = (long)(seconds + 0.5);
  if (whole >= 3600) {
    (void)snprintf(text, size, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
  } else if (whole >= 60) {
    (void)snprintf(text, size, "%ld min %02ld s", whole / 60, whole % 60);
  } else {
    (void)snprintf(text, size, "%ld s", whole);
  }
}

void dw_progress_show(dw_progress *progress, int64_t step, double area_parameter) {
  const double now = dw_seconds();
  const bool last = step == progress->plan->steps;
  if (now - progress->shown < (progress->terminal ? BAR_SECONDS : LINE_SECONDS) && !last) {
    return;
  }
  progress->shown = now;
  const double rate = dw_progress_rate(progress, step);
  const double left = progress->sites * (double)(progress->plan->steps - step) / rate;
  char time_left[64];
  char area[32] = "--";
  format_left(left, time_left, sizeof time_left);
  if (isfinite(area_parameter)) {
    (void)snprintf(area, sizeof area, "%.3f", area_parameter);
  }
  char text[256];
  (void)snprintf(text, sizeof text, "step %lld/%lld  tau %.3f  A_t %s  %.3g sites/s  left %s", (long long)step,
                 (long long)progress->plan->steps, dw_plan_tau(progress->plan, step), area, rate, time_left);
  if (!progress->terminal) {
    dw_log_line(progress->log, "%s", text);
    return;
  }
  char bar[BAR_WIDTH + 1];
  const int done = (int)((double)BAR_WIDTH * (double)step / (double)progress->plan->steps);
  memset(bar, '.', BAR_WIDTH);
  memset(bar, '#', (size_t)done);
  bar[BAR_WIDTH] = '\0';
  char line[512];
  (void)snprintf(line, sizeof line, "[%s] %s", bar, text);
  dw_log_bar(progress->log, line);
}
