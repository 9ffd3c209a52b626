#include "runtime/random.hpp"

#include <utility>

namespace dlcore {

PhiloxBlock philox(uint64_t seed, uint64_t stream, uint64_t block) {
  uint32_t c0 = static_cast<uint32_t>(block), c1 = static_cast<uint32_t>(block >> 32);
  uint32_t c2 = static_cast<uint32_t>(stream), c3 = static_cast<uint32_t>(stream >> 32);
  uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(p1);
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {{c0, c1, c2, c3}};
}

PhiloxWideBlock philox_wide(uint64_t key_0, uint64_t key_1, uint64_t block) {
  using Product = unsigned __int128;
  uint64_t c0 = block + 1, c1 = 0, c2 = 0, c3 = 0;  // NumPy counts before it draws
  for (int round = 0; round < 10; round++) {
    const Product p0 = Product{0xD2E7470EE14C6C93} * c0, p1 = Product{0xCA5A826395121157} * c2;
    c0 = static_cast<uint64_t>(p1 >> 64) ^ c1 ^ key_0;
    c1 = static_cast<uint64_t>(p1);
    c2 = static_cast<uint64_t>(p0 >> 64) ^ c3 ^ key_1;
    c3 = static_cast<uint64_t>(p0);
    key_0 += 0x9E3779B97F4A7C15;
    key_1 += 0xBB67AE8584CAA73B;
  }
  return {{c0, c1, c2, c3}};
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
