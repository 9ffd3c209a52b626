// The thread pool: a parallel loop over tasks. Results never depend on how many threads run it or which takes a task.
#pragma once

#include <cstdint>
#include <type_traits>

namespace dlcore {

// Threads a parallel loop uses at most, the calling one included. The default honours DLCORE_NUM_THREADS, then
// OMP_NUM_THREADS, then the processors this process may use.
int num_threads();

// Throws std::invalid_argument if count is below 1 or above kMostThreads.
constexpr int kMostThreads = 1024;
void set_num_threads(int count);

// task(context, index, worker) for every index in [0, count); worker in [0, threads) names who runs it. Runs on the
// calling thread alone if the pool is busy with another caller's loop, and on fewer threads if the system gives no
// more. Tasks must not throw.
void parallel_for(int threads, int64_t count, void* context, void (*task)(void*, int64_t, int));

// The same over a callable.
template <class Body>
void parallel_for(int threads, int64_t count, Body&& body) {
  parallel_for(threads, count, &body, [](void* context, int64_t index, int worker) {
    (*static_cast<std::remove_reference_t<Body>*>(context))(index, worker);
  });
}

// Runs body over [0, count) in parallel if that many flops are worth waking threads for, else here, in order.
constexpr double kFlopsWorthThreads = 2e6;
template <class Body>
void loop(int threads, double flops, int64_t count, Body&& body) {
  if (count < 2 || flops < kFlopsWorthThreads || threads < 2) {
    for (int64_t index = 0; index < count; index++) body(index, 0);
  } else {
    parallel_for(threads, count, body);
  }
}

}  // namespace dlcore
