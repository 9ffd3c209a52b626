// The names of every family, once: enumerations, dispatch and the names Python sees all come from these lists.
// python/dlcore/backends/contract.py holds the same names with their Python-side facts; a test compares the two.
#pragma once

// By what the derivative is a function of: the output y, the pre-activation z, or a whole row. Rows come last.
#define DLCORE_ACTIVATIONS_OF_OUTPUT(X) \
  X(linear)                             \
  X(relu)                               \
  X(relu6)                              \
  X(sigmoid)                            \
  X(tanh)                               \
  X(selu)                               \
  X(softsign)                           \
  X(exponential)                        \
  X(sparse_sigmoid)                     \
  X(soft_shrink)                        \
  X(hard_shrink)                        \
  X(hard_tanh)                          \
  X(hard_sigmoid)

#define DLCORE_ACTIVATIONS_OF_INPUT(X) \
  X(leaky_relu)                        \
  X(softplus)                          \
  X(elu)                               \
  X(celu)                              \
  X(gelu)                              \
  X(gelu_tanh)                         \
  X(silu)                              \
  X(mish)                              \
  X(squareplus)                        \
  X(sparse_plus)                       \
  X(tanh_shrink)                       \
  X(hard_silu)                         \
  X(log_sigmoid)

#define DLCORE_ACTIVATIONS_OF_ROWS(X) X(softmax) X(log_softmax)

#define DLCORE_ACTIVATIONS(X) \
  DLCORE_ACTIVATIONS_OF_OUTPUT(X) DLCORE_ACTIVATIONS_OF_INPUT(X) DLCORE_ACTIVATIONS_OF_ROWS(X)

#define DLCORE_LOSSES(X)                    \
  X(categorical_crossentropy)               \
  X(categorical_crossentropy_logits)        \
  X(sparse_categorical_crossentropy)        \
  X(sparse_categorical_crossentropy_logits) \
  X(categorical_generalized_cross_entropy)  \
  X(binary_crossentropy)                    \
  X(binary_crossentropy_logits)             \
  X(kl_divergence)                          \
  X(mean_absolute_error)                    \
  X(mean_squared_error)                     \
  X(mean_absolute_percentage_error)         \
  X(mean_squared_logarithmic_error)         \
  X(huber)                                  \
  X(smooth_l1)                              \
  X(log_cosh)                               \
  X(poisson)                                \
  X(quantile)                               \
  X(hinge)                                  \
  X(squared_hinge)                          \
  X(categorical_hinge)                      \
  X(cosine_similarity)

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
