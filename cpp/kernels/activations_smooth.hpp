// The smooth activations, over the elementary functions.
#pragma once

#include "kernels/activations_pieces.hpp"
#include "kernels/math.hpp"

namespace dlcore {
namespace {
namespace activations {

struct sigmoid : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::sigmoid<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(dy, V::mul(y, V::sub(V::set(1), y)));
  }
};

struct log_sigmoid : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::negative(math::softplus<V>(V::negative(z)));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    return V::mul(dy, math::sigmoid<V>(V::negative(z)));
  }
};

struct tanh : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::tanh<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(dy, V::fnma(y, y, V::set(1)));
  }
};

struct tanh_shrink : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::sub(z, math::tanh<V>(z));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    const typename V::R t = math::tanh<V>(z);
    return V::mul(dy, V::mul(t, t));
  }
};

struct exponential : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::exp<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(dy, y);
  }
};

struct softplus : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::softplus<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    return V::mul(dy, math::sigmoid<V>(z));
  }
};

// z / (1 + |z|); its derivative is 1 / (1 + |z|)² = (1 - |y|)².
struct softsign : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::div(z, V::add(V::set(1), V::abs(z)));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    const typename V::R rest = V::sub(V::set(1), V::abs(y));
    return V::mul(dy, V::mul(rest, rest));
  }
};

// (z + √(z² + p)) / 2, for z < 0 as p / 4 over its mirror image, where the sum would cancel.
struct squareplus : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R p) {
    const typename V::R q = V::mul(V::add(V::abs(z), V::sqrt(V::fma(z, z, p))), V::set(0.5f));
    return V::select(V::lt(z, V::zero()), V::div(V::mul(p, V::set(0.25f)), q), q);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R p) {
    const typename V::R half = V::mul(dy, V::set(0.5f));
    return V::fma(half, V::div(z, V::sqrt(V::fma(z, z, p))), half);
  }
};

struct elu : OfBoth {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R p) {
    return V::select(V::gt(z, V::zero()), z, V::mul(p, math::expm1<V>(z)));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R y, typename V::R p) {
    return V::select(V::gt(z, V::zero()), dy, V::mul(dy, V::add(y, p)));
  }
};

struct celu : OfBoth {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R p) {
    const typename V::R inverse = V::div(V::set(1), p);
    return V::select(V::gt(z, V::zero()), z, V::mul(p, math::expm1<V>(V::mul(z, inverse))));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R y, typename V::R p) {
    const typename V::R inverse = V::div(V::set(1), p);
    return V::select(V::gt(z, V::zero()), dy, V::mul(dy, V::fma(y, inverse, V::set(1))));
  }
};

// The two numbers keep mean 0 and variance 1 from layer to layer (Klambauer et al., 2017).
struct selu : OfOutput {
  static constexpr double kAlpha = 1.6732632423543772848, kScale = 1.0507009873554804934;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    const typename V::R scale = V::set(static_cast<typename V::T>(kScale)),
                        below = V::set(static_cast<typename V::T>(kScale * kAlpha));
    return V::select(V::gt(z, V::zero()), V::mul(scale, z), V::mul(below, math::expm1<V>(z)));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    const typename V::R scale = V::set(static_cast<typename V::T>(kScale)),
                        below = V::set(static_cast<typename V::T>(kScale * kAlpha));
    return V::mul(dy, V::select(V::gt(y, V::zero()), scale, V::add(y, below)));
  }
};

// z · Φ(z), the exact form; its derivative is Φ(z) + z · φ(z).
struct gelu : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::gelu<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    return V::mul(dy, V::fma(z, math::normal_pdf<V>(z), math::normal_cdf<V>(z)));
  }
};

// z · σ(z); its derivative is σ · (1 + z · (1 - σ)).
struct silu : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::mul(z, math::sigmoid<V>(z));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    const typename V::R s = math::sigmoid<V>(z);
    return V::mul(dy, V::mul(s, V::fma(z, V::sub(V::set(1), s), V::set(1))));
  }
};

// z · (1 + tanh(u)) / 2 = z · σ(2u), where 2u = z · (kFirst + kThird z²) with u = √(2/π) (z + 0.044715 z³).
struct gelu_tanh : OfInput {
  static constexpr double kFirst = 1.5957691216057307118, kThird = 0.044715 * kFirst;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    const typename V::R first = V::set(static_cast<typename V::T>(kFirst)),
                        third = V::set(static_cast<typename V::T>(kThird));
    return V::mul(z, math::sigmoid<V>(V::mul(z, V::fma(V::mul(z, z), third, first))));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    const typename V::R first = V::set(static_cast<typename V::T>(kFirst)),
                        third = V::set(static_cast<typename V::T>(kThird)), one = V::set(1);
    // As the slope at -|z| or 1 less it, since 1 - σ cancels above 0; beyond 30 σ has vanished, and z² may overflow.
    const typename V::R t = V::negative(V::min(V::set(30), V::abs(z))), square = V::mul(t, t);
    const typename V::R s = math::sigmoid<V>(V::mul(t, V::fma(square, third, first)));
    const typename V::R inner = V::mul(t, V::fma(square, V::mul(V::set(3), third), first));
    const typename V::R slope = V::mul(s, V::fma(inner, V::sub(one, s), one));
    return V::mul(dy, V::select(V::gt(z, V::zero()), V::sub(one, slope), slope));
  }
};

// z · tanh(softplus(z)) = z · n / (n + 2) with e = exp(z), n = e (e + 2), which is 1 to rounding from 20 on; its
// derivative is t + z · σ(z) · (1 - t²), t the tanh.
struct mish : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    const typename V::R e = math::exp<V>(V::min(V::set(20), z)), n = V::mul(e, V::add(e, V::set(2)));
    return V::mul(z, V::div(n, V::add(n, V::set(2))));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    const typename V::R e = math::exp<V>(V::min(V::set(20), z)), n = V::mul(e, V::add(e, V::set(2)));
    const typename V::R t = V::div(n, V::add(n, V::set(2))), s = V::div(e, V::add(e, V::set(1)));
    return V::mul(dy, V::fma(V::mul(z, s), V::fnma(t, t, V::set(1)), t));
  }
};

}  // namespace activations
}  // namespace
}  // namespace dlcore
