// The vocabulary of x86_64_v2: SSE4.2, where fma is a product and a sum, each rounded.
// Every vec_*.hpp defines the same two structs, F32 and F64; kernels are written over these names alone.
// Comparisons are ordered (false for NaN); max and min give the second operand where either is NaN or both are zero.
// zip_low and zip_high interleave the lower and the upper halves of two vectors.
// fold_add and fold_max halve the lanes again and again: lane i meets lane i + N/2, then i + N/4, and so on.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/inline.hpp"

namespace dlcore {
namespace {

constexpr int kRegisters = 16;

struct F32 {
  using T = float;
  using Bits = uint32_t;
  using R = __m128;
  using M = __m128;
  static constexpr int N = 4;

  DLCORE_INLINE R load(const T* p) { return _mm_loadu_ps(p); }
  DLCORE_INLINE R load_n(const T* p, int n) {
    return n >= 4 ? load(p) : _mm_setr_ps(n > 0 ? p[0] : 0, n > 1 ? p[1] : 0, n > 2 ? p[2] : 0, 0);
  }
  DLCORE_INLINE void store(T* p, R a) { _mm_storeu_ps(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) {
    T lane[4];
    store(lane, a);
    for (int i = 0; i < n && i < 4; i++) p[i] = lane[i];
  }
  DLCORE_INLINE R set(T x) { return _mm_set1_ps(x); }
  DLCORE_INLINE R zero() { return _mm_setzero_ps(); }
  DLCORE_INLINE R add(R a, R b) { return _mm_add_ps(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return _mm_sub_ps(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return _mm_mul_ps(a, b); }
  DLCORE_INLINE R div(R a, R b) { return _mm_div_ps(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return add(mul(a, b), c); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return sub(c, mul(a, b)); }
  DLCORE_INLINE R max(R a, R b) { return _mm_max_ps(a, b); }
  DLCORE_INLINE R min(R a, R b) { return _mm_min_ps(a, b); }
  DLCORE_INLINE R sqrt(R a) { return _mm_sqrt_ps(a); }
  DLCORE_INLINE R round(R a) { return _mm_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

  DLCORE_INLINE M lt(R a, R b) { return _mm_cmplt_ps(a, b); }
  DLCORE_INLINE M le(R a, R b) { return _mm_cmple_ps(a, b); }
  DLCORE_INLINE M gt(R a, R b) { return _mm_cmpgt_ps(a, b); }
  DLCORE_INLINE M ge(R a, R b) { return _mm_cmpge_ps(a, b); }
  DLCORE_INLINE M eq(R a, R b) { return _mm_cmpeq_ps(a, b); }
  DLCORE_INLINE M nan(R a) { return _mm_cmpunord_ps(a, a); }
  DLCORE_INLINE M both(M a, M b) { return _mm_and_ps(a, b); }
  DLCORE_INLINE M either(M a, M b) { return _mm_or_ps(a, b); }
  DLCORE_INLINE M negate(M a) { return _mm_xor_ps(a, set_bits(~Bits(0))); }
  DLCORE_INLINE R select(M m, R a, R b) { return _mm_blendv_ps(b, a, m); }
  DLCORE_INLINE bool any(M m) { return _mm_movemask_ps(m) != 0; }

  DLCORE_INLINE R set_bits(Bits x) { return _mm_castsi128_ps(_mm_set1_epi32(static_cast<int32_t>(x))); }
  DLCORE_INLINE R bit_and(R a, R b) { return _mm_and_ps(a, b); }
  DLCORE_INLINE R bit_or(R a, R b) { return _mm_or_ps(a, b); }
  DLCORE_INLINE R bit_xor(R a, R b) { return _mm_xor_ps(a, b); }
  DLCORE_INLINE R int_add(R a, R b) {
    return _mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(a), _mm_castps_si128(b)));
  }
  DLCORE_INLINE R int_sub(R a, R b) {
    return _mm_castsi128_ps(_mm_sub_epi32(_mm_castps_si128(a), _mm_castps_si128(b)));
  }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_castps_si128(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return _mm_castsi128_ps(_mm_srli_epi32(_mm_castps_si128(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) { return _mm_unpacklo_ps(a, b); }
  DLCORE_INLINE R zip_high(R a, R b) { return _mm_unpackhi_ps(a, b); }
  DLCORE_INLINE R abs(R a) { return bit_and(a, set_bits(~Bits(0) >> 1)); }
  DLCORE_INLINE R negative(R a) { return bit_xor(a, set_bits(Bits(1) << 31)); }

  DLCORE_INLINE R keep(R a, int n) {
    return _mm_and_ps(a, _mm_castsi128_ps(_mm_cmplt_epi32(_mm_setr_epi32(0, 1, 2, 3), _mm_set1_epi32(n))));
  }
  DLCORE_INLINE T lowest_lane(R a) { return _mm_cvtss_f32(a); }
  DLCORE_INLINE T fold_add(R a) {
    const __m128 d = _mm_add_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_add_ss(d, _mm_movehdup_ps(d)));
  }
  DLCORE_INLINE T fold_max(R a) {
    const __m128 d = _mm_max_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_max_ss(d, _mm_movehdup_ps(d)));
  }
};

struct F64 {
  using T = double;
  using Bits = uint64_t;
  using R = __m128d;
  using M = __m128d;
  static constexpr int N = 2;

  DLCORE_INLINE R load(const T* p) { return _mm_loadu_pd(p); }
  DLCORE_INLINE R load_n(const T* p, int n) { return n >= 2 ? load(p) : _mm_setr_pd(n > 0 ? p[0] : 0, 0); }
  DLCORE_INLINE void store(T* p, R a) { _mm_storeu_pd(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) {
    T lane[2];
    store(lane, a);
    for (int i = 0; i < n && i < 2; i++) p[i] = lane[i];
  }
  DLCORE_INLINE R set(T x) { return _mm_set1_pd(x); }
  DLCORE_INLINE R zero() { return _mm_setzero_pd(); }
  DLCORE_INLINE R add(R a, R b) { return _mm_add_pd(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return _mm_sub_pd(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return _mm_mul_pd(a, b); }
  DLCORE_INLINE R div(R a, R b) { return _mm_div_pd(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return add(mul(a, b), c); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return sub(c, mul(a, b)); }
  DLCORE_INLINE R max(R a, R b) { return _mm_max_pd(a, b); }
  DLCORE_INLINE R min(R a, R b) { return _mm_min_pd(a, b); }
  DLCORE_INLINE R sqrt(R a) { return _mm_sqrt_pd(a); }
  DLCORE_INLINE R round(R a) { return _mm_round_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

  DLCORE_INLINE M lt(R a, R b) { return _mm_cmplt_pd(a, b); }
  DLCORE_INLINE M le(R a, R b) { return _mm_cmple_pd(a, b); }
  DLCORE_INLINE M gt(R a, R b) { return _mm_cmpgt_pd(a, b); }
  DLCORE_INLINE M ge(R a, R b) { return _mm_cmpge_pd(a, b); }
  DLCORE_INLINE M eq(R a, R b) { return _mm_cmpeq_pd(a, b); }
  DLCORE_INLINE M nan(R a) { return _mm_cmpunord_pd(a, a); }
  DLCORE_INLINE M both(M a, M b) { return _mm_and_pd(a, b); }
  DLCORE_INLINE M either(M a, M b) { return _mm_or_pd(a, b); }
  DLCORE_INLINE M negate(M a) { return _mm_xor_pd(a, set_bits(~Bits(0))); }
  DLCORE_INLINE R select(M m, R a, R b) { return _mm_blendv_pd(b, a, m); }
  DLCORE_INLINE bool any(M m) { return _mm_movemask_pd(m) != 0; }

  DLCORE_INLINE R set_bits(Bits x) { return _mm_castsi128_pd(_mm_set1_epi64x(static_cast<int64_t>(x))); }
  DLCORE_INLINE R bit_and(R a, R b) { return _mm_and_pd(a, b); }
  DLCORE_INLINE R bit_or(R a, R b) { return _mm_or_pd(a, b); }
  DLCORE_INLINE R bit_xor(R a, R b) { return _mm_xor_pd(a, b); }
  DLCORE_INLINE R int_add(R a, R b) {
    return _mm_castsi128_pd(_mm_add_epi64(_mm_castpd_si128(a), _mm_castpd_si128(b)));
  }
  DLCORE_INLINE R int_sub(R a, R b) {
    return _mm_castsi128_pd(_mm_sub_epi64(_mm_castpd_si128(a), _mm_castpd_si128(b)));
  }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return _mm_castsi128_pd(_mm_slli_epi64(_mm_castpd_si128(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return _mm_castsi128_pd(_mm_srli_epi64(_mm_castpd_si128(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) { return _mm_unpacklo_pd(a, b); }
  DLCORE_INLINE R zip_high(R a, R b) { return _mm_unpackhi_pd(a, b); }
  DLCORE_INLINE R abs(R a) { return bit_and(a, set_bits(~Bits(0) >> 1)); }
  DLCORE_INLINE R negative(R a) { return bit_xor(a, set_bits(Bits(1) << 63)); }

  DLCORE_INLINE R keep(R a, int n) {
    return _mm_and_pd(a, _mm_castsi128_pd(_mm_cmpgt_epi64(_mm_set1_epi64x(n), _mm_set_epi64x(1, 0))));
  }
  DLCORE_INLINE T lowest_lane(R a) { return _mm_cvtsd_f64(a); }
  DLCORE_INLINE T fold_add(R a) { return _mm_cvtsd_f64(_mm_add_sd(a, _mm_unpackhi_pd(a, a))); }
  DLCORE_INLINE T fold_max(R a) { return _mm_cvtsd_f64(_mm_max_sd(a, _mm_unpackhi_pd(a, a))); }
};

}  // namespace
}  // namespace dlcore
