#include "engine/network.hpp"

namespace dlcore {

bool needs_input(Activation kind) {
  switch (kind) {
    case Activation::leaky_relu:
    case Activation::softplus:
    case Activation::elu:
    case Activation::gelu:
    case Activation::silu: return true;
    default: return false;
  }
}

bool is_rowwise(Activation kind) { return kind == Activation::softmax || kind == Activation::log_softmax; }

bool is_sparse(Loss kind) {
  return kind == Loss::sparse_categorical_crossentropy || kind == Loss::sparse_categorical_crossentropy_logits;
}

bool is_sparse(Metric kind) { return kind == Metric::sparse_categorical_accuracy; }

bool is_ordinal(Metric kind) {
  return kind == Metric::categorical_accuracy || kind == Metric::sparse_categorical_accuracy;
}

template <class T>
double ordered_sum(Index n, const T* values) {
  double sum = 0;
  for (Index i = 0; i < n; i++) sum += static_cast<double>(values[i]);
  return sum;
}

template double ordered_sum(Index, const float*);
template double ordered_sum(Index, const double*);

}  // namespace dlcore
