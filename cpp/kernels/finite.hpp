// Whether every number is finite: what is asked of data before a step is taken.
#pragma once

#include "kernels/elementwise.hpp"

namespace dlcore {
namespace {

// x - x is 0 for a finite x and NaN for any other. Four sums hide the latency of an addition.
template <class V>
bool all_finite(Index n, const typename V::T* x) {
  typename V::R sum[4] = {V::zero(), V::zero(), V::zero(), V::zero()};
  const auto look_at = [&](typename V::R a, int c) DLCORE_LAMBDA { sum[c] = V::add(sum[c], V::sub(a, a)); };
  Index i = 0;
  for (; i + 4 * V::N <= n; i += 4 * V::N) DLCORE_UNROLL
  for (int c = 0; c < 4; c++) look_at(V::load(x + i + c * V::N), c);
  for_vectors<V>(n - i, [&](Index j, const auto& load, const auto&) DLCORE_LAMBDA { look_at(load(x + i + j), 0); });
  return !V::any(V::nan(V::add(V::add(sum[0], sum[1]), V::add(sum[2], sum[3]))));
}

}  // namespace
}  // namespace dlcore
