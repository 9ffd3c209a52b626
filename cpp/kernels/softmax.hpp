// softmax and log_softmax of each row, and their gradients.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/lanes.hpp"
#include "kernels/math.hpp"

namespace dlcore {
namespace {
namespace softmax {

// The sum over a row of exp(z - shift), summed over virtual lanes; exponentials go to out if it is not null.
template <class V>
DLCORE_INLINE typename V::T exponentials(Index n, const typename V::T* z, typename V::T shift, typename V::T* out) {
  Lanes<V> total = Lanes<V>::of(0);
  const typename V::R by = V::set(shift);
  for_lanes<V>(n, [&](Index j, int q, const auto& load, const auto& store, const auto& keep) DLCORE_LAMBDA {
    const typename V::R e = math::exp<V>(V::sub(load(z + j), by));
    if (out) store(out + j, e);
    total.part[q] = V::add(total.part[q], keep(e));
  });
  return total.sum();
}

// log of a scalar, by the same polynomial as everywhere.
template <class V>
DLCORE_INLINE typename V::T log_of(typename V::T x) {
  return V::lowest_lane(math::log<V>(V::set(x)));
}

template <class V>
void forward(Index m, Index n, bool logarithm, Matrix<const typename V::T> z, Matrix<typename V::T> y) {
  using T = typename V::T;
  if (n == 0) return;
  for (Index i = 0; i < m; i++) {
    const T* in = z.row(i);
    T* out = y.row(i);
    const T shift = row_max<V>(n, in);
    if (logarithm) {
      const typename V::R by = V::set(shift), rest = V::set(log_of<V>(exponentials<V>(n, in, shift, nullptr)));
      for_vectors<V>(n, [&](Index j, const auto& load, const auto& store)
                            DLCORE_LAMBDA { store(out + j, V::sub(V::sub(load(in + j), by), rest)); });
    } else {
      const typename V::R total = V::set(exponentials<V>(n, in, shift, out));
      for_vectors<V>(n, [&](Index j, const auto& load, const auto& store)
                            DLCORE_LAMBDA { store(out + j, V::div(load(out + j), total)); });
    }
  }
}

// softmax: dz = y ⊙ (dy - Σ dy ⊙ y); log_softmax: dz = dy - exp(y) · Σ dy.
template <class V>
void backward(Index m, Index n, bool logarithm, Matrix<const typename V::T> dy, Matrix<const typename V::T> y,
              Matrix<typename V::T> dz) {
  using R = typename V::R;
  for (Index i = 0; i < m; i++) {
    Lanes<V> total = Lanes<V>::of(0);
    for_lanes<V>(n, [&](Index j, int q, const auto& load, const auto&, const auto&) DLCORE_LAMBDA {
      const R g = load(dy.row(i) + j);
      total.part[q] = logarithm ? V::add(total.part[q], g) : V::fma(g, load(y.row(i) + j), total.part[q]);
    });
    const R sum = V::set(total.sum());
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      const R g = load(dy.row(i) + j), out = load(y.row(i) + j);
      store(dz.row(i) + j, logarithm ? V::fnma(math::exp<V>(out), sum, g) : V::mul(out, V::sub(g, sum)));
    });
  }
}

}  // namespace softmax
}  // namespace
}  // namespace dlcore
