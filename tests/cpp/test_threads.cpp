// The thread pool: every task runs once, from several callers at once, after a change of size, and after fork.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include "check.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

bool each_task_once(int64_t count) {
  std::vector<std::atomic<int>> runs(static_cast<size_t>(count));
  std::atomic<bool> in_range{true};
  parallel_for(num_threads(), count, [&](int64_t i, int worker) {
    runs[static_cast<size_t>(i)].fetch_add(1, std::memory_order_relaxed);
    if (worker < 0 || worker >= num_threads()) in_range = false;
  });
  for (const std::atomic<int>& run : runs)
    if (run.load() != 1) return false;
  return in_range;
}

TEST(each_task_runs_once) {
  for (int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    for (int64_t count : {0, 1, 2, 7, 1000}) CHECK(each_task_once(count));
  }
}

TEST(many_short_rounds) {
  set_num_threads(4);
  for (int round = 0; round < 5000; round++) {
    std::atomic<int> sum{0};
    parallel_for(num_threads(), 3,
                 [&](int64_t i, int) { sum.fetch_add(static_cast<int>(i), std::memory_order_relaxed); });
    CHECK(sum.load() == 3);
  }
}

TEST(several_callers_at_once) {
  set_num_threads(3);
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; c++)
    callers.emplace_back([&] {
      for (int round = 0; round < 300; round++)
        if (!each_task_once(17)) wrong.fetch_add(1);
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong.load() == 0);
}

TEST(an_idle_pool_uses_no_processor) {
  set_num_threads(4);
  CHECK(each_task_once(100));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC < 0.05);
}

TEST(a_forked_child_has_a_pool_of_its_own) {
  set_num_threads(3);
  for (int round = 0; round < 50; round++) {
    CHECK(each_task_once(50));
    const pid_t child = fork();
    if (child == 0) _exit(each_task_once(50) ? 0 : 1);
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

}  // namespace
}  // namespace dlcore

int main(int count, char** arguments) { return check::run(count > 1 ? arguments[1] : ""); }
