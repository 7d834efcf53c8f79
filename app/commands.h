/* The commands of the program; each returns an exit code. Arguments are those after the command's name. */
#ifndef DW_APP_COMMANDS_H
#define DW_APP_COMMANDS_H

/* The whole program: the command that argv names, argv[0] being the program. */
int dw_commands_do(int argc, char **argv);

/* `whole` is the program's own argv, for the record. */
int dw_command_run(int argc, char **argv, int whole_count, char **whole);
int dw_command_scan(int argc, char **argv, int whole_count, char **whole);
int dw_command_analyse(int argc, char **argv, int whole_count, char **whole);
int dw_command_surrogate(int argc, char **argv, int whole_count, char **whole);
int dw_command_check(int argc, char **argv);
int dw_command_params(int argc, char **argv);
int dw_command_report(int argc, char **argv);
int dw_command_version(void);

#endif
