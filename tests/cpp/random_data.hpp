// Reproducible test data, and buffers that end where the memory they may touch ends.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/table.hpp"
#include "runtime/random.hpp"

namespace dlcore {

// Uniform numbers in [-1, 1).
template <class T>
std::vector<T> uniform(Index count, uint64_t seed) {
  std::vector<T> values(static_cast<size_t>(count));
  for (Index i = 0; i < count; i++)
    values[static_cast<size_t>(i)] =
        static_cast<T>(philox(seed, 0, static_cast<uint64_t>(i)).word[0] / 2147483648.0 - 1);
  return values;
}

// A copy of values whose last element is followed by a page that may not be touched.
template <class T>
class Guarded {
 public:
  explicit Guarded(const std::vector<T>& values) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = values.size() * sizeof(T);
    size_ = (bytes + page - 1) / page * page + page;
    memory_ = static_cast<char*>(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory_ + size_ - page, page, PROT_NONE);
    data_ = reinterpret_cast<T*>(memory_ + size_ - page - bytes);
    if (bytes) std::memcpy(data_, values.data(), bytes);
  }
  explicit Guarded(Index count) : Guarded(std::vector<T>(static_cast<size_t>(count))) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(memory_, size_); }

  T* data() const { return data_; }

 private:
  char* memory_;
  size_t size_;
  T* data_;
};

}  // namespace dlcore
