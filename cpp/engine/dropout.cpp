#include "engine/dropout.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/random.hpp"

namespace dlcore {
namespace {

// Elements that a block of random words decides upon, each by 16 bits, the lowest of a word first.
constexpr Index kBlock = 16;

// Streams of the layers begin here; see dlcore.streams.FIRST_DRAWN.
constexpr uint64_t kFirstStream = uint64_t{1} << 32;

template <class T>
void decide(const PhiloxWideBlock& random, uint32_t dropped, Mask<T>* kept) {
  uint16_t parts[kBlock];
  std::memcpy(parts, random.word, sizeof parts);  // all machines this is built for put the lowest bits first
  for (Index i = 0; i < kBlock; i++) kept[i] = Mask<T>{0} - static_cast<Mask<T>>(parts[i] >= dropped);
}

}  // namespace

template <class T>
void draw_kept(const Dropout<T>& dropout, Index first, Index count, Mask<T>* kept) {
  const uint64_t seed = dropout.state[0], stream = kFirstStream + dropout.state[1];
  const Index end = first + count;
  for (Index at = first; at < end;) {
    const Index block = at / kBlock, skipped = at - block * kBlock, until = std::min(end, (block + 1) * kBlock);
    const PhiloxWideBlock random = philox_wide(seed, stream, static_cast<uint64_t>(block));
    if (until - at == kBlock) {
      decide<T>(random, dropout.dropped, kept + (at - first));
    } else {
      Mask<T> part[kBlock];
      decide<T>(random, dropout.dropped, part);
      std::copy(part + skipped, part + skipped + (until - at), kept + (at - first));
    }
    at = until;
  }
}

template <class T>
void drop(const Dropout<T>& dropout, Index rows, Index columns, const Mask<T>* kept, Matrix<const T> in,
          Matrix<T> out) {
  for (Index r = 0; r < rows; r++, kept += columns) {
    const T* from = in.row(r);
    T* to = out.row(r);
    for (Index j = 0; j < columns; j++) {
      const T scaled = from[j] * dropout.scale;
      Mask<T> bits;
      std::memcpy(&bits, &scaled, sizeof bits);
      bits &= kept[j];
      std::memcpy(to + j, &bits, sizeof bits);
    }
  }
}

template void draw_kept(const Dropout<float>&, Index, Index, Mask<float>*);
template void draw_kept(const Dropout<double>&, Index, Index, Mask<double>*);
template void drop(const Dropout<float>&, Index, Index, const Mask<float>*, Matrix<const float>, Matrix<float>);
template void drop(const Dropout<double>&, Index, Index, const Mask<double>*, Matrix<const double>, Matrix<double>);

}  // namespace dlcore
