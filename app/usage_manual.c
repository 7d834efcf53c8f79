#include <string.h>

#include "app/usage.h"
#include "base/version.h"
#include "params/table.h"

enum { NOTE_LENGTH = 256 };

/* Text as roff: nothing in it is a request, a minus stays a minus. */
static void put(FILE *file, const char *text) {
  if (*text == '.' || *text == '\'') {
    (void)fputs("\\&", file);
  }
  for (; *text != '\0'; text++) {
    switch (*text) {
      case '\\': (void)fputs("\\e", file); break;
      case '-': (void)fputs("\\-", file); break;
      case '\n': (void)fputc(' ', file); break;
      default: (void)fputc(*text, file);
    }
  }
}

/* "\fB" ... "\fR"; text that is typed as it stands. */
static void put_bold(FILE *file, const char *text) {
  (void)fputs("\\fB", file);
  put(file, text);
  (void)fputs("\\fR", file);
}

/* Begins with a capital letter. */
static void put_sentence(FILE *file, const char *text) {
  if (*text >= 'a' && *text <= 'z') {
    (void)fputc(*text++ - 'a' + 'A', file);
  }
  put(file, text);
  (void)fputs(".\n", file);
}

/* --- sections --- */

static void put_synopsis(FILE *file) {
  (void)fputs(".SH SYNOPSIS\n", file);
  for (size_t i = 0; i < dw_usage_commands(); i++) {
    (void)fputs(i == 0 ? ".nh\n" : ".br\n", file);
    put_bold(file, "dwell");
    (void)fputc(' ', file);
    put(file, dw_usage_command_at(i)->synopsis);
    (void)fputc('\n', file);
  }
  (void)fputs(".hy\n", file);
}

static void put_command(FILE *file, const dw_usage_command *command) {
  (void)fputs(".SS dwell ", file);
  put(file, command->name);
  (void)fputc('\n', file);
  put_sentence(file, command->doc);
  for (size_t i = 0; i < dw_usage_options(); i++) {
    const dw_usage_option *option = dw_usage_option_at(i);
    if (strcmp(option->command, command->name) == 0) {
      (void)fputs(".TP\n", file);
      put_bold(file, option->name);
      if (*option->value != '\0') {
        (void)fputs(" \\fI", file);
        put(file, option->value);
        (void)fputs("\\fR", file);
      }
      (void)fputc('\n', file);
      put_sentence(file, option->doc);
    }
  }
}

static void put_parameter(FILE *file, const dw_param_entry *entry) {
  const bool quoted = entry->type == DW_PARAM_TEXT || entry->type == DW_PARAM_CHOICE;
  char text[NOTE_LENGTH];
  (void)fputs(".TP\n", file);
  put_bold(file, entry->key);
  (void)fputs(quoted ? " = \\(dq" : " = ", file);
  put(file, entry->initial);
  (void)fputs(quoted ? "\\(dq\n" : "\n", file);
  put_sentence(file, entry->doc);
  (void)fputs("Type: ", file);
  put(file, dw_param_type_name(entry, text, sizeof text));
  (void)fputs("; allowed: ", file);
  put(file, dw_param_allowed(entry, text, sizeof text));
  if (entry->unit[0] != '\0') {
    (void)fputs("; unit: ", file);
    put(file, entry->unit);
  }
  (void)fputs(entry->restart == DW_RESTART_FIXED ? "; fixed at a restart.\n" : ".\n", file);
}

static void put_parameters(FILE *file) {
  (void)fputs(
      ".SH PARAMETERS\n"
      "Keys of a parameter file, which is in the language of libconfig, and of \\fB\\-\\-set\\fR, each with its "
      "default.\n",
      file);
  for (size_t i = 0; i < dw_table_size(); i++) {
    put_parameter(file, dw_table_entry(i));
  }
}

dw_status dw_usage_manual(FILE *file) {
  (void)fprintf(file,
                ".\\\" Written by dwell help --man.\n"
                ".TH DWELL 1 \"\" \"dwell %s\" \"User Commands\"\n"
                ".SH NAME\n"
                "dwell \\- domain walls on large lattices\n",
                dw_version());
  put_synopsis(file);
  (void)fputs(".SH DESCRIPTION\n"
              "\\fBdwell\\fR evolves a scalar field with domain walls on a periodic lattice in an expanding universe, "
              "measures the network and its stress, and evolves the gravitational waves it emits.\n"
              "A run writes everything into its own directory, and goes on from a checkpoint after it was stopped.\n"
              ".SH COMMANDS\n",
              file);
  for (size_t i = 0; i < dw_usage_commands(); i++) {
    put_command(file, dw_usage_command_at(i));
  }
  put_parameters(file);
  (void)fputs(".SH ENVIRONMENT\n.TP\n\\fBOMP_NUM_THREADS\\fR\n"
              "Threads of each process; cores divided by processes unless it is set.\n"
              ".TP\n\\fBOMP_WAIT_POLICY\\fR, \\fBGOMP_SPINCOUNT\\fR\n"
              "How threads wait for each other; GOMP_SPINCOUNT=5000 unless either is set.\n"
              ".SH EXIT STATUS\n",
              file);
  for (size_t i = 0; i < dw_usage_codes(); i++) {
    (void)fprintf(file, ".TP\n\\fB%d\\fR\n", dw_usage_code_at(i)->code);
    put_sentence(file, dw_usage_code_at(i)->doc);
  }
  (void)fputs(".SH SEE ALSO\n\\fBmpirun\\fR(1), \\fBsbatch\\fR(1)\n", file);
  return ferror(file) ? dw_fail(DW_ERR_FILE, "the manual page can't be written; is the disk full, or was it closed?")
                      : DW_OK;
}
