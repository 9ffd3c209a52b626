// Counter-based randomness (Philox-4x32-10, Salmon et al. 2011): a value is a function of seed, stream and index.
#pragma once

#include <cstdint>

namespace dlcore {

struct PhiloxBlock {
  uint32_t word[4];
};

PhiloxBlock philox(uint64_t seed, uint64_t stream, uint64_t block);

// The wider Philox-4x64-10, whose words NumPy's bit generator of that name gives for a key: block 0 is its first.
struct PhiloxWideBlock {
  uint64_t word[4];
};

PhiloxWideBlock philox_wide(uint64_t key_0, uint64_t key_1, uint64_t block);

// out = a permutation of 0..n-1: Fisher-Yates from the end, j = (word · (i + 1)) >> 32.
void permutation(uint64_t seed, uint64_t stream, int64_t n, int64_t* out);

}  // namespace dlcore
