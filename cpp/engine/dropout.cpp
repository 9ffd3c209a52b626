#include "engine/dropout.hpp"

#include <algorithm>

#include "runtime/random.hpp"

namespace dlcore {
namespace {

// Elements that a block of random words decides upon, four a word, the lowest bits first.
constexpr Index kBlock = 16;

// Streams of the layers begin here; see dlcore.streams.FIRST_DRAWN.
constexpr uint64_t kFirstStream = uint64_t{1} << 32;

}  // namespace

template <class T>
void draw_kept(const Dropout<T>& dropout, Index first, Index count, uint8_t* kept) {
  const uint64_t seed = dropout.state[0], stream = kFirstStream + dropout.state[1];
  const Index end = first + count;
  for (Index block = first / kBlock; block * kBlock < end; block++) {
    const PhiloxWideBlock random = philox_wide(seed, stream, static_cast<uint64_t>(block));
    uint8_t decided[kBlock];
    for (int i = 0; i < kBlock; i++) decided[i] = (random.word[i / 4] >> (16 * (i % 4)) & 0xFFFF) >= dropout.dropped;
    const Index from = std::max(first, block * kBlock), until = std::min(end, (block + 1) * kBlock);
    std::copy(decided + (from - block * kBlock), decided + (until - block * kBlock), kept + (from - first));
  }
}

template <class T>
void drop(const Dropout<T>& dropout, Index rows, Index columns, const uint8_t* kept, Matrix<const T> in,
          Matrix<T> out) {
  const T scale = dropout.scale;
  for (Index r = 0; r < rows; r++, kept += columns) {
    const T* from = in.row(r);
    T* to = out.row(r);
    for (Index j = 0; j < columns; j++) {
      const T scaled = from[j] * scale;
      to[j] = kept[j] ? scaled : T(0);
    }
  }
}

template void draw_kept(const Dropout<float>&, Index, Index, uint8_t*);
template void draw_kept(const Dropout<double>&, Index, Index, uint8_t*);
template void drop(const Dropout<float>&, Index, Index, const uint8_t*, Matrix<const float>, Matrix<float>);
template void drop(const Dropout<double>&, Index, Index, const uint8_t*, Matrix<const double>, Matrix<double>);

}  // namespace dlcore
