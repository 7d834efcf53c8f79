#include "app/commands.h"
#include "app/program.h"

int main(int argc, char **argv) {
  dw_program_wait_briefly(argv);
  return dw_commands_do(argc, argv);
}
