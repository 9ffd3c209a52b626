// The elementwise activations: value from the pre-activation z, derivative from z or the output y.
#pragma once

#include "kernels/elementwise.hpp"
#include "kernels/math.hpp"

namespace dlcore {
namespace {
namespace activations {

// Each activation gives value(z, alpha) and gradient(dy, z, y, alpha) = dy · dy/dz. kInput tells that the gradient
// reads z, kOutput that it reads y, kIdentity that there is nothing to do.
struct linear {
  static constexpr bool kInput = false, kOutput = false, kIdentity = true;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return z;
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R, typename V::R) {
    return dy;
  }
};

struct relu {
  static constexpr bool kInput = false, kOutput = true, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return V::max(V::zero(), z);  // in this order a NaN stays a NaN
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::select(V::gt(y, V::zero()), dy, V::zero());
  }
};

struct leaky_relu {
  static constexpr bool kInput = true, kOutput = false, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R slope) {
    return V::select(V::gt(z, V::zero()), z, V::mul(z, slope));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R slope) {
    return V::select(V::gt(z, V::zero()), dy, V::mul(dy, slope));
  }
};

struct sigmoid {
  static constexpr bool kInput = false, kOutput = true, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::sigmoid<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(dy, V::mul(y, V::sub(V::set(1), y)));
  }
};

struct tanh {
  static constexpr bool kInput = false, kOutput = true, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::tanh<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R, typename V::R y, typename V::R) {
    return V::mul(dy, V::fnma(y, y, V::set(1)));
  }
};

struct softplus {
  static constexpr bool kInput = true, kOutput = false, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::softplus<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    return V::mul(dy, math::sigmoid<V>(z));
  }
};

struct elu {
  static constexpr bool kInput = true, kOutput = true, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R alpha) {
    return V::select(V::gt(z, V::zero()), z, V::mul(alpha, math::expm1<V>(z)));
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R y, typename V::R alpha) {
    return V::select(V::gt(z, V::zero()), dy, V::mul(dy, V::add(y, alpha)));
  }
};

// gelu(z) = z · Φ(z), the exact form; its derivative is Φ(z) + z · φ(z).
struct gelu {
  static constexpr bool kInput = true, kOutput = false, kIdentity = false;
  template <class V>
  DLCORE_INLINE typename V::R value(typename V::R z, typename V::R) {
    return math::gelu<V>(z);
  }
  template <class V>
  DLCORE_INLINE typename V::R gradient(typename V::R dy, typename V::R z, typename V::R, typename V::R) {
    return V::mul(dy, V::fma(z, math::normal_pdf<V>(z), math::normal_cdf<V>(z)));
  }
};

// silu(z) = z · σ(z); its derivative is σ · (1 + z · (1 - σ)).
struct silu {
  static constexpr bool kInput = true, kOutput = false, kIdentity = false;
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

// Calls visit(activation) with the elementwise activation of that kind; the row-wise ones count as linear.
template <class Visit>
DLCORE_INLINE void visit(Activation kind, const Visit& visit) {
  switch (kind) {
    case Activation::relu: return visit(relu{});
    case Activation::leaky_relu: return visit(leaky_relu{});
    case Activation::sigmoid: return visit(sigmoid{});
    case Activation::tanh: return visit(tanh{});
    case Activation::softplus: return visit(softplus{});
    case Activation::elu: return visit(elu{});
    case Activation::gelu: return visit(gelu{});
    case Activation::silu: return visit(silu{});
    case Activation::linear:
    case Activation::softmax:
    case Activation::log_softmax: return visit(linear{});
  }
}

// y = act(z) over a matrix; y may be z.
template <class V, class Act>
void forward(Act, Index m, Index n, typename V::T alpha, Matrix<const typename V::T> z, Matrix<typename V::T> y) {
  const typename V::R parameter = V::set(alpha);
  for (Index i = 0; i < m; i++)
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      store(y.row(i) + j, Act::template value<V>(load(z.row(i) + j), parameter));
    });
}

// dz = dy ⊙ act' over a matrix; dz may be dy. Reads z and y only where the activation needs them.
template <class V, class Act>
void backward(Act, Index m, Index n, typename V::T alpha, Matrix<const typename V::T> dy, Matrix<const typename V::T> z,
              Matrix<const typename V::T> y, Matrix<typename V::T> dz) {
  const typename V::R parameter = V::set(alpha);
  for (Index i = 0; i < m; i++)
    for_vectors<V>(n, [&](Index j, const auto& load, const auto& store) DLCORE_LAMBDA {
      typename V::R in = V::zero(), out = V::zero();
      if constexpr (Act::kInput) in = load(z.row(i) + j);
      if constexpr (Act::kOutput) out = load(y.row(i) + j);
      store(dz.row(i) + j, Act::template gradient<V>(load(dy.row(i) + j), in, out, parameter));
    });
}

}  // namespace activations
}  // namespace
}  // namespace dlcore
