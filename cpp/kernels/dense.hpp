// The dense layer: forward with bias and activation, and the three gradients of its backward pass.
#pragma once

#include "kernels/activations.hpp"
#include "kernels/gemm.hpp"
#include "kernels/optimizers.hpp"

namespace dlcore {
namespace {
namespace dense {

template <class V>
void forward(Index m, Index k, Index n, Matrix<const typename V::T> x, Matrix<const typename V::T> w,
             const typename V::T* b, ActivationOf<typename V::T> activation, Matrix<typename V::T> z,
             Matrix<typename V::T> y) {
  using T = typename V::T;
  const Matrix<T> sums = z.data ? z : y;
  const activations::Forward<T> act =
      z.data || !activations::is_identity(activation.kind) ? activations::forward_of<V>(activation.kind) : nullptr;
  gemm::product<V>(m, k, n, x, {w.data, w.ld, 0}, b, sums, [&](Index i, Index rows, Index j, Index columns) {
    if (act) act(rows, columns, activation.alpha, sums.at(i, j), y.at(i, j));
  });
}

// out[c][r] = in[r][c] for N x N elements, in log2 N rounds: zipping row i with row i + N/2 moves one bit of the row's
// number into the column's.
template <class V>
DLCORE_INLINE void transpose_block(const typename V::T* in, Index in_ld, typename V::T* out, Index out_ld) {
  typename V::R row[V::N];
  DLCORE_UNROLL
  for (int i = 0; i < V::N; i++) row[i] = V::load(in + i * in_ld);
  DLCORE_UNROLL
  for (int round = V::N; round > 1; round /= 2) {
    typename V::R next[V::N];
    DLCORE_UNROLL
    for (int i = 0; i < V::N / 2; i++) {
      next[2 * i] = V::zip_low(row[i], row[i + V::N / 2]);
      next[2 * i + 1] = V::zip_high(row[i], row[i + V::N / 2]);
    }
    DLCORE_UNROLL
    for (int i = 0; i < V::N; i++) row[i] = next[i];
  }
  DLCORE_UNROLL
  for (int i = 0; i < V::N; i++) V::store(out + i * out_ld, row[i]);
}

template <class V>
void pack_transposed(Index from, Index to, Index k, Index n, Matrix<const typename V::T> w, typename V::T* panels) {
  using T = typename V::T;
  for (Index i = from; i < to; i += kPanelColumns) {
    T* panel = panels + i * n;
    const Index rows = gemm::least(kPanelColumns, k - i);
    const Index whole_rows = rows - rows % V::N, whole_columns = n - n % V::N;
    for (Index p = 0; p < whole_columns; p += V::N)
      for (Index r = 0; r < whole_rows; r += V::N)
        transpose_block<V>(w.row(i + r) + p, w.ld, panel + p * kPanelColumns + r, kPanelColumns);
    for (Index p = 0; p < n; p++) {
      for (Index r = p < whole_columns ? whole_rows : 0; r < rows; r++) panel[p * kPanelColumns + r] = w.row(i + r)[p];
      for (Index r = rows; r < kPanelColumns; r++) panel[p * kPanelColumns + r] = 0;
    }
  }
}

template <class V>
void input_gradient(Index m, Index k, Index n, Matrix<const typename V::T> dz, const typename V::T* panels,
                    ActivationOf<typename V::T> below, Matrix<const typename V::T> z, Matrix<const typename V::T> y,
                    Matrix<typename V::T> dx) {
  using T = typename V::T;
  const activations::Backward<T> act =
      activations::is_identity(below.kind) ? nullptr : activations::backward_of<V>(below.kind);
  gemm::product<V>(m, n, k, dz, {panels, kPanelColumns, n}, nullptr, dx,
                   [&](Index i, Index rows, Index j, Index columns) {
                     const Matrix<T> done = dx.at(i, j);
                     if (act) act(rows, columns, below.alpha, done, z.at(i, j), y.at(i, j), done);
                   });
}

// A tile's gradient, rows of `width`, into the parameter: through the optimizer or as it is. On the way it asks for the
// tile `ahead` elements on, whose lines then arrive while that tile's products are made.
template <class V>
void apply(const Update<typename V::T>* update, const typename V::T* sums, Index width, Index rows, Index columns,
           Parameter<typename V::T> w, Index i0, Index j0, Index ahead) {
  using T = typename V::T;
  if (!update) {
    for (Index i = 0; i < rows; i++) {
      T* out = w.p.row(i0 + i) + j0;
      for_vectors<V>(columns, [&](Index j, const auto& load, const auto& store)
                                  DLCORE_LAMBDA { store(out + j, load(sums + i * width + j)); });
    }
    return;
  }
  const optimizers::Numbers<V> numbers(*update);
  optimizers::visit(update->kind, [&](auto rule) DLCORE_LAMBDA {
    for (Index i = 0; i < rows; i++)
      optimizers::step_elements<V>(rule, numbers, columns, w.p.data, sums + i * width, w.slots, (i0 + i) * w.p.ld + j0,
                                   ahead);
  });
}

// Panels of dz that are gathered at a time: a strip of x is read once for all of them.
constexpr Index kPanels = 4;

template <class V>
void weight_gradient(Index m, Matrix<const typename V::T> x, Matrix<const typename V::T> dz, Index i0, Index i1,
                     Index j0, Index j1, const Update<typename V::T>* update, Parameter<typename V::T> w) {
  using T = typename V::T;
  constexpr Index width = gemm::kVectors * V::N;
  alignas(64) T sums[gemm::kRows * width];
  alignas(64) static thread_local T panels[kPanels][gemm::kDepth * width];  // too large for the stack of every thread
  const bool gather = m <= gemm::kDepth && m * dz.ld * static_cast<Index>(sizeof(T)) > gemm::kGatherBytes;
  for (Index block = j0; block < j1; block += kPanels * width) {
    const Index end = gemm::least(j1, block + kPanels * width);
    for (Index j = block; gather && j < end; j += width)
      gemm::gather_panel<V>(m, gemm::least(width, end - j), dz.data + j, dz.ld, panels[(j - block) / width]);
    for (Index i = i0; i < i1; i += gemm::kRows) {
      const Index rows = gemm::least(gemm::kRows, i1 - i);
      for (Index j = block; j < end; j += width) {
        const Index columns = gemm::least(width, end - j);
        const Matrix<const T> right =
            gather ? Matrix<const T>{panels[(j - block) / width], width} : Matrix<const T>{dz.data + j, dz.ld};
        gemm::transposed_product<V>(gemm::tile_for<V, true>(rows, columns), m, {x.data + i, x.ld}, right, rows, columns,
                                    sums);
        const Index ahead = j + width < end ? width : gemm::kRows * w.p.ld - (j - block);
        apply<V>(update, sums, width, rows, columns, w, i, j, ahead);
      }
    }
  }
}

template <class V>
void bias_gradient(Index m, Matrix<const typename V::T> dz, Index j0, Index j1, const Update<typename V::T>* update,
                   Parameter<typename V::T> b) {
  using T = typename V::T;
  using R = typename V::R;
  constexpr Index width = kPanelColumns;
  T sums[width];
  for (Index j = j0; j < j1; j += width) {
    const Index columns = gemm::least(width, j1 - j);
    for_vectors<V>(columns, [&](Index c, const auto& load, const auto& store) DLCORE_LAMBDA {
      R total = V::zero();
      for (Index first = 0; first < m; first += kChunkRows) {
        const Index end = gemm::least(m, first + kChunkRows);
        R chunk = V::zero();
        for (Index p = first; p < end; p++) chunk = V::add(chunk, load(dz.row(p) + j + c));
        total = first ? V::add(total, chunk) : chunk;
      }
      store(sums + c, total);
    });
    apply<V>(update, sums, width, 1, columns, b, 0, j, width);
  }
}

}  // namespace dense
}  // namespace
}  // namespace dlcore
