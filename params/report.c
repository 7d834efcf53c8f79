#include "params/report.h"

#include <stdarg.h>
#include <string.h>

#include "params/params.h"

void dw_report_init(dw_report *report) { memset(report, 0, sizeof *report); }

void dw_report_add(dw_report *report, const char *key, const char *format, ...) {
  if (key != NULL && report->key_count < DW_REPORT_KEYS && !dw_report_has(report, key)) {
    report->key[report->key_count++] = key;
  }
  report->count++;

  /* A line may quote a path and several values. */
  char line[8 * DW_TEXT_LENGTH];
  va_list arguments;
  va_start(arguments, format);
  const int written = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (written < 0) {
    return;
  }
  for (char *c = line; *c != '\0'; c++) {
    if ((unsigned char)*c < 0x20 || *c == 0x7f) {
      *c = '?';
    }
  }
  const size_t length = strlen(line);
  if (report->length + length + 2 > sizeof report->text) {
    return;
  }
  memcpy(report->text + report->length, line, length);
  report->length += length;
  report->text[report->length++] = '\n';
  report->text[report->length] = '\0';
  report->held++;
}

bool dw_report_has(const dw_report *report, const char *key) {
  for (size_t i = 0; i < report->key_count; i++) {
    if (strcmp(report->key[i], key) == 0) {
      return true;
    }
  }
  return false;
}

void dw_report_print(const dw_report *report, FILE *file) {
  (void)fputs(report->text, file);
  if (report->count > report->held) {
    (void)fprintf(file, "and %zu more\n", report->count - report->held);
  }
}
