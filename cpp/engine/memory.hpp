// Aligned memory for activations and scratch, and the leading dimension that suits the caches.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "kernels/table.hpp"

namespace dlcore {

// An uninitialised array on cache lines of its own, a large one on huge pages where the system has them: a matrix whose
// rows lie on a page each would otherwise wait for the TLB. Throws std::bad_alloc.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(Index count) : data_(allocate(count)), count_(count) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept : data_(other.data_), count_(other.count_) { other.release(); }
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      free();
      data_ = other.data_;
      count_ = other.count_;
      other.release();
    }
    return *this;
  }
  ~Buffer() { free(); }

  T* data() const { return data_; }
  Index size() const { return count_; }

 private:
  static constexpr size_t kLine = 64, kHugePage = 2 << 20;

  static size_t bytes(Index count) { return static_cast<size_t>(count) * sizeof(T); }
  static std::align_val_t alignment(Index count) {
    return std::align_val_t(bytes(count) < kHugePage ? kLine : kHugePage);
  }

  static T* allocate(Index count) {
    if (count <= 0) return nullptr;
    void* memory = ::operator new(bytes(count), alignment(count));
    if (bytes(count) >= kHugePage) madvise(memory, bytes(count), MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void free() {
    if (data_) ::operator delete(data_, alignment(count_));
  }
  void release() {
    data_ = nullptr;
    count_ = 0;
  }

  T* data_ = nullptr;
  Index count_ = 0;
};

inline Index round_up(Index value, Index multiple) { return (value + multiple - 1) / multiple * multiple; }

// Rows start on cache lines; a multiple of 1 KiB gets one line more, since power-of-two strides fall into few cache
// sets.
template <class T>
Index padded(Index columns) {
  constexpr Index line = 64 / sizeof(T);
  const Index ld = round_up(columns < 1 ? 1 : columns, line);
  return ld % (1024 / sizeof(T)) == 0 ? ld + line : ld;
}

// A matrix of its own memory.
template <class T>
struct OwnedMatrix {
  Buffer<T> memory;
  Matrix<T> view{nullptr, 0};

  OwnedMatrix() = default;
  OwnedMatrix(Index rows, Index columns) : memory(rows * padded<T>(columns)), view{memory.data(), padded<T>(columns)} {}
};

}  // namespace dlcore
