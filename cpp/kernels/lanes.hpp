// Reductions along a row over 16 virtual lanes, whatever the register width: column j belongs to lane j % 16, each lane
// is one ascending chain, and the lanes are folded in a fixed tree (i with i + 8, then + 4, + 2, + 1).
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace dlcore {
namespace {

constexpr int kLanes = 16;

template <class V>
struct Lanes {
  using T = typename V::T;
  using R = typename V::R;
  static constexpr int PARTS = kLanes / V::N;
  R part[PARTS];

  static DLCORE_MEMBER Lanes of(T value) {
    Lanes lanes;
    for (int q = 0; q < PARTS; q++) lanes.part[q] = V::set(value);
    return lanes;
  }

  DLCORE_MEMBER T sum() const {
    R half[PARTS];
    for (int q = 0; q < PARTS; q++) half[q] = part[q];
    for (int step = PARTS / 2; step > 0; step /= 2)
      for (int q = 0; q < step; q++) half[q] = V::add(half[q], half[q + step]);
    return V::fold_add(half[0]);
  }

  DLCORE_MEMBER T max() const {
    R most = part[0];
    for (int q = 1; q < PARTS; q++) most = V::max(most, part[q]);
    return V::fold_max(most);
  }
};

// body(j, q, load, store, keep) for every vector of a row of n columns: j is its first column, q its part of the
// lanes; keep(r) clears what lies beyond the row, so that it adds nothing to a sum.
template <class V, class Body>
DLCORE_INLINE void for_lanes(Index n, const Body& body) {
  using T = typename V::T;
  using R = typename V::R;
  Index j = 0;
  for (; j + kLanes <= n; j += kLanes)
    for (int q = 0; q < Lanes<V>::PARTS; q++)
      body(
          j + q * V::N, q, [](const T* p) DLCORE_LAMBDA { return V::load(p); },
          [](T* p, R r) DLCORE_LAMBDA { V::store(p, r); }, [](R r) DLCORE_LAMBDA { return r; });
  for (int q = 0; q < Lanes<V>::PARTS && j < n; q++, j += V::N) {
    const int count = static_cast<int>(n - j < V::N ? n - j : V::N);
    body(
        j, q, [count](const T* p) DLCORE_LAMBDA { return V::load_n(p, count); },
        [count](T* p, R r) DLCORE_LAMBDA { V::store_n(p, r, count); },
        [count](R r) DLCORE_LAMBDA { return V::keep(r, count); });
  }
}

// The largest element of a row, which is the same in any order. NaN is not looked for.
template <class V>
DLCORE_INLINE typename V::T row_max(Index n, const typename V::T* row) {
  Lanes<V> lanes = Lanes<V>::of(row[0]);
  const typename V::R first = V::set(row[0]);
  Index j = 0;
  for (; j + V::N <= n; j += V::N) lanes.part[0] = V::max(V::load(row + j), lanes.part[0]);
  if (j < n) {
    const int count = static_cast<int>(n - j);
    const typename V::R beyond = V::bit_xor(first, V::keep(first, count));
    lanes.part[0] = V::max(V::bit_or(V::load_n(row + j, count), beyond), lanes.part[0]);
  }
  return lanes.max();
}

}  // namespace
}  // namespace dlcore
