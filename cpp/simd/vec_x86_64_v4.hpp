// The vocabulary of x86_64_v4: AVX-512 F, BW, CD, DQ, VL.
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

constexpr int kRegisters = 32;

struct F32 {
  using T = float;
  using Bits = uint32_t;
  using R = __m512;
  using M = __mmask16;
  static constexpr int N = 16;

  DLCORE_INLINE R load(const T* p) { return _mm512_loadu_ps(p); }
  DLCORE_INLINE M first(int n) { return static_cast<M>((1u << n) - 1u); }
  DLCORE_INLINE R load_n(const T* p, int n) { return _mm512_maskz_loadu_ps(first(n), p); }
  DLCORE_INLINE void store(T* p, R a) { _mm512_storeu_ps(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) { _mm512_mask_storeu_ps(p, first(n), a); }
  DLCORE_INLINE R set(T x) { return _mm512_set1_ps(x); }
  DLCORE_INLINE R zero() { return _mm512_setzero_ps(); }
  DLCORE_INLINE R add(R a, R b) { return _mm512_add_ps(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return _mm512_sub_ps(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return _mm512_mul_ps(a, b); }
  DLCORE_INLINE R div(R a, R b) { return _mm512_div_ps(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return _mm512_fmadd_ps(a, b, c); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return _mm512_fnmadd_ps(a, b, c); }
  DLCORE_INLINE R max(R a, R b) { return _mm512_max_ps(a, b); }
  DLCORE_INLINE R min(R a, R b) { return _mm512_min_ps(a, b); }
  DLCORE_INLINE R sqrt(R a) { return _mm512_sqrt_ps(a); }
  DLCORE_INLINE R round(R a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

  DLCORE_INLINE M lt(R a, R b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  DLCORE_INLINE M le(R a, R b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  DLCORE_INLINE M gt(R a, R b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
  DLCORE_INLINE M ge(R a, R b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
  DLCORE_INLINE M eq(R a, R b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
  DLCORE_INLINE M nan(R a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
  DLCORE_INLINE M both(M a, M b) { return static_cast<M>(a & b); }
  DLCORE_INLINE M either(M a, M b) { return static_cast<M>(a | b); }
  DLCORE_INLINE M negate(M a) { return static_cast<M>(~a); }
  DLCORE_INLINE R select(M m, R a, R b) { return _mm512_mask_blend_ps(m, b, a); }
  DLCORE_INLINE bool any(M m) { return m != 0; }

  DLCORE_INLINE R set_bits(Bits x) { return _mm512_castsi512_ps(_mm512_set1_epi32(static_cast<int32_t>(x))); }
  DLCORE_INLINE R bit_and(R a, R b) { return _mm512_and_ps(a, b); }
  DLCORE_INLINE R bit_or(R a, R b) { return _mm512_or_ps(a, b); }
  DLCORE_INLINE R bit_xor(R a, R b) { return _mm512_xor_ps(a, b); }
  DLCORE_INLINE R int_add(R a, R b) {
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
  }
  DLCORE_INLINE R int_sub(R a, R b) {
    return _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
  }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return _mm512_castsi512_ps(_mm512_srli_epi32(_mm512_castps_si512(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) {
    return _mm512_permutex2var_ps(a, _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b);
  }
  DLCORE_INLINE R zip_high(R a, R b) {
    return _mm512_permutex2var_ps(a, _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
                                  b);
  }
  DLCORE_INLINE R abs(R a) { return bit_and(a, set_bits(~Bits(0) >> 1)); }
  DLCORE_INLINE R negative(R a) { return bit_xor(a, set_bits(Bits(1) << 31)); }

  DLCORE_INLINE R keep(R a, int n) { return _mm512_maskz_mov_ps(first(n), a); }
  DLCORE_INLINE T lowest_lane(R a) { return _mm_cvtss_f32(_mm512_castps512_ps128(a)); }
  DLCORE_INLINE T fold_add(R a) {
    const __m256 b = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 c = _mm_add_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
    const __m128 d = _mm_add_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_add_ss(d, _mm_movehdup_ps(d)));
  }
  DLCORE_INLINE T fold_max(R a) {
    const __m256 b = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 c = _mm_max_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
    const __m128 d = _mm_max_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_max_ss(d, _mm_movehdup_ps(d)));
  }
};

struct F64 {
  using T = double;
  using Bits = uint64_t;
  using R = __m512d;
  using M = __mmask8;
  static constexpr int N = 8;

  DLCORE_INLINE R load(const T* p) { return _mm512_loadu_pd(p); }
  DLCORE_INLINE M first(int n) { return static_cast<M>((1u << n) - 1u); }
  DLCORE_INLINE R load_n(const T* p, int n) { return _mm512_maskz_loadu_pd(first(n), p); }
  DLCORE_INLINE void store(T* p, R a) { _mm512_storeu_pd(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) { _mm512_mask_storeu_pd(p, first(n), a); }
  DLCORE_INLINE R set(T x) { return _mm512_set1_pd(x); }
  DLCORE_INLINE R zero() { return _mm512_setzero_pd(); }
  DLCORE_INLINE R add(R a, R b) { return _mm512_add_pd(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return _mm512_sub_pd(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return _mm512_mul_pd(a, b); }
  DLCORE_INLINE R div(R a, R b) { return _mm512_div_pd(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return _mm512_fmadd_pd(a, b, c); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return _mm512_fnmadd_pd(a, b, c); }
  DLCORE_INLINE R max(R a, R b) { return _mm512_max_pd(a, b); }
  DLCORE_INLINE R min(R a, R b) { return _mm512_min_pd(a, b); }
  DLCORE_INLINE R sqrt(R a) { return _mm512_sqrt_pd(a); }
  DLCORE_INLINE R round(R a) { return _mm512_roundscale_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

  DLCORE_INLINE M lt(R a, R b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
  DLCORE_INLINE M le(R a, R b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
  DLCORE_INLINE M gt(R a, R b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
  DLCORE_INLINE M ge(R a, R b) { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
  DLCORE_INLINE M eq(R a, R b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
  DLCORE_INLINE M nan(R a) { return _mm512_cmp_pd_mask(a, a, _CMP_UNORD_Q); }
  DLCORE_INLINE M both(M a, M b) { return static_cast<M>(a & b); }
  DLCORE_INLINE M either(M a, M b) { return static_cast<M>(a | b); }
  DLCORE_INLINE M negate(M a) { return static_cast<M>(~a); }
  DLCORE_INLINE R select(M m, R a, R b) { return _mm512_mask_blend_pd(m, b, a); }
  DLCORE_INLINE bool any(M m) { return m != 0; }

  DLCORE_INLINE R set_bits(Bits x) { return _mm512_castsi512_pd(_mm512_set1_epi64(static_cast<int64_t>(x))); }
  DLCORE_INLINE R bit_and(R a, R b) { return _mm512_and_pd(a, b); }
  DLCORE_INLINE R bit_or(R a, R b) { return _mm512_or_pd(a, b); }
  DLCORE_INLINE R bit_xor(R a, R b) { return _mm512_xor_pd(a, b); }
  DLCORE_INLINE R int_add(R a, R b) {
    return _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(a), _mm512_castpd_si512(b)));
  }
  DLCORE_INLINE R int_sub(R a, R b) {
    return _mm512_castsi512_pd(_mm512_sub_epi64(_mm512_castpd_si512(a), _mm512_castpd_si512(b)));
  }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return _mm512_castsi512_pd(_mm512_slli_epi64(_mm512_castpd_si512(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return _mm512_castsi512_pd(_mm512_srli_epi64(_mm512_castpd_si512(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) {
    return _mm512_permutex2var_pd(a, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), b);
  }
  DLCORE_INLINE R zip_high(R a, R b) {
    return _mm512_permutex2var_pd(a, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), b);
  }
  DLCORE_INLINE R abs(R a) { return bit_and(a, set_bits(~Bits(0) >> 1)); }
  DLCORE_INLINE R negative(R a) { return bit_xor(a, set_bits(Bits(1) << 63)); }

  DLCORE_INLINE R keep(R a, int n) { return _mm512_maskz_mov_pd(first(n), a); }
  DLCORE_INLINE T lowest_lane(R a) { return _mm_cvtsd_f64(_mm512_castpd512_pd128(a)); }
  DLCORE_INLINE T fold_add(R a) {
    const __m256d b = _mm256_add_pd(_mm512_castpd512_pd256(a), _mm512_extractf64x4_pd(a, 1));
    const __m128d c = _mm_add_pd(_mm256_castpd256_pd128(b), _mm256_extractf128_pd(b, 1));
    return _mm_cvtsd_f64(_mm_add_sd(c, _mm_unpackhi_pd(c, c)));
  }
  DLCORE_INLINE T fold_max(R a) {
    const __m256d b = _mm256_max_pd(_mm512_castpd512_pd256(a), _mm512_extractf64x4_pd(a, 1));
    const __m128d c = _mm_max_pd(_mm256_castpd256_pd128(b), _mm256_extractf128_pd(b, 1));
    return _mm_cvtsd_f64(_mm_max_sd(c, _mm_unpackhi_pd(c, c)));
  }
};

}  // namespace
}  // namespace dlcore
