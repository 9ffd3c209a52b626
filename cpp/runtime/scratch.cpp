#include "runtime/scratch.hpp"

#include <new>

namespace dlcore {
namespace {

constexpr std::align_val_t kLine{64};
thread_local Scratch* lent = nullptr;

}  // namespace

Scratch::Scratch() : memory_(::operator new(kScratch * sizeof(double), kLine)) {}

void Scratch::Free::operator()(void* memory) const { ::operator delete(memory, kLine); }

void Scratch::lend() { lent = this; }

void* scratch_memory() {
  if (lent) return lent->memory_.get();
  thread_local Scratch own;
  return own.memory_.get();
}

}  // namespace dlcore
