// The exponentially weighted average of a series: one chain by nature, so plain scalar code.
#pragma once

#include "kernels/table.hpp"

namespace dlcore {
namespace {
namespace series {

template <class V>
void weighted_average(Index n, const typename V::T* y, typename V::T beta, bool bias_correction, typename V::T* out) {
  using T = typename V::T;
  const T rest = 1 - beta;
  T state = 0;
  double power = 1;
  for (Index t = 0; t < n; t++) {
    state = beta * state + rest * y[t];
    power *= static_cast<double>(beta);
    out[t] = bias_correction ? static_cast<T>(static_cast<double>(state) / (1 - power)) : state;
  }
}

}  // namespace series
}  // namespace
}  // namespace dlcore
