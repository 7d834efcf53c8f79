#include "app/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

/* The only state that a signal handler may touch. */
static volatile sig_atomic_t caught = 0;

static void remember(int number) {
  if (caught != 0 && number == SIGINT) {
    (void)signal(number, SIG_DFL);
    (void)raise(number);
  }
  caught = number;
}

void dw_signals_catch(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART; /* a write that is under way goes on */
  (void)sigemptyset(&action.sa_mask);
  (void)sigaction(SIGUSR1, &action, NULL);
  (void)sigaction(SIGTERM, &action, NULL);
  (void)sigaction(SIGINT, &action, NULL);
  (void)sigaction(SIGXCPU, &action, NULL);
  struct sigaction before;
  if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) { /* nohup means to go on */
    (void)sigaction(SIGHUP, &action, NULL);
  }
  (void)signal(SIGPIPE, SIG_IGN); /* who reads the progress may go */
  (void)signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is then a failed write, with its message */
}

int dw_signals_caught(void) { return (int)caught; }
