// every_float32 [--hash] STEP FUNCTION ...: the functions of every STEP-th float32 pattern, on all processors.
// Prints of each its largest error against float64 and where, then a hash of all results; with --hash that alone. The
// exit status is 1 if an error is beyond the function's bound. A NaN counts as any other NaN.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "math_functions.hpp"

namespace {

struct Options {
  bool hash_only;
  uint64_t step;
};

// What one thread finds in a run of patterns.
struct Found {
  double error = 0;
  float at = 0;
  uint64_t hash[8] = {};  // FNV-1a over whole words, in eight chains: one would be a chain of multiplications

  void add(int i, uint64_t word) { hash[i % 8] = (hash[i % 8] ^ word) * 0x100000001b3; }
};

constexpr uint64_t kPatterns = uint64_t{1} << 32, kRun = uint64_t{1} << 20;

// The results of patterns first * step, (first + 1) * step, …
template <class Function>
Found look_at(Function function, const Options& options, uint64_t first, uint64_t count) {
  Found found;
  uint64_t index = first;
  const auto next = [&] { return wider::from_bits<float>(static_cast<uint32_t>(index++ * options.step)); };
  for_blocks<F32>(function, count, next, [&](const float* x, const float* y, int n) {
    for (int i = 0; i < n; i++) found.add(i, y[i] == y[i] ? wider::bits_of(y[i]) : 0x7fc00000);
    for (int i = 0; i < n && !options.hash_only; i++) {
      const double exact = Function::reference(static_cast<double>(x[i]));
      if (y[i] == static_cast<float>(exact)) continue;  // no more than half a unit off
      const double error = wider::ulps(y[i], exact);
      if (error > found.error) found.error = error, found.at = x[i];
    }
  });
  return found;
}

// Whether all errors are within the bound.
template <class Function>
bool report(Function function, const Options& options) {
  const uint64_t count = (kPatterns + options.step - 1) / options.step, runs = (count + kRun - 1) / kRun;
  std::vector<Found> found(runs);
  std::atomic<uint64_t> taken{0};
  const auto work = [&] {
    for (uint64_t run; (run = taken++) < runs;)
      found[run] = look_at(function, options, run * kRun, run + 1 < runs ? kRun : count - run * kRun);
  };
  std::vector<std::thread> threads;
  for (unsigned t = 1; t < std::thread::hardware_concurrency(); t++) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  Found total;
  for (const Found& part : found) {
    for (uint64_t chain : part.hash) total.add(0, chain);
    if (part.error > total.error) total.error = part.error, total.at = part.at;
  }
  std::printf("%s ", Function::name);
  if (!options.hash_only) std::printf("%.3f ULP at %a ", total.error, static_cast<double>(total.at));
  std::printf("%016llx\n", static_cast<unsigned long long>(total.hash[0]));
  return total.error <= Function::bounds[fused()][0];
}

}  // namespace

int main(int count, char** arguments) {
  const int first = count > 1 && !std::strcmp(arguments[1], "--hash") ? 2 : 1;
  const Options options{first == 2, count > first ? std::strtoull(arguments[first], nullptr, 10) : 0};
  if (!options.step || count < first + 2) return std::fprintf(stderr, "every_float32 [--hash] STEP FUNCTION ...\n"), 2;
  bool good = true;
  for (int i = first + 1; i < count; i++) {
    bool known = false;
    for_functions([&](auto function) {
      if (std::strcmp(arguments[i], function.name)) return;
      known = true;
      good &= report(function, options);
    });
    if (!known) return std::fprintf(stderr, "there is no function '%s'\n", arguments[i]), 2;
  }
  return !good;
}
