// Metrics: one value a row, times the row's weight.
#pragma once

#include "kernels/losses.hpp"

namespace dlcore {
namespace {
namespace metrics {

// The first column that holds the largest value; a NaN counts as the largest, as in NumPy.
template <class T>
Index argmax(Index n, const T* row) {
  Index best = 0;
  for (Index j = 1; j < n && row[best] == row[best]; j++)
    if (!(row[j] <= row[best])) best = j;
  return best;
}

// The share of columns where (prediction > threshold) is the target.
template <class T>
T binary_accuracy(Index n, const T* target, const T* prediction, T threshold) {
  Index hits = 0;
  for (Index j = 0; j < n; j++) hits += target[j] == static_cast<T>(prediction[j] > threshold);
  return static_cast<T>(hits) / static_cast<T>(n);
}

template <class V>
void metric(Metric kind, Index m, Index n, Matrix<const typename V::T> targets, const int64_t* labels,
            Matrix<const typename V::T> prediction, const typename V::T* sample_weight, typename V::T parameter,
            typename V::T* values) {
  using T = typename V::T;
  for (Index i = 0; i < m; i++) {
    T value = 0;
    const T* out = prediction.row(i);
    const auto error = [&](auto element) {
      return losses::over_columns<V>(losses::Row<V>{n, targets.row(i), 0, out, parameter, 0, nullptr},
                                     static_cast<T>(n), element);
    };
    if (n > 0) switch (kind) {
        case Metric::categorical_accuracy: value = argmax(n, out) == argmax(n, targets.row(i)); break;
        case Metric::sparse_categorical_accuracy: value = argmax(n, out) == labels[i]; break;
        case Metric::binary_accuracy: value = binary_accuracy(n, targets.row(i), out, parameter); break;
        case Metric::mean_absolute_error: value = error(losses::absolute{}); break;
        case Metric::mean_squared_error: value = error(losses::squared{}); break;
      }
    values[i] = sample_weight ? sample_weight[i] * value : value;
  }
}

}  // namespace metrics
}  // namespace
}  // namespace dlcore
