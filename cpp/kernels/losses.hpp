// Losses: the value of each row and the gradient toward the prediction, in one pass.
#pragma once

#include "kernels/losses_labels.hpp"
#include "kernels/losses_probability.hpp"
#include "kernels/losses_regression.hpp"
#include "kernels/losses_scores.hpp"

namespace dlcore {
namespace {
namespace losses {

template <class V>
DLCORE_INLINE typename V::T row_loss(Loss kind, const Row<V>& row) {
  switch (kind) {
    case Loss::categorical_crossentropy: return categorical<V>(row);
    case Loss::categorical_crossentropy_logits: return categorical_logits<V>(row);
    case Loss::sparse_categorical_crossentropy: return sparse<V>(row);
    case Loss::sparse_categorical_crossentropy_logits: break;  // by blocks of rows, below
    case Loss::categorical_generalized_cross_entropy: return generalized<V>(row);
    case Loss::binary_crossentropy: return column_mean<V>(row, binary{});
    case Loss::binary_crossentropy_logits: return column_mean<V>(row, binary_logits{});
    case Loss::kl_divergence: return column_sum<V>(row, divergence{});
    case Loss::mean_absolute_error: return column_mean<V>(row, absolute{});
    case Loss::mean_squared_error: return column_mean<V>(row, squared{});
    case Loss::mean_absolute_percentage_error: return column_mean<V>(row, percentage{});
    case Loss::mean_squared_logarithmic_error: return column_mean<V>(row, squared_logarithmic{});
    case Loss::huber: return column_mean<V>(row, huber{});
    case Loss::smooth_l1: return column_mean<V>(row, smooth_l1{});
    case Loss::log_cosh: return column_mean<V>(row, log_cosh{});
    case Loss::poisson: return column_mean<V>(row, poisson{});
    case Loss::quantile: return column_mean<V>(row, quantile{});
    case Loss::hinge: return column_mean<V>(row, hinge{});
    case Loss::squared_hinge: return column_mean<V>(row, squared_hinge{});
    case Loss::categorical_hinge: return categorical_hinge<V>(row);
    case Loss::cosine_similarity: return cosine<V>(row);
  }
  return 0;
}

template <class V>
void loss(Loss kind, Index m, Index n, Matrix<const typename V::T> targets, const int64_t* labels,
          Matrix<const typename V::T> prediction, const typename V::T* sample_weight, typename V::T parameter,
          typename V::T scale, typename V::T* values, Matrix<typename V::T> grad) {
  using T = typename V::T;
  if (kind == Loss::sparse_categorical_crossentropy_logits && n > 0) {
    const auto by_labels = n <= kLanes && 2 * m >= V::N ? label_logits_of_few<V> : label_logits<V>;
    return by_labels(m, n, labels, prediction, sample_weight, scale, values, grad);
  }
  for (Index i = 0; i < m; i++) {
    const T weight = sample_weight ? sample_weight[i] : 1;
    if (n == 0) {
      values[i] = 0;
      continue;
    }
    const Row<V> row{n,
                     labels ? nullptr : targets.row(i),
                     labels ? labels[i] : 0,
                     prediction.row(i),
                     parameter,
                     scale * weight,
                     grad.data ? grad.row(i) : nullptr};
    values[i] = weight * row_loss<V>(kind, row);
  }
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
