// Written by coefficients.py; change that, not this.
#pragma once

namespace dlcore {
namespace {
namespace math {

template <class T>
struct Coefficients;

template <>
struct Coefficients<float> {
  static constexpr float log2_e = 0x1.715476p+0f;
  static constexpr float ln2_high = 0x1.62e400p-1f;
  static constexpr float ln2_low = 0x1.7f7d1cp-20f;
  static constexpr float exp_low = -0x1.a00000p+6f;
  static constexpr float exp_high = 0x1.640000p+6f;
  static constexpr float tanh_end = 0x1.400000p+3f;
  static constexpr float epsilon = 0x1.000000p-23f;
  static constexpr float sqrt_2 = 0x1.6a09e6p+0f;
  static constexpr float inverse_sqrt_2pi = 0x1.988454p-2f;
  static constexpr float tail_begin = 0x1.a00000p-1f;
  static constexpr float tail_end = 0x1.d00000p+3f;
  static constexpr float tail_shift = 0x1.800000p+1f;
  static constexpr float tail_middle = 0x1.400000p-3f;
  // (exp(r) - 1 - r) / r^2, on [-0.34692, 0.34692], degree 4, relative error 2^-26.16
  static constexpr float expm1[] = {
      0x1.000000p-1f,
      0x1.5554aep-3f,
      0x1.555486p-5f,
      0x1.12287ap-7f,
      0x1.6d9944p-10f,
  };
  // (log(1 + f) - f) / f^2, on [-0.33337, 0.33337], degree 8, relative error 2^-27.73
  static constexpr float log1p[] = {
      -0x1.000000p-1f,
      0x1.555502p-2f,
      -0x1.fffe84p-3f,
      0x1.99d1fap-3f,
      -0x1.55a756p-3f,
      0x1.1ebde0p-3f,
      -0x1.f25d80p-4f,
      0x1.1ed422p-3f,
      -0x1.0932dep-3f,
  };
  // erf(x) / x - 1, in x^2, on [0.0, 1.0], degree 6, relative error 2^-29.62
  static constexpr float erf[] = {
      0x1.06eba8p-3f,
      -0x1.81273ep-2f,
      0x1.ce2cf8p-4f,
      -0x1.b7f90ep-6f,
      0x1.5405b8p-8f,
      -0x1.a3f730p-11f,
      0x1.496ab8p-14f,
  };
  // (Phi(x) - 1/2) / x, in x^2, on [0.0, 0.66016], degree 4, relative error 2^-27.49
  static constexpr float normal_centre[] = {
      0x1.988454p-2f,
      -0x1.10580cp-4f,
      0x1.46c01ep-7f,
      -0x1.351930p-10f,
      0x1.a74eb4p-14f,
  };
  // t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle, on [-0.099107, 0.10605], degree 8, relative error 2^-27.43
  static constexpr float normal_tail[] = {
      0x1.7bc964p-2f,
      -0x1.1f1ce6p-1f,
      -0x1.1bdca0p+2f,
      -0x1.22b262p+4f,
      -0x1.2e6fb8p+5f,
      0x1.0501a0p+1f,
      0x1.6afb14p+7f,
      0x1.5c9316p+6f,
      -0x1.ccbef4p+9f,
  };
};

template <>
struct Coefficients<double> {
  static constexpr double log2_e = 0x1.71547652b82fep+0;
  static constexpr double ln2_high = 0x1.62e42fefa4000p-1;
  static constexpr double ln2_low = -0x1.8432a1b0e2634p-43;
  static constexpr double exp_low = -0x1.750000p+9;
  static constexpr double exp_high = 0x1.630000p+9;
  static constexpr double tanh_end = 0x1.400000p+4;
  static constexpr double epsilon = 0x1.000000p-52;
  static constexpr double sqrt_2 = 0x1.6a09e667f3bcdp+0;
  static constexpr double inverse_sqrt_2pi = 0x1.9884533d43651p-2;
  static constexpr double tail_begin = 0x1.a00000p-1;
  static constexpr double tail_end = 0x1.360000p+5;
  static constexpr double tail_shift = 0x1.000000p+2;
  static constexpr double tail_middle = 0x1.e00000p-4;
  // (exp(r) - 1 - r) / r^2, on [-0.34692, 0.34692], degree 9, relative error 2^-55.63
  static constexpr double expm1[] = {
      0x1.0000000000005p-1,
      0x1.555555555555cp-3,
      0x1.5555555552094p-5,
      0x1.111111110e6c1p-7,
      0x1.6c16c17f519f9p-10,
      0x1.a01a01b5e2615p-13,
      0x1.a019a632e54b9p-16,
      0x1.71dde9e7b01e4p-19,
      0x1.28a301c698011p-22,
      0x1.af76e4bf60187p-26,
  };
  // (log(1 + f) - f) / f^2, on [-0.33337, 0.33337], degree 19, relative error 2^-56.86
  static constexpr double log1p[] = {
      -0x1.ffffffffffff8p-2,
      0x1.5555555555531p-2,
      -0x1.00000000014c4p-2,
      0x1.99999999a0fd1p-3,
      -0x1.555555535884ap-3,
      0x1.249249205a12fp-3,
      -0x1.000000b111dd3p-3,
      0x1.c71c742fa82f5p-4,
      -0x1.9999563bc2273p-4,
      0x1.745cb1da82949p-4,
      -0x1.555cff04faeacp-4,
      0x1.3b1e016ad158dp-4,
      -0x1.24075bf45da0dp-4,
      0x1.1066205e8fcefp-4,
      -0x1.0625ab9438a06p-4,
      0x1.efee839e60931p-5,
      -0x1.73725a0872962p-5,
      0x1.555d465093a51p-5,
      -0x1.64316262ff9b9p-4,
      0x1.5cbc6f799ce4fp-4,
  };
  // erf(x) / x - 1, in x^2, on [0.0, 1.0], degree 12, relative error 2^-62.74
  static constexpr double erf[] = {
      0x1.06eba8214db69p-3,
      -0x1.812746b0379e6p-2,
      0x1.ce2f21a042b20p-4,
      -0x1.b82ce3128499dp-6,
      0x1.565bcd0db0313p-8,
      -0x1.c02db3d8edbb7p-11,
      0x1.f9a321a1304dep-14,
      -0x1.f4d1df3ac220ep-17,
      0x1.b9def1b193784p-20,
      -0x1.5f1d376f2d3a1p-23,
      0x1.f7a419b41ad82p-27,
      -0x1.386ad8c6e3258p-30,
      0x1.0579ed9c9cc97p-34,
  };
  // (Phi(x) - 1/2) / x, in x^2, on [0.0, 0.66016], degree 9, relative error 2^-61.32
  static constexpr double normal_centre[] = {
      0x1.9884533d43651p-2,
      -0x1.1058377e2ceddp-4,
      0x1.46d0429768d2bp-7,
      -0x1.37403f6b73d5ap-10,
      0x1.e42b0d3651f50p-14,
      -0x1.3ce8f5d9b6d9ap-17,
      0x1.658912dcfbf07p-21,
      -0x1.61fe354192db3p-25,
      0x1.3586f1f98cf3cp-29,
      -0x1.ac3a1ce3c4378p-34,
  };
  // t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle, on [-0.093796, 0.090605], degree 20, relative error 2^-56.54
  static constexpr double normal_tail[] = {
      0x1.870148caf0139p-2,
      -0x1.f3d0d97ac3ac4p-2,
      -0x1.7cdf9f5018af6p+2,
      -0x1.5e66a5db85ea1p+5,
      -0x1.c3a7a193fc819p+7,
      -0x1.8e197ecc6a224p+9,
      -0x1.7d5f2ce57b114p+10,
      0x1.02c7eec98d29fp+10,
      0x1.b5bbe542956b7p+13,
      0x1.eb87de8fd2d9bp+13,
      -0x1.a64cf99babffdp+16,
      -0x1.e65e9d32aefe5p+17,
      0x1.ecf236fefa0d2p+19,
      0x1.63af002463bf1p+21,
      -0x1.74febb39cf577p+23,
      -0x1.cb18e401b6573p+24,
      0x1.4bf6550e4b1e4p+27,
      0x1.d10bb967c9ac5p+27,
      -0x1.1c03aaacaee22p+31,
      -0x1.e9b4ad4c2af55p+29,
      0x1.3eddc485e410bp+34,
  };
};

}  // namespace math
}  // namespace
}  // namespace dlcore
