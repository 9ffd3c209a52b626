// Elementwise activations over a matrix: a loop for each, picked once outside of it.
#pragma once

#include "kernels/activations_smooth.hpp"
#include "kernels/elementwise.hpp"

namespace dlcore {
namespace {
namespace activations {

// y = act(z) over a matrix; y may be z.
template <class V, class Act>
void forward(Index m, Index n, typename V::T alpha, Matrix<const typename V::T> z, Matrix<typename V::T> y) {
  const typename V::R parameter = V::set(alpha);
  for (Index i = 0; i < m; i++)
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      store(y.row(i) + j, Act::template value<V>(load(z.row(i) + j), parameter));
    });
}

// dz = dy ⊙ act' over a matrix; dz may be dy. Reads z and y only where the activation needs them.
template <class V, class Act>
void backward(Index m, Index n, typename V::T alpha, Matrix<const typename V::T> dy, Matrix<const typename V::T> z,
              Matrix<const typename V::T> y, Matrix<typename V::T> dz) {
  const typename V::R parameter = V::set(alpha);
  for (Index i = 0; i < m; i++)
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      typename V::R in = V::zero(), out = V::zero();
      if constexpr (Act::kInput) in = load(z.row(i) + j);
      if constexpr (Act::kOutput) out = load(y.row(i) + j);
      store(dz.row(i) + j, Act::template gradient<V>(load(dy.row(i) + j), in, out, parameter));
    });
}

template <class T>
using Forward = void (*)(Index, Index, T, Matrix<const T>, Matrix<T>);
template <class T>
using Backward = void (*)(Index, Index, T, Matrix<const T>, Matrix<const T>, Matrix<const T>, Matrix<T>);

// The loops of an activation; those of linear for the row-wise ones. As pointers, and not as parameters of the product
// that calls them tile by tile: one product then serves all of them, at no cost beside a tile's arithmetic.
template <class V>
Forward<typename V::T> forward_of(Activation kind) {
  switch (kind) {
#define DLCORE_CASE(name) \
  case Activation::name: return forward<V, name>;
    DLCORE_ACTIVATIONS_OF_OUTPUT(DLCORE_CASE)
    DLCORE_ACTIVATIONS_OF_INPUT(DLCORE_CASE)
#undef DLCORE_CASE
    default: return forward<V, linear>;
  }
}

template <class V>
Backward<typename V::T> backward_of(Activation kind) {
  switch (kind) {
#define DLCORE_CASE(name)                                                                 \
  case Activation::name:                                                                  \
    static_assert(!name::kInput, #name " reads z, which callers keep for OF_INPUT only"); \
    return backward<V, name>;
    DLCORE_ACTIVATIONS_OF_OUTPUT(DLCORE_CASE)
#undef DLCORE_CASE
#define DLCORE_CASE(name) \
  case Activation::name: return backward<V, name>;
    DLCORE_ACTIVATIONS_OF_INPUT(DLCORE_CASE)
#undef DLCORE_CASE
    default: return backward<V, linear>;
  }
}

// Whether there is nothing to do to an element: linear, and the row-wise ones, whose turn comes with whole rows.
constexpr bool is_identity(Activation kind) {
  switch (kind) {
#define DLCORE_CASE(name) case Activation::name:
    DLCORE_ACTIVATIONS_OF_ROWS(DLCORE_CASE)
#undef DLCORE_CASE
    case Activation::linear: return true;
    default: return false;
  }
}

}  // namespace activations
}  // namespace
}  // namespace dlcore
