// Written by coefficients.py; change that, not this.
// clang-format off: one coefficient a line
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
  static constexpr float sqrt_2 = 0x1.6a09e6p+0f;
  static constexpr float inverse_sqrt_2pi = 0x1.988454p-2f;
  static constexpr float exp_low = -0x1.a00000p+6f;
  static constexpr float exp_high = 0x1.640000p+6f;
  static constexpr float expm1_low = -0x1.400000p+4f;
  static constexpr float tanh_end = 0x1.400000p+3f;
  static constexpr float tail_begin = 0x1.c00000p-1f;
  static constexpr float tail_end = 0x1.d00000p+3f;
  static constexpr float tail_shift = 0x1.800000p+1f;
  static constexpr float tail_middle = 0x1.cc0000p-3f;
  // (exp(r) - 1 - r) / r^2,
  // on [-0.34692, 0.34692], degree 4, relative error 2^-26.09
  static constexpr float expm1[] = {
      0x1.fffffep-2f,
      0x1.5554b0p-3f,
      0x1.555716p-5f,
      0x1.1227b6p-7f,
      0x1.6b73d0p-10f,
  };
  // (log(1 + f) - f) / f^2,
  // on [-0.33337, 0.33337], degree 8, relative error 2^-27.61
  static constexpr float log1p[] = {
      -0x1.000000p-1f,
      0x1.555502p-2f,
      -0x1.ffff12p-3f,
      0x1.99d1c6p-3f,
      -0x1.559858p-3f,
      0x1.1ec0c2p-3f,
      -0x1.f39ed0p-4f,
      0x1.1ec77ap-3f,
      -0x1.06e15ep-3f,
  };
  // erf(x) / x - 1, in s = x^2,
  // on [0.0, 1.0], degree 6, relative error 2^-29.33
  static constexpr float erf[] = {
      0x1.06eba8p-3f,
      -0x1.81273ep-2f,
      0x1.ce2cf2p-4f,
      -0x1.b7f88cp-6f,
      0x1.540172p-8f,
      -0x1.a3d812p-11f,
      0x1.4917a4p-14f,
  };
  // (Phi(x) - 1/2) / x, in s = x^2,
  // on [0.0, 0.76562], degree 4, relative error 2^-24.36
  static constexpr float normal_centre[] = {
      0x1.988452p-2f,
      -0x1.1057aap-4f,
      0x1.46adeep-7f,
      -0x1.33e1c2p-10f,
      0x1.999b4cp-14f,
  };
  // t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle,
  // on [-0.16747, 0.033455], degree 8, relative error 2^-27.33
  static constexpr float normal_tail[] = {
      0x1.388afep-2f,
      -0x1.77e364p+0f,
      -0x1.24f784p+3f,
      -0x1.b42e50p+4f,
      -0x1.8d2488p+4f,
      0x1.120a92p+6f,
      0x1.990d6ap+6f,
      -0x1.a26100p+8f,
      -0x1.ce13e8p+9f,
  };
};

template <>
struct Coefficients<double> {
  static constexpr double log2_e = 0x1.71547652b82fep+0;
  static constexpr double ln2_high = 0x1.62e42fefa4000p-1;
  static constexpr double ln2_low = -0x1.8432a1b0e2634p-43;
  static constexpr double sqrt_2 = 0x1.6a09e667f3bcdp+0;
  static constexpr double inverse_sqrt_2pi = 0x1.9884533d43651p-2;
  static constexpr double exp_low = -0x1.7500000000000p+9;
  static constexpr double exp_high = 0x1.6300000000000p+9;
  static constexpr double expm1_low = -0x1.4000000000000p+5;
  static constexpr double tanh_end = 0x1.4000000000000p+4;
  static constexpr double tail_begin = 0x1.c000000000000p-1;
  static constexpr double tail_end = 0x1.3600000000000p+5;
  static constexpr double tail_shift = 0x1.0000000000000p+2;
  static constexpr double tail_middle = 0x1.0000000000000p-3;
  // (exp(r) - 1 - r) / r^2,
  // on [-0.34692, 0.34692], degree 9, relative error 2^-55.51
  static constexpr double expm1[] = {
      0x1.0000000000005p-1,
      0x1.555555555553ap-3,
      0x1.55555555520e2p-5,
      0x1.1111111118c48p-7,
      0x1.6c16c17f3f2a4p-10,
      0x1.a01a017695efcp-13,
      0x1.a019a666a4584p-16,
      0x1.71de83ee3a6fep-19,
      0x1.28a2d18134321p-22,
      0x1.ae733a1a2affep-26,
  };
  // (log(1 + f) - f) / f^2,
  // on [-0.33337, 0.33337], degree 19, relative error 2^-56.82
  static constexpr double log1p[] = {
      -0x1.ffffffffffff8p-2,
      0x1.5555555555530p-2,
      -0x1.000000000150ep-2,
      0x1.99999999a1160p-3,
      -0x1.5555555354064p-3,
      0x1.249249204f380p-3,
      -0x1.000000b223373p-3,
      0x1.c71c743472aadp-4,
      -0x1.999955f234a67p-4,
      0x1.745cb13e46d38p-4,
      -0x1.555d04ff98faep-4,
      0x1.3b1e0d9800429p-4,
      -0x1.24070f4b66f83p-4,
      0x1.10658961bacc2p-4,
      -0x1.0627fbd3053dap-4,
      0x1.eff761e7e646ap-5,
      -0x1.735e99e084125p-5,
      0x1.553843dde4d84p-5,
      -0x1.6443462bb4207p-4,
      0x1.5cdd532e6741dp-4,
  };
  // erf(x) / x - 1, in s = x^2,
  // on [0.0, 1.0], degree 12, relative error 2^-56.33
  static constexpr double erf[] = {
      0x1.06eba8214db69p-3,
      -0x1.812746b0379fdp-2,
      0x1.ce2f21a043610p-4,
      -0x1.b82ce312ab11ap-6,
      0x1.565bcd126ecefp-8,
      -0x1.c02db4926fc84p-11,
      0x1.f9a33429cace3p-14,
      -0x1.f4d31e2e207a8p-17,
      0x1.b9ed7a9612b2bp-20,
      -0x1.5f8e96d2821a7p-23,
      0x1.fc1077844c1d4p-27,
      -0x1.45345ce11438cp-30,
      0x1.260612bfbb53ap-34,
  };
  // (Phi(x) - 1/2) / x, in s = x^2,
  // on [0.0, 0.76562], degree 9, relative error 2^-53.83
  static constexpr double normal_centre[] = {
      0x1.9884533d43651p-2,
      -0x1.1058377e2cf64p-4,
      0x1.46d042976e89dp-7,
      -0x1.37403f6d34037p-10,
      0x1.e42b0dc9859f0p-14,
      -0x1.3ce903dacab51p-17,
      0x1.658aa75a61ce4p-21,
      -0x1.62189a99a8618p-25,
      0x1.366e7f30b73b4p-29,
      -0x1.b27aecf08bee5p-34,
  };
  // t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle,
  // on [-0.10161, 0.080128], degree 20, relative error 2^-54.9
  static constexpr double normal_tail[] = {
      0x1.82b4bb8c94dcep-2,
      -0x1.2dda040d62d0cp-1,
      -0x1.c41d6bcaf8560p+2,
      -0x1.9adc525a90380p+5,
      -0x1.024df8efd2ceap+8,
      -0x1.b0ffe01da9810p+9,
      -0x1.691976fad030ap+10,
      0x1.e4abd3b3d2617p+10,
      0x1.ce76f6dd09e64p+13,
      0x1.99ff1792846e8p+12,
      -0x1.e8a4f24afc733p+16,
      -0x1.16d11de92fa34p+17,
      0x1.2cd9b55cad540p+20,
      0x1.5d91c26af8decp+20,
      -0x1.b820b58b94de2p+23,
      -0x1.b717d39d17936p+22,
      0x1.5f5cdbd900c2cp+27,
      -0x1.6629000aa983ap+26,
      -0x1.125ea1c3c4850p+31,
      0x1.22389974f5fd8p+31,
      0x1.484908aba7532p+34,
  };
};

}  // namespace math
}  // namespace
}  // namespace dlcore
