// The elementary functions of cpp/kernels/math.hpp against wider arithmetic, on the target of DLCORE_VEC_HEADER.
//   test_math [filter]         every 1009th float32; float64 at random and at edges
//   test_math --all [filter]   every float32, more float64; prints the largest error of each function
//   test_math --hash           a hash of each function's results: the same on every target with a fused multiply-add
#include DLCORE_VEC_HEADER

#include "kernels/math.hpp"

#if __has_include(<quadmath.h>)
#include <quadmath.h>
#endif

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "check.hpp"

namespace {

using dlcore::F32;
using dlcore::F64;
namespace math = dlcore::math;

bool all = false;

// ---- wider arithmetic: double for float32, 113 bits for float64 ----
#if __has_include(<quadmath.h>)
using Quad = __float128;
constexpr int quad_digits = FLT128_MANT_DIG;
#define QUAD(name) name##q
#else
using Quad = long double;
constexpr int quad_digits = std::numeric_limits<long double>::digits;
#define QUAD(name) std::name
#endif

#define WIDE(name)                                \
  double name(double x) { return std::name(x); } \
  Quad name(Quad x) { return QUAD(name)(x); }

namespace wide {
WIDE(acos)
WIDE(erf)
WIDE(erfc)
WIDE(exp)
WIDE(expm1)
WIDE(log)
WIDE(log1p)
WIDE(sqrt)
WIDE(tanh)
}  // namespace wide

// ---- the functions: reference(x) in wider arithmetic; how many ULP float32 and float64 may be off ----
#define FUNCTION(function, bound_32, bound_64, plain_32, plain_64, expression)               \
  struct function {                                                                          \
    static constexpr const char* name = #function;                                           \
    static constexpr double fused[2] = {bound_32, bound_64}, plain[2] = {plain_32, plain_64}; \
    template <class V>                                                                       \
    static typename V::R apply(typename V::R x) { return math::function<V>(x); }             \
    template <class Q>                                                                       \
    static Q reference(Q x) { return expression; }                                           \
  };

FUNCTION(exp, 2, 2, 4, 4, wide::exp(x))
FUNCTION(expm1, 2, 2, 4, 4, wide::expm1(x))
FUNCTION(log, 2, 2, 4, 4, wide::log(x))
FUNCTION(log1p, 2, 2, 4, 4, wide::log1p(x))
FUNCTION(tanh, 2, 2, 4, 4, wide::tanh(x))
FUNCTION(sigmoid, 2, 2, 4, 4, x < 0 ? wide::exp(x) / (1 + wide::exp(x)) : 1 / (1 + wide::exp(-x)))
FUNCTION(softplus, 2, 2, 4, 4, x < 0 ? wide::log1p(wide::exp(x)) : x + wide::log1p(wide::exp(-x)))
FUNCTION(erf, 2, 2, 4, 4, wide::erf(x))
FUNCTION(normal_cdf, 2, 2, 4, 4, wide::erfc(-x / wide::sqrt(Q(2))) / 2)
FUNCTION(normal_pdf, 2, 2, 4, 4, wide::exp(-x * x / 2) / wide::sqrt(2 * wide::acos(Q(-1))))
FUNCTION(gelu, 2, 2, 4, 4, x < -64 ? -Q(0) : x * (wide::erfc(-x / wide::sqrt(Q(2))) / 2))

template <class Visit>
void for_functions(const Visit& visit) {
  visit(exp{}), visit(expm1{}), visit(log{}), visit(log1p{}), visit(tanh{}), visit(sigmoid{}), visit(softplus{});
  visit(erf{}), visit(normal_cdf{}), visit(normal_pdf{}), visit(gelu{});
}

// ---- floats and their bits ----
template <class V>
using Wide = std::conditional_t<sizeof(typename V::T) == 4, double, Quad>;

template <class To, class From>
To bits_as(From x) {
  static_assert(sizeof(To) == sizeof(From));
  To y;
  std::memcpy(&y, &x, sizeof y);
  return y;
}

// The distance of y from the exact value, in units of the exact value's last place. Infinity stands for 2^(emax + 1).
template <class V>
double ulps(typename V::T y, Wide<V> exact) {
  using T = typename V::T;
  using Limits = std::numeric_limits<T>;
  if (exact != exact || y != y) return exact != exact && y != y ? 0 : std::numeric_limits<double>::infinity();
  const Wide<V> end = 4 / Wide<V>(Limits::min());
  const auto clip = [&](Wide<V> a) { return a > end ? end : a < -end ? -end : a; };
  const auto field = bits_as<typename V::Bits>(static_cast<T>(exact)) << 1 >> Limits::digits;
  const int exponent = field ? static_cast<int>(field) : 1;
  const Wide<V> off = clip(y) - clip(exact);
  return std::ldexp(static_cast<double>(off < 0 ? -off : off), Limits::digits + Limits::max_exponent - 2 - exponent);
}

bool fused() {
  volatile float x = 1 + std::numeric_limits<float>::epsilon();
  float lane[F32::N];
  F32::store(lane, F32::fma(F32::set(x), F32::set(x), F32::set(-x * x)));
  return lane[0] != 0;
}

// ---- samples ----
template <class V>
std::vector<typename V::T> edges() {
  using Limits = std::numeric_limits<typename V::T>;
  std::vector<typename V::T> x = {0, 1, 2, Limits::denorm_min(), Limits::min(), Limits::epsilon(), Limits::max(), Limits::infinity()};
  for (double a : {88.72283, 87.33654, 103.2789, 103.9721, 709.782712893384, 708.3964185322641, 745.1332191019411})
    x.push_back(static_cast<typename V::T>(a));
  for (double a = 0.125; a < 64; a += 0.125) x.push_back(static_cast<typename V::T>(a));
  for (size_t i = 0, n = x.size(); i < n; i++)
    for (int step : {-2, -1, 1, 2}) {
      const auto bits = bits_as<typename V::Bits>(x[i]) + static_cast<typename V::Bits>(step);
      if (bits << 1 >> 1 == bits) x.push_back(bits_as<typename V::T>(bits));
    }
  for (size_t i = 0, n = x.size(); i < n; i++) x.push_back(-x[i]);
  return x;
}

uint64_t random_bits(uint64_t& state) {  // splitmix64
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

// Any bits; any magnitude that matters; the range where no function is trivial; both tails.
double random_double(uint64_t& state) {
  const uint64_t bits = random_bits(state);
  const double unit = static_cast<double>(random_bits(state) >> 11) * 0x1p-53, signed_unit = 2 * unit - 1;
  switch (bits & 7) {
    case 0: return bits_as<double>(random_bits(state));
    case 1: return std::ldexp(signed_unit, static_cast<int>(bits >> 3 & 63) - 52);
    case 2: return 760 * signed_unit;
    case 3: return 1 + signed_unit / 8;
    case 4: return 40 * signed_unit;
    default: return 4 * signed_unit;
  }
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

// ---- accuracy ----
template <class T>
struct Worst {
  double error = 0;
  T at = 0;
};

template <class V, class Function, class Next>
void measure(Function function, Worst<typename V::T>& worst, uint64_t count, const Next& next) {
  for_blocks<V>(function, count, next, [&](const typename V::T* x, const typename V::T* y, int n) {
    for (int i = 0; i < n; i++) {
      const double error = ulps<V>(y[i], Function::reference(static_cast<Wide<V>>(x[i])));
      if (error > worst.error) worst = {error, x[i]};
    }
  });
}

template <class V, class Function>
void check_accuracy(Function function) {
  constexpr bool single = sizeof(typename V::T) == 4;
  Worst<typename V::T> worst;
  const auto listed = edges<V>();
  size_t i = 0;
  measure<V>(function, worst, listed.size(), [&] { return listed[i++]; });
  if constexpr (single) {
    const uint32_t stride = all ? 1 : 1009;
    uint32_t bits = 0u - stride;
    measure<V>(function, worst, (uint64_t(1) << 32) / stride, [&] { return bits_as<float>(bits += stride); });
  } else {
    uint64_t state = 1;
    measure<V>(function, worst, all ? 10000000 : 20000, [&] { return random_double(state); });
  }
  const double bound = (fused() ? Function::fused : Function::plain)[!single];
  if (all) std::printf("%-11s float%d  %6.3f ULP at %.17g\n", Function::name, single ? 32 : 64, worst.error, double(worst.at));
  if (worst.error > bound)
    check::fail(__FILE__, __LINE__, "%s float%d: %.3f ULP at %.17g (%a), allowed are %g", Function::name, single ? 32 : 64,
                worst.error, double(worst.at), double(worst.at), bound);
}

#define ACCURACY(function)                                       \
  TEST(function##_float32) { check_accuracy<F32>(function{}); } \
  TEST(function##_float64) {                                     \
    if (quad_digits >= 113) check_accuracy<F64>(function{});     \
  }

ACCURACY(exp)
ACCURACY(expm1)
ACCURACY(log)
ACCURACY(log1p)
ACCURACY(tanh)
ACCURACY(sigmoid)
ACCURACY(softplus)
ACCURACY(erf)
ACCURACY(normal_cdf)
ACCURACY(normal_pdf)
ACCURACY(gelu)

// ---- exact values ----
template <class V, class Function>
void check_value(Function, double x, double expected) {
  typename V::T y[V::N];
  V::store(y, Function::template apply<V>(V::set(static_cast<typename V::T>(x))));
  const bool same = std::isnan(expected) ? std::isnan(y[0]) : y[0] == expected && std::signbit(y[0]) == std::signbit(expected);
  if (!same) check::fail(__FILE__, __LINE__, "%s(%g) is %g, expected %g", Function::name, x, double(y[0]), expected);
}

template <class Function>
void check_values(Function function, double at_minus_infinity, double at_minus_zero, double at_zero, double at_infinity) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const double table[][2] = {{-infinity, at_minus_infinity}, {-0.0, at_minus_zero}, {0, at_zero}, {infinity, at_infinity}, {nan, nan}, {-nan, nan}};
  for (const auto& row : table) {
    check_value<F32>(function, row[0], row[1]);
    check_value<F64>(function, row[0], row[1]);
  }
}

TEST(values_at_zero_and_infinity) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  check_values(exp{}, 0, 1, 1, infinity);
  check_values(expm1{}, -1, -0.0, 0, infinity);
  check_values(log{}, nan, -infinity, -infinity, infinity);
  check_values(log1p{}, nan, -0.0, 0, infinity);
  check_values(tanh{}, -1, -0.0, 0, 1);
  check_values(sigmoid{}, 0, 0.5, 0.5, 1);
  check_values(erf{}, -1, -0.0, 0, 1);
  check_values(normal_cdf{}, 0, 0.5, 0.5, 1);
}

TEST(values_that_are_exact) {
  check_value<F32>(log{}, 1, 0), check_value<F64>(log{}, 1, 0);
  check_value<F32>(exp{}, -1e30, 0), check_value<F64>(exp{}, -1e300, 0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_value<F32>(log{}, -1, nan), check_value<F64>(log{}, -1, nan);
  check_value<F32>(log1p{}, -2, nan), check_value<F64>(log1p{}, -2, nan);
}

// A NaN of any payload stays a NaN.
template <class V, class Function>
void check_nans(Function function, typename V::Bits infinity) {
  uint64_t state = 2;
  const auto next = [&] { return bits_as<typename V::T>(static_cast<typename V::Bits>(infinity | random_bits(state) | 1)); };
  for_blocks<V>(function, 4096, next, [](const typename V::T*, const typename V::T* y, int n) {
    for (int i = 0; i < n; i++) CHECK(y[i] != y[i]);
  });
}

TEST(nan_payloads) {
  for_functions([](auto function) {
    check_nans<F32>(function, 0x7f800000);
    check_nans<F64>(function, 0x7ff0000000000000);
  });
}

// A lane's result does not depend on its neighbours.
template <class V, class Function>
void check_lanes(Function function) {
  using T = typename V::T;
  const auto values = edges<V>();
  size_t i = 0;
  for_blocks<V>(function, values.size(), [&] { return values[i++]; }, [](const T* x, const T* y, int n) {
    for (int k = 0; k < n; k++) {
      T alone[V::N];
      V::store(alone, Function::template apply<V>(V::set(x[k])));
      CHECK(std::memcmp(alone, y + k, sizeof(T)) == 0);
    }
  });
}

TEST(lanes_are_independent) {
  for_functions([](auto function) {
    check_lanes<F32>(function);
    check_lanes<F64>(function);
  });
}

// ---- hashes ----
template <class V, class Function, class Next>
uint64_t hash(Function function, uint64_t count, const Next& next) {
  uint64_t h = 0xcbf29ce484222325;  // FNV-1a over whole words; every NaN counts as the same
  for_blocks<V>(function, count, next, [&](const typename V::T*, const typename V::T* y, int n) {
    for (int i = 0; i < n; i++) h = (h ^ (y[i] == y[i] ? bits_as<typename V::Bits>(y[i]) : 0x7fc00000)) * 0x100000001b3;
  });
  return h;
}

void print_hashes() {
  for_functions([](auto function) {
    uint32_t bits = 0;
    const uint64_t single = hash<F32>(function, 1 << 22, [&] { return bits_as<float>(bits += 1021); });
    uint64_t state = 3;
    const uint64_t full = hash<F64>(function, 1 << 20, [&] { return random_double(state); });
    std::printf("%-11s %016llx %016llx\n", function.name, static_cast<unsigned long long>(single), static_cast<unsigned long long>(full));
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && !std::strcmp(argv[1], "--hash")) return print_hashes(), 0;
  all = argc > 1 && !std::strcmp(argv[1], "--all");
  return check::run(argc > 1 + all ? argv[1 + all] : "");
}
