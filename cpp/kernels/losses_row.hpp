// What the losses of all families stand on: the row they get, the clip of probabilities, sums over columns.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/few_columns.hpp"
#include "kernels/softmax.hpp"

namespace dlcore {
namespace {
namespace losses {

// Keras's epsilon: what is divided by, or has its logarithm taken, stays at least this far from 0.
constexpr double kEpsilon = 1e-7;

// What every loss gets for a row. `scale` is what its gradient is multiplied by, the row's weight included.
template <class V>
struct Row {
  using T = typename V::T;
  Index n;
  const T* target;  // null for the sparse losses
  int64_t label;    // read by the sparse losses only
  const T* prediction;
  T parameter, scale;
  T* grad;  // may be null
};

template <class V>
DLCORE_INLINE typename V::R epsilon() {
  return V::set(static_cast<typename V::T>(kEpsilon));
}

// p clipped to [eps, 1 - eps]; a NaN stays.
template <class V>
DLCORE_INLINE typename V::R clipped(typename V::R p) {
  return V::min(V::set(static_cast<typename V::T>(1 - kEpsilon)), V::max(epsilon<V>(), p));
}

template <class V>
DLCORE_INLINE typename V::M inside_clip(typename V::R p) {
  return V::both(V::ge(p, epsilon<V>()), V::le(p, V::set(static_cast<typename V::T>(1 - kEpsilon))));
}

// The sign of d: 0 at 0, and a NaN where d is one.
template <class V>
DLCORE_INLINE typename V::R sign(typename V::R d) {
  const typename V::R unit = V::bit_or(V::bit_and(d, V::set(typename V::T(-0.0))), V::set(1));
  return V::select(V::eq(d, V::zero()), V::zero(), V::select(V::nan(d), d, unit));
}

// A loss that is a sum over the columns, divided by `divisor`. The element's at(target, prediction, parameter, value,
// slope) gives one column's value and derivative toward the prediction.
template <class V, class Element>
DLCORE_INLINE typename V::T over_columns(const Row<V>& row, typename V::T divisor, Element) {
  using R = typename V::R;
  Lanes<V> total = Lanes<V>::of(0);
  const R parameter = V::set(row.parameter), scale = V::set(row.scale / divisor);
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto& store, const auto& keep) DLCORE_LAMBDA {
    R value, slope;
    Element::template at<V>(load(row.target + j), load(row.prediction + j), parameter, value, slope);
    total.part[q] = V::add(total.part[q], keep(value));
    if (row.grad) store(row.grad + j, V::mul(slope, scale));
  });
  return total.sum() / divisor;
}

// The same for all rows where columns are few.
template <class V, class Element>
void over_few_columns(Index m, Index n, Matrix<const typename V::T> targets, Matrix<const typename V::T> prediction,
                      const typename V::T* sample_weight, typename V::T parameter, typename V::T scale,
                      typename V::T divisor, typename V::T* values, Matrix<typename V::T> grad, Element) {
  using R = typename V::R;
  FewColumns<V> t, p;
  for (Index first = 0; first < m; first += V::N) {
    const int rows = static_cast<int>(least(m - first, V::N));
    t.read(rows, n, targets.from(first));
    p.read(rows, n, prediction.from(first));
    const R weight = sample_weight ? V::load_n(sample_weight + first, rows) : V::set(1);
    const R by = V::div(V::mul(V::set(scale), weight), V::set(divisor));
    for (Index c = 0; c < n; c++) {
      R value, slope;
      Element::template at<V>(t.load(c), p.load(c), V::set(parameter), value, slope);
      t.store(c, V::add(V::zero(), value));
      p.store(c, V::mul(slope, by));
    }
    V::store_n(values + first, V::mul(weight, V::div(t.sum(n), V::set(divisor))), rows);
    if (grad.data) p.write(rows, n, grad.from(first));
  }
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
