// A network as data: dense layers and normalizations over the caller's parameter arrays, a loss, metrics and an update
// rule.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "engine/memory.hpp"
#include "kernels/table.hpp"

namespace dlcore {

// What else a parameter may have: the factors of its regularizer, and memory, laid out as it is, where its gradients
// gather until they become an update.
template <class T>
struct Traits {
  T l1 = 0, l2 = 0;
  T* gathered = nullptr;
};

// What a training step drops of a layer's inputs: those whose random 16 bits are below `dropped`; the others are
// scaled. `state` is the seed and the number of draws so far, which every step counts.
template <class T>
struct Dropout {
  uint32_t* state = nullptr;  // null: nothing is dropped
  uint32_t dropped = 0;
  T scale = 1;
};

// What a layer that is no dense one brings to mean 0 and variance 1: the columns of a batch, or each row. In use the
// columns' statistics are the moving ones, which training follows.
template <class T>
struct Normalization {
  enum Kind { none, batch, layer } kind = none;
  T epsilon = 0;
  double momentum = 0;
  T *moving_mean = nullptr, *moving_variance = nullptr;
};

template <class T>
struct Layer {
  Index inputs = 0, units = 0;
  Normalization<T> normalization{};
  ActivationOf<T> activation{Activation::linear, 0};
  Parameter<T> w{}, b{};  // gamma and beta of a normalization; any but a dense layer's w may be without data
  Traits<T> w_traits{}, b_traits{};
  Dropout<T> dropout{};

  bool normalizes() const { return normalization.kind != Normalization<T>::none; }
  bool normalizes_batch() const { return normalization.kind == Normalization<T>::batch; }
  Index w_rows() const { return normalizes() ? 1 : inputs; }
  double weights() const { return static_cast<double>(w_rows()) * static_cast<double>(units); }
};

// What is done to all gradients before they become an update; see backends/network.py. A bound of 0 is none.
struct Shaping {
  int64_t accumulation_steps = 1;
  double clipvalue = 0, clipnorm = 0, global_clipnorm = 0;
};

template <class T>
struct Network {
  std::vector<Layer<T>> layers;
  Loss loss = Loss::mean_squared_error;
  T loss_parameter = 0;
  bool fused_output = false;  // the loss takes logits and stands for the last activation too
  std::vector<std::pair<Metric, T>> metrics;
  UpdateKind update = UpdateKind::sgd;
  Shaping shaping;

  Index inputs() const { return layers.front().inputs; }
  Index outputs() const { return layers.back().units; }
};

// The numbers of an optimizer step as Python gives them; see backends/network.py.
struct Hyper {
  double learning_rate, momentum, beta_1, beta_2, rho, epsilon, weight_decay;
  int64_t step;
  double l1 = 0, l2 = 0, shrinkage = 0, beta = 0;
};

// The kernel's numbers for one step, in T's arithmetic.
template <class T>
Update<T> make_update(UpdateKind kind, const Hyper& hyper);

// The rows a call works on: targets or labels, weights and an order may be missing.
template <class T>
struct Data {
  Index rows = 0;
  Matrix<const T> x{}, targets{};
  const int64_t* labels = nullptr;
  const T* sample_weight = nullptr;
  const int64_t* order = nullptr;
};

// Sums over the rows seen; see backends/network.py.
struct Totals {
  int64_t steps = 0, rows = 0;
  double loss = 0;
  std::vector<double> metrics;
};

// Called between steps, some twenty times a second; may throw to end the epoch.
using Report = std::function<void(const Totals&)>;

// State arrays an update keeps a parameter.
int slots_of(UpdateKind kind);

// Whether the derivative of an activation is taken from its input z rather than its output.
bool needs_input(Activation kind);
bool is_rowwise(Activation kind);
// Whether a loss or a metric takes integer labels.
bool is_sparse(Loss kind);
bool is_sparse(Metric kind);
// Whether a metric only asks which column is largest, so that logits will do.
bool is_ordinal(Metric kind);

// The sum of n values in float64, in ascending order.
template <class T>
double ordered_sum(Index n, const T* values);

}  // namespace dlcore
