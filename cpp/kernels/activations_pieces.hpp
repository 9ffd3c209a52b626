// The activations made of straight pieces and parabolas: comparisons, products and sums alone.
#pragma once

#include "simd/vec.hpp"

namespace dlcore {
namespace {
namespace activations {

// Each activation gives value(z, p) and gradient(dy, z, y, p) = dy · dy/dz; p is its parameter. The base says which of
// z and y the gradient reads. V::max(limit, z) keeps a NaN, V::max(z, limit) would not.
struct OfOutput {
  static constexpr bool kInput = false, kOutput = true;
};
struct OfInput {
  static constexpr bool kInput = true, kOutput = false;
};
struct OfBoth {
  static constexpr bool kInput = true, kOutput = true;
};

// x brought into [low, high]; a NaN stays one.
template <class V>
DLCORE_INLINE typename V::R clamp(typename V::R x, typename V::T low, typename V::T high) {
  return V::min(V::set(high), V::max(V::set(low), x));
}

// dy where low < x < high, else 0.
template <class V>
DLCORE_INLINE typename V::R within(typename V::R dy, typename V::R x, typename V::T low, typename V::T high) {
  return V::select(V::both(V::gt(x, V::set(low)), V::lt(x, V::set(high))), dy, V::zero());
}

struct linear {
  static constexpr bool kInput = false, kOutput = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return z;
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R, typename V::R) {
    return dy;
  }
};

struct relu : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::max(V::zero(), z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::select(V::gt(y, V::zero()), dy, V::zero());
  }
};

struct leaky_relu : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R p) {
    return V::select(V::gt(z, V::zero()), z, V::mul(z, p));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R p) {
    return V::select(V::gt(z, V::zero()), dy, V::mul(dy, p));
  }
};

struct relu6 : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return clamp<V>(z, 0, 6);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return within<V>(dy, y, 0, 6);
  }
};

struct hard_tanh : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return clamp<V>(z, -1, 1);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return within<V>(dy, y, -1, 1);
  }
};

// z / 6 + 1/2 within [0, 1]; taken as (z + 3) / 6, which does not cancel near -3.
struct hard_sigmoid : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::mul(clamp<V>(V::add(z, V::set(3)), 0, 6), V::set(static_cast<typename V::T>(1) / 6));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(within<V>(dy, y, 0, 1), V::set(static_cast<typename V::T>(1) / 6));
  }
};

// z · hard_sigmoid(z), a parabola between -3 and 3.
struct hard_silu : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::mul(z, hard_sigmoid::value<V>(z, z));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    const typename V::R middle = V::fma(z, V::set(static_cast<typename V::T>(1) / 3), V::set(0.5f));
    const typename V::R slope = V::select(V::ge(z, V::set(3)), V::set(1), middle);
    return V::mul(dy, V::select(V::le(z, V::set(-3)), V::zero(), slope));
  }
};

struct sparse_sigmoid : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return clamp<V>(V::mul(V::add(z, V::set(1)), V::set(0.5f)), 0, 1);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(within<V>(dy, y, 0, 1), V::set(0.5f));
  }
};

// The integral of sparse_sigmoid: ((z + 1) / 2)² between -1 and 1.
struct sparse_plus : OfInput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    const typename V::R t = V::max(V::zero(), V::mul(V::add(z, V::set(1)), V::set(0.5f)));
    return V::select(V::ge(z, V::set(1)), z, V::mul(t, t));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    return V::mul(dy, sparse_sigmoid::value<V>(z, z));
  }
};

struct soft_shrink : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R p) {
    const typename V::R middle = V::select(V::nan(z), z, V::zero());
    const typename V::R upper = V::select(V::gt(z, p), V::sub(z, p), middle);
    return V::select(V::lt(z, V::negative(p)), V::add(z, p), upper);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::select(V::eq(y, V::zero()), V::zero(), dy);
  }
};

struct hard_shrink : OfOutput {
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R p) {
    return V::select(V::le(V::abs(z), p), V::zero(), z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::select(V::eq(y, V::zero()), V::zero(), dy);
  }
};

}  // namespace activations
}  // namespace
}  // namespace dlcore
