// All kernels of this translation unit's instruction set, as one table. Included by the files of targets/ only.
#pragma once

#include "kernels/dense.hpp"
#include "kernels/finite.hpp"
#include "kernels/losses.hpp"
#include "kernels/metrics.hpp"
#include "kernels/normalization.hpp"
#include "kernels/series.hpp"
#include "kernels/softmax.hpp"
#include "kernels/weight_gradient.hpp"

namespace dlcore {
namespace {

template <class V>
void activate(Index m, Index n, ActivationOf<typename V::T> activation, Matrix<const typename V::T> z,
              Matrix<typename V::T> y) {
  if (activation.kind == Activation::softmax || activation.kind == Activation::log_softmax)
    return softmax::forward<V>(m, n, activation.kind == Activation::log_softmax, z, y);
  activations::forward_of<V>(activation.kind)(m, n, activation.alpha, z, y);
}

template <class V>
void activation_gradient(Index m, Index n, ActivationOf<typename V::T> activation, Matrix<const typename V::T> dy,
                         Matrix<const typename V::T> z, Matrix<const typename V::T> y, Matrix<typename V::T> dz) {
  if (activation.kind == Activation::softmax || activation.kind == Activation::log_softmax)
    return softmax::backward<V>(m, n, activation.kind == Activation::log_softmax, dy, y, dz);
  activations::backward_of<V>(activation.kind)(m, n, activation.alpha, dy, z, y, dz);
}

template <class V>
constexpr Kernels<typename V::T> make_kernels() {
  return {dense::forward<V>,
          dense::input_gradient<V>,
          weight_gradient::of_weights<V>,
          weight_gradient::of_bias<V>,
          activate<V>,
          activation_gradient<V>,
          normalization::row_moments<V>,
          normalization::column_squares<V>,
          normalization::normalize<V>,
          normalization::products<V>,
          normalization::gradient<V>,
          normalization::scale_and_shift<V>,
          losses::loss<V>,
          metrics::metric<V>,
          optimizers::update<V>,
          series::weighted_average<V>,
          panels::gather_rows<V>,
          all_finite<V>};
}

}  // namespace
}  // namespace dlcore
