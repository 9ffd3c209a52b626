// The vocabulary of x86_64_v3: AVX2 and FMA.
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

// Windows of ones over zeros: maskload reads the sign bit of each lane.
const int32_t kFirst32[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
const int64_t kFirst64[8] = {-1, -1, -1, -1, 0, 0, 0, 0};

struct F32 {
  using T = float;
  using Bits = uint32_t;
  using R = __m256;
  using M = __m256;
  static constexpr int N = 8;

  DLCORE_INLINE R load(const T* p) { return _mm256_loadu_ps(p); }
  DLCORE_INLINE __m256i first(int n) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFirst32 + 8 - n)); }
  DLCORE_INLINE R load_n(const T* p, int n) { return _mm256_maskload_ps(p, first(n)); }
  DLCORE_INLINE void store(T* p, R a) { _mm256_storeu_ps(p, a); }
  // By halves: AMD's processors take some forty steps for a masked store.
  DLCORE_INLINE void store_n(T* p, R a, int n) {
    if (n >= 8) return store(p, a);
    __m128 rest = _mm256_castps256_ps128(a);
    if (n & 4) {
      _mm_storeu_ps(p, rest);
      rest = _mm256_extractf128_ps(a, 1);
      p += 4;
    }
    if (n & 2) {
      _mm_storel_pi(reinterpret_cast<__m64*>(p), rest);
      rest = _mm_movehl_ps(rest, rest);
      p += 2;
    }
    if (n & 1) _mm_store_ss(p, rest);
  }
  DLCORE_INLINE R set(T x) { return _mm256_set1_ps(x); }
  DLCORE_INLINE R zero() { return _mm256_setzero_ps(); }
  DLCORE_INLINE R add(R a, R b) { return _mm256_add_ps(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return _mm256_sub_ps(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return _mm256_mul_ps(a, b); }
  DLCORE_INLINE R div(R a, R b) { return _mm256_div_ps(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return _mm256_fmadd_ps(a, b, c); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return _mm256_fnmadd_ps(a, b, c); }
  DLCORE_INLINE R max(R a, R b) { return _mm256_max_ps(a, b); }
  DLCORE_INLINE R min(R a, R b) { return _mm256_min_ps(a, b); }
  DLCORE_INLINE R sqrt(R a) { return _mm256_sqrt_ps(a); }
  DLCORE_INLINE R round(R a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

  DLCORE_INLINE M lt(R a, R b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  DLCORE_INLINE M le(R a, R b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
  DLCORE_INLINE M gt(R a, R b) { return _mm256_cmp_ps(a, b, _CMP_GT_OQ); }
  DLCORE_INLINE M ge(R a, R b) { return _mm256_cmp_ps(a, b, _CMP_GE_OQ); }
  DLCORE_INLINE M eq(R a, R b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
  DLCORE_INLINE M nan(R a) { return _mm256_cmp_ps(a, a, _CMP_UNORD_Q); }
  DLCORE_INLINE M both(M a, M b) { return _mm256_and_ps(a, b); }
  DLCORE_INLINE M either(M a, M b) { return _mm256_or_ps(a, b); }
  DLCORE_INLINE M negate(M a) { return _mm256_xor_ps(a, set_bits(~Bits(0))); }
  DLCORE_INLINE R select(M m, R a, R b) { return _mm256_blendv_ps(b, a, m); }
  DLCORE_INLINE bool any(M m) { return _mm256_movemask_ps(m) != 0; }

  DLCORE_INLINE R set_bits(Bits x) { return _mm256_castsi256_ps(_mm256_set1_epi32(static_cast<int32_t>(x))); }
  DLCORE_INLINE R bit_and(R a, R b) { return _mm256_and_ps(a, b); }
  DLCORE_INLINE R bit_or(R a, R b) { return _mm256_or_ps(a, b); }
  DLCORE_INLINE R bit_xor(R a, R b) { return _mm256_xor_ps(a, b); }
  DLCORE_INLINE R int_add(R a, R b) {
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
  }
  DLCORE_INLINE R int_sub(R a, R b) {
    return _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
  }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return _mm256_castsi256_ps(_mm256_srli_epi32(_mm256_castps_si256(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) {
    return _mm256_permute2f128_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b), 0x20);
  }
  DLCORE_INLINE R zip_high(R a, R b) {
    return _mm256_permute2f128_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b), 0x31);
  }
  DLCORE_INLINE R abs(R a) { return bit_and(a, set_bits(~Bits(0) >> 1)); }
  DLCORE_INLINE R negative(R a) { return bit_xor(a, set_bits(Bits(1) << 31)); }

  DLCORE_INLINE R keep(R a, int n) { return _mm256_and_ps(a, _mm256_castsi256_ps(first(n))); }
  DLCORE_INLINE T lowest_lane(R a) { return _mm_cvtss_f32(_mm256_castps256_ps128(a)); }
  DLCORE_INLINE T fold_add(R a) {
    const __m128 c = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 d = _mm_add_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_add_ss(d, _mm_movehdup_ps(d)));
  }
  DLCORE_INLINE T fold_max(R a) {
    const __m128 c = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 d = _mm_max_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_max_ss(d, _mm_movehdup_ps(d)));
  }
};

struct F64 {
  using T = double;
  using Bits = uint64_t;
  using R = __m256d;
  using M = __m256d;
  static constexpr int N = 4;

  DLCORE_INLINE R load(const T* p) { return _mm256_loadu_pd(p); }
  DLCORE_INLINE __m256i first(int n) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFirst64 + 4 - n)); }
  DLCORE_INLINE R load_n(const T* p, int n) { return _mm256_maskload_pd(p, first(n)); }
  DLCORE_INLINE void store(T* p, R a) { _mm256_storeu_pd(p, a); }
  DLCORE_INLINE void store_n(T* p, R a, int n) {
    if (n >= 4) return store(p, a);
    __m128d rest = _mm256_castpd256_pd128(a);
    if (n & 2) {
      _mm_storeu_pd(p, rest);
      rest = _mm256_extractf128_pd(a, 1);
      p += 2;
    }
    if (n & 1) _mm_store_sd(p, rest);
  }
  DLCORE_INLINE R set(T x) { return _mm256_set1_pd(x); }
  DLCORE_INLINE R zero() { return _mm256_setzero_pd(); }
  DLCORE_INLINE R add(R a, R b) { return _mm256_add_pd(a, b); }
  DLCORE_INLINE R sub(R a, R b) { return _mm256_sub_pd(a, b); }
  DLCORE_INLINE R mul(R a, R b) { return _mm256_mul_pd(a, b); }
  DLCORE_INLINE R div(R a, R b) { return _mm256_div_pd(a, b); }
  DLCORE_INLINE R fma(R a, R b, R c) { return _mm256_fmadd_pd(a, b, c); }
  DLCORE_INLINE R fnma(R a, R b, R c) { return _mm256_fnmadd_pd(a, b, c); }
  DLCORE_INLINE R max(R a, R b) { return _mm256_max_pd(a, b); }
  DLCORE_INLINE R min(R a, R b) { return _mm256_min_pd(a, b); }
  DLCORE_INLINE R sqrt(R a) { return _mm256_sqrt_pd(a); }
  DLCORE_INLINE R round(R a) { return _mm256_round_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

  DLCORE_INLINE M lt(R a, R b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
  DLCORE_INLINE M le(R a, R b) { return _mm256_cmp_pd(a, b, _CMP_LE_OQ); }
  DLCORE_INLINE M gt(R a, R b) { return _mm256_cmp_pd(a, b, _CMP_GT_OQ); }
  DLCORE_INLINE M ge(R a, R b) { return _mm256_cmp_pd(a, b, _CMP_GE_OQ); }
  DLCORE_INLINE M eq(R a, R b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
  DLCORE_INLINE M nan(R a) { return _mm256_cmp_pd(a, a, _CMP_UNORD_Q); }
  DLCORE_INLINE M both(M a, M b) { return _mm256_and_pd(a, b); }
  DLCORE_INLINE M either(M a, M b) { return _mm256_or_pd(a, b); }
  DLCORE_INLINE M negate(M a) { return _mm256_xor_pd(a, set_bits(~Bits(0))); }
  DLCORE_INLINE R select(M m, R a, R b) { return _mm256_blendv_pd(b, a, m); }
  DLCORE_INLINE bool any(M m) { return _mm256_movemask_pd(m) != 0; }

  DLCORE_INLINE R set_bits(Bits x) { return _mm256_castsi256_pd(_mm256_set1_epi64x(static_cast<int64_t>(x))); }
  DLCORE_INLINE R bit_and(R a, R b) { return _mm256_and_pd(a, b); }
  DLCORE_INLINE R bit_or(R a, R b) { return _mm256_or_pd(a, b); }
  DLCORE_INLINE R bit_xor(R a, R b) { return _mm256_xor_pd(a, b); }
  DLCORE_INLINE R int_add(R a, R b) {
    return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
  }
  DLCORE_INLINE R int_sub(R a, R b) {
    return _mm256_castsi256_pd(_mm256_sub_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
  }
  template <int K>
  DLCORE_INLINE R shift_left(R a) {
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(a), K));
  }
  template <int K>
  DLCORE_INLINE R shift_right(R a) {
    return _mm256_castsi256_pd(_mm256_srli_epi64(_mm256_castpd_si256(a), K));
  }
  DLCORE_INLINE R zip_low(R a, R b) {
    return _mm256_permute2f128_pd(_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b), 0x20);
  }
  DLCORE_INLINE R zip_high(R a, R b) {
    return _mm256_permute2f128_pd(_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b), 0x31);
  }
  DLCORE_INLINE R abs(R a) { return bit_and(a, set_bits(~Bits(0) >> 1)); }
  DLCORE_INLINE R negative(R a) { return bit_xor(a, set_bits(Bits(1) << 63)); }

  DLCORE_INLINE R keep(R a, int n) { return _mm256_and_pd(a, _mm256_castsi256_pd(first(n))); }
  DLCORE_INLINE T lowest_lane(R a) { return _mm_cvtsd_f64(_mm256_castpd256_pd128(a)); }
  DLCORE_INLINE T fold_add(R a) {
    const __m128d c = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
    return _mm_cvtsd_f64(_mm_add_sd(c, _mm_unpackhi_pd(c, c)));
  }
  DLCORE_INLINE T fold_max(R a) {
    const __m128d c = _mm_max_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
    return _mm_cvtsd_f64(_mm_max_sd(c, _mm_unpackhi_pd(c, c)));
  }
};

}  // namespace
}  // namespace dlcore
