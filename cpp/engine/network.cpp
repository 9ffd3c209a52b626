#include "engine/network.hpp"

namespace dlcore {

bool needs_input(Activation kind) {
  switch (kind) {
#define DLCORE_CASE(name) case Activation::name:
    DLCORE_ACTIVATIONS_OF_INPUT(DLCORE_CASE) return true;
    default: return false;
  }
}

bool is_rowwise(Activation kind) {
  switch (kind) {
    DLCORE_ACTIVATIONS_OF_ROWS(DLCORE_CASE) return true;
#undef DLCORE_CASE
    default: return false;
  }
}

bool is_sparse(Loss kind) {
  return kind == Loss::sparse_categorical_crossentropy || kind == Loss::sparse_categorical_crossentropy_logits ||
         kind == Loss::categorical_generalized_cross_entropy;
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
