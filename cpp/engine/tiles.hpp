// How many rows of a batch are one task.
#pragma once

#include <algorithm>

#include "engine/memory.hpp"

namespace dlcore {

// At most `most`, and so many that each thread has as many tasks as any other. One thread takes whole register tiles;
// among several those would be shared unevenly.
inline Index rows_of_task(Index rows, int threads, Index most) {
  const auto part = [](Index whole, Index parts) { return (whole + parts - 1) / parts; };
  const Index share = part(rows, threads), each = part(share, std::max<Index>(1, part(share, most)));
  return std::max(kTileRows, round_up(each, threads > 1 ? 4 : kTileRows));
}

// Weights up to so many bytes stay in cache while rows stream past them: few rows at a time, so that all their
// activations stay there too. Larger ones are read once per task, so it takes more rows, though not so many that a
// slice of their activations leaves the cache.
constexpr double kResidentWeights = 512 << 10;
constexpr Index kResidentRows = 192, kLargeRows = 264;

inline Index rows_per_tile(double weight_bytes, Index rows, int threads) {
  return rows_of_task(rows, threads, weight_bytes > kResidentWeights ? kLargeRows : kResidentRows);
}

}  // namespace dlcore
