#include "engine/normalization.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/dispatch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// Columns of a task, and about what an element costs in flops.
constexpr Index kColumns = 128;
constexpr double kFlopsAnElement = 4;

// body(first row, rows, first column, columns, whether sums have begun) by tasks of columns, chunk after chunk.
template <class Body>
void over_chunks(Index m, Index n, int threads, const Body& body) {
  const double flops = kFlopsAnElement * static_cast<double>(m) * static_cast<double>(n);
  loop(threads, flops, (n + kColumns - 1) / kColumns, [&](int64_t task, int) {
    const Index j = task * kColumns, columns = std::min(kColumns, n - j);
    for (Index c = 0; c == 0 || c < m; c += kChunkRows) body(c, std::min(kChunkRows, m - c), j, columns, c > 0);
  });
}

template <class T>
void sum_columns(Index rows, Index columns, Matrix<const T> x, bool begun, T* sums) {
  const Matrix<T> to{sums, columns};
  kernels<T>().bias_gradient(rows, x, 0, columns, begun ? Matrix<const T>(to) : Matrix<const T>{nullptr, 0}, nullptr,
                             {to, {}});
}

template <class T>
void divide(Index n, Index by, T* values) {
  for (Index j = 0; j < n; j++) values[j] /= static_cast<T>(by);
}

}  // namespace

template <class T>
void invert_deviations(Index count, const T* variance, T epsilon, T* inverse) {
  for (Index i = 0; i < count; i++) inverse[i] = 1 / std::sqrt(variance[i] + epsilon);
}

template <class T>
void column_moments(Index m, Index n, Matrix<const T> x, T* mean, T* variance, int threads) {
  over_chunks(m, n, threads, [&](Index c, Index rows, Index j, Index columns, bool begun) {
    sum_columns(rows, columns, x.at(c, j), begun, mean + j);
  });
  divide(n, m, mean);
  over_chunks(m, n, threads, [&](Index c, Index rows, Index j, Index columns, bool begun) {
    kernels<T>().column_squares(rows, columns, x.at(c, j), mean + j, begun ? variance + j : nullptr, variance + j);
  });
  divide(n, m, variance);
}

template <class T>
void sum_gradients(Index m, Index n, Matrix<const T> dy, Matrix<const T> x, const Normalized<T>& by, T* dgamma,
                   T* dbeta, int threads) {
  over_chunks(m, n, threads, [&](Index c, Index rows, Index j, Index columns, bool begun) {
    Normalized<T> part = by.from(c);
    if (!by.by_row) part.mean += j, part.inverse += j;
    sum_columns(rows, columns, dy.at(c, j), begun, dbeta + j);
    kernels<T>().normalized_products(rows, columns, dy.at(c, j), x.at(c, j), part, begun ? dgamma + j : nullptr,
                                     dgamma + j);
  });
}

template <class T>
void follow(const Normalization<T>& normalization, Index n, const T* mean, const T* variance) {
  const T old = static_cast<T>(normalization.momentum), rest = static_cast<T>(1 - normalization.momentum);
  const auto follow_one = [&](const T* batch, T* moving) {
    for (Index j = 0; j < n; j++) moving[j] = moving[j] * old + batch[j] * rest;
  };
  follow_one(mean, normalization.moving_mean);
  follow_one(variance, normalization.moving_variance);
}

template <class T>
void fold_statistics(const Normalization<T>& normalization, Index n, const T* gamma, const T* beta, T* factor,
                     T* offset) {
  invert_deviations(n, normalization.moving_variance, normalization.epsilon, factor);
  for (Index j = 0; j < n; j++) {
    if (gamma) factor[j] *= gamma[j];
    offset[j] = factor[j] * -normalization.moving_mean[j];
    if (beta) offset[j] += beta[j];
  }
}

#define DLCORE_INSTANCE(T)                                                                                        \
  template void invert_deviations(Index, const T*, T, T*);                                                        \
  template void column_moments(Index, Index, Matrix<const T>, T*, T*, int);                                       \
  template void sum_gradients(Index, Index, Matrix<const T>, Matrix<const T>, const Normalized<T>&, T*, T*, int); \
  template void follow(const Normalization<T>&, Index, const T*, const T*);                                       \
  template void fold_statistics(const Normalization<T>&, Index, const T*, const T*, T*, T*);
DLCORE_INSTANCE(float)
DLCORE_INSTANCE(double)
#undef DLCORE_INSTANCE

}  // namespace dlcore
