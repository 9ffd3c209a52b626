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
  static constexpr float tail_begin = 0x1.c00000p-1f;
  static constexpr float tail_end = 0x1.d00000p+3f;
  static constexpr float tail_shift = 0x1.c00000p+1f;
  static constexpr float tail_middle = 0x1.ae0000p-3f;
  // (exp(r) - 1 - r) / r^2, on [-0.34692, 0.34692], degree 4, relative error 2^-26.16
  static constexpr float expm1[] = {
      0x1.000000p-1f,
      0x1.5554aep-3f,
      0x1.5554e0p-5f,
      0x1.1228eep-7f,
      0x1.6d56acp-10f,
  };
  // (log(1 + f) - f) / f^2, on [-0.33337, 0.33337], degree 8, relative error 2^-27.73
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
  // erf(x) / x - 1, in x^2, on [0.0, 1.0], degree 6, relative error 2^-29.62
  static constexpr float erf[] = {
      0x1.06eba8p-3f,
      -0x1.81273ep-2f,
      0x1.ce2cf2p-4f,
      -0x1.b7f88cp-6f,
      0x1.540172p-8f,
      -0x1.a3d812p-11f,
      0x1.4917a4p-14f,
  };
  // (Phi(x) - 1/2) / x, in x^2, on [0.0, 0.76562], degree 4, relative error 2^-26.44
  static constexpr float normal_centre[] = {
      0x1.988452p-2f,
      -0x1.1057aap-4f,
      0x1.46adeep-7f,
      -0x1.33e1c2p-10f,
      0x1.999b4cp-14f,
  };
  // t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle, on [-0.15441, 0.01861], degree 9, relative error 2^-30.68
  static constexpr float normal_tail[] = {
      0x1.2893f0p-2f,
      -0x1.0921a4p+1f,
      -0x1.0b7d3ap+4f,
      -0x1.236e16p+6f,
      -0x1.3d2ad4p+7f,
      -0x1.17268ap+3f,
      0x1.2ffc3ap+9f,
      -0x1.9a48dep+8f,
      -0x1.c193f6p+12f,
      -0x1.72d72ep+13f,
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
  static constexpr double tail_begin = 0x1.800000p-1;
  static constexpr double tail_end = 0x1.360000p+5;
  static constexpr double tail_shift = 0x1.000000p+2;
  static constexpr double tail_middle = 0x1.600000p-3;
  // (exp(r) - 1 - r) / r^2, on [-0.34692, 0.34692], degree 9, relative error 2^-55.63
  static constexpr double expm1[] = {
      0x1.0000000000005p-1,
      0x1.555555555555cp-3,
      0x1.55555555520cdp-5,
      0x1.111111110e80ep-7,
      0x1.6c16c17f4680ep-10,
      0x1.a01a01b56efd8p-13,
      0x1.a019a64e4525fp-16,
      0x1.71ddeaed3fe49p-19,
      0x1.28a2ea83ba594p-22,
      0x1.af7542b6afe72p-26,
  };
  // (log(1 + f) - f) / f^2, on [-0.33337, 0.33337], degree 19, relative error 2^-56.86
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
  // erf(x) / x - 1, in x^2, on [0.0, 1.0], degree 12, relative error 2^-62.74
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
  // (Phi(x) - 1/2) / x, in x^2, on [0.0, 0.5625], degree 9, relative error 2^-63.6
  static constexpr double normal_centre[] = {
      0x1.9884533d43651p-2,
      -0x1.1058377e2cf9ep-4,
      0x1.46d042977497ap-7,
      -0x1.37403f70ae33cp-10,
      0x1.e42b0fba40515p-14,
      -0x1.3ce950d451199p-17,
      0x1.65989bf8baadep-21,
      -0x1.6391c16434f87p-25,
      0x1.4beaf1d0f48fbp-29,
      -0x1.5c0382f6cfaf3p-33,
  };
  // t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle, on [-0.14848, 0.038651], degree 20, relative error 2^-55.76
  static constexpr double normal_tail[] = {
      0x1.4f9aa358713e4p-2,
      -0x1.b82e056f2d448p+0,
      -0x1.2acbfbf3be4a9p+4,
      -0x1.e51eca20078cdp+6,
      -0x1.f0fd415ea71f3p+8,
      -0x1.13312ff4a8d8ep+10,
      0x1.d880747fcb6b2p+4,
      0x1.938ec4652ae47p+12,
      0x1.64369a9887ee7p+12,
      -0x1.4bee74ada1373p+15,
      -0x1.35097749c1e5ap+15,
      0x1.553fa90ad9c13p+18,
      0x1.58ca33e1c333bp+15,
      -0x1.769d91ceaf388p+21,
      0x1.ba0c3571e924ap+21,
      0x1.9f71358b753dfp+24,
      0x1.80181c57c3e45p+25,
      0x1.2475af165fd79p+30,
      0x1.eae6998e5acc5p+32,
      0x1.3f4b837f0d6c4p+34,
      0x1.3250d626ad720p+34,
  };
};

}  // namespace math
}  // namespace
}  // namespace dlcore
