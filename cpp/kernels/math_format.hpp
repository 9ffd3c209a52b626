// What the elementary functions share: polynomials and the integer side of floating-point numbers.
#pragma once

#include <cstdint>

#include "kernels/math_coefficients.hpp"
#include "simd/inline.hpp"

namespace dlcore {
namespace {
namespace math {

// The layout of a floating-point format; `integer` is the number whose low bits hold n once n was added to it.
template <class T>
struct Format;

template <>
struct Format<float> {
  static constexpr int mantissa = 23, bias = 127;
  static constexpr uint32_t one = 0x3f800000, infinity = 0x7f800000, sign = 0x80000000, quiet_nan = 0x7fc00000,
                            two_thirds = 0x3f2aaaab;
  static constexpr uint32_t high_half = 0xfffff000;  // keeps 12 significant bits: their square is exact
  static constexpr float integer = 0x1.8p23f, two_to_mantissa = 0x1p23f, smallest_normal = 0x1p-126f;
};

template <>
struct Format<double> {
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr uint64_t one = 0x3ff0000000000000, infinity = 0x7ff0000000000000, sign = 0x8000000000000000,
                            quiet_nan = 0x7ff8000000000000, two_thirds = 0x3fe5555555555555;
  static constexpr uint64_t high_half = 0xfffffffff8000000;  // keeps 26 significant bits
  static constexpr double integer = 0x1.8p52, two_to_mantissa = 0x1p52, smallest_normal = 0x1p-1022;
};

// c[I] + c[I + Step] x + c[I + 2 Step] x^2 + ... by Horner's rule.
template <class V, int I, int Step, int N>
DLCORE_INLINE typename V::R horner(typename V::R x, const typename V::T (&c)[N]) {
  if constexpr (I + Step >= N)
    return V::set(c[I]);
  else
    return V::fma(horner<V, I + Step, Step>(x, c), x, V::set(c[I]));
}

// c[I] + c[I + 1] x + ...; a long one as two, in x^2, because Horner's rule waits for each step before the next.
template <class V, int I = 0, int N>
DLCORE_INLINE typename V::R polynomial(typename V::R x, const typename V::T (&c)[N]) {
  if constexpr (N - I > 12) {
    const typename V::R square = V::mul(x, x);
    return V::fma(horner<V, I + 1, 2>(square, c), x, horner<V, I, 2>(square, c));
  } else {
    return horner<V, I, 1>(x, c);
  }
}

// 2^n, where n sits in the low bits of `integer` (Format::integer was added to it) and 2^n is a normal number.
template <class V>
DLCORE_INLINE typename V::R power_of_two(typename V::R integer) {
  return V::int_add(V::template shift_left<Format<typename V::T>::mantissa>(integer), V::set(1));
}

// The magnitude of a with the sign of b; a is not negative or has b's sign.
template <class V>
DLCORE_INLINE typename V::R with_sign(typename V::R a, typename V::R b) {
  return V::bit_or(a, V::bit_and(b, V::set_bits(Format<typename V::T>::sign)));
}

}  // namespace math
}  // namespace
}  // namespace dlcore
