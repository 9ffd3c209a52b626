// Rows of at most kLanes columns, turned: a vector holds one column of as many rows, and what is done to a row is done
// to all of them at a time. Every column is a virtual lane of its own, so that sums have the bits of Lanes.
#pragma once

#include "kernels/lanes.hpp"
#include "kernels/transpose.hpp"

namespace dlcore {
namespace {

template <class V>
struct FewColumns {
  using T = typename V::T;
  using R = typename V::R;
  static constexpr Index N = V::N;
  alignas(64) T column[kLanes * N];

  // Whether turning that many rows takes less time than it saves.
  static bool pays(Index m, Index n) { return n <= kLanes && 2 * m >= N; }

  DLCORE_MEMBER R load(Index c) const { return V::load(column + c * N); }
  DLCORE_MEMBER void store(Index c, R a) { V::store(column + c * N, a); }

  // At most N rows of n columns; those that are missing become 0.
  __attribute__((noinline)) void read(Index rows, Index n, Matrix<const T> from) {
    for (Index c = 0; c < n; c += N) transpose_block<V>(rows, n - c, from.at(0, c), column + c * N, N);
  }
  __attribute__((noinline)) void write(Index rows, Index n, Matrix<T> to) const {
    alignas(64) T row[N * N];
    for (Index c = 0; c < n; c += N) {
      transpose_block<V>(n - c, rows, Matrix<const T>{column + c * N, N}, row, N);
      for (Index r = 0; r < rows; r++)
        V::store_n(to.row(r) + c, V::load(row + r * N), static_cast<int>(least(n - c, N)));
    }
  }

  // The sum of n columns, in the order of Lanes::sum; they are lost.
  DLCORE_MEMBER R sum(Index n) {
    for (Index half = kLanes / 2; half > 0; n = n < half ? n : half, half /= 2)
      for (Index c = 0; c + half < n; c++) store(c, V::add(load(c), load(c + half)));
    return load(0);
  }
};

}  // namespace
}  // namespace dlcore
