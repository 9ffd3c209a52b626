// What this processor can do and how many processors this process may use.
#pragma once

#include <string>

namespace dlcore {

// Whether every feature that a target's code uses is there and switched on by the operating system.
bool cpu_supports(const std::string& target);

// Processors this process may use: its affinity, cut down to its cgroup's quota (rounded up). At least 1.
int usable_processors();

}  // namespace dlcore
