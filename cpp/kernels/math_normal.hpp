// The normal distribution: its density, its distribution function, gelu and erf.
#pragma once

#include "kernels/math_exp.hpp"

namespace dlcore {
namespace {
namespace math {

// exp(-t^2 / 2) = (1 + expm1) scale 2^-64.
template <class V>
struct Gaussian {
  typename V::R expm1, scale;
};

// For 0 <= t <= tail_end. t^2 / 2 is taken as high^2 / 2, which is exact, and a small rest: exp would blow up a
// rounding of t^2. The split needs no fma, so it holds on every target.
template <class V>
DLCORE_INLINE Gaussian<V> gaussian(typename V::R t) {
  using C = Coefficients<typename V::T>;
  const typename V::R half = V::set(0.5f), high = V::bit_and(t, V::set_bits(Format<typename V::T>::high_half));
  const typename V::R rest = V::mul(V::mul(half, V::sub(t, high)), V::add(t, high));
  const typename V::R integer = V::fnma(V::mul(t, t), V::set(C::log2_e / 2), shift<V>(64)),
                      n = V::sub(integer, shift<V>(64));
  const typename V::R r = V::fnma(n, V::set(C::ln2_high), V::mul(V::mul(V::set(-0.5f), high), high));
  return {expm1_reduced<V>(V::sub(r, V::fma(n, V::set(C::ln2_low), rest))), power_of_two<V>(integer)};
}

// factor exp(-t^2 / 2), reaching the denormals with one rounding.
template <class V>
DLCORE_INLINE typename V::R times(typename V::R factor, const Gaussian<V>& g) {
  return V::mul(V::mul(V::fma(factor, g.expm1, factor), g.scale), V::set(0x1p-64f));
}

// high + low, where low is less than a unit in the last place of high.
template <class V>
struct Pair {
  typename V::R high, low;
};

// t Phi(-t) / exp(-t^2 / 2) for t >= tail_begin, by a polynomial in v = 1 / (t + tail_shift) - tail_middle. Taken
// as one quotient, v is small and relatively accurate where the polynomial is steep.
template <class V>
DLCORE_INLINE Pair<V> normal_tail(typename V::R t) {
  using C = Coefficients<typename V::T>;
  const typename V::R numerator = V::fnma(t, V::set(C::tail_middle), V::set(1 - C::tail_middle * C::tail_shift));
  const typename V::R v = V::div(numerator, V::add(t, V::set(C::tail_shift)));
  const typename V::R slope = polynomial<V, 1>(v, C::normal_tail), constant = V::set(C::normal_tail[0]);
  const typename V::R y = V::fma(slope, v, constant);
  return {y, V::fma(slope, v, V::sub(constant, y))};
}

// Phi(x) for |x| < tail_begin.
template <class V>
DLCORE_INLINE typename V::R normal_centre(typename V::R x) {
  return V::fma(x, polynomial<V>(V::mul(x, x), Coefficients<typename V::T>::normal_centre), V::set(0.5f));
}

// Where normal_centre is to be taken.
template <class V>
DLCORE_INLINE typename V::M is_central(typename V::R x) {
  return V::lt(V::abs(x), V::set(Coefficients<typename V::T>::tail_begin));
}

// |x|, but no larger than where the tail has vanished.
template <class V>
DLCORE_INLINE typename V::R tail_argument(typename V::R x) {
  return V::min(V::set(Coefficients<typename V::T>::tail_end), V::abs(x));
}

// exp(-x^2 / 2) / sqrt(2 pi).
template <class V>
DLCORE_INLINE typename V::R normal_pdf(typename V::R x) {
  return times<V>(V::set(Coefficients<typename V::T>::inverse_sqrt_2pi), gaussian<V>(tail_argument<V>(x)));
}

// Phi(-t) for t >= tail_begin: normal_tail / t as a rounded quotient and its remainder, which joins in the last sum.
template <class V>
DLCORE_INLINE typename V::R upper_tail(typename V::R t) {
  const Gaussian<V> g = gaussian<V>(t);
  const Pair<V> product = normal_tail<V>(t);
  const typename V::R inverse = V::div(V::set(1), t), q = V::mul(product.high, inverse);
  const typename V::R remainder = V::mul(V::add(V::fnma(q, t, product.high), product.low), inverse);
  return V::mul(V::mul(V::add(q, V::fma(q, g.expm1, remainder)), g.scale), V::set(0x1p-64f));
}

// The standard normal's distribution function, accurate in the lower tail.
template <class V>
DLCORE_INLINE typename V::R normal_cdf(typename V::R x) {
  const typename V::R t = tail_argument<V>(x), tail = upper_tail<V>(t);
  const typename V::R y = V::select(V::gt(x, V::zero()), V::sub(V::set(1), tail), tail);
  return V::select(is_central<V>(x), normal_centre<V>(x), y);
}

// x Phi(x), in the tails max(x, 0) - |x| Phi(-|x|).
template <class V>
DLCORE_INLINE typename V::R gelu(typename V::R x) {
  const typename V::R t = tail_argument<V>(x), tail = times<V>(normal_tail<V>(t).high, gaussian<V>(t));
  return V::select(is_central<V>(x), V::mul(x, normal_centre<V>(x)), V::sub(V::max(V::zero(), x), tail));
}

// A polynomial in x^2 below 1, 1 - 2 Phi(-sqrt2 |x|) above.
template <class V>
DLCORE_INLINE typename V::R erf(typename V::R x) {
  using C = Coefficients<typename V::T>;
  const typename V::R one = V::set(1), t = tail_argument<V>(V::mul(x, V::set(C::sqrt_2)));
  const typename V::R tail = upper_tail<V>(t);
  const typename V::R large = with_sign<V>(V::sub(one, V::add(tail, tail)), x);
  return V::select(V::lt(V::abs(x), one), V::fma(x, polynomial<V>(V::mul(x, x), C::erf), x), large);
}

}  // namespace math
}  // namespace
}  // namespace dlcore
