// Kernels are built from functions that must melt into their callers: a call per vector would cost more than the work.
#pragma once

#define DLCORE_INLINE static inline __attribute__((always_inline))
#define DLCORE_MEMBER inline __attribute__((always_inline))
#define DLCORE_LAMBDA __attribute__((always_inline))

// Before a loop of constant length: unroll it whole, early enough for its arrays to become registers.
#define DLCORE_UNROLL _Pragma("GCC unroll 16")
