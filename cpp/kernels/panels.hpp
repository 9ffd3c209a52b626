// Parts of a matrix that tiles read many times: asked for before they are read, turned, or copied next to each other.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/gemm.hpp"
#include "kernels/transpose.hpp"

namespace dlcore {
namespace {
namespace panels {

// The columns of a panel: those of the widest register tile.
template <class V>
constexpr Index kWidth = gemm::kVectors * V::N;

// Asks for the part-th of so many equal parts of a block of b, which will be read next. Into the second-level cache:
// the tiles of this panel need the first.
template <class T>
DLCORE_INLINE void ask_for(Index rows, Index columns, Matrix<const T> b, Index part, Index parts) {
  constexpr Index line = 64 / sizeof(T);
  for (Index r = rows * part / parts; r < rows * (part + 1) / parts; r++)
    for (Index j = 0; j < columns; j += line) __builtin_prefetch(b.row(r) + j, 0, 2);
}

// `depth` rows of at most a panel's columns of b. The columns after them are asked for on the way: they will be next.
template <class V>
void gather(Index depth, Index columns, Matrix<const typename V::T> b, typename V::T* panel) {
  constexpr Index width = kWidth<V>;
  for (Index p = 0; p < depth; p++) {
    ask_for(1, width, b.at(p, width), 0, 1);
    for_vectors<V>(columns, [&](Index j, const auto& load, const auto& store)
                                DLCORE_LAMBDA { store(panel + p * width + j, load(b.row(p) + j)); });
  }
}

// A panel of the transposed matrix: `columns` rows of w, `depth` of their columns. Rows up to a multiple of N are
// written, the panel's whole width.
template <class V>
void transpose(Index depth, Index columns, Matrix<const typename V::T> w, typename V::T* panel) {
  constexpr Index width = kWidth<V>;
  for (Index c = 0; c < columns; c += V::N)
    for (Index p = 0; p < depth; p += V::N)
      transpose_block<V>(columns - c, depth - p, w.at(c, p), panel + p * width + c, width);
}

// `columns` columns of x, at most kRows, as rows of kRows. Writes up to N elements behind the last.
template <class V>
void gather_strip(Index depth, Index columns, Matrix<const typename V::T> x, typename V::T* strip) {
  for (Index p = 0; p < depth; p++)
    for (Index c = 0; c < least(columns, gemm::kRows); c += V::N) {
      const typename V::T* from = x.row(p) + c;
      const Index rest = columns - c;
      V::store(strip + p * gemm::kRows + c, rest >= V::N ? V::load(from) : V::load_n(from, static_cast<int>(rest)));
    }
}

// Row i of out is row order[i] of x. Rows that are far apart are asked for some time before.
template <class V>
void gather_rows(Index m, Index n, Matrix<const typename V::T> x, const int64_t* order, Matrix<typename V::T> out) {
  constexpr Index ahead = 8, most = 512 / sizeof(typename V::T), line = 64 / sizeof(typename V::T);
  for (Index i = 0; i < m; i++) {
    const typename V::T* next = x.row(order[least(i + ahead, m - 1)]);
    for (Index j = 0; j < least(n, most); j += line) __builtin_prefetch(next + j);
    const typename V::T* from = x.row(order[i]);
    for_vectors<V>(
        n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA { store(out.row(i) + j, load(from + j)); });
  }
}

template <class T>
DLCORE_INLINE void ask_for(Coming<T>& coming) {
  for (Index k = 0; k < coming.lines_a_tile && coming.row < coming.rows; k++) {
    __builtin_prefetch(coming.x.row(coming.order[coming.row]) + coming.line * (64 / sizeof(T)));
    if (++coming.line < coming.lines) continue;
    coming.line = 0;
    coming.row++;
  }
}

}  // namespace panels
}  // namespace
}  // namespace dlcore
