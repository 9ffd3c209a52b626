#include "engine/network.hpp"

#include <cmath>

namespace dlcore {
namespace {

// By repeated squaring: the same bits on every machine, unlike libm's pow.
double power(double base, int64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

// Keras's alpha = learning_rate · sqrt(1 - beta_2^t) / (1 - beta_1^t). The powers are rounded to T first, as in Keras:
// float32's rounding of 0.999 shows in its published numbers.
template <class T>
T adam_step_size(const Hyper& hyper) {
  const T power_1 = static_cast<T>(power(static_cast<T>(hyper.beta_1), hyper.step));
  const T power_2 = static_cast<T>(power(static_cast<T>(hyper.beta_2), hyper.step));
  return static_cast<T>(hyper.learning_rate) * std::sqrt(1 - power_2) / (1 - power_1);
}

}  // namespace

template <class T>
Update<T> make_update(UpdateKind kind, const Hyper& hyper) {
  const bool adam = kind == UpdateKind::adam || kind == UpdateKind::adam_amsgrad;
  return {kind,
          adam ? adam_step_size<T>(hyper) : static_cast<T>(hyper.learning_rate),
          static_cast<T>(hyper.momentum),
          static_cast<T>(1 - hyper.beta_1),
          static_cast<T>(1 - hyper.beta_2),
          static_cast<T>(hyper.rho),
          static_cast<T>(1 - hyper.rho),
          static_cast<T>(hyper.epsilon),
          static_cast<T>(hyper.weight_decay * hyper.learning_rate)};
}

template Update<float> make_update(UpdateKind, const Hyper&);
template Update<double> make_update(UpdateKind, const Hyper&);

int slots_of(UpdateKind kind) {
  switch (kind) {
    case UpdateKind::sgd: return 0;
    case UpdateKind::momentum:
    case UpdateKind::nesterov:
    case UpdateKind::adagrad:
    case UpdateKind::rmsprop: return 1;
    case UpdateKind::rmsprop_momentum:
    case UpdateKind::rmsprop_centered:
    case UpdateKind::adam: return 2;
    case UpdateKind::rmsprop_centered_momentum:
    case UpdateKind::adam_amsgrad: return 3;
  }
  return 0;
}

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
