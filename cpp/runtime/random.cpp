#include "runtime/random.hpp"

#include <utility>

namespace dlcore {

namespace {

// Ten rounds over a counter of four words under a key of two. Product is twice as wide as Word.
template <class Word, class Product>
void encrypt(Word (&c)[4], Word (&key)[2], const Word (&multipliers)[2], const Word (&steps)[2]) {
  constexpr int bits = 8 * sizeof(Word);
  for (int round = 0; round < 10; round++) {
    const Product p0 = Product{multipliers[0]} * c[0], p1 = Product{multipliers[1]} * c[2];
    c[0] = static_cast<Word>(p1 >> bits) ^ c[1] ^ key[0];
    c[1] = static_cast<Word>(p1);
    c[2] = static_cast<Word>(p0 >> bits) ^ c[3] ^ key[1];
    c[3] = static_cast<Word>(p0);
    for (int k = 0; k < 2; k++) key[k] += steps[k];
  }
}

}  // namespace

PhiloxBlock philox(uint64_t seed, uint64_t stream, uint64_t block) {
  const auto low = [](uint64_t x) { return static_cast<uint32_t>(x); };
  const auto high = [](uint64_t x) { return static_cast<uint32_t>(x >> 32); };
  PhiloxBlock result{{low(block), high(block), low(stream), high(stream)}};
  uint32_t key[2] = {low(seed), high(seed)};
  encrypt<uint32_t, uint64_t>(result.word, key, {0xD2511F53, 0xCD9E8D57}, {0x9E3779B9, 0xBB67AE85});
  return result;
}

PhiloxWideBlock philox_wide(uint64_t key_0, uint64_t key_1, uint64_t block) {
  PhiloxWideBlock result{{block + 1, 0, 0, 0}};  // NumPy counts before it draws
  uint64_t key[2] = {key_0, key_1};
  encrypt<uint64_t, unsigned __int128>(result.word, key, {0xD2E7470EE14C6C93, 0xCA5A826395121157},
                                       {0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B});
  return result;
}

void permutation(uint64_t seed, uint64_t stream, int64_t n, int64_t* out) {
  for (int64_t i = 0; i < n; i++) out[i] = i;
  PhiloxBlock block{};
  int64_t held = -1;
  for (int64_t i = n - 1; i > 0; i--) {
    if (i / 4 != held) block = philox(seed, stream, static_cast<uint64_t>(held = i / 4));
    const auto j = static_cast<int64_t>((static_cast<unsigned __int128>(block.word[i % 4]) * (i + 1)) >> 32);
    std::swap(out[i], out[j]);
  }
}

}  // namespace dlcore
