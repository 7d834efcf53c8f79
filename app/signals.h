/* Requests from outside to stop: SIGUSR1, SIGTERM and SIGINT. The handler only sets a flag; a further SIGINT
 * ends the program at once; batch systems may repeat the others. Under mpirun use SIGUSR1, which Open MPI passes on to
 * all processes. */
#ifndef DW_APP_SIGNALS_H
#define DW_APP_SIGNALS_H

/* Not collective. */
void dw_signals_catch(void);

/* The signal that came, 0 if none did. */
int dw_signals_caught(void);

#endif
