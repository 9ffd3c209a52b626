// log, log1p and softplus. All write the argument as 2^k (1 + f), |f| <= 1/3.
#pragma once

#include "kernels/math_exp.hpp"

namespace dlcore {
namespace {
namespace math {

// k ln2 + log(1 + f).
template <class V>
DLCORE_INLINE typename V::R log_of_parts(typename V::R k, typename V::R f) {
  using C = Coefficients<typename V::T>;
  const typename V::R tail = V::fma(V::mul(f, f), polynomial<V>(f, C::log1p), V::mul(k, V::set(C::ln2_low)));
  return V::fma(k, V::set(C::ln2_high), V::add(f, tail));
}

// A positive normal number as 2^k m, 2/3 <= m < 4/3.
template <class V>
struct Split {
  typename V::R exponent, m;  // `exponent` holds the integer k + bias
};

template <class V>
DLCORE_INLINE Split<V> split(typename V::R x) {
  using F = Format<typename V::T>;
  const typename V::R two_thirds = V::set_bits(F::two_thirds),
                      mask = V::set_bits((typename V::Bits(1) << F::mantissa) - 1);
  const typename V::R shifted = V::int_add(x, V::set_bits(F::one - F::two_thirds));
  return {V::template shift_right<F::mantissa>(shifted), V::int_add(V::bit_and(shifted, mask), two_thirds)};
}

// k as a float.
template <class V>
DLCORE_INLINE typename V::R exponent_of(const Split<V>& a) {
  using F = Format<typename V::T>;
  const typename V::R offset = V::set(F::two_to_mantissa);
  return V::sub(V::bit_or(a.exponent, offset), V::set(F::two_to_mantissa + F::bias));
}

// y where 0 < x < inf, otherwise the logarithm's value at x outside: -inf at 0, NaN below, inf and NaN themselves.
template <class V>
DLCORE_INLINE typename V::R log_limits(typename V::R x, typename V::R y) {
  using F = Format<typename V::T>;
  const typename V::R infinity = V::set_bits(F::infinity);
  y = V::select(V::lt(x, infinity), y, x);
  y = V::select(V::lt(x, V::zero()), V::set_bits(F::quiet_nan), y);
  return V::select(V::eq(x, V::zero()), V::negative(infinity), y);
}

// The natural logarithm. Denormals are first scaled by a power of two, whose exponent is taken off k again.
template <class V>
DLCORE_INLINE typename V::R log(typename V::R x) {
  using T = typename V::T;
  using F = Format<T>;
  constexpr int lift = F::mantissa + 1;
  const typename V::M small = V::lt(x, V::set(F::smallest_normal));
  const Split<V> a = split<V>(V::select(small, V::mul(x, V::set(static_cast<T>(1ull << lift))), x));
  const typename V::R k = V::sub(exponent_of<V>(a), V::select(small, V::set(lift), V::zero()));
  return log_limits<V>(x, log_of_parts<V>(k, V::sub(a.m, V::set(1))));
}

// log(1 + x): k comes from the rounded 1 + x, f = 2^-k (1 + x) - 1 from x itself with one rounding.
// The scale is 2^(2 - k) because 2^-k can be denormal.
template <class V>
DLCORE_INLINE typename V::R log1p(typename V::R x) {
  using F = Format<typename V::T>;
  const typename V::R u = V::add(V::set(1), x);
  const Split<V> a = split<V>(u);
  const typename V::R minuend = V::set_bits(static_cast<typename V::Bits>(2 * F::bias + 2) << F::mantissa);
  const typename V::R scale = V::int_sub(minuend, V::template shift_left<F::mantissa>(a.exponent));
  const typename V::R quarter = V::set(0.25f);
  const typename V::R f = V::fma(V::mul(scale, x), quarter, V::fma(scale, quarter, V::set(-1)));
  return with_sign<V>(log_limits<V>(u, log_of_parts<V>(exponent_of<V>(a), f)), x);
}

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
template <class V>
DLCORE_INLINE typename V::R softplus(typename V::R x) {
  const typename V::R half = V::set(0.5f);
  const typename V::R e = exp_of_negative<V>(V::bit_or(x, V::set_bits(Format<typename V::T>::sign)));
  const typename V::M large = V::gt(e, V::set(static_cast<typename V::T>(1) / 3));
  const typename V::R k = V::select(large, V::set(1), V::zero());
  const typename V::R f = V::select(large, V::fma(e, half, V::set(-0.5f)), e);
  return V::add(V::max(V::zero(), x), log_of_parts<V>(k, f));
}

}  // namespace math
}  // namespace
}  // namespace dlcore
