// Matrix products in register tiles over plain row-major operands.
//
// The law: an output element is one chain, a start value and then one fma for every k in ascending order. Tiles cut
// rows and columns as they like; a cut of k stores the accumulator and loads it again, which changes no bit.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/table.hpp"
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

// The accumulators stay in registers only if every loop over them is unrolled.
//
// c (ROWS x columns) = start + a · b over k. a[i, p] is a[i * lda + p], or a[p * lda + i] where TRANSPOSED.
// start may be null (zero); start_ld is 0 for a bias and ldc to go on from what c holds. MASKED tiles have fewer than
// VECTORS * N columns.
template <class V, int ROWS, int VECTORS, bool TRANSPOSED, bool MASKED>
void tile(Index k, const typename V::T* a, Index lda, const typename V::T* b, Index ldb, const typename V::T* start,
          Index start_ld, typename V::T* c, Index ldc, int columns) {
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
  for (Index p = 0; p < k; p++) {
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
  }
  DLCORE_UNROLL
  for (int i = 0; i < ROWS; i++) DLCORE_UNROLL
  for (int j = 0; j < VECTORS; j++) {
    if (MASKED && j == VECTORS - 1)
      V::store_n(c + i * ldc + j * V::N, sum[i][j], last);
    else
      V::store(c + i * ldc + j * V::N, sum[i][j]);
  }
}

template <class T>
using Tile = void (*)(Index, const T*, Index, const T*, Index, const T*, Index, T*, Index, int);

template <class V, int VECTORS, bool TRANSPOSED, bool MASKED>
Tile<typename V::T> tile_of_rows(Index rows) {
  switch (rows) {
    case 1: return tile<V, 1, VECTORS, TRANSPOSED, MASKED>;
    case 2: return tile<V, 2, VECTORS, TRANSPOSED, MASKED>;
    case 3: return tile<V, 3, VECTORS, TRANSPOSED, MASKED>;
    case 4: return tile<V, 4, VECTORS, TRANSPOSED, MASKED>;
    case 5: return tile<V, 5, VECTORS, TRANSPOSED, MASKED>;
    default: break;
  }
  if constexpr (kRows == 12) {
    switch (rows) {
      case 6: return tile<V, 6, VECTORS, TRANSPOSED, MASKED>;
      case 7: return tile<V, 7, VECTORS, TRANSPOSED, MASKED>;
      case 8: return tile<V, 8, VECTORS, TRANSPOSED, MASKED>;
      case 9: return tile<V, 9, VECTORS, TRANSPOSED, MASKED>;
      case 10: return tile<V, 10, VECTORS, TRANSPOSED, MASKED>;
      case 11: return tile<V, 11, VECTORS, TRANSPOSED, MASKED>;
      default: break;
    }
  }
  return tile<V, kRows, VECTORS, TRANSPOSED, MASKED>;
}

// The tile for `rows` x `columns`, at most kRows x kVectors vectors.
template <class V, bool TRANSPOSED>
Tile<typename V::T> tile_for(Index rows, Index columns) {
  if (columns == 2 * V::N) return tile_of_rows<V, 2, TRANSPOSED, false>(rows);
  if (columns > V::N) return tile_of_rows<V, 2, TRANSPOSED, true>(rows);
  return tile_of_rows<V, 1, TRANSPOSED, true>(rows);
}

// A tile of one to three rows has too few chains to hide the latency of fma, so it takes more columns at a time.
constexpr int wide_vectors(Index rows) { return rows == 1 ? 8 : 4; }

// The tile of ROWS and at most VECTORS vectors of columns.
template <class V, int ROWS, int VECTORS>
Tile<typename V::T> wide_tile_of(Index columns) {
  if (columns == VECTORS * V::N) return tile<V, ROWS, VECTORS, false, false>;
  if constexpr (VECTORS > 1)
    if (columns <= (VECTORS - 1) * V::N) return wide_tile_of<V, ROWS, VECTORS - 1>(columns);
  return tile<V, ROWS, VECTORS, false, true>;
}

template <class V>
Tile<typename V::T> wide_tile(Index rows, Index columns) {
  if (rows == 1) return wide_tile_of<V, 1, wide_vectors(1)>(columns);
  if (rows == 2) return wide_tile_of<V, 2, wide_vectors(2)>(columns);
  return wide_tile_of<V, 3, wide_vectors(3)>(columns);
}

constexpr Index least(Index a, Index b) { return a < b ? a : b; }

// Copies `columns` of `depth` rows of b next to each other. Rows a power of two apart fall into few cache sets, and
// each may lie on a page of its own; a panel that many tiles read is worth bringing together first. The columns after
// it are asked for on the way: they will be the next panel.
template <class V>
void gather_panel(Index depth, Index columns, const typename V::T* b, Index ldb, typename V::T* panel) {
  constexpr Index width = kVectors * V::N, line = 64 / sizeof(typename V::T);
  for (Index p = 0; p < depth; p++) {
    for (Index j = width; j < 2 * width; j += line) __builtin_prefetch(b + p * ldb + j, 0, 2);
    for_vectors<V>(columns, [&](Index j, const auto& load, const auto& store)
                                DLCORE_LAMBDA { store(panel + p * width + j, load(b + p * ldb + j)); });
  }
}

// Row tiles, and bytes of b, from which gathering pays.
constexpr Index kGatherTiles = 3, kGatherBytes = 64 << 10;

// Where the columns of a right-hand matrix begin: one after the other, or in panels of kPanelColumns.
template <class T>
struct Right {
  const T* data;
  Index ld, panel_rows;  // panel_rows is 0 for a plain matrix
  const T* column(Index j) const {
    return panel_rows ? data + (j - j % kPanelColumns) * panel_rows + j % kPanelColumns : data + j;
  }
};

// c (m x n) = start + a · b, and after each finished tile `finish(i, rows, j, columns)`, while the tile is in cache.
// Depth is the outermost loop: a slice of a then stays in the second-level cache while all columns pass by.
template <class V, class Finish>
void product(Index m, Index k, Index n, Matrix<const typename V::T> a, Right<typename V::T> b,
             const typename V::T* start, Matrix<typename V::T> c, const Finish& finish) {
  using T = typename V::T;
  constexpr Index width = kVectors * V::N;
  if (m <= 3 && m > 0 && !b.panel_rows) {
    const Index wide = wide_vectors(m) * V::N;
    for (Index j = 0; j < n; j += wide) {
      const Index columns = least(wide, n - j);
      wide_tile<V>(m, columns)(k, a.data, a.ld, b.data + j, b.ld, start ? start + j : nullptr, 0, c.data + j, c.ld,
                               static_cast<int>(columns));
      finish(0, m, j, columns);
    }
    return;
  }
  alignas(64) static thread_local T panel[kDepth * width];  // too large for the stack of every thread
  const bool gather =
      m >= kGatherTiles * kRows && b.ld > kPanelColumns && k * b.ld * static_cast<Index>(sizeof(T)) > kGatherBytes;
  Index p = 0;
  do {  // at least once: with k = 0 the result is the start value
    const Index depth = least(kDepth, k - p);
    for (Index j = 0; j < n; j += width) {
      const Index columns = least(width, n - j);
      const Tile<T> whole = tile_for<V, false>(kRows, columns), rest = tile_for<V, false>(m % kRows, columns);
      Matrix<const T> right{b.column(j) + p * b.ld, b.ld};
      if (gather) {
        gather_panel<V>(depth, columns, right.data, right.ld, panel);
        right = {panel, width};
      }
      for (Index i = 0; i < m; i += kRows) {
        const Index rows = least(kRows, m - i);
        T* out = c.row(i) + j;
        const T* from = p ? out : start ? start + j : nullptr;
        (rows == kRows ? whole : rest)(depth, a.row(i) + p, a.ld, right.data, right.ld, from, p ? c.ld : 0, out, c.ld,
                                       static_cast<int>(columns));
        if (p + depth == k) finish(i, rows, j, columns);
      }
    }
    p += depth;
  } while (p < k);
}

// sums (rows x columns, ld kVectors * N) = aᵀ · b over m rows of a and b, in chunks of kChunkRows added in order.
// a and b point at the tile's first column; `run` is the transposed tile of that size.
template <class V>
void transposed_product(Tile<typename V::T> run, Index m, Matrix<const typename V::T> a, Matrix<const typename V::T> b,
                        Index rows, Index columns, typename V::T* sums) {
  using T = typename V::T;
  constexpr Index width = kVectors * V::N;
  run(least(kChunkRows, m), a.data, a.ld, b.data, b.ld, nullptr, 0, sums, width, static_cast<int>(columns));
  T chunk[kRows * width];
  for (Index p = kChunkRows; p < m; p += kChunkRows) {
    run(least(kChunkRows, m - p), a.row(p), a.ld, b.row(p), b.ld, nullptr, 0, chunk, width, static_cast<int>(columns));
    for (Index i = 0; i < rows; i++)
      for (Index j = 0; j < columns; j++) sums[i * width + j] += chunk[i * width + j];
  }
}

}  // namespace gemm
}  // namespace
}  // namespace dlcore
