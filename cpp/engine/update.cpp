// From the hyper-parameters of a step to the numbers its kernel takes: python/dlcore/backends/stepping.py in C++.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/network.hpp"

namespace dlcore {
namespace {

// By repeated squaring: the same bits on every machine, unlike libm's pow.
double power(double base, int64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

// beta ^ step, rounded to T, of a beta rounded to T, as Keras has it: float32's rounding of 0.999 shows in its
// published numbers.
template <class T>
T power_of(double beta, int64_t step) {
  return static_cast<T>(power(static_cast<T>(beta), step));
}

// Keras's alpha = learning_rate · sqrt(1 - beta_2^t) / (1 - beta_1^t).
template <class T>
T adam_step_size(const Hyper& hyper) {
  const T power_1 = power_of<T>(hyper.beta_1, hyper.step), power_2 = power_of<T>(hyper.beta_2, hyper.step);
  return static_cast<T>(hyper.learning_rate) * std::sqrt(1 - power_2) / (1 - power_1);
}

// Nadam's momentum at step t is beta_1 · (1 - 0.96^t / 2); from kSettled on it is beta_1 to the last bit.
constexpr int64_t kSettled = 1024;

struct Warmup {
  std::array<double, kSettled + 1> factor, product;
  Warmup() {
    double decay = product[0] = factor[0] = 1;
    for (size_t t = 1; t <= kSettled; t++) {
      decay *= 0.96;
      factor[t] = 1 - 0.5 * decay;
      product[t] = product[t - 1] * factor[t];
    }
  }
};

// What scales Nadam's running mean and its gradient, and its epsilon, once both stand over sqrt(velocity) + epsilon.
template <class T>
void set_nadam(const Hyper& hyper, Update<T>& update) {
  static const Warmup warmup;
  const auto at = [](int64_t t) { return static_cast<size_t>(std::min(t, kSettled)); };
  const double beta_1 = static_cast<T>(hyper.beta_1), rate = static_cast<T>(hyper.learning_rate);
  const int64_t t = hyper.step;
  const double now = beta_1 * warmup.factor[at(t)], next = beta_1 * warmup.factor[at(t + 1)];
  const double product = power(beta_1, t) * warmup.product[at(t)];
  const double spread = std::sqrt(1 - static_cast<double>(power_of<T>(hyper.beta_2, t)));
  update.step_size = static_cast<T>(rate * next / (1 - product * next) * spread);
  update.momentum = static_cast<T>(rate * (1 - now) / (1 - product) * spread);
  update.epsilon = static_cast<T>(hyper.epsilon * spread);
}

// Every so many steps the state settles: as often as costs nothing.
constexpr int64_t kSettlesEvery = 16;

}  // namespace

template <class T>
Update<T> make_update(UpdateKind kind, const Hyper& hyper) {
  const T rate = static_cast<T>(hyper.learning_rate);
  Update<T> update{kind,
                   rate,
                   static_cast<T>(hyper.momentum),
                   static_cast<T>(1 - hyper.beta_1),
                   static_cast<T>(1 - hyper.beta_2),
                   static_cast<T>(hyper.rho),
                   static_cast<T>(1 - hyper.rho),
                   static_cast<T>(hyper.epsilon),
                   static_cast<T>(hyper.weight_decay * hyper.learning_rate)};
  update.settles = hyper.step % kSettlesEvery == 0;
  switch (kind) {
    case UpdateKind::adam:
    case UpdateKind::adam_amsgrad: update.step_size = adam_step_size<T>(hyper); break;
    case UpdateKind::adamax:
      update.step_size = rate / (1 - power_of<T>(hyper.beta_1, hyper.step));
      update.rho = static_cast<T>(hyper.beta_2);
      break;
    case UpdateKind::nadam: set_nadam(hyper, update); break;
    case UpdateKind::ftrl:
      update.step_size = 1 / rate;
      update.l1 = static_cast<T>(hyper.l1);
      update.l2 = 2 * static_cast<T>(hyper.l2) + static_cast<T>(hyper.beta) / rate;
      update.shrinkage = 2 * static_cast<T>(hyper.shrinkage);
      break;
    case UpdateKind::lion:
      update.momentum = static_cast<T>(hyper.beta_1);
      update.rho = static_cast<T>(hyper.beta_2);
      update.rho_rest = static_cast<T>(1 - hyper.beta_2);
      break;
    default: break;
  }
  return update;
}

template Update<float> make_update(UpdateKind, const Hyper&);
template Update<double> make_update(UpdateKind, const Hyper&);

int slots_of(UpdateKind kind) {
  switch (kind) {
    case UpdateKind::sgd: return 0;
    case UpdateKind::momentum:
    case UpdateKind::nesterov:
    case UpdateKind::adagrad:
    case UpdateKind::rmsprop:
    case UpdateKind::lion: return 1;
    case UpdateKind::rmsprop_momentum:
    case UpdateKind::rmsprop_centered:
    case UpdateKind::adam:
    case UpdateKind::adamax:
    case UpdateKind::nadam:
    case UpdateKind::adadelta:
    case UpdateKind::ftrl: return 2;
    case UpdateKind::rmsprop_centered_momentum:
    case UpdateKind::adam_amsgrad: return 3;
  }
  return 0;
}

}  // namespace dlcore
