// The gradients of a dense layer's parameters over any number of rows, a chunk after the other.
#pragma once

#include <algorithm>

#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"

namespace dlcore {

// x has m rows of k elements, dz of n; dw and db lie without gaps.
template <class T>
void gradients(Index m, Index k, Index n, const T* x, const T* dz, T* dw, T* db) {
  const Kernels<T>& kernel = kernels<T>();
  const Matrix<T> to_w{dw, n}, to_b{db, n};
  for (Index c = 0; c == 0 || c < m; c += kChunkRows) {
    const Index rows = std::min(kChunkRows, m - c);
    const auto before = [c](Matrix<T> sums) { return c ? Matrix<const T>(sums) : Matrix<const T>{nullptr, 0}; };
    const Matrix<const T> left{x + c * k, k}, right{dz + c * n, n};
    kernel.weight_gradient(rows, left, right, 0, k, 0, n, before(to_w), nullptr, {to_w, {}}, scratch<T>(), nullptr);
    kernel.bias_gradient(rows, right, 0, n, before(to_b), nullptr, {to_b, {}});
  }
}

}  // namespace dlcore
