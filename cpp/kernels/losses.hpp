// Losses: the value of each row and the gradient toward the prediction, in one pass.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/softmax.hpp"

namespace dlcore {
namespace {
namespace losses {

// Keras's epsilon: probabilities are clipped to [kEpsilon, 1 - kEpsilon] before a logarithm.
constexpr double kEpsilon = 1e-7;

// What every loss gets for a row. `scale` is what its gradient is multiplied by, the row's weight included.
template <class V>
struct Row {
  using T = typename V::T;
  Index n;
  const T* target;  // null for the sparse losses
  int64_t label;    // read by the sparse losses only
  const T* prediction;
  T parameter, scale;
  T* grad;  // may be null
};

// d = prediction - target, one value and one derivative an element, the mean over the row: the regression losses.
struct absolute {
  template <class V>
  DLCORE_INLINE void at(typename V::R d, typename V::R, typename V::R& value, typename V::R& slope) {
    value = V::abs(d);
    const typename V::R sign = V::bit_or(V::bit_and(d, V::set(typename V::T(-0.0))), V::set(1));
    slope = V::select(V::eq(d, V::zero()), V::zero(), V::select(V::nan(d), d, sign));
  }
};

struct squared {
  template <class V>
  DLCORE_INLINE void at(typename V::R d, typename V::R, typename V::R& value, typename V::R& slope) {
    value = V::mul(d, d);
    slope = V::add(d, d);
  }
};

// delta² / 2 inside, delta · (|d| - delta / 2) outside.
struct huber {
  template <class V>
  DLCORE_INLINE void at(typename V::R d, typename V::R delta, typename V::R& value, typename V::R& slope) {
    const typename V::R size = V::abs(d), half = V::set(typename V::T(0.5));
    const auto outside = V::gt(size, delta);
    value = V::select(outside, V::mul(delta, V::fnma(half, delta, size)), V::mul(half, V::mul(d, d)));
    slope = V::select(outside, V::bit_or(delta, V::bit_and(d, V::set(typename V::T(-0.0)))), d);
  }
};

// d² / (2 beta) inside, |d| - beta / 2 outside: beta = 0 is the absolute error.
struct smooth_l1 {
  template <class V>
  DLCORE_INLINE void at(typename V::R d, typename V::R beta, typename V::R& value, typename V::R& slope) {
    typename V::R far_value, far_slope;
    absolute::at<V>(d, beta, far_value, far_slope);
    const typename V::R half = V::set(typename V::T(0.5)), share = V::div(d, beta);
    const auto inside = V::lt(far_value, beta);
    value = V::select(inside, V::mul(half, V::mul(d, share)), V::fnma(half, beta, far_value));
    slope = V::select(inside, share, far_slope);
  }
};

template <class V, class Element>
DLCORE_INLINE typename V::T regression(const Row<V>& row, Element) {
  using R = typename V::R;
  using T = typename V::T;
  Lanes<V> total = Lanes<V>::of(0);
  const R parameter = V::set(row.parameter), scale = V::set(row.scale / static_cast<T>(row.n));
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto& store, const auto& keep) DLCORE_LAMBDA {
    R value, slope;
    Element::template at<V>(V::sub(load(row.prediction + j), load(row.target + j)), parameter, value, slope);
    total.part[q] = V::add(total.part[q], keep(value));
    if (row.grad) store(row.grad + j, V::mul(slope, scale));
  });
  return total.sum() / static_cast<T>(row.n);
}

// p clipped to [eps, 1 - eps]; a NaN stays.
template <class V>
DLCORE_INLINE typename V::R clipped(typename V::R p) {
  using T = typename V::T;
  return V::min(V::set(static_cast<T>(1 - kEpsilon)), V::max(V::set(static_cast<T>(kEpsilon)), p));
}

template <class V>
DLCORE_INLINE typename V::M inside_clip(typename V::R p) {
  using T = typename V::T;
  return V::both(V::ge(p, V::set(static_cast<T>(kEpsilon))), V::le(p, V::set(static_cast<T>(1 - kEpsilon))));
}

// Mean over the columns of -(t log p + (1 - t) log(1 - p)), t smoothed toward one half.
template <class V>
DLCORE_INLINE typename V::T binary(const Row<V>& row, bool logits) {
  using R = typename V::R;
  using T = typename V::T;
  Lanes<V> total = Lanes<V>::of(0);
  const R one = V::set(1), scale = V::set(row.scale / static_cast<T>(row.n));
  const R sharp = V::set(1 - row.parameter), blur = V::set(row.parameter / 2);
  for_lanes<V>(row.n, [&](Index j, int q, const auto& load, const auto& store, const auto& keep) DLCORE_LAMBDA {
    const R t = V::fma(load(row.target + j), sharp, blur), x = load(row.prediction + j);
    R value, slope;
    if (logits) {  // max(z, 0) - z t + log(1 + exp(-|z|)) = softplus(z) - z t
      value = V::fnma(x, t, math::softplus<V>(x));
      slope = V::sub(math::sigmoid<V>(x), t);
    } else {
      const R p = clipped<V>(x), rest = V::sub(one, p), against = V::sub(one, t);
      value = V::negative(V::fma(t, math::log<V>(p), V::mul(against, math::log<V>(rest))));
      slope = V::select(inside_clip<V>(x), V::sub(V::div(against, rest), V::div(t, p)), V::zero());
    }
    total.part[q] = V::add(total.part[q], keep(value));
    if (row.grad) store(row.grad + j, V::mul(slope, scale));
  });
  return total.sum() / static_cast<T>(row.n);
}

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

// The same where the target is one column: log Σ exp(z - max) - (z_label - max).
template <class V>
DLCORE_INLINE typename V::T sparse_logits(const Row<V>& row) {
  using R = typename V::R;
  using T = typename V::T;
  const T shift = row_max<V>(row.n, row.prediction);
  const T total = softmax::exponentials<V>(row.n, row.prediction, shift, row.grad);
  const T loss = softmax::log_of<V>(total) - (row.prediction[row.label] - shift);
  if (row.grad) {
    const R share = V::set(1 / total), scale = V::set(row.scale);
    const T at_label = (row.grad[row.label] * (1 / total) - 1) * row.scale;
    for_vectors<V>(row.n, [&](Index j, const auto& load, const auto& store)
                              DLCORE_LAMBDA { store(row.grad + j, V::mul(scale, V::mul(load(row.grad + j), share))); });
    row.grad[row.label] = at_label;
  }
  return loss;
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

template <class V>
DLCORE_INLINE typename V::T row_loss(Loss kind, const Row<V>& row) {
  switch (kind) {
    case Loss::categorical_crossentropy: return categorical<V>(row);
    case Loss::categorical_crossentropy_logits: return categorical_logits<V>(row);
    case Loss::sparse_categorical_crossentropy: return sparse<V>(row);
    case Loss::sparse_categorical_crossentropy_logits: return sparse_logits<V>(row);
    case Loss::binary_crossentropy: return binary<V>(row, false);
    case Loss::binary_crossentropy_logits: return binary<V>(row, true);
    case Loss::mean_absolute_error: return regression<V>(row, absolute{});
    case Loss::mean_squared_error: return regression<V>(row, squared{});
    case Loss::huber: return regression<V>(row, huber{});
    case Loss::smooth_l1: return regression<V>(row, smooth_l1{});
  }
  return 0;
}

template <class V>
void loss(Loss kind, Index m, Index n, Matrix<const typename V::T> targets, const int64_t* labels,
          Matrix<const typename V::T> prediction, const typename V::T* sample_weight, typename V::T parameter,
          typename V::T scale, typename V::T* values, Matrix<typename V::T> grad) {
  using T = typename V::T;
  for (Index i = 0; i < m; i++) {
    const T weight = sample_weight ? sample_weight[i] : 1;
    if (n == 0) {
      values[i] = 0;
      continue;
    }
    const Row<V> row{n,
                     labels ? nullptr : targets.row(i),
                     labels ? labels[i] : 0,
                     prediction.row(i),
                     parameter,
                     scale * weight,
                     grad.data ? grad.row(i) : nullptr};
    values[i] = weight * row_loss<V>(kind, row);
  }
}

}  // namespace losses
}  // namespace
}  // namespace dlcore
