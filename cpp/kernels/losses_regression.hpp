// Losses of a number against its target, column by column: errors, their percentages and logarithms, counts, quantiles.
#pragma once

#include "kernels/losses_row.hpp"
#include "kernels/math.hpp"

namespace dlcore {
namespace {
namespace losses {

// |d|, d = prediction - target.
struct absolute {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R d = V::sub(p, t);
    value = V::abs(d);
    slope = sign<V>(d);
  }
};

// d².
struct squared {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R d = V::sub(p, t);
    value = V::mul(d, d);
    slope = V::add(d, d);
  }
};

// 100 |d| / max(|target|, eps).
struct percentage {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R d = V::sub(p, t), share = V::div(V::set(100), V::max(epsilon<V>(), V::abs(t)));
    value = V::mul(V::abs(d), share);
    slope = V::mul(sign<V>(d), share);
  }
};

// (log(1 + prediction) - log(1 + target))², both at least eps; flat below.
struct squared_logarithmic {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R low = epsilon<V>(), x = V::max(low, p);
    const typename V::R d = V::sub(math::log1p<V>(x), math::log1p<V>(V::max(low, t)));
    value = V::mul(d, d);
    slope = V::select(V::lt(p, low), V::zero(), V::div(V::add(d, d), V::add(V::set(1), x)));
  }
};

// d² / 2 inside, delta · (|d| - delta / 2) outside.
struct huber {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R delta, typename V::R& value,
                        typename V::R& slope) {
    const typename V::R d = V::sub(p, t), size = V::abs(d), half = V::set(typename V::T(0.5));
    const auto outside = V::gt(size, delta);
    value = V::select(outside, V::mul(delta, V::fnma(half, delta, size)), V::mul(half, V::mul(d, d)));
    slope = V::select(outside, V::bit_or(delta, V::bit_and(d, V::set(typename V::T(-0.0)))), d);
  }
};

// d² / (2 beta) inside, |d| - beta / 2 outside: beta = 0 is the absolute error.
struct smooth_l1 {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R beta, typename V::R& value,
                        typename V::R& slope) {
    const typename V::R d = V::sub(p, t), size = V::abs(d), half = V::set(typename V::T(0.5)), share = V::div(d, beta);
    const auto inside = V::lt(size, beta);
    value = V::select(inside, V::mul(half, V::mul(d, share)), V::fnma(half, beta, size));
    slope = V::select(inside, share, sign<V>(d));
  }
};

// log cosh d = |d| + log((1 + exp(-2|d|)) / 2), which does not overflow and keeps small d.
struct log_cosh {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R d = V::sub(p, t), size = V::abs(d), half = V::set(typename V::T(0.5));
    value = V::add(size, math::log1p<V>(V::mul(half, math::expm1<V>(V::mul(V::set(-2), size)))));
    slope = math::tanh<V>(d);
  }
};

// prediction - target · log(prediction + eps).
struct poisson {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R x = V::add(p, epsilon<V>());
    value = V::fnma(t, math::log<V>(x), p);
    slope = V::sub(V::set(1), V::div(t, x));
  }
};

// The pinball loss: (1 - level) · d above the target, -level · d below it.
struct quantile {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R level, typename V::R& value,
                        typename V::R& slope) {
    const typename V::R d = V::sub(p, t), rest = V::sub(V::set(1), level);
    const typename V::R pull = V::select(V::gt(d, V::zero()), rest, V::negative(level));
    value = V::mul(pull, d);
    slope = V::select(V::eq(d, V::zero()), V::zero(), V::select(V::nan(d), d, pull));
  }
};

}  // namespace losses
}  // namespace
}  // namespace dlcore
