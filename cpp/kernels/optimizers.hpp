// One optimizer step over n elements, in place. The formulas are Keras 3's; decay comes first: p -= p · decay.
#pragma once

#include <limits>

#include "kernels/elementwise.hpp"

namespace dlcore {
namespace {
namespace optimizers {

// The numbers of an update, spread over vectors once a call.
template <class V>
struct Numbers {
  using R = typename V::R;
  R step_size, momentum, beta_1_rest, beta_2_rest, rho, rho_rest, epsilon, decay, l1, l2, shrinkage;

  explicit DLCORE_MEMBER Numbers(const Update<typename V::T>& u)
      : step_size(V::set(u.step_size)),
        momentum(V::set(u.momentum)),
        beta_1_rest(V::set(u.beta_1_rest)),
        beta_2_rest(V::set(u.beta_2_rest)),
        rho(V::set(u.rho)),
        rho_rest(V::set(u.rho_rest)),
        epsilon(V::set(u.epsilon)),
        decay(V::set(u.decay)),
        l1(V::set(u.l1)),
        l2(V::set(u.l2)),
        shrinkage(V::set(u.shrinkage)) {}
};

// Every rule gives the new p from p, g and the state s[0..kSlots), which it renews.
struct sgd {
  static constexpr int kSlots = 0;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R*) {
    return V::fnma(u.step_size, g, p);
  }
};

// The gradient itself, for who wants to see it.
struct keep {
  static constexpr int kSlots = 0;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>&, typename V::R, typename V::R g, typename V::R*) {
    return g;
  }
};

template <bool NESTEROV>
struct with_momentum {
  static constexpr int kSlots = 1;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    const typename V::R descent = V::mul(u.step_size, g);
    s[0] = V::sub(V::mul(u.momentum, s[0]), descent);
    return V::add(p, NESTEROV ? V::sub(V::mul(u.momentum, s[0]), descent) : s[0]);
  }
};

struct adagrad {
  static constexpr int kSlots = 1;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    s[0] = V::fma(g, g, s[0]);
    return V::sub(p, V::div(V::mul(u.step_size, g), V::sqrt(V::add(s[0], u.epsilon))));
  }
};

template <bool CENTERED, bool MOMENTUM>
struct rmsprop {
  static constexpr int kSlots = 1 + CENTERED + MOMENTUM;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    s[0] = V::fma(u.rho, s[0], V::mul(u.rho_rest, V::mul(g, g)));
    typename V::R spread = V::add(s[0], u.epsilon);
    if (CENTERED) {
      s[1] = V::fma(u.rho, s[1], V::mul(u.rho_rest, g));
      spread = V::fnma(s[1], s[1], spread);
    }
    typename V::R descent = V::div(V::mul(u.step_size, g), V::sqrt(spread));
    if (MOMENTUM) descent = s[kSlots - 1] = V::fma(u.momentum, s[kSlots - 1], descent);
    return V::sub(p, descent);
  }
};

template <bool AMSGRAD>
struct adam {
  static constexpr int kSlots = 2 + AMSGRAD;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    s[0] = V::fma(V::sub(g, s[0]), u.beta_1_rest, s[0]);
    s[1] = V::fma(V::sub(V::mul(g, g), s[1]), u.beta_2_rest, s[1]);
    typename V::R spread = s[1];
    if (AMSGRAD) spread = s[kSlots - 1] = V::max(s[kSlots - 1], s[1]);
    return V::fnma(s[0], V::div(u.step_size, V::add(V::sqrt(spread), u.epsilon)), p);
  }
};

// rho is beta_2.
struct adamax {
  static constexpr int kSlots = 2;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    s[0] = V::fma(V::sub(g, s[0]), u.beta_1_rest, s[0]);
    s[1] = V::max(V::mul(u.rho, s[1]), V::abs(g));
    return V::fnma(s[0], V::div(u.step_size, V::add(s[1], u.epsilon)), p);
  }
};

// step_size and momentum are what the running mean and the gradient itself are scaled by.
struct nadam {
  static constexpr int kSlots = 2;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    s[0] = V::fma(V::sub(g, s[0]), u.beta_1_rest, s[0]);
    s[1] = V::fma(V::sub(V::mul(g, g), s[1]), u.beta_2_rest, s[1]);
    const typename V::R descent = V::fma(u.step_size, s[0], V::mul(u.momentum, g));
    return V::sub(p, V::div(descent, V::add(V::sqrt(s[1]), u.epsilon)));
  }
};

struct adadelta {
  static constexpr int kSlots = 2;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    s[0] = V::fma(u.rho, s[0], V::mul(u.rho_rest, V::mul(g, g)));
    const typename V::R before = V::sqrt(V::add(s[1], u.epsilon));
    const typename V::R change = V::div(V::mul(before, g), V::sqrt(V::add(s[0], u.epsilon)));
    s[1] = V::fma(u.rho, s[1], V::mul(u.rho_rest, V::mul(change, change)));
    return V::fnma(u.step_size, change, p);
  }
};

// step_size is one over the learning rate.
struct ftrl {
  static constexpr int kSlots = 2;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    const typename V::R before = V::sqrt(s[0]);
    s[0] = V::fma(g, g, s[0]);
    const typename V::R after = V::sqrt(s[0]);
    const typename V::R pull = V::mul(V::mul(V::sub(after, before), u.step_size), p);
    s[1] = V::add(s[1], V::sub(V::fma(u.shrinkage, p, g), pull));
    const typename V::R bounded = V::max(V::negative(u.l1), V::min(u.l1, s[1]));
    return V::div(V::sub(bounded, s[1]), V::fma(after, u.step_size, u.l2));
  }
};

// momentum is beta_1, rho is beta_2.
struct lion {
  static constexpr int kSlots = 1;
  template <class V>
  DLCORE_INLINE typename V::R step(const Numbers<V>& u, typename V::R p, typename V::R g, typename V::R* s) {
    const typename V::R way = V::fma(u.momentum, s[0], V::mul(u.beta_1_rest, g));
    s[0] = V::fma(u.rho, s[0], V::mul(u.rho_rest, g));
    const typename V::R back = V::select(V::lt(way, V::zero()), V::negative(u.step_size), way);  // zero or NaN stay
    return V::sub(p, V::select(V::gt(way, V::zero()), u.step_size, back));
  }
};

// Calls visit(rule) with the rule of that kind.
template <class Visit>
DLCORE_INLINE void visit(UpdateKind kind, const Visit& visit) {
  switch (kind) {
    case UpdateKind::sgd: return visit(sgd{});
    case UpdateKind::momentum: return visit(with_momentum<false>{});
    case UpdateKind::nesterov: return visit(with_momentum<true>{});
    case UpdateKind::adagrad: return visit(adagrad{});
    case UpdateKind::rmsprop: return visit(rmsprop<false, false>{});
    case UpdateKind::rmsprop_momentum: return visit(rmsprop<false, true>{});
    case UpdateKind::rmsprop_centered: return visit(rmsprop<true, false>{});
    case UpdateKind::rmsprop_centered_momentum: return visit(rmsprop<true, true>{});
    case UpdateKind::adam: return visit(adam<false>{});
    case UpdateKind::adam_amsgrad: return visit(adam<true>{});
    case UpdateKind::adamax: return visit(adamax{});
    case UpdateKind::nadam: return visit(nadam{});
    case UpdateKind::adadelta: return visit(adadelta{});
    case UpdateKind::ftrl: return visit(ftrl{});
    case UpdateKind::lion: return visit(lion{});
  }
}

// Calls visit(rule, numbers) for an update, or for none, which keeps the gradient.
template <class V, class Visit>
DLCORE_INLINE void visit(const Update<typename V::T>* update, const Visit& with) {
  if (!update) return with(keep{}, Numbers<V>(Update<typename V::T>{}));
  visit(update->kind, [&](auto rule) DLCORE_LAMBDA { with(rule, Numbers<V>(*update)); });
}

// Renews a vector of parameters at `at` elements into p and its slots.
template <class V, class Rule, class Load, class Store>
DLCORE_INLINE void step_vector(Rule, const Numbers<V>& numbers, typename V::R g, typename V::T* p,
                               typename V::T* const* slots, Index at, const Load& load, const Store& store) {
  typename V::R state[3] = {};
  DLCORE_UNROLL
  for (int s = 0; s < Rule::kSlots; s++) state[s] = load(slots[s] + at);
  typename V::R value = load(p + at);
  value = V::fnma(value, numbers.decay, value);
  store(p + at, Rule::template step<V>(numbers, value, g, state));
  DLCORE_UNROLL
  for (int s = 0; s < Rule::kSlots; s++) store(slots[s] + at, state[s]);
}

// The same for n of them.
template <class V, class Rule>
DLCORE_INLINE void step_elements(Rule rule, const Numbers<V>& numbers, Index n, const typename V::T* g,
                                 typename V::T* p, typename V::T* const* slots, Index at) {
  for_vectors<V>(n, [&](Index j, const auto& load, const auto& store)
                        DLCORE_LAMBDA { step_vector<V>(rule, numbers, load(g + j), p, slots, at + j, load, store); });
}

// State below the smallest normal number becomes zero, in the steps that settle. Where no gradient comes any more,
// decay would leave it among the denormals for good (half of the smallest one rounds to itself), and processors are
// slow with those.
template <class V, class Rule>
void settle(Rule, Index rows, Index columns, typename V::T* const* slots, Index at, Index ld) {
  const typename V::R smallest = V::set(std::numeric_limits<typename V::T>::min());
  for (int s = 0; s < Rule::kSlots; s++)
    for (Index r = 0; r < rows; r++)
      for_vectors<V>(columns, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
        typename V::T* state = slots[s] + at + r * ld + j;
        const typename V::R value = load(state);
        store(state, V::select(V::lt(V::abs(value), smallest), V::zero(), value));
      });
}

template <class V>
void update(Index n, const Update<typename V::T>& u, typename V::T* p, const typename V::T* g,
            typename V::T* const slots[3]) {
  visit<V>(&u, [&](auto rule, const auto& numbers) DLCORE_LAMBDA {
    step_elements<V>(rule, numbers, n, g, p, slots, 0);
    if (u.settles) settle<V>(rule, 1, n, slots, 0, n);
  });
}

}  // namespace optimizers
}  // namespace
}  // namespace dlcore
