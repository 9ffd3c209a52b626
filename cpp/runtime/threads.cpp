#include "runtime/threads.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "runtime/cpu.hpp"
#include "runtime/scratch.hpp"

namespace dlcore {
namespace {

// How often a waiting thread looks for work before it sleeps or yields: some ten microseconds, the length of a small
// phase. It looks without a pause instruction: a virtual machine takes a loop of pauses for a spinning lock and may
// take the processor away, for longer than any phase lasts.
constexpr int kSpins = 50000;

class Pool {
 public:
  explicit Pool(int workers) : asked_(workers), shares_(new Share[static_cast<size_t>(workers) + 1]) {
    scratch_.reserve(static_cast<size_t>(workers));
    threads_.reserve(static_cast<size_t>(workers));
    try {
      for (int id = 1; id <= workers; id++) {
        scratch_.emplace_back();
        threads_.emplace_back([this, id] { work(id); });
      }
    } catch (const std::system_error&) {  // the system gives no more threads: those there are will do
    } catch (const std::bad_alloc&) {     // or no more memory for them
    }
    scratch_.resize(threads_.size());
  }

  ~Pool() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  int asked() const { return asked_; }

  void run(int64_t count, void* context, void (*task)(void*, int64_t, int)) {
    context_ = context;
    task_ = task;
    workers_ = static_cast<int>(threads_.size()) + 1;
    const int64_t workers = workers_;
    for (int64_t w = 0; w < workers; w++) {
      shares_[w].next.store(count * w / workers, std::memory_order_relaxed);
      shares_[w].end = count * (w + 1) / workers;
    }
    busy_.store(workers_ - 1, std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(mutex_);  // so that no worker misses the round between its check and its sleep
      round_.fetch_add(1, std::memory_order_release);
    }
    if (asleep_.load(std::memory_order_acquire) > 0) wake_.notify_all();
    take_tasks(0);
    for (int spin = 0; busy_.load(std::memory_order_acquire) > 0; spin++)
      if (spin >= kSpins) std::this_thread::yield();
  }

 private:
  // The tasks that a worker takes first: the same ones round after round, so that what they touch stays in its cache.
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  // A worker's own share, then what is left of the others'.
  void take_tasks(int worker) {
    for (int k = 0; k < workers_; k++) {
      Share& share = shares_[(worker + k) % workers_];
      for (int64_t i; (i = share.next.fetch_add(1, std::memory_order_relaxed)) < share.end;) task_(context_, i, worker);
    }
  }

  void work(int id) {
    scratch_[static_cast<size_t>(id) - 1].lend();
    for (uint64_t seen = 0;;) {
      for (int spin = 0; spin < kSpins && round_.load(std::memory_order_acquire) == seen;) spin++;
      if (round_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_.fetch_add(1, std::memory_order_release);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_acquire) != seen; });
        asleep_.fetch_sub(1, std::memory_order_release);
      }
      seen++;
      if (stop_) return;
      take_tasks(id);
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }

  const int asked_;
  int workers_ = 1;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> round_{0};
  std::atomic<int> asleep_{0}, busy_{0};
  std::unique_ptr<Share[]> shares_;
  std::vector<Scratch> scratch_;  // of each worker
  void* context_ = nullptr;
  void (*task_)(void*, int64_t, int) = nullptr;
  bool stop_ = false;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

int number_from(const char* variable) {
  const char* text = std::getenv(variable);
  const int count = text ? std::atoi(text) : 0;
  return count > 0 ? std::min(count, kMostThreads) : 0;
}

int default_threads() {
  for (const char* variable : {"DLCORE_NUM_THREADS", "OMP_NUM_THREADS"})
    if (const int count = number_from(variable)) return count;
  return usable_processors();
}

// One pool for the process. `in_use` lets one caller in; the others run their loops alone rather than wait.
struct Shared {
  std::mutex in_use;
  std::unique_ptr<Pool> pool;
};

Shared* shared = nullptr;  // never destroyed: threads may outlive static destruction
std::atomic<int> wanted{0};

// A forked child has none of its parent's threads and may have inherited a locked mutex: it starts afresh. The old
// pool is leaked, since its threads cannot be joined here.
void after_fork_in_child() { shared = new Shared; }

Shared& shared_pool() {
  static std::once_flag once;
  std::call_once(once, [] {
    shared = new Shared;
    pthread_atfork(nullptr, nullptr, after_fork_in_child);
  });
  return *shared;
}

}  // namespace

int num_threads() {
  int count = wanted.load(std::memory_order_relaxed);
  if (count == 0) {
    count = default_threads();
    wanted.store(count, std::memory_order_relaxed);
  }
  return count;
}

void set_num_threads(int count) {
  if (count < 1 || count > kMostThreads)
    throw std::invalid_argument("the number of threads must lie in [1, " + std::to_string(kMostThreads) + "]");
  wanted.store(count, std::memory_order_relaxed);
}

void parallel_for(int threads, int64_t count, void* context, void (*task)(void*, int64_t, int)) {
  scratch_memory();  // a task may ask for it and must not throw
  if (threads > 1 && count > 1) {
    Shared& state = shared_pool();
    std::unique_lock<std::mutex> lock(state.in_use, std::try_to_lock);
    if (lock) {
      if (!state.pool || state.pool->asked() != threads - 1) {
        state.pool.reset();
        state.pool = std::make_unique<Pool>(threads - 1);
      }
      state.pool->run(count, context, task);
      return;
    }
  }
  for (int64_t index = 0; index < count; index++) task(context, index, 0);
}

}  // namespace dlcore
