// The vocabulary of the instruction set that this translation unit is compiled for.
#pragma once

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#include "simd/vec_x86_64_v4.hpp"
#elif defined(__AVX2__) && defined(__FMA__)
#include "simd/vec_x86_64_v3.hpp"
#elif defined(__SSE4_2__)
#include "simd/vec_x86_64_v2.hpp"
#elif defined(__aarch64__)
#include "simd/vec_neon.hpp"
#else
#error "no vocabulary for this instruction set"
#endif
