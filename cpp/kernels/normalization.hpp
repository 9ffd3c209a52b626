// Batch and layer normalization: moments, the normalized matrix, and the gradients.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/lanes.hpp"

namespace dlcore {
namespace {
namespace normalization {

template <class V>
void row_moments(Index m, Index n, Matrix<const typename V::T> x, typename V::T* mean, typename V::T* variance) {
  using T = typename V::T;
  using R = typename V::R;
  const T count = static_cast<T>(n);
  for (Index i = 0; i < m; i++) {
    const T* const row = x.row(i);
    Lanes<V> total = Lanes<V>::of(0), squares = Lanes<V>::of(0);
    for_lanes<V>(n, [&](Index j, int q, const auto& load, const auto&, const auto&)
                        DLCORE_LAMBDA { total.part[q] = V::add(total.part[q], load(row + j)); });
    mean[i] = total.sum() / count;
    const R middle = V::set(mean[i]);
    for_lanes<V>(n, [&](Index j, int q, const auto& load, const auto&, const auto& keep) DLCORE_LAMBDA {
      const R distance = keep(V::sub(load(row + j), middle));
      squares.part[q] = V::fma(distance, distance, squares.part[q]);
    });
    variance[i] = squares.sum() / count;
  }
}

// sums[j] = before[j] + a chain over the rows: body(row, column, load, sum so far) adds a row's vector to it. So many
// vectors of columns go along together as hide the latency of an addition.
template <class V, class Body>
DLCORE_INLINE void over_rows(Index m, Index n, const typename V::T* before, typename V::T* sums, const Body& body) {
  using R = typename V::R;
  using T = typename V::T;
  constexpr int chains = 4;
  const auto finish = [&](Index j, R sum, const auto& load, const auto& store)
                          DLCORE_LAMBDA { store(sums + j, before ? V::add(load(before + j), sum) : sum); };
  const auto load = [](const T* p) DLCORE_LAMBDA { return V::load(p); };
  const auto store = [](T* p, R r) DLCORE_LAMBDA { V::store(p, r); };
  Index j = 0;
  for (; j + chains * V::N <= n; j += chains * V::N) {
    R sum[chains];
    DLCORE_UNROLL
    for (int c = 0; c < chains; c++) sum[c] = V::zero();
    for (Index i = 0; i < m; i++) DLCORE_UNROLL
    for (int c = 0; c < chains; c++) sum[c] = body(i, j + c * V::N, load, sum[c]);
    DLCORE_UNROLL
    for (int c = 0; c < chains; c++) finish(j + c * V::N, sum[c], load, store);
  }
  for_vectors<V>(n - j, [&](Index c, const auto& load, const auto& store) DLCORE_LAMBDA {
    R sum = V::zero();
    for (Index i = 0; i < m; i++) sum = body(i, j + c, load, sum);
    finish(j + c, sum, load, store);
  });
}

template <class V>
void column_squares(Index m, Index n, Matrix<const typename V::T> x, const typename V::T* mean,
                    const typename V::T* before, typename V::T* sums) {
  using R = typename V::R;
  over_rows<V>(m, n, before, sums, [&](Index i, Index j, const auto& load, R sum) DLCORE_LAMBDA {
    const R distance = V::sub(load(x.row(i) + j), load(mean + j));
    return V::fma(distance, distance, sum);
  });
}

// The mean and the inverse for an element, and x brought to mean 0 and variance 1 by them.
template <class V>
struct Standard {
  using T = typename V::T;
  using R = typename V::R;
  R mean, inverse;

  static DLCORE_MEMBER Standard of_row(const Normalized<T>& by, Index i) {
    return {V::set(by.mean[i]), V::set(by.inverse[i])};
  }
  template <class Load>
  static DLCORE_MEMBER Standard of_columns(const Normalized<T>& by, Index j, const Load& load) {
    return {load(by.mean + j), load(by.inverse + j)};
  }
  DLCORE_MEMBER R operator()(R x) const { return V::mul(V::sub(x, mean), inverse); }
};

// body(i, j, standard, load, store) for all vectors: by rows where those have the statistics, else by columns.
template <class V, class Body>
DLCORE_INLINE void for_standard(Index m, Index n, const Normalized<typename V::T>& by, const Body& body) {
  if (by.by_row) {
    for (Index i = 0; i < m; i++) {
      const Standard<V> standard = Standard<V>::of_row(by, i);
      for_vectors<V>(
          n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA { body(i, j, standard, load, store); });
    }
  } else {
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      const Standard<V> standard = Standard<V>::of_columns(by, j, load);
      for (Index i = 0; i < m; i++) body(i, j, standard, load, store);
    });
  }
}

template <class V>
void normalize(Index m, Index n, Matrix<const typename V::T> x, Normalized<typename V::T> by, Matrix<typename V::T> y) {
  for_standard<V>(
      m, n, by, [&](Index i, Index j, const Standard<V>& standard, const auto& load, const auto& store) DLCORE_LAMBDA {
        typename V::R value = standard(load(x.row(i) + j));
        if (by.gamma) value = V::mul(value, load(by.gamma + j));
        if (by.beta) value = V::add(value, load(by.beta + j));
        store(y.row(i) + j, value);
      });
}

template <class V>
void products(Index m, Index n, Matrix<const typename V::T> dy, Matrix<const typename V::T> x,
              Normalized<typename V::T> by, const typename V::T* before, typename V::T* sums) {
  using R = typename V::R;
  const auto run = [&](const auto& standard) DLCORE_LAMBDA {
    over_rows<V>(m, n, before, sums, [&](Index i, Index j, const auto& load, R sum) DLCORE_LAMBDA {
      return V::fma(load(dy.row(i) + j), standard(i, j, load)(load(x.row(i) + j)), sum);
    });
  };
  if (by.by_row)
    run([&](Index i, Index, const auto&) DLCORE_LAMBDA { return Standard<V>::of_row(by, i); });
  else
    run([&](Index, Index j, const auto& load) DLCORE_LAMBDA { return Standard<V>::of_columns(by, j, load); });
}

// dx = (h - ⟨h⟩ - x̂ ⟨h x̂⟩) · inverse with h = dy · gamma, x̂ the standard x and ⟨⟩ the mean along the row.
template <class V>
void gradient_of_rows(Index m, Index n, Matrix<const typename V::T> dy, Matrix<const typename V::T> x,
                      const Normalized<typename V::T>& by, Matrix<typename V::T> dx) {
  using T = typename V::T;
  using R = typename V::R;
  const T count = static_cast<T>(n);
  const auto scaled = [&](Index i, Index j, const auto& load) DLCORE_LAMBDA {
    const R g = load(dy.row(i) + j);
    return by.gamma ? V::mul(g, load(by.gamma + j)) : g;
  };
  for (Index i = 0; i < m; i++) {
    const Standard<V> standard = Standard<V>::of_row(by, i);
    Lanes<V> total = Lanes<V>::of(0), weighted = Lanes<V>::of(0);
    for_lanes<V>(n, [&](Index j, int q, const auto& load, const auto&, const auto&) DLCORE_LAMBDA {
      const R h = scaled(i, j, load);
      total.part[q] = V::add(total.part[q], h);
      weighted.part[q] = V::fma(h, standard(load(x.row(i) + j)), weighted.part[q]);
    });
    const R offset = V::set(total.sum() / count), slope = V::set(weighted.sum() / count);
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      const R rest = V::fma(standard(load(x.row(i) + j)), slope, offset);
      store(dx.row(i) + j, V::mul(V::sub(scaled(i, j, load), rest), standard.inverse));
    });
  }
}

// The same along columns, where the means of dy and dy x̂ are known: they are the gradients toward beta and gamma.
template <class V>
void gradient_of_columns(Index m, Index n, Matrix<const typename V::T> dy, Matrix<const typename V::T> x,
                         const Normalized<typename V::T>& by, Index rows, const typename V::T* dgamma,
                         const typename V::T* dbeta, Matrix<typename V::T> dx) {
  using R = typename V::R;
  const R count = V::set(static_cast<typename V::T>(rows));
  for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
    const Standard<V> standard = Standard<V>::of_columns(by, j, load);
    const R offset = V::div(load(dbeta + j), count), slope = V::div(load(dgamma + j), count);
    const R scale = by.gamma ? V::mul(standard.inverse, load(by.gamma + j)) : standard.inverse;
    for (Index i = 0; i < m; i++) {
      const R rest = V::fma(standard(load(x.row(i) + j)), slope, offset);
      store(dx.row(i) + j, V::mul(V::sub(load(dy.row(i) + j), rest), scale));
    }
  });
}

template <class V>
void gradient(Index m, Index n, Matrix<const typename V::T> dy, Matrix<const typename V::T> x,
              Normalized<typename V::T> by, Index rows, const typename V::T* dgamma, const typename V::T* dbeta,
              Matrix<typename V::T> dx) {
  if (by.by_row)
    gradient_of_rows<V>(m, n, dy, x, by, dx);
  else
    gradient_of_columns<V>(m, n, dy, x, by, rows, dgamma, dbeta, dx);
}

// Two roundings, as everywhere else where these statistics are known.
template <class V>
void scale_and_shift(Index m, Index n, Matrix<const typename V::T> x, const typename V::T* factor,
                     const typename V::T* offset, Matrix<typename V::T> y) {
  for (Index i = 0; i < m; i++)
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      store(y.row(i) + j, V::add(V::mul(load(x.row(i) + j), load(factor + j)), load(offset + j)));
    });
}

}  // namespace normalization
}  // namespace
}  // namespace dlcore
