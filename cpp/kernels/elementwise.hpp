// Loops over the elements of a matrix, a vector at a time, the last one of a row in part.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace dlcore {
namespace {

// std::min would be a function that other object files share, compiled for one instruction set.
constexpr Index least(Index a, Index b) { return a < b ? a : b; }

// body(offset, load, store) for every vector of n elements, where load(p) and store(p, r) touch only what is there.
template <class V, class Body>
DLCORE_INLINE void for_vectors(Index n, const Body& body) {
  using T = typename V::T;
  using R = typename V::R;
  Index i = 0;
  for (; i + V::N <= n; i += V::N)
    body(i, [](const T* p) DLCORE_LAMBDA { return V::load(p); }, [](T* p, R r) DLCORE_LAMBDA { V::store(p, r); });
  if (i < n) {
    const int rest = static_cast<int>(n - i);
    body(
        i, [rest](const T* p) DLCORE_LAMBDA { return V::load_n(p, rest); },
        [rest](T* p, R r) DLCORE_LAMBDA { V::store_n(p, r, rest); });
  }
}

}  // namespace
}  // namespace dlcore
