// The elementary functions of cpp/kernels/math.hpp against wider arithmetic, on the target of DLCORE_VEC_HEADER.
//   test_math [filter]          every 1009th float32 (every_float32.cpp takes all); float64 at random and at edges
//   test_math --long [filter]   more float64; prints the largest error of each function
//   test_math --hash            a hash of each function's results: the same on every target with a fused multiply-add
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "check.hpp"
#include "math_functions.hpp"

namespace {

bool longer = false;

// ---- the samples ----
template <class V>
std::vector<typename V::T> edges() {
  using Limits = std::numeric_limits<typename V::T>;
  std::vector<typename V::T> x = {
      0, 1, 2, Limits::denorm_min(), Limits::min(), Limits::epsilon(), Limits::max(), Limits::infinity()};
  for (double a : {88.72283, 87.33654, 103.2789, 103.9721, 709.782712893384, 708.3964185322641, 745.1332191019411})
    x.push_back(static_cast<typename V::T>(a));
  for (double a = 0.125; a < 64; a += 0.125) x.push_back(static_cast<typename V::T>(a));
  for (size_t i = 0, n = x.size(); i < n; i++)
    for (int step : {-2, -1, 1, 2}) {
      const auto bits = wider::bits_of(x[i]) + static_cast<typename V::Bits>(step);
      if (bits << 1 >> 1 == bits) x.push_back(wider::from_bits<typename V::T>(bits));
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
    case 0: return wider::from_bits<double>(random_bits(state));
    case 1: return std::ldexp(signed_unit, static_cast<int>(bits >> 3 & 63) - 52);
    case 2: return 760 * signed_unit;
    case 3: return 1 + signed_unit / 8;
    case 4: return 40 * signed_unit;
    default: return 4 * signed_unit;
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
      const double error = wider::ulps(y[i], Function::reference(static_cast<wider::Wide<typename V::T>>(x[i])));
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
    uint32_t bits = 0;
    measure<V>(function, worst, (uint64_t(1) << 32) / 1009, [&] { return wider::from_bits<float>(bits += 1009); });
  } else {
    uint64_t state = 1;
    measure<V>(function, worst, longer ? 10000000 : 20000, [&] { return random_double(state); });
  }
  const double bound = Function::bounds[fused()][!single];
  const int width = 8 * sizeof(typename V::T);
  const double at = static_cast<double>(worst.at);
  if (longer) std::printf("%-11s float%d %6.3f ULP at %.17g\n", Function::name, width, worst.error, at);
  if (worst.error > bound)
    check::fail(__FILE__, __LINE__, "%s float%d: %.3f ULP at %.17g (%a), allowed are %g", Function::name, width,
                worst.error, at, at, bound);
}

// Without 113 bits (clang on x86-64, macOS) there is no arithmetic wide enough to judge float64.
#define ACCURACY(function)                                          \
  TEST(function##_float32) { check_accuracy<F32>(function{}); }     \
  TEST(function##_float64) {                                        \
    if (wider::quad_digits >= 113) check_accuracy<F64>(function{}); \
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

// ---- values known exactly ----
constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

template <class V, class Function>
void check_one(Function, double x, double expected) {
  typename V::T lane[V::N];
  V::store(lane, Function::template apply<V>(V::set(static_cast<typename V::T>(x))));
  const double y = static_cast<double>(lane[0]);
  const bool same = std::isnan(expected) ? std::isnan(y) : y == expected && std::signbit(y) == std::signbit(expected);
  if (!same) check::fail(__FILE__, __LINE__, "%s(%g) is %g, expected %g", Function::name, x, y, expected);
}

template <class Function>
void check_value(Function function, double x, double expected) {
  check_one<F32>(function, x, expected);
  check_one<F64>(function, x, expected);
}

template <class Function>
void check_ends(Function function, double at_minus_infinity, double at_infinity) {
  check_value(function, -infinity, at_minus_infinity);
  check_value(function, infinity, at_infinity);
}

template <class Function>
void check_zeros(Function function, double at_minus_zero, double at_zero) {
  check_value(function, -0.0, at_minus_zero);
  check_value(function, 0.0, at_zero);
}

TEST(infinities) {
  check_ends(exp{}, 0, infinity);
  check_ends(expm1{}, -1, infinity);
  check_ends(log{}, nan, infinity);
  check_ends(log1p{}, nan, infinity);
  check_ends(tanh{}, -1, 1);
  check_ends(sigmoid{}, 0, 1);
  check_ends(softplus{}, 0, infinity);
  check_ends(erf{}, -1, 1);
  check_ends(normal_cdf{}, 0, 1);
  check_ends(normal_pdf{}, 0, 0);
  check_ends(gelu{}, 0, infinity);
}

TEST(zeros) {
  check_zeros(exp{}, 1, 1);
  check_zeros(expm1{}, -0.0, 0);
  check_zeros(log{}, -infinity, -infinity);
  check_zeros(log1p{}, -0.0, 0);
  check_zeros(tanh{}, -0.0, 0);
  check_zeros(sigmoid{}, 0.5, 0.5);
  check_zeros(erf{}, -0.0, 0);
  check_zeros(normal_cdf{}, 0.5, 0.5);
  check_zeros(gelu{}, -0.0, 0);
}

TEST(outside_the_domain) {
  for (double x : {-1e-30, -1.0, -1e30}) check_value(log{}, x, nan);
  for (double x : {-1.5, -1e30}) check_value(log1p{}, x, nan);
  check_value(log1p{}, -1, -infinity);
  check_value(log{}, 1, 0);
}

// A NaN of any payload stays a NaN.
template <class V, class Function>
void check_nans(Function function, typename V::Bits exponent) {
  uint64_t state = 2;
  const auto next = [&] {
    return wider::from_bits<typename V::T>(static_cast<typename V::Bits>(exponent | random_bits(state) | 1));
  };
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
  for_blocks<V>(
      function, values.size(), [&] { return values[i++]; },
      [](const T* x, const T* y, int n) {
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
    for (int i = 0; i < n; i++) h = (h ^ (y[i] == y[i] ? wider::bits_of(y[i]) : 0x7fc00000)) * 0x100000001b3;
  });
  return h;
}

void print_hashes() {
  for_functions([](auto function) {
    uint32_t bits = 0;
    const uint64_t single = hash<F32>(function, 1 << 22, [&] { return wider::from_bits<float>(bits += 1021); });
    uint64_t state = 3;
    const uint64_t full = hash<F64>(function, 1 << 20, [&] { return random_double(state); });
    std::printf("%-11s %016llx %016llx\n", function.name, static_cast<unsigned long long>(single),
                static_cast<unsigned long long>(full));
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && !std::strcmp(argv[1], "--hash")) return print_hashes(), 0;
  longer = argc > 1 && !std::strcmp(argv[1], "--long");
  return check::run(argc > 1 + longer ? argv[1 + longer] : "");
}
