// The elementary functions of cpp/kernels/math.hpp as the tests see them, on the target of DLCORE_VEC_HEADER: each with
// its mathematics in wider arithmetic and how far off it may be.
#pragma once

#include DLCORE_VEC_HEADER

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/math.hpp"
#include "wider.hpp"

namespace {

namespace wide = wider::functions;
using dlcore::F32;
using dlcore::F64;
namespace math = dlcore::math;

template <class Q>
Q logistic(Q x) {
  const Q e = wide::exp(x < 0 ? x : -x);
  return (x < 0 ? e : 1) / (1 + e);
}

// reference(x) in wider arithmetic, and how many ULP float32 and float64 results may be off the exact value: where fma
// rounds once, and where it rounds twice. What is less than 2.5 off is at most 2 off the correctly rounded result.
#define FUNCTION(function, fused_32, fused_64, plain_32, plain_64, expression)           \
  struct function {                                                                      \
    static constexpr const char* name = #function;                                       \
    static constexpr double bounds[2][2] = {{plain_32, plain_64}, {fused_32, fused_64}}; \
    template <class V>                                                                   \
    static typename V::R apply(typename V::R x) {                                        \
      return math::function<V>(x);                                                       \
    }                                                                                    \
    template <class Q>                                                                   \
    static Q reference(Q x) {                                                            \
      return expression;                                                                 \
    }                                                                                    \
  };

FUNCTION(exp, 1, 1.1, 1.3, 1.3, wide::exp(x))
FUNCTION(expm1, 1.6, 2.1, 1.8, 2.2, wide::expm1(x))
FUNCTION(log, 1, 1, 1.1, 1.1, wide::log(x))
FUNCTION(log1p, 1.7, 1.4, 1.8, 1.5, wide::log1p(x))
FUNCTION(tanh, 2, 2.1, 2.2, 2.2, wide::tanh(x))
FUNCTION(sigmoid, 2.1, 2.2, 2.3, 2.3, logistic(x))
FUNCTION(softplus, 2.1, 2.1, 2.2, 2.2, x < 0 ? wide::log1p(wide::exp(x)) : x + wide::log1p(wide::exp(-x)))
FUNCTION(erf, 1.3, 1.4, 1.4, 1.5, wide::erf(x))
FUNCTION(normal_cdf, 2.2, 2.2, 3, 3, wide::erfc(-x / wide::sqrt(Q(2))) / 2)
FUNCTION(normal_pdf, 1.4, 1.5, 1.5, 1.6, wide::exp(x* x / -2) / wide::sqrt(2 * wide::acos(Q(-1))))
FUNCTION(gelu, 2, 2.1, 2.5, 2.6, x < -64 ? -Q(0) : x * (wide::erfc(-x / wide::sqrt(Q(2))) / 2))

template <class Visit>
void for_functions(const Visit& visit) {
  visit(exp{}), visit(expm1{}), visit(log{}), visit(log1p{}), visit(tanh{}), visit(sigmoid{}), visit(softplus{});
  visit(erf{}), visit(normal_cdf{}), visit(normal_pdf{}), visit(gelu{});
}

// Whether fma rounds once.
bool fused() {
  volatile float x = 1 + std::numeric_limits<float>::epsilon();
  float lane[F32::N];
  F32::store(lane, F32::fma(F32::set(x), F32::set(x), F32::set(-x * x)));
  return lane[0] != 0;
}

// Calls visit(x, y, n) with blocks of arguments and results of a function.
template <class V, class Function, class Next, class Visit>
void for_blocks(Function, uint64_t count, const Next& next, const Visit& visit) {
  constexpr int size = 1024;
  typename V::T x[size] = {}, y[size];
  while (count) {
    const int n = count < size ? static_cast<int>(count) : size;
    for (int i = 0; i < n; i++) x[i] = next();
    for (int i = 0; i < n; i += V::N) V::store(y + i, Function::template apply<V>(V::load(x + i)));
    visit(x, y, n);
    count -= static_cast<uint64_t>(n);
  }
}

}  // namespace
