// The names of every family, once: enumerations, dispatch and the names Python sees all come from these lists.
// python/dlcore/backends/contract.py holds the same names with their Python-side facts; a test compares the two.
#pragma once

#define DLCORE_ACTIVATIONS(X) \
  X(linear) X(relu) X(leaky_relu) X(sigmoid) X(tanh) X(softplus) X(elu) X(gelu) X(silu) X(softmax) X(log_softmax)

#define DLCORE_LOSSES(X)                    \
  X(categorical_crossentropy)               \
  X(categorical_crossentropy_logits)        \
  X(sparse_categorical_crossentropy)        \
  X(sparse_categorical_crossentropy_logits) \
  X(binary_crossentropy)                    \
  X(binary_crossentropy_logits)             \
  X(mean_absolute_error)                    \
  X(mean_squared_error)                     \
  X(huber)                                  \
  X(smooth_l1)

#define DLCORE_METRICS(X) \
  X(categorical_accuracy) X(sparse_categorical_accuracy) X(binary_accuracy) X(mean_absolute_error) X(mean_squared_error)

#define DLCORE_UPDATES(X)      \
  X(sgd)                       \
  X(momentum)                  \
  X(nesterov)                  \
  X(adagrad)                   \
  X(rmsprop)                   \
  X(rmsprop_momentum)          \
  X(rmsprop_centered)          \
  X(rmsprop_centered_momentum) \
  X(adam)                      \
  X(adam_amsgrad)              \
  X(adamax)                    \
  X(nadam)                     \
  X(adadelta)                  \
  X(ftrl)                      \
  X(lion)

namespace dlcore {

#define DLCORE_NAME(name) name,
enum class Activation : int { DLCORE_ACTIVATIONS(DLCORE_NAME) };
enum class Loss : int { DLCORE_LOSSES(DLCORE_NAME) };
enum class Metric : int { DLCORE_METRICS(DLCORE_NAME) };
enum class UpdateKind : int { DLCORE_UPDATES(DLCORE_NAME) };
#undef DLCORE_NAME

}  // namespace dlcore
