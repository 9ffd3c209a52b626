// A tiny test harness: TEST registers a case, CHECK* record failures in it, check::run runs all and tells the outcome.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

namespace check {

struct Case {
  const char* name;
  void (*body)();
};

inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

// Failures of the running case; the first few are printed.
inline int failures = 0;

struct Register {
  Register(const char* name, void (*body)()) { cases().push_back({name, body}); }
};

template <class... Values>
void fail(const char* file, int line, const char* format, Values... values) {
  constexpr int shown = 20;
  if (failures++ >= shown) return;
  std::printf("%s:%d: ", file, line);
  std::printf(format, values...);
  std::printf("\n");
}

inline bool close(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::fabs(a - b) <= tolerance;
}

// Runs the cases whose name contains `filter`. The exit status: 0 if some ran and none failed.
inline int run(const char* filter = "") {
  int passed = 0, failed = 0;
  for (const Case& test : cases()) {
    if (!std::strstr(test.name, filter)) continue;
    failures = 0;
    test.body();
    if (failures) std::printf("FAILED %s (%d failures)\n", test.name, failures);
    ++(failures ? failed : passed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed || !passed;
}

}  // namespace check

#define TEST(name)                                                  \
  static void test_##name();                                        \
  static const check::Register register_##name(#name, test_##name); \
  static void test_##name()

#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) check::fail(__FILE__, __LINE__, "not true: %s", #condition); \
  } while (0)

// |a - b| <= tolerance in double; equal infinities and two NaNs count as close.
#define CHECK_CLOSE(a, b, tolerance)                                                                 \
  do {                                                                                               \
    const double check_a = (a), check_b = (b);                                                       \
    if (!check::close(check_a, check_b, tolerance))                                                  \
      check::fail(__FILE__, __LINE__, "%s is %.17g, expected %s = %.17g", #a, check_a, #b, check_b); \
  } while (0)
