// The gradients of a dense layer's weights and bias, and their update, made tile by tile.
#pragma once

#include "kernels/optimizers.hpp"
#include "kernels/panels.hpp"

namespace dlcore {
namespace {
namespace weight_gradient {

using gemm::kRows;

// A block of so many of the layer's inputs goes along all outputs: what it reads of x is copied once, and every page of
// the weights and their state is visited once. A panel of dz serves the whole block.
constexpr Index kBlock = 192;

// Bytes from which it pays to copy x, and to ask for the next panel of dz.
constexpr Index kLarge = 512 << 10;

// Where the pieces of scratch memory begin, in elements; a strip writes a vector beyond its end. The sums are those of
// two tiles, the one that waits and the next.
constexpr Index kStrips = 0, kTurned = kStrips + kChunkRows * kBlock + 64,
                kSums = kTurned + kPanelColumns * kPanelColumns, kEnd = kSums + kPanelColumns * kPanelColumns;
static_assert(2 * kRows <= kPanelColumns && kEnd <= kScratch);

// A whole tile whose gradient is known. Its update is made beside the products of the next tile: the divider and the
// caches work while the multipliers do, and the next tile's parameters are asked for a tile ahead.
template <class V, class Rule>
struct Waiting {
  using T = typename V::T;
  Rule rule;
  const optimizers::Numbers<V>& numbers;
  Parameter<T> w;
  const T* sums = nullptr;  // null: nothing waits
  Index at = 0, ahead = 0;

  DLCORE_MEMBER void operator()(int i, int j) const {
    const Index here = at + i * w.p.ld + j * V::N;
    __builtin_prefetch(w.p.data + here + ahead);
    DLCORE_UNROLL
    for (int s = 0; s < Rule::kSlots; s++) __builtin_prefetch(w.slots[s] + here + ahead);
    optimizers::step_vector<V>(rule, numbers, V::load(sums + (i * gemm::kVectors + j) * V::N), w.p.data, w.slots, here,
                               V::load, V::store);
  }

  void finish() {
    if (!sums) return;
    for (int i = 0; i < kRows; i++)
      for (int j = 0; j < gemm::kVectors; j++) (*this)(i, j);
    sums = nullptr;
  }
};

// A whole tile beside that work. A function of its own: the registers are all taken by then.
template <class V, class Rule>
__attribute__((noinline)) void tile_and_update(Index m, Matrix<const typename V::T> x, Matrix<const typename V::T> dz,
                                               typename V::T* sums, const Waiting<V, Rule>& shared) {
  const Waiting<V, Rule> waiting = shared;  // no store into the parameters can change this one: it stays in registers
  const typename V::T* start = nullptr;
  asm("" : "+r"(start));  // a start that GCC knows to be zero costs it a register too many where there are 16
  gemm::tile_beside<V, kRows, gemm::kVectors, true, false>(m, x.data, x.ld, dz.data, dz.ld, start, panels::kWidth<V>,
                                                           sums, panels::kWidth<V>, panels::kWidth<V>,
                                                           gemm::AsItIs<V>{}, waiting);
}

// sums += before, if there is any.
template <class V>
void add(Index rows, Index columns, Matrix<const typename V::T> before, Matrix<typename V::T> sums) {
  for (Index r = 0; before.data && r < rows; r++)
    for_vectors<V>(columns, [&](Index c, const auto& load, const auto& store) DLCORE_LAMBDA {
      store(sums.row(r) + c, V::add(load(before.row(r) + c), load(sums.row(r) + c)));
    });
}

// The update of the parameters from `at` elements into w on.
template <class V, class Rule>
void step_rows(Rule rule, const optimizers::Numbers<V>& numbers, Index rows, Index columns, Matrix<typename V::T> sums,
               Parameter<typename V::T> w, Index at) {
  for (Index r = 0; r < rows; r++)
    optimizers::step_elements<V>(rule, numbers, columns, sums.row(r), w.p.data, w.slots, at + r * w.p.ld);
}

template <class V, class Rule>
void weights(Rule rule, const optimizers::Numbers<V>& numbers, Index m, Matrix<const typename V::T> x,
             Matrix<const typename V::T> dz, Index i0, Index i1, Index j0, Index j1, Matrix<const typename V::T> before,
             Parameter<typename V::T> w, typename V::T* scratch, Coming<typename V::T>* coming) {
  using T = typename V::T;
  constexpr Index width = panels::kWidth<V>;
  const auto large = [m](Index ld) { return m * ld * static_cast<Index>(sizeof(T)) > kLarge; };
  const bool gather_x = large(x.ld) && j1 - j0 > 2 * width, ask_dz = large(dz.ld);
  Waiting<V, Rule> waiting{rule, numbers, w};

  // The tiles of block [b0, b1) and a panel.
  const auto panel = [&](Index b0, Index b1, Index j) {
    const Index columns = least(width, j1 - j);
    const Matrix<const T> right = dz.at(0, j);
    for (Index i = b0; i < b1; i += kRows) {
      if (coming) panels::ask_for(*coming);
      if (ask_dz && j + width < j1)
        panels::ask_for(m, width, right.at(0, width), (i - b0) / kRows, (b1 - b0 + kRows - 1) / kRows);
      const Index rows = least(kRows, b1 - i);
      const bool whole = rows == kRows && columns == width;
      const Matrix<const T> left =
          gather_x ? Matrix<const T>{scratch + kStrips + (i - b0) * kChunkRows, kRows} : x.at(0, i);
      T* sums = scratch + kSums + (waiting.sums == scratch + kSums ? kRows * width : 0);
      const Index at = i * w.p.ld + j;
      if (whole && waiting.sums) {
        waiting.ahead = at - waiting.at;
        tile_and_update<V>(m, left, right, sums, waiting);
        waiting.sums = nullptr;
      } else {
        gemm::tile_for<V, true, gemm::AsItIs<V>>(rows, columns)(m, left.data, left.ld, right.data, right.ld, nullptr, 0,
                                                                sums, width, static_cast<int>(columns), {});
      }
      add<V>(rows, columns, before.at(i, j), {sums, width});
      if (whole) {
        waiting.sums = sums;
        waiting.at = at;
      } else {
        step_rows<V>(rule, numbers, rows, columns, {sums, width}, w, at);
      }
    }
  };

  for (Index b0 = i0; b0 < i1; b0 += kBlock) {
    const Index b1 = least(i1, b0 + kBlock);
    for (Index i = b0; gather_x && i < b1; i += kRows)
      panels::gather_strip<V>(m, i1 - i, x.at(0, i), scratch + kStrips + (i - b0) * kChunkRows);
    for (Index j = j0; j < j1; j += width) panel(b0, b1, j);
  }
  waiting.finish();
}

// The same for a layer of few outputs, whose vectors would be mostly empty: dwᵀ = dzᵀ · x is made instead, and turned.
template <class V, class Rule>
void narrow_weights(Rule rule, const optimizers::Numbers<V>& numbers, Index m, Matrix<const typename V::T> x,
                    Matrix<const typename V::T> dz, Index i0, Index i1, Index j0, Index j1,
                    Matrix<const typename V::T> before, Parameter<typename V::T> w, typename V::T* scratch,
                    Coming<typename V::T>* coming) {
  using T = typename V::T;
  constexpr Index width = panels::kWidth<V>;
  const Index n = j1 - j0;
  const bool dense = w.p.ld == n;  // no gap between the rows: they are one run of parameters
  const Matrix<T> turned{scratch + kTurned, width}, sums{scratch + kSums, dense ? n : V::N};
  for (Index i = i0; i < i1; i += width) {
    if (coming) panels::ask_for(*coming);
    const Index inputs = least(width, i1 - i);
    for (Index j = 0; j < n; j += kRows) {
      const Index rows = least(kRows, n - j);
      const Matrix<const T> left = dz.at(0, j0 + j), right = x.at(0, i);
      gemm::tile_for<V, true, gemm::AsItIs<V>>(rows, inputs)(m, left.data, left.ld, right.data, right.ld, nullptr, 0,
                                                             turned.row(j), turned.ld, static_cast<int>(inputs), {});
    }
    for (Index r = 0; r < inputs; r += V::N)
      transpose_block<V>(n, inputs - r, Matrix<const T>(turned.at(0, r)), sums.row(r), sums.ld);
    add<V>(inputs, n, before.at(i, j0), sums);
    step_rows<V>(rule, numbers, dense ? 1 : inputs, dense ? inputs * n : n, sums, w, i * w.p.ld + j0);
  }
}

template <class V>
void of_weights(Index m, Matrix<const typename V::T> x, Matrix<const typename V::T> dz, Index i0, Index i1, Index j0,
                Index j1, Matrix<const typename V::T> before, const Update<typename V::T>* update,
                Parameter<typename V::T> w, typename V::T* scratch, Coming<typename V::T>* coming) {
  optimizers::visit<V>(update, [&](auto rule, const auto& numbers) DLCORE_LAMBDA {
    const bool narrow = 4 * (j1 - j0) <= 3 * V::N && i1 - i0 > j1 - j0;
    const auto run = narrow ? narrow_weights<V, decltype(rule)> : weights<V, decltype(rule)>;
    run(rule, numbers, m, x, dz, i0, i1, j0, j1, before, w, scratch, coming);
    if (update && update->settles) optimizers::settle<V>(rule, i1 - i0, j1 - j0, w.slots, i0 * w.p.ld + j0, w.p.ld);
  });
}

// The sums of VECTORS vectors of columns: so many chains hide the latency of an addition.
template <class V, int VECTORS, class Load, class Store>
DLCORE_INLINE void sum_columns(Index m, Matrix<const typename V::T> dz, typename V::T* sums, const Load& load,
                               const Store& store) {
  typename V::R sum[VECTORS];
  DLCORE_UNROLL
  for (int c = 0; c < VECTORS; c++) sum[c] = V::zero();
  for (Index p = 0; p < m; p++) DLCORE_UNROLL
  for (int c = 0; c < VECTORS; c++) sum[c] = V::add(sum[c], load(dz.row(p) + c * V::N));
  DLCORE_UNROLL
  for (int c = 0; c < VECTORS; c++) store(sums + c * V::N, sum[c]);
}

template <class V>
void of_bias(Index m, Matrix<const typename V::T> dz, Index j0, Index j1, Matrix<const typename V::T> before,
             const Update<typename V::T>* update, Parameter<typename V::T> b) {
  constexpr int chains = 4;
  constexpr Index width = chains * V::N;
  for (Index j = j0; j < j1; j += width) {
    const Index columns = least(width, j1 - j);
    typename V::T sums[width];
    if (columns == width)
      sum_columns<V, chains>(m, dz.at(0, j), sums, V::load, V::store);
    else
      for_vectors<V>(columns, [&](Index c, const auto& load, const auto& store)
                                  DLCORE_LAMBDA { sum_columns<V, 1>(m, dz.at(0, j + c), sums + c, load, store); });
    add<V>(1, columns, before.at(0, j), {sums, width});
    optimizers::visit<V>(update, [&](auto rule, const auto& numbers) DLCORE_LAMBDA {
      optimizers::step_elements<V>(rule, numbers, columns, sums, b.p.data, b.slots, j);
      if (update && update->settles) optimizers::settle<V>(rule, 1, columns, b.slots, j, columns);
    });
  }
}

}  // namespace weight_gradient
}  // namespace
}  // namespace dlcore
