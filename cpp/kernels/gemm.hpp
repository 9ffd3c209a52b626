// Matrix products in register tiles over plain row-major operands.
//
// The law: an output element is one chain, a start value and then one fma for every k in ascending order. Tiles cut
// rows and columns as they like; a cut of k stores the accumulator and loads it again, which changes no bit.
#pragma once

#include <limits>
#include <type_traits>

#include "kernels/elementwise.hpp"
#include "simd/vec.hpp"

namespace dlcore {
namespace {
namespace gemm {

// A register tile: kRows broadcasts of A against kVectors vectors of B. With 32 registers 12 x 2 accumulators leave
// room for the operands; with 16 it is 6 x 2.
constexpr int kRows = kRegisters == 32 ? 12 : 6;
constexpr int kVectors = 2;

// Inputs of one pass over a panel of B: the panel's rows then stay in the second-level cache and its pages in the TLB.
constexpr Index kDepth = 512;

// What a tile has to do beside its products: nothing, or beside(i, j) once for every vector of its size.
struct Nothing {};

// What becomes of element (i, j) and those after it before they are stored: nothing; or none stays below `low` (a NaN
// does), which is relu; or those whose gate is not positive are 0, which is its gradient.
template <class V>
struct AsItIs {
  template <class Load>
  DLCORE_MEMBER typename V::R operator()(typename V::R sum, int, int, const Load&) const {
    return sum;
  }
};

template <class V>
struct NotBelow {
  typename V::T low = -std::numeric_limits<typename V::T>::infinity();

  NotBelow at(Index, Index) const { return *this; }
  template <class Load>
  DLCORE_MEMBER typename V::R operator()(typename V::R sum, int, int, const Load&) const {
    return V::max(V::set(low), sum);
  }
};

template <class V>
struct Gated {
  Matrix<const typename V::T> gate;

  Gated at(Index i, Index j) const { return {gate.at(i, j)}; }
  template <class Load>
  DLCORE_MEMBER typename V::R operator()(typename V::R sum, int i, int j, const Load& load) const {
    return V::select(V::gt(load(gate.row(i) + j), V::zero()), sum, V::zero());
  }
};

// The accumulators stay in registers only if every loop over them is unrolled.
//
// c (ROWS x columns) = start + a · b over k. a[i, p] is a[i * lda + p], or a[p * lda + i] where TRANSPOSED.
// start may be null (zero); start_ld is 0 for a bias and ldc to go on from what c holds. MASKED tiles have fewer than
// VECTORS * N columns.
template <class V, int ROWS, int VECTORS, bool TRANSPOSED, bool MASKED, class Ending, class Beside>
DLCORE_INLINE void tile_beside(Index k, const typename V::T* a, Index lda, const typename V::T* b, Index ldb,
                               const typename V::T* start, Index start_ld, typename V::T* c, Index ldc, int columns,
                               const Ending& ending, const Beside& beside) {
  using R = typename V::R;
  const int last = columns - (VECTORS - 1) * V::N;
  R sum[ROWS][VECTORS];
  DLCORE_UNROLL
  for (int i = 0; i < ROWS; i++) DLCORE_UNROLL
  for (int j = 0; j < VECTORS; j++) {
    if (!start)
      sum[i][j] = V::zero();
    else if (MASKED && j == VECTORS - 1)
      sum[i][j] = V::load_n(start + i * start_ld + j * V::N, last);
    else
      sum[i][j] = V::load(start + i * start_ld + j * V::N);
  }
  // Every third row gets a pointer: the two after it are reached by lda and 2 * lda in the address itself.
  constexpr int GROUPS = (ROWS + 2) / 3;
  const typename V::T* row[GROUPS];
  DLCORE_UNROLL
  for (int g = 0; g < GROUPS; g++) row[g] = TRANSPOSED ? a + 3 * g : a + 3 * g * lda;
  const auto step = [&]() DLCORE_LAMBDA {
    R right[VECTORS];
    DLCORE_UNROLL
    for (int j = 0; j < VECTORS; j++)
      right[j] = MASKED && j == VECTORS - 1 ? V::load_n(b + j * V::N, last) : V::load(b + j * V::N);
    b += ldb;
    DLCORE_UNROLL
    for (int i = 0; i < ROWS; i++) {
      const R left = V::set(TRANSPOSED ? row[i / 3][i % 3] : row[i / 3][(i % 3) * lda]);
      DLCORE_UNROLL
      for (int j = 0; j < VECTORS; j++) sum[i][j] = V::fma(left, right[j], sum[i][j]);
    }
    DLCORE_UNROLL
    for (int g = 0; g < GROUPS; g++) row[g] += TRANSPOSED ? lda : 1;
  };
  Index p = 0;
  if constexpr (!std::is_same_v<Beside, Nothing>) {
    // One step after each part: a loop whose length depends on k would be mispredicted every time.
    const bool enough = k >= ROWS * VECTORS;
    for (int i = 0; i < ROWS; i++) DLCORE_UNROLL
    for (int j = 0; j < VECTORS; j++) {
      beside(i, j);
      if (enough) step();
    }
    if (enough) p = ROWS * VECTORS;
  }
  for (; p < k; p++) step();
  DLCORE_UNROLL
  for (int i = 0; i < ROWS; i++) DLCORE_UNROLL
  for (int j = 0; j < VECTORS; j++) {
    typename V::T* out = c + i * ldc + j * V::N;
    if (MASKED && j == VECTORS - 1)
      V::store_n(
          out,
          ending(sum[i][j], i, j * V::N, [last](const typename V::T* p) DLCORE_LAMBDA { return V::load_n(p, last); }),
          last);
    else
      V::store(out, ending(sum[i][j], i, j * V::N, [](const typename V::T* p) DLCORE_LAMBDA { return V::load(p); }));
  }
}

template <class V, int ROWS, int VECTORS, bool TRANSPOSED, bool MASKED, class Ending>
void tile(Index k, const typename V::T* a, Index lda, const typename V::T* b, Index ldb, const typename V::T* start,
          Index start_ld, typename V::T* c, Index ldc, int columns, Ending ending) {
  tile_beside<V, ROWS, VECTORS, TRANSPOSED, MASKED>(k, a, lda, b, ldb, start, start_ld, c, ldc, columns, ending,
                                                    Nothing{});
}

template <class T, class Ending>
using Tile = void (*)(Index, const T*, Index, const T*, Index, const T*, Index, T*, Index, int, Ending);

template <class V, int VECTORS, bool TRANSPOSED, bool MASKED, class Ending>
Tile<typename V::T, Ending> tile_of_rows(Index rows) {
  switch (rows) {
    case 1: return tile<V, 1, VECTORS, TRANSPOSED, MASKED, Ending>;
    case 2: return tile<V, 2, VECTORS, TRANSPOSED, MASKED, Ending>;
    case 3: return tile<V, 3, VECTORS, TRANSPOSED, MASKED, Ending>;
    case 4: return tile<V, 4, VECTORS, TRANSPOSED, MASKED, Ending>;
    case 5: return tile<V, 5, VECTORS, TRANSPOSED, MASKED, Ending>;
    default: break;
  }
  if constexpr (kRows == 12) {
    switch (rows) {
      case 6: return tile<V, 6, VECTORS, TRANSPOSED, MASKED, Ending>;
      case 7: return tile<V, 7, VECTORS, TRANSPOSED, MASKED, Ending>;
      case 8: return tile<V, 8, VECTORS, TRANSPOSED, MASKED, Ending>;
      case 9: return tile<V, 9, VECTORS, TRANSPOSED, MASKED, Ending>;
      case 10: return tile<V, 10, VECTORS, TRANSPOSED, MASKED, Ending>;
      case 11: return tile<V, 11, VECTORS, TRANSPOSED, MASKED, Ending>;
      default: break;
    }
  }
  return tile<V, kRows, VECTORS, TRANSPOSED, MASKED, Ending>;
}

// The tile for `rows` x `columns`, at most kRows x kVectors vectors.
template <class V, bool TRANSPOSED, class Ending>
Tile<typename V::T, Ending> tile_for(Index rows, Index columns) {
  if (columns == 2 * V::N) return tile_of_rows<V, 2, TRANSPOSED, false, Ending>(rows);
  if (columns > V::N) return tile_of_rows<V, 2, TRANSPOSED, true, Ending>(rows);
  return tile_of_rows<V, 1, TRANSPOSED, true, Ending>(rows);
}

// A tile of one to three rows has too few chains to hide the latency of fma, so it takes more columns at a time.
constexpr int wide_vectors(Index rows) { return rows == 1 ? 8 : 4; }

// The tile of ROWS and at most VECTORS vectors of columns.
template <class V, int ROWS, int VECTORS>
Tile<typename V::T, NotBelow<V>> wide_tile_of(Index columns) {
  if (columns == VECTORS * V::N) return tile<V, ROWS, VECTORS, false, false, NotBelow<V>>;
  if constexpr (VECTORS > 1)
    if (columns <= (VECTORS - 1) * V::N) return wide_tile_of<V, ROWS, VECTORS - 1>(columns);
  return tile<V, ROWS, VECTORS, false, true, NotBelow<V>>;
}

template <class V>
Tile<typename V::T, NotBelow<V>> wide_tile(Index rows, Index columns) {
  if (rows == 1) return wide_tile_of<V, 1, wide_vectors(1)>(columns);
  if (rows == 2) return wide_tile_of<V, 2, wide_vectors(2)>(columns);
  return wide_tile_of<V, 3, wide_vectors(3)>(columns);
}

// c (m x n) = start + a · b for at most three rows, which no panel of b is read for twice.
template <class V, class Finish>
void product_of_few(Index m, Index k, Index n, Matrix<const typename V::T> a, Matrix<const typename V::T> b,
                    const typename V::T* start, Matrix<typename V::T> c, NotBelow<V> ending, const Finish& finish) {
  const Index wide = wide_vectors(m) * V::N;
  for (Index j = 0; j < n; j += wide) {
    const Index columns = least(wide, n - j);
    wide_tile<V>(m, columns)(k, a.data, a.ld, b.data + j, b.ld, start ? start + j : nullptr, 0, c.data + j, c.ld,
                             static_cast<int>(columns), ending);
    finish(0, m, j, columns);
  }
}

// c (m x n) = start + a · b, where panel(p, depth, j) gives `depth` rows of b from row p and column j on; beside the
// tiles of one panel the next is asked for. After each finished tile `finish(i, rows, j, columns)`, while the tile is
// in cache. Depth is the outermost loop: a slice of a then stays in the second-level cache while all columns pass by.
template <class V, class Panel, class Ending, class Finish>
void product(Index m, Index k, Index n, Matrix<const typename V::T> a, const Panel& panel, const typename V::T* start,
             Matrix<typename V::T> c, const Ending& ending, const Finish& finish) {
  constexpr Index width = kVectors * V::N;
  const auto columns_of_tiles = [&](Index p, Index depth, Index j, const auto& ending, const auto& finish) {
    using Now = std::decay_t<decltype(ending)>;
    const Index columns = least(width, n - j);
    const auto whole = tile_for<V, false, Now>(kRows, columns), rest = tile_for<V, false, Now>(m % kRows, columns);
    const Matrix<const typename V::T> right = panel(p, depth, j);
    for (Index i = 0; i < m; i += kRows) {
      if (j + width < n) panel.ask(p, depth, j + width, i / kRows, (m + kRows - 1) / kRows);
      const Index rows = least(kRows, m - i);
      typename V::T* out = c.row(i) + j;
      const typename V::T* from = p ? out : start ? start + j : nullptr;
      (rows == kRows ? whole : rest)(depth, a.row(i) + p, a.ld, right.data, right.ld, from, p ? c.ld : 0, out, c.ld,
                                     static_cast<int>(columns), ending.at(i, j));
      finish(i, rows, j, columns);
    }
  };
  Index p = 0;
  for (; k - p > kDepth; p += kDepth)
    for (Index j = 0; j < n; j += width)
      columns_of_tiles(p, kDepth, j, NotBelow<V>{}, [](Index, Index, Index, Index) {});
  for (Index j = 0; j < n; j += width) columns_of_tiles(p, k - p, j, ending, finish);
}

}  // namespace gemm
}  // namespace
}  // namespace dlcore
