// run_if_supported TARGET PROGRAM [ARGUMENT ...]: runs the program if this processor has the target's instructions,
// else ends with 77, which ctest takes for skipped.
#include <unistd.h>

#include <cstdio>

#include "runtime/cpu.hpp"

int main(int count, char** arguments) {
  if (count < 3) return 2;
  if (!dlcore::cpu_supports(arguments[1])) {
    std::printf("this processor lacks %s\n", arguments[1]);
    return 77;
  }
  execv(arguments[2], arguments + 2);
  std::perror(arguments[2]);
  return 2;
}
