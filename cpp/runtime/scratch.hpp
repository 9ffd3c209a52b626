// Memory that kernels work in: a piece for every thread that calls them, made when it is first asked for and kept.
#pragma once

#include <memory>

#include "kernels/table.hpp"

namespace dlcore {

class Scratch {
 public:
  Scratch();  // throws std::bad_alloc

  // From now on this is the piece of the calling thread, which must end before it does.
  void lend();

 private:
  friend void* scratch_memory();
  struct Free {
    void operator()(void* memory) const;
  };
  std::unique_ptr<void, Free> memory_;
};

// The piece of the calling thread. Throws std::bad_alloc, but not once it has one.
void* scratch_memory();

template <class T>
T* scratch() {
  static_assert(sizeof(T) <= sizeof(double));
  return static_cast<T*>(scratch_memory());
}

}  // namespace dlcore
