// Blocks of a matrix turned in registers.
#pragma once

#include "kernels/elementwise.hpp"

namespace dlcore {
namespace {

// out[c][r] = in[r][c] for N x N elements, in log2 N rounds: zipping row i with row i + N/2 moves one bit of the row's
// number into the column's. Only `rows` and `columns` of them are read, the others are zero.
template <class V>
DLCORE_INLINE void transpose_block(Index rows, Index columns, Matrix<const typename V::T> in, typename V::T* out,
                                   Index out_ld) {
  typename V::R row[V::N];
  if (rows >= V::N && columns >= V::N) {
    DLCORE_UNROLL
    for (int i = 0; i < V::N; i++) row[i] = V::load(in.row(i));
  } else {
    const int n = static_cast<int>(least(columns, V::N));
    DLCORE_UNROLL
    for (int i = 0; i < V::N; i++) row[i] = i < rows ? V::load_n(in.row(i), n) : V::zero();
  }
  DLCORE_UNROLL
  for (int round = V::N; round > 1; round /= 2) {
    typename V::R next[V::N];
    DLCORE_UNROLL
    for (int i = 0; i < V::N / 2; i++) {
      next[2 * i] = V::zip_low(row[i], row[i + V::N / 2]);
      next[2 * i + 1] = V::zip_high(row[i], row[i + V::N / 2]);
    }
    DLCORE_UNROLL
    for (int i = 0; i < V::N; i++) row[i] = next[i];
  }
  DLCORE_UNROLL
  for (int i = 0; i < V::N; i++) V::store(out + i * out_ld, row[i]);
}

}  // namespace
}  // namespace dlcore
