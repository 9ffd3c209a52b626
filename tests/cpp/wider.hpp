// Arithmetic wider than the one under test, and errors in units in the last place: double for float, 113 bits for
// double.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#include <quadmath.h>
#define WIDER_FUNCTION(name) name##q
namespace wider {
using Quad = __float128;
constexpr int quad_digits = FLT128_MANT_DIG;
}  // namespace wider
#else
#define WIDER_FUNCTION(name) std::name
namespace wider {
using Quad = long double;
constexpr int quad_digits = std::numeric_limits<long double>::digits;
}  // namespace wider
#endif

namespace wider {

template <class T>
using Wide = std::conditional_t<sizeof(T) == 4, double, Quad>;

#define WIDER_BOTH(name)                                \
  inline double name(double x) { return std::name(x); } \
  inline Quad name(Quad x) { return WIDER_FUNCTION(name)(x); }

namespace functions {
WIDER_BOTH(acos)
WIDER_BOTH(erf)
WIDER_BOTH(erfc)
WIDER_BOTH(exp)
WIDER_BOTH(expm1)
WIDER_BOTH(log)
WIDER_BOTH(log1p)
WIDER_BOTH(sqrt)
WIDER_BOTH(tanh)
}  // namespace functions

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

template <class T>
Bits<T> bits_of(T x) {
  Bits<T> bits;
  std::memcpy(&bits, &x, sizeof x);
  return bits;
}

template <class T>
T from_bits(Bits<T> bits) {
  T x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

// The distance of y from the exact value, in units of the exact value's last place. Infinity stands for 2^(emax + 1).
template <class T>
double ulps(T y, Wide<T> exact) {
  using Limits = std::numeric_limits<T>;
  if (exact != exact || y != y) return exact != exact && y != y ? 0 : std::numeric_limits<double>::infinity();
  const Wide<T> end = 4 / Wide<T>(Limits::min());
  const auto clip = [&](Wide<T> a) { return a > end ? end : a < -end ? -end : a; };
  const auto field = bits_of(static_cast<T>(exact)) << 1 >> Limits::digits;
  const int exponent = field ? static_cast<int>(field) : 1;
  const Wide<T> off = clip(y) - clip(exact);
  return std::ldexp(static_cast<double>(off < 0 ? -off : off), Limits::digits + Limits::max_exponent - 2 - exponent);
}

}  // namespace wider
