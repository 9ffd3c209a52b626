// Losses: the value of each row and the gradient toward the prediction, in one pass.
#pragma once

#include "kernels/losses_labels.hpp"
#include "kernels/losses_probability.hpp"
#include "kernels/losses_regression.hpp"
#include "kernels/losses_scores.hpp"

namespace dlcore {
namespace {
namespace losses {

// Calls visit(element) with what a loss adds up over the columns, if it does that.
template <class Visit>
DLCORE_INLINE bool visit_element(Loss kind, const Visit& visit) {
  switch (kind) {
    case Loss::binary_crossentropy: visit(binary{}); break;
    case Loss::binary_crossentropy_logits: visit(binary_logits{}); break;
    case Loss::kl_divergence: visit(divergence{}); break;
    case Loss::mean_absolute_error: visit(absolute{}); break;
    case Loss::mean_squared_error: visit(squared{}); break;
    case Loss::mean_absolute_percentage_error: visit(percentage{}); break;
    case Loss::mean_squared_logarithmic_error: visit(squared_logarithmic{}); break;
    case Loss::huber: visit(huber{}); break;
    case Loss::smooth_l1: visit(smooth_l1{}); break;
    case Loss::log_cosh: visit(log_cosh{}); break;
    case Loss::poisson: visit(poisson{}); break;
    case Loss::quantile: visit(quantile{}); break;
    case Loss::hinge: visit(hinge{}); break;
    case Loss::squared_hinge: visit(squared_hinge{}); break;
    default: return false;
  }
  return true;
}

template <class V>
DLCORE_INLINE typename V::T row_loss(Loss kind, const Row<V>& row, typename V::T divisor) {
  switch (kind) {
    case Loss::categorical_crossentropy: return categorical<V>(row);
    case Loss::categorical_crossentropy_logits: return categorical_logits<V>(row);
    case Loss::sparse_categorical_crossentropy: return sparse<V>(row);
    case Loss::categorical_generalized_cross_entropy: return generalized<V>(row);
    case Loss::categorical_hinge: return categorical_hinge<V>(row);
    case Loss::cosine_similarity: return cosine<V>(row);
    default: break;
  }
  typename V::T value = 0;
  visit_element(kind, [&](auto element) DLCORE_LAMBDA { value = over_columns<V>(row, divisor, element); });
  return value;
}

template <class V>
void loss(Loss kind, Index m, Index n, Matrix<const typename V::T> targets, const int64_t* labels,
          Matrix<const typename V::T> prediction, const typename V::T* sample_weight, typename V::T parameter,
          typename V::T scale, typename V::T* values, Matrix<typename V::T> grad) {
  using T = typename V::T;
  if (n == 0) {
    for (Index i = 0; i < m; i++) values[i] = 0;
    return;
  }
  const bool few = FewColumns<V>::pays(m, n);
  if (kind == Loss::sparse_categorical_crossentropy_logits) {
    const auto of_rows = few ? label_logits_of_few<V> : label_logits<V>;
    return of_rows(m, n, labels, prediction, sample_weight, scale, values, grad);
  }
  const T divisor = kind == Loss::kl_divergence ? 1 : static_cast<T>(n);  // the others are means
  const auto of_few = [&](auto element) {
    over_few_columns<V>(m, n, targets, prediction, sample_weight, parameter, scale, divisor, values, grad, element);
  };
  // With more columns a row fills enough of a vector.
  if (few && 4 * n <= kLanes && visit_element(kind, of_few)) return;
  for (Index i = 0; i < m; i++) {
    const T weight = sample_weight ? sample_weight[i] : 1;
    const Row<V> row{n,
                     labels ? nullptr : targets.row(i),
                     labels ? labels[i] : 0,
                     prediction.row(i),
                     parameter,
                     scale * weight,
                     grad.data ? grad.row(i) : nullptr};
    values[i] = weight * row_loss<V>(kind, row, divisor);
  }
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
