// exp, expm1, sigmoid and tanh. All reduce x = n ln2 + r, |r| <= ln2 / 2, and scale a polynomial in r by 2^n.
#pragma once

#include "kernels/math_format.hpp"

namespace dlcore {
namespace {
namespace math {

// x = n ln2 + r. `integer` holds n + bias in its low bits, ready for power_of_two.
template <class V>
struct Reduced {
  typename V::R integer, r;
};

// The product n ln2_high is exact, so that without fma, too, only the two subtractions round.
template <class V>
DLCORE_INLINE Reduced<V> reduce(typename V::R x, typename V::R shift) {
  using C = Coefficients<typename V::T>;
  const typename V::R integer = V::fma(x, V::set(C::log2_e), shift), n = V::sub(integer, shift);
  const typename V::R r = V::fnma(n, V::set(C::ln2_high), x);
  return {integer, V::fnma(n, V::set(C::ln2_low), r)};
}

// The shift for reduce that leaves n + bias in the low bits.
template <class V>
DLCORE_INLINE typename V::R shift(int bias) {
  return V::set(Format<typename V::T>::integer + static_cast<typename V::T>(bias));
}

// exp(r) - 1 on |r| <= ln2 / 2.
template <class V>
DLCORE_INLINE typename V::R expm1_reduced(typename V::R r) {
  return V::fma(V::mul(r, r), polynomial<V>(r, Coefficients<typename V::T>::expm1), r);
}

// exp(r) on |r| <= ln2 / 2.
template <class V>
DLCORE_INLINE typename V::R exp_reduced(typename V::R r) {
  const typename V::R one = V::set(1);
  return V::fma(V::fma(polynomial<V>(r, Coefficients<typename V::T>::expm1), r, one), r, one);
}

// exp(x) for x <= 0. Scaling by 2^(n + 64) and then by 2^-64 reaches the denormals with one rounding.
template <class V>
DLCORE_INLINE typename V::R exp_of_negative(typename V::R x) {
  const Reduced<V> a = reduce<V>(V::max(V::set(Coefficients<typename V::T>::exp_low), x), shift<V>(64));
  return V::mul(V::mul(exp_reduced<V>(a.r), power_of_two<V>(a.integer)), V::set(0x1p-64f));
}

// e^x. The second factor of 2^n = 2^(n + 64) 2^-64 = 2^(n - 1) 2 makes denormals below and infinity above.
template <class V>
DLCORE_INLINE typename V::R exp(typename V::R x) {
  using C = Coefficients<typename V::T>;
  x = V::min(V::set(C::exp_high), V::max(V::set(C::exp_low), x));
  const typename V::M below = V::lt(x, V::zero());
  const Reduced<V> a = reduce<V>(x, V::select(below, shift<V>(64), shift<V>(-1)));
  const typename V::R scale = V::select(below, V::set(0x1p-64f), V::set(2));
  return V::mul(V::mul(exp_reduced<V>(a.r), power_of_two<V>(a.integer)), scale);
}

// e^x - 1 = 2 (2^(n - 1) expm1(r) + (2^(n - 1) - 1/2)).
template <class V>
DLCORE_INLINE typename V::R expm1(typename V::R x) {
  using C = Coefficients<typename V::T>;
  const typename V::R clamped = V::min(V::set(C::exp_high), V::max(V::set(C::expm1_low), x));
  const Reduced<V> a = reduce<V>(clamped, shift<V>(-1));
  const typename V::R scale = power_of_two<V>(a.integer);
  const typename V::R y = V::fma(expm1_reduced<V>(a.r), scale, V::sub(scale, V::set(0.5f)));
  // Half a denormal would lose its last bit, and -0 its sign.
  const typename V::M tiny = V::lt(V::abs(x), V::set(2 * Format<typename V::T>::smallest_normal));
  return V::select(tiny, x, V::add(y, y));
}

// 1 / (1 + e^-x), from e = exp(-|x|) = 2^n (1 + p) so that the lower tail keeps its relative accuracy:
// 1 / (1 + e) for x >= 0; for x < 0, q + q p with q = 2^n / (1 + e), which rounds less than e / (1 + e).
template <class V>
DLCORE_INLINE typename V::R sigmoid(typename V::R x) {
  const typename V::R one = V::set(1), down = V::set(0x1p-64f);
  const typename V::R t = V::bit_or(x, V::set_bits(Format<typename V::T>::sign));
  const Reduced<V> a = reduce<V>(V::max(V::set(Coefficients<typename V::T>::exp_low), t), shift<V>(64));
  const typename V::R raised = power_of_two<V>(a.integer), scale = V::mul(raised, down), p = expm1_reduced<V>(a.r);
  const typename V::M below = V::lt(x, V::zero());
  const typename V::R q = V::div(V::select(below, raised, V::set(0x1p64f)), V::fma(p, scale, V::add(one, scale)));
  return V::mul(V::fma(q, V::select(below, p, V::zero()), q), down);
}

// tanh|x| = (1 - e) / (1 + e), e = exp(-2|x|) = 2^n (1 + p). With the negative exponent the divisor is below 2, where
// its rounding error is half as large.
template <class V>
DLCORE_INLINE typename V::R tanh(typename V::R x) {
  const typename V::R one = V::set(1), t = V::min(V::set(Coefficients<typename V::T>::tanh_end), V::abs(x));
  const Reduced<V> a = reduce<V>(V::mul(t, V::set(-2)), shift<V>(0));
  const typename V::R scale = power_of_two<V>(a.integer), p = expm1_reduced<V>(a.r);
  const typename V::R y = V::div(V::fnma(p, scale, V::sub(one, scale)), V::fma(p, scale, V::add(one, scale)));
  return with_sign<V>(y, x);
}

}  // namespace math
}  // namespace
}  // namespace dlcore
