// The vocabulary of neon: aarch64's 128-bit vectors, with fused multiply-add.
// Every vec_*.hpp defines the same two structs, F32 and F64; kernels are written over these names alone.
// Comparisons are ordered (false for NaN); max and min give the second operand where either is NaN or both are zero,
// as on x86-64: NEON's own would give the NaN.
// zip_low and zip_high interleave the lower and the upper halves of two vectors.
// fold_add and fold_max halve the lanes again and again: lane i meets lane i + N/2, then i + N/4, and so on.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "simd/inline.hpp"

namespace dlcore {
namespace {

constexpr int kRegisters = 32;

struct F32 {
  using T = float;
  using Bits = uint32_t;
  using R = float32x4_t;
  using M = uint32x4_t;
  static constexpr int N = 4;

  DLCORE_INLINE R load(const T* p) { return vld1q_f32(p); }
  DLCORE_INLINE R load_n(const T* p, int n) {
    T lane[N] = {};
    for (int i = 0; i < n && i < N; i++) lane[i] = p[i];
    return load(lane);
  }
  DLCORE_INLINE void store(T* p, R a) { vst1q_f32(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) {
    T lane[N];
    store(lane, a);
    for (int i = 0; i < n && i < N; i++) p[i] = lane[i];
  }
  DLCORE_INLINE R set(T x) { return vdupq_n_f32(x); }
  DLCORE_INLINE R zero() { return vdupq_n_f32(0); }
  DLCORE_INLINE R add(R a, R b) { return vaddq_f32(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return vsubq_f32(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return vmulq_f32(a, b); }
  DLCORE_INLINE R div(R a, R b) { return vdivq_f32(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return vfmaq_f32(c, a, b); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return vfmsq_f32(c, a, b); }
  DLCORE_INLINE R max(R a, R b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  DLCORE_INLINE R min(R a, R b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
  DLCORE_INLINE R sqrt(R a) { return vsqrtq_f32(a); }
  DLCORE_INLINE R round(R a) { return vrndnq_f32(a); }

  DLCORE_INLINE M lt(R a, R b) { return vcltq_f32(a, b); }
  DLCORE_INLINE M le(R a, R b) { return vcleq_f32(a, b); }
  DLCORE_INLINE M gt(R a, R b) { return vcgtq_f32(a, b); }
  DLCORE_INLINE M ge(R a, R b) { return vcgeq_f32(a, b); }
  DLCORE_INLINE M eq(R a, R b) { return vceqq_f32(a, b); }
  DLCORE_INLINE M nan(R a) { return vmvnq_u32(vceqq_f32(a, a)); }
  DLCORE_INLINE M both(M a, M b) { return vandq_u32(a, b); }
  DLCORE_INLINE M either(M a, M b) { return vorrq_u32(a, b); }
  DLCORE_INLINE M negate(M a) { return vmvnq_u32(a); }
  DLCORE_INLINE R select(M m, R a, R b) { return vbslq_f32(m, a, b); }
  DLCORE_INLINE bool any(M m) { return vmaxvq_u32(m) != 0; }

  DLCORE_INLINE uint32x4_t bits(R a) { return vreinterpretq_u32_f32(a); }
  DLCORE_INLINE R from_bits(uint32x4_t a) { return vreinterpretq_f32_u32(a); }
  DLCORE_INLINE R set_bits(Bits x) { return from_bits(vdupq_n_u32(x)); }
  DLCORE_INLINE R bit_and(R a, R b) { return from_bits(vandq_u32(bits(a), bits(b))); }
  DLCORE_INLINE R bit_or(R a, R b) { return from_bits(vorrq_u32(bits(a), bits(b))); }
  DLCORE_INLINE R bit_xor(R a, R b) { return from_bits(veorq_u32(bits(a), bits(b))); }
  DLCORE_INLINE R int_add(R a, R b) { return from_bits(vaddq_u32(bits(a), bits(b))); }
  DLCORE_INLINE R int_sub(R a, R b) { return from_bits(vsubq_u32(bits(a), bits(b))); }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return from_bits(vshlq_n_u32(bits(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return from_bits(vshrq_n_u32(bits(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) { return vzip1q_f32(a, b); }
  DLCORE_INLINE R zip_high(R a, R b) { return vzip2q_f32(a, b); }
  DLCORE_INLINE R abs(R a) { return vabsq_f32(a); }
  DLCORE_INLINE R negative(R a) { return vnegq_f32(a); }
  DLCORE_INLINE R keep(R a, int n) {
    const int32_t lane[N] = {0, 1, 2, 3};
    return from_bits(vandq_u32(bits(a), vcltq_s32(vld1q_s32(lane), vdupq_n_s32(n))));
  }
  DLCORE_INLINE T lowest_lane(R a) { return vgetq_lane_f32(a, 0); }
  DLCORE_INLINE T fold_add(R a) {
    const float32x2_t b = vadd_f32(vget_low_f32(a), vget_high_f32(a));
    return vget_lane_f32(b, 0) + vget_lane_f32(b, 1);
  }
  DLCORE_INLINE T fold_max(R a) {
    const R b = max(a, vextq_f32(a, a, 2));
    return lowest_lane(max(b, vextq_f32(b, b, 1)));
  }
};

struct F64 {
  using T = double;
  using Bits = uint64_t;
  using R = float64x2_t;
  using M = uint64x2_t;
  static constexpr int N = 2;

  DLCORE_INLINE R load(const T* p) { return vld1q_f64(p); }
  DLCORE_INLINE R load_n(const T* p, int n) {
    T lane[N] = {};
    for (int i = 0; i < n && i < N; i++) lane[i] = p[i];
    return load(lane);
  }
  DLCORE_INLINE void store(T* p, R a) { vst1q_f64(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) {
    T lane[N];
    store(lane, a);
    for (int i = 0; i < n && i < N; i++) p[i] = lane[i];
  }
  DLCORE_INLINE R set(T x) { return vdupq_n_f64(x); }
  DLCORE_INLINE R zero() { return vdupq_n_f64(0); }
  DLCORE_INLINE R add(R a, R b) { return vaddq_f64(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return vsubq_f64(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return vmulq_f64(a, b); }
  DLCORE_INLINE R div(R a, R b) { return vdivq_f64(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return vfmaq_f64(c, a, b); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return vfmsq_f64(c, a, b); }
  DLCORE_INLINE R max(R a, R b) { return vbslq_f64(vcgtq_f64(a, b), a, b); }
  DLCORE_INLINE R min(R a, R b) { return vbslq_f64(vcltq_f64(a, b), a, b); }
  DLCORE_INLINE R sqrt(R a) { return vsqrtq_f64(a); }
  DLCORE_INLINE R round(R a) { return vrndnq_f64(a); }

  DLCORE_INLINE M lt(R a, R b) { return vcltq_f64(a, b); }
  DLCORE_INLINE M le(R a, R b) { return vcleq_f64(a, b); }
  DLCORE_INLINE M gt(R a, R b) { return vcgtq_f64(a, b); }
  DLCORE_INLINE M ge(R a, R b) { return vcgeq_f64(a, b); }
  DLCORE_INLINE M eq(R a, R b) { return vceqq_f64(a, b); }
  DLCORE_INLINE M nan(R a) { return negate(vceqq_f64(a, a)); }
  DLCORE_INLINE M both(M a, M b) { return vandq_u64(a, b); }
  DLCORE_INLINE M either(M a, M b) { return vorrq_u64(a, b); }
  DLCORE_INLINE M negate(M a) { return veorq_u64(a, vdupq_n_u64(~Bits(0))); }
  DLCORE_INLINE R select(M m, R a, R b) { return vbslq_f64(m, a, b); }
  DLCORE_INLINE bool any(M m) { return (vgetq_lane_u64(m, 0) | vgetq_lane_u64(m, 1)) != 0; }

  DLCORE_INLINE uint64x2_t bits(R a) { return vreinterpretq_u64_f64(a); }
  DLCORE_INLINE R from_bits(uint64x2_t a) { return vreinterpretq_f64_u64(a); }
  DLCORE_INLINE R set_bits(Bits x) { return from_bits(vdupq_n_u64(x)); }
  DLCORE_INLINE R bit_and(R a, R b) { return from_bits(vandq_u64(bits(a), bits(b))); }
  DLCORE_INLINE R bit_or(R a, R b) { return from_bits(vorrq_u64(bits(a), bits(b))); }
  DLCORE_INLINE R bit_xor(R a, R b) { return from_bits(veorq_u64(bits(a), bits(b))); }
  DLCORE_INLINE R int_add(R a, R b) { return from_bits(vaddq_u64(bits(a), bits(b))); }
  DLCORE_INLINE R int_sub(R a, R b) { return from_bits(vsubq_u64(bits(a), bits(b))); }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return from_bits(vshlq_n_u64(bits(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return from_bits(vshrq_n_u64(bits(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) { return vzip1q_f64(a, b); }
  DLCORE_INLINE R zip_high(R a, R b) { return vzip2q_f64(a, b); }
  DLCORE_INLINE R abs(R a) { return vabsq_f64(a); }
  DLCORE_INLINE R negative(R a) { return vnegq_f64(a); }
  DLCORE_INLINE R keep(R a, int n) {
    const int64_t lane[N] = {0, 1};
    return from_bits(vandq_u64(bits(a), vcltq_s64(vld1q_s64(lane), vdupq_n_s64(n))));
  }
  DLCORE_INLINE T lowest_lane(R a) { return vgetq_lane_f64(a, 0); }
  DLCORE_INLINE T fold_add(R a) { return vgetq_lane_f64(a, 0) + vgetq_lane_f64(a, 1); }
  DLCORE_INLINE T fold_max(R a) { return lowest_lane(max(a, vextq_f64(a, a, 1))); }
};

}  // namespace
}  // namespace dlcore
