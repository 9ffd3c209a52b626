// The dense layer: forward with bias and activation, and the gradient toward its input.
#pragma once

#include "kernels/activations.hpp"
#include "kernels/panels.hpp"

namespace dlcore {
namespace {
namespace dense {

// Row tiles, and bytes of the weights, from which a panel is asked for before it is needed: below, it is in cache.
// Tiles of few registers are narrow, so that they read a piece of many rows; it pays to copy those next to each other.
constexpr Index kLargeTiles = 3, kLargeBytes = 1 << 20;
constexpr bool kCopies = kRegisters == 16;
static_assert((gemm::kDepth + kPanelColumns) * kPanelColumns <= kScratch);  // a panel, and what is turned

// The panels of w, which has n columns.
template <class V>
struct Plain {
  using T = typename V::T;
  Matrix<const T> w;
  Index n;
  T* scratch;
  bool large;

  Index columns(Index j) const { return least(panels::kWidth<V>, n - j); }
  Matrix<const T> operator()(Index p, Index depth, Index j) const {
    if (!kCopies || !large) return w.at(p, j);
    panels::gather<V>(depth, columns(j), w.at(p, j), scratch);
    return {scratch, panels::kWidth<V>};
  }
  void ask(Index p, Index depth, Index j, Index part, Index parts) const {
    if (!kCopies && large) panels::ask_for(depth, columns(j), w.at(p, j), part, parts);
  }
};

// Those of wᵀ, which has n columns, turned one at a time.
template <class V>
struct Turned {
  using T = typename V::T;
  Matrix<const T> w;
  Index n;
  T* scratch;

  Matrix<const T> operator()(Index p, Index depth, Index j) const {
    panels::transpose<V>(depth, least(panels::kWidth<V>, n - j), w.at(j, p), scratch);
    return {scratch, panels::kWidth<V>};
  }
  void ask(Index, Index, Index, Index, Index) const {}  // long pieces of rows: the processor foresees them
};

// y = x · w + b for a layer of few outputs, whose vectors would be mostly empty: yᵀ = wᵀ · xᵀ is made instead, and
// turned. finish(i, rows, j, columns) as in a product.
template <class V, class Finish>
void narrow_product(Index m, Index k, Index n, Matrix<const typename V::T> x, Matrix<const typename V::T> w,
                    const typename V::T* b, Matrix<typename V::T> y, typename V::T* scratch, const Finish& finish) {
  using T = typename V::T;
  constexpr Index width = panels::kWidth<V>;
  const Matrix<T> turned{scratch + gemm::kDepth * width, width}, rows_of_y{turned.row(V::N), V::N};
  for (Index i = 0; i < m; i += width) {
    const Index rows = least(width, m - i);
    for (Index j = 0; j < n; j++)
      for (Index r = 0; r < width; r += V::N) V::store(turned.row(j) + r, V::set(b ? b[j] : 0));
    for (Index p = 0; p < k; p += gemm::kDepth) {
      const Index depth = least(gemm::kDepth, k - p);
      panels::transpose<V>(depth, rows, x.at(i, p), scratch);
      gemm::tile_for<V, true, gemm::AsItIs<V>>(n, rows)(depth, w.row(p), w.ld, scratch, width, turned.data, width,
                                                        turned.data, width, static_cast<int>(rows), {});
    }
    for (Index r = 0; r < rows; r += V::N) {
      transpose_block<V>(n, rows - r, Matrix<const T>(turned.at(0, r)), rows_of_y.data, V::N);
      for (Index q = r; q < least(rows, r + V::N); q++)
        V::store_n(y.row(i + q), V::load(rows_of_y.row(q - r)), static_cast<int>(n));
    }
    finish(i, rows, 0, n);
  }
}

template <class V>
void forward(Index m, Index k, Index n, Matrix<const typename V::T> x, Matrix<const typename V::T> w,
             const typename V::T* b, ActivationOf<typename V::T> activation, Matrix<typename V::T> z,
             Matrix<typename V::T> y, typename V::T* scratch) {
  using T = typename V::T;
  const Matrix<T> sums = z.data ? z : y;
  const bool narrow = 4 * n <= V::N && k > n;
  const bool within = activation.kind == Activation::relu && !z.data && !narrow;  // the product does it by itself
  const bool separate = z.data || !(within || activations::is_identity(activation.kind));
  const activations::Forward<T> act = separate ? activations::forward_of<V>(activation.kind) : nullptr;
  const gemm::NotBelow<V> ending = within ? gemm::NotBelow<V>{0} : gemm::NotBelow<V>{};
  const auto finish = [&](Index i, Index rows, Index j, Index columns) {
    if (act) act(rows, columns, activation.alpha, sums.at(i, j), y.at(i, j));
  };
  if (m > 0 && m <= 3) return gemm::product_of_few<V>(m, k, n, x, w, b, sums, ending, finish);
  if (narrow) return narrow_product<V>(m, k, n, x, w, b, sums, scratch, finish);
  const bool large =
      m >= kLargeTiles * gemm::kRows && k * w.ld * static_cast<Index>(sizeof(T)) > kLargeBytes && n > panels::kWidth<V>;
  const Plain<V> panel{w, n, scratch, large};
  gemm::product<V>(m, k, n, x, panel, b, sums, ending, finish);
}

template <class V>
void input_gradient(Index m, Index k, Index n, Matrix<const typename V::T> dz, Matrix<const typename V::T> w,
                    ActivationOf<typename V::T> below, Matrix<const typename V::T> z, Matrix<const typename V::T> y,
                    Matrix<typename V::T> dx, typename V::T* scratch) {
  using T = typename V::T;
  const Turned<V> panel{w, k, scratch};
  if (below.kind == Activation::relu)
    return gemm::product<V>(m, n, k, dz, panel, nullptr, dx, gemm::Gated<V>{y}, [](Index, Index, Index, Index) {});
  const activations::Backward<T> act =
      activations::is_identity(below.kind) ? nullptr : activations::backward_of<V>(below.kind);
  gemm::product<V>(m, n, k, dz, panel, nullptr, dx, gemm::NotBelow<V>{},
                   [&](Index i, Index rows, Index j, Index columns) {
                     const Matrix<T> done = dx.at(i, j);
                     if (act) act(rows, columns, below.alpha, done, z.at(i, j), y.at(i, j), done);
                   });
}

}  // namespace dense
}  // namespace
}  // namespace dlcore
