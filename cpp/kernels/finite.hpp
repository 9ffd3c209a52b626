// Whether every number is finite: what is asked of data before a step is taken.
#pragma once

#include "kernels/elementwise.hpp"

namespace dlcore {
namespace {

// x - x is 0 for a finite x and NaN for any other.
template <class V>
bool all_finite(Index n, const typename V::T* x) {
  typename V::R sum = V::zero();
  for_vectors<V>(n, [&](Index i, auto load, auto) DLCORE_LAMBDA {
    const auto a = load(x + i);
    sum = V::add(sum, V::sub(a, a));
  });
  return !V::any(V::nan(sum));
}

}  // namespace
}  // namespace dlcore
