// Cross-entropy of logits where the target is one column, its label: log Σ exp(z - max) - (z_label - max). By blocks of
// rows, so that a logarithm and a division serve a vector of them.
#pragma once

#include "kernels/few_columns.hpp"
#include "kernels/softmax.hpp"

namespace dlcore {
namespace {
namespace losses {

// Rows of any length.
template <class V>
void label_logits(Index m, Index n, const int64_t* labels, Matrix<const typename V::T> prediction,
                  const typename V::T* sample_weight, typename V::T scale, typename V::T* values,
                  Matrix<typename V::T> grad) {
  using T = typename V::T;
  constexpr Index most = 64;
  T gaps[most], totals[most], weights[most];
  for (Index first = 0; first < m; first += most) {
    const Index rows = least(m - first, most);
    for (Index r = 0; r < rows; r++) {
      const Index i = first + r;
      const T* z = prediction.row(i);
      const T shift = row_max<V>(n, z);
      totals[r] = softmax::exponentials<V>(n, z, shift, grad.data ? grad.row(i) : nullptr);
      gaps[r] = z[labels[i]] - shift;
      weights[r] = sample_weight ? sample_weight[i] : 1;
    }
    for_vectors<V>(rows, [&](Index r, const auto& load, const auto& store) DLCORE_LAMBDA {
      const typename V::R total = load(totals + r), weight = load(weights + r);
      store(values + first + r, V::mul(weight, V::sub(math::log<V>(total), load(gaps + r))));
      store(totals + r, V::div(V::set(1), total));
      store(weights + r, V::mul(V::set(scale), weight));
    });
    for (Index r = 0; grad.data && r < rows; r++) {
      T* g = grad.row(first + r);
      const int64_t label = labels[first + r];
      const typename V::R share = V::set(totals[r]), by = V::set(weights[r]);
      const T at_label = (g[label] * totals[r] - 1) * weights[r];
      for_vectors<V>(n, [&](Index j, const auto& load, const auto& store)
                            DLCORE_LAMBDA { store(g + j, V::mul(by, V::mul(load(g + j), share))); });
      g[label] = at_label;
    }
  }
}

// Rows of few columns.
template <class V>
void label_logits_of_few(Index m, Index n, const int64_t* labels, Matrix<const typename V::T> prediction,
                         const typename V::T* sample_weight, typename V::T scale, typename V::T* values,
                         Matrix<typename V::T> grad) {
  using T = typename V::T;
  using R = typename V::R;
  constexpr Index N = V::N;
  FewColumns<V> z, exponentials;
  alignas(64) T label[N];
  for (Index first = 0; first < m; first += N) {
    const int rows = static_cast<int>(least(m - first, N));
    z.read(rows, n, prediction.from(first));
    for (Index r = 0; r < N; r++) label[r] = static_cast<T>(r < rows ? labels[first + r] : 0);
    const R weight = sample_weight ? V::load_n(sample_weight + first, rows) : V::set(1);
    const auto at_label = [&](Index c) DLCORE_LAMBDA { return V::eq(V::load(label), V::set(static_cast<T>(c))); };

    R shift = z.load(0), gap = V::zero();
    for (Index c = 1; c < n; c++) shift = V::max(z.load(c), shift);
    for (Index c = 0; c < n; c++) {
      const R below = V::sub(z.load(c), shift), e = math::exp<V>(below);
      gap = V::select(at_label(c), below, gap);
      z.store(c, e);
      exponentials.store(c, e);
    }
    const R total = exponentials.sum(n);
    V::store_n(values + first, V::mul(weight, V::sub(math::log<V>(total), gap)), rows);
    if (!grad.data) continue;

    const R share = V::div(V::set(1), total), by = V::mul(V::set(scale), weight);
    for (Index c = 0; c < n; c++) {
      const R p = V::mul(z.load(c), share);
      z.store(c, V::mul(by, V::select(at_label(c), V::sub(p, V::set(1)), p)));
    }
    z.write(rows, n, grad.from(first));
  }
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
