#include "runtime/cpu.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

namespace dlcore {
namespace {

// One cgroup's share of the processors, or a huge number without a quota: cpu.max (version 2) holds "quota period".
double quota_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 1e9;
  return std::atof(quota.c_str()) / period;
}

double quota_v1(const std::string& folder) {
  double quota = 0, period = 0;
  std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
  std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  return quota > 0 && period > 0 ? quota / period : 1e9;
}

// The smallest quota on the way from this process's cgroup up to the root.
double cgroup_processors() {
  double least = std::min(quota_v2("/sys/fs/cgroup"), quota_v1("/sys/fs/cgroup/cpu"));
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.rfind(':');
    if (colon == std::string::npos) continue;
    const bool second = line.compare(0, 3, "0::") == 0;
    if (!second && line.find("cpu") == std::string::npos) continue;
    for (std::string path = line.substr(colon + 1); path.size() > 1; path = path.substr(0, path.rfind('/')))
      least = std::min(least, second ? quota_v2("/sys/fs/cgroup" + path) : quota_v1("/sys/fs/cgroup/cpu" + path));
  }
  return least;
}

}  // namespace

bool cpu_supports(const std::string& target) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v2 = __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
                  __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
                  __builtin_cpu_supports("cmpxchg16b") && __builtin_cpu_supports("lahf_lm");
  const bool v3 = v2 && __builtin_cpu_supports("avx") && __builtin_cpu_supports("avx2") &&
                  __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                  __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("movbe");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (target == "x86_64_v2") return v2;
  if (target == "x86_64_v3") return v3;
  return target == "x86_64_v4" && v4;
#else
  return target == "neon";
#endif
}

int usable_processors() {
  int count = static_cast<int>(std::thread::hardware_concurrency());
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
  return static_cast<int>(std::max(1.0, std::min<double>(count, std::ceil(cgroup_processors()))));
}

}  // namespace dlcore
