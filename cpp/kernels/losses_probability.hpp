// Losses of probabilities: cross-entropies from probabilities and from logits, their generalization, divergence.
#pragma once

#include "kernels/losses_row.hpp"
#include "kernels/math.hpp"

namespace dlcore {
namespace {
namespace losses {

// A target of two classes smoothed toward one half.
template <class V>
DLCORE_INLINE typename V::R smoothed_binary(typename V::R t, typename V::R smoothing) {
  return V::fma(t, V::sub(V::set(1), smoothing), V::mul(V::set(typename V::T(0.5)), smoothing));
}

// -(t log p + (1 - t) log(1 - p)), p clipped.
struct binary {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R smoothing, typename V::R& value,
                        typename V::R& slope) {
    const typename V::R one = V::set(1), likely = smoothed_binary<V>(t, smoothing), unlikely = V::sub(one, likely);
    const typename V::R x = clipped<V>(p), rest = V::sub(one, x);
    value = V::negative(V::fma(likely, math::log<V>(x), V::mul(unlikely, math::log<V>(rest))));
    slope = V::select(inside_clip<V>(p), V::sub(V::div(unlikely, rest), V::div(likely, x)), V::zero());
  }
};

// max(z, 0) - z t + log(1 + exp(-|z|)) = softplus(z) - z t.
struct binary_logits {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R smoothing, typename V::R& value,
                        typename V::R& slope) {
    const typename V::R likely = smoothed_binary<V>(t, smoothing);
    value = V::fnma(p, likely, math::softplus<V>(p));
    slope = V::sub(math::sigmoid<V>(p), likely);
  }
};

// t log(t / p), both clipped to [eps, 1].
struct divergence {
  template <class V>
  DLCORE_INLINE void at(typename V::R t, typename V::R p, typename V::R, typename V::R& value, typename V::R& slope) {
    const typename V::R low = epsilon<V>(), one = V::set(1);
    const typename V::R a = V::min(one, V::max(low, t)), b = V::min(one, V::max(low, p));
    value = V::mul(a, math::log<V>(V::div(a, b)));
    slope = V::select(V::both(V::ge(p, low), V::le(p, one)), V::negative(V::div(a, b)), V::zero());
  }
};

// The categorical targets of a row, smoothed toward the uniform distribution.
template <class V>
struct Targets {
  using T = typename V::T;
  using R = typename V::R;
  const Row<V>& row;
  R sharp = V::set(1 - row.parameter), blur = V::set(row.parameter / static_cast<T>(row.n));

  template <class Load>
  DLCORE_MEMBER R at(Index j, const Load& load) const {
    return V::fma(load(row.target + j), sharp, blur);
  }
};

// -Σ t log softmax(z) over dense targets; the gradient is softmax(z) · Σ t - t.
template <class V>
DLCORE_INLINE typename V::T categorical_logits(const Row<V>& row) {
  using R = typename V::R;
  using T = typename V::T;
  const T shift = row_max<V>(row.n, row.prediction);
  const T total = softmax::exponentials<V>(row.n, row.prediction, shift, row.grad);
  const R by = V::set(shift), log_total = V::set(softmax::log_of<V>(total));
  const Targets<V> targets{row};
  Lanes<V> loss = Lanes<V>::of(0), mass = Lanes<V>::of(0);
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto&, const auto& keep) DLCORE_LAMBDA {
    const R t = keep(targets.at(j, load));
    loss.part[q] = V::fma(t, keep(V::sub(log_total, V::sub(load(row.prediction + j), by))), loss.part[q]);
    mass.part[q] = V::add(mass.part[q], t);
  });
  if (row.grad) {
    const R share = V::set(mass.sum() / total), scale = V::set(row.scale);
    for_vectors<V>(row.n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      store(row.grad + j, V::mul(scale, V::sub(V::mul(load(row.grad + j), share), targets.at(j, load))));
    });
  }
  return loss.sum();
}

// From probabilities: q = y / Σ y, p = q clipped, loss = -Σ t log p. The gradient passes the clip where q is inside
// it, g = -t / p, and then the division: (g - Σ g q) / Σ y.
template <class V>
DLCORE_INLINE typename V::T categorical(const Row<V>& row) {
  using R = typename V::R;
  Lanes<V> mass = Lanes<V>::of(0), loss = Lanes<V>::of(0), pull = Lanes<V>::of(0);
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto&, const auto&)
                          DLCORE_LAMBDA { mass.part[q] = V::add(mass.part[q], load(row.prediction + j)); });
  const R total = V::set(mass.sum());
  const Targets<V> targets{row};
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto& store, const auto& keep) DLCORE_LAMBDA {
    const R t = keep(targets.at(j, load)), share = V::div(load(row.prediction + j), total);
    const R p = clipped<V>(share);
    const R g = V::select(inside_clip<V>(share), V::negative(V::div(t, p)), V::zero());
    loss.part[q] = V::fnma(t, math::log<V>(p), loss.part[q]);
    pull.part[q] = V::add(pull.part[q], keep(V::mul(g, share)));
    if (row.grad) store(row.grad + j, g);
  });
  if (row.grad) {
    const R against = V::set(pull.sum()), scale = V::div(V::set(row.scale), total);
    for_vectors<V>(row.n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      store(row.grad + j, V::mul(scale, V::sub(load(row.grad + j), against)));
    });
  }
  return loss.sum();
}

template <class V>
DLCORE_INLINE typename V::T sparse(const Row<V>& row) {
  using R = typename V::R;
  using T = typename V::T;
  Lanes<V> mass = Lanes<V>::of(0);
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto&, const auto&)
                          DLCORE_LAMBDA { mass.part[q] = V::add(mass.part[q], load(row.prediction + j)); });
  const T total = mass.sum();
  const R share = V::set(row.prediction[row.label] / total), p = clipped<V>(share);
  if (row.grad) {
    const T g = V::lowest_lane(V::select(inside_clip<V>(share), V::div(V::set(-1), p), V::zero()));
    const T against = g * V::lowest_lane(share), scale = row.scale / total;
    const R others = V::set(scale * (0 - against));
    for_vectors<V>(row.n, [&](Index j, const auto&, const auto& store) DLCORE_LAMBDA { store(row.grad + j, others); });
    row.grad[row.label] = scale * (g - against);
  }
  return -V::lowest_lane(math::log<V>(p));
}

// (1 - p^q) / q of the label's p, which is taken as it is. Its derivative -p^(q - 1) has no bound at 0: below eps it is
// that at eps.
template <class V>
DLCORE_INLINE typename V::T generalized(const Row<V>& row) {
  using R = typename V::R;
  const R q = V::set(row.parameter), p = V::set(row.prediction[row.label]);
  const R value = V::negative(V::div(math::expm1<V>(V::mul(q, math::log<V>(p))), q));
  if (row.grad) {
    for_vectors<V>(row.n,
                   [&](Index j, const auto&, const auto& store) DLCORE_LAMBDA { store(row.grad + j, V::zero()); });
    const R slope = math::exp<V>(V::mul(V::sub(q, V::set(1)), math::log<V>(V::max(epsilon<V>(), p))));
    row.grad[row.label] = -row.scale * V::lowest_lane(slope);
  }
  return V::lowest_lane(value);
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
