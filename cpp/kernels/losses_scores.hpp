// Losses of scores, which only have to point the right way: the hinges and the cosine.
#pragma once

#include "kernels/losses_row.hpp"

namespace dlcore {
namespace {
namespace losses {

// 1 - target · prediction, targets being -1 and 1; a target of 0 stands for -1.
template <class V>
DLCORE_INLINE typename V::R shortfall(typename V::R& t, typename V::R p) {
  t = V::select(V::eq(t, V::zero()), V::set(-1), t);
  return V::fnma(t, p, V::set(1));
}

// max(1 - t p, 0).
struct hinge {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R lack = shortfall<V>(t, p);
    value = V::max(V::zero(), lack);
    slope = V::select(V::gt(lack, V::zero()), V::negative(t), V::zero());
  }
};

// max(1 - t p, 0)².
struct squared_hinge {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R lack = V::max(V::zero(), shortfall<V>(t, p));
    value = V::mul(lack, lack);
    slope = V::mul(V::mul(V::set(-2), lack), t);
  }
};

// max(1 + the largest (1 - t) p - Σ t p, 0). Columns that are largest together share its gradient.
template <class V>
DLCORE_INLINE typename V::T categorical_hinge(const Row<V>& row) {
  using R = typename V::R;
  using T = typename V::T;
  const R one = V::set(1);
  const auto other = [&](Index j, const auto& load)
                         DLCORE_LAMBDA { return V::mul(V::sub(one, load(row.target + j)), load(row.prediction + j)); };
  const R first = V::set((1 - row.target[0]) * row.prediction[0]);
  Lanes<V> right = Lanes<V>::of(0), ties = Lanes<V>::of(0), most;
  for (R& part : most.part) part = first;
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto&, const auto& keep) DLCORE_LAMBDA {
    right.part[q] = V::fma(load(row.target + j), load(row.prediction + j), right.part[q]);
    const R beyond = V::bit_xor(first, keep(first));  // the first column where the row has ended
    most.part[q] = V::max(V::bit_or(keep(other(j, load)), beyond), most.part[q]);
  });
  const T wrong = most.max(), lack = wrong - right.sum() + 1;
  if (row.grad) {
    const R top = V::set(wrong);
    const auto share = [&](Index j, const auto& load, R part)
                           DLCORE_LAMBDA { return V::select(V::eq(other(j, load), top), part, V::zero()); };
    for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto&, const auto& keep)
                            DLCORE_LAMBDA { ties.part[q] = V::add(ties.part[q], keep(share(j, load, one))); });
    const R part = V::set(1 / ties.sum()), scale = V::set(lack <= 0 ? 0 : row.scale);
    for_vectors<V>(row.n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      const R t = load(row.target + j);
      store(row.grad + j, V::mul(scale, V::sub(V::mul(V::sub(one, t), share(j, load, part)), t)));
    });
  }
  return lack <= 0 ? 0 : lack;
}

// -cos of the angle between target and prediction, norms being at least eps: with a = p / |p|, b = t / |t| and
// c = a · b, the gradient is (c a - b) / |p|.
template <class V>
DLCORE_INLINE typename V::T cosine(const Row<V>& row) {
  using R = typename V::R;
  Lanes<V> dot = Lanes<V>::of(0), target = Lanes<V>::of(0), prediction = Lanes<V>::of(0);
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto&, const auto&) DLCORE_LAMBDA {
    const R t = load(row.target + j), p = load(row.prediction + j);
    dot.part[q] = V::fma(t, p, dot.part[q]);
    target.part[q] = V::fma(t, t, target.part[q]);
    prediction.part[q] = V::fma(p, p, prediction.part[q]);
  });
  const R low = epsilon<V>(), square = V::set(prediction.sum());
  const R length = V::max(low, V::sqrt(square)), reach = V::max(low, V::sqrt(V::set(target.sum())));
  const R c = V::div(V::div(V::set(dot.sum()), reach), length);
  if (row.grad) {
    const R scale = V::div(V::set(row.scale), length),
            turning = V::select(V::gt(square, V::mul(low, low)), c, V::zero());
    for_vectors<V>(row.n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      const R a = V::div(load(row.prediction + j), length), b = V::div(load(row.target + j), reach);
      store(row.grad + j, V::mul(scale, V::sub(V::mul(turning, a), b)));
    });
  }
  return -V::lowest_lane(c);
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
