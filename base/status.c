#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[DW_MESSAGE_LENGTH];

dw_status dw_fail(dw_status status, const char *format, ...) {
  /* Formatted aside first: an argument may be the message itself, to be extended. */
  char text[DW_MESSAGE_LENGTH];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  (void)snprintf(message, sizeof message, "%s", text);
  return status;
}

const char *dw_message(void) { return message; }

void dw_message_clear(void) { message[0] = '\0'; }

int dw_exit_code(dw_status status) {
  switch (status) {
    case DW_OK: return 0;
    case DW_STOPPED: return 75;
    case DW_ERR_PARAM: return 2;
    case DW_ERR_FILE: return 3;
    case DW_ERR_INVALID: return 4;
    case DW_ERR_MEMORY:
    case DW_ERR_MPI:
    case DW_ERR_INTERNAL: break;
  }
  return 5;
}
