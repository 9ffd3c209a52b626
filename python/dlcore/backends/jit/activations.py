"""Activations with the bias, and their derivatives with the bias gradient, in one pass each.

A factory makes one kernel a name; the name is a constant to the compiler, which drops every other branch. Kernels work
in place, so that a loop touches one array and LLVM need not fear that two overlap. An empty array stands for a bias, a
pre-activation or a bias gradient that is not there, so that one compilation serves every call.
"""

# ruff: noqa: ARG001, D403, PLR0124 - only a NaN differs from itself; kernels of one family share one signature.
# ruff: noqa: PLR0912, PLR0915, SIM114 - every name is a branch, of the one form that the compiler can drop.

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dlcore.backends.contract import ACTIVATIONS, Array
from dlcore.backends.jit.compilation import kernel
from dlcore.backends.jit.scalars import clamp, exp, expm1, normal, sigmoid, softplus, tanh, tanh_softplus
from dlcore.backends.special import GELU_FIRST, GELU_THIRD, SELU_ALPHA, SELU_SCALE


def _forward(name: str) -> Callable[..., None]:
    @kernel
    def forward(y: Array, bias: Array, z: Array, alpha: float) -> None:
        """y becomes activation(v) with v = y + bias; z gets v."""
        kind = y.dtype.type
        zero, one, slope = kind(0), kind(1), kind(alpha)
        for i in range(y.shape[0]):
            for j in range(y.shape[1]):
                v = y[i, j]
                if bias.size:
                    v += bias[j]
                if z.size:
                    z[i, j] = v
                if name == "relu":
                    y[i, j] = zero if v < zero else v
                elif name == "leaky_relu":
                    y[i, j] = v if v > zero else slope * v
                elif name == "sigmoid":
                    y[i, j] = sigmoid(v)
                elif name == "tanh":
                    y[i, j] = tanh(v)
                elif name == "softplus":
                    y[i, j] = softplus(v)
                elif name == "elu":
                    y[i, j] = v if v > zero else slope * kind(expm1(zero if v > zero else v))
                elif name == "gelu":
                    y[i, j] = (v if v > -40.0 else -40.0 if v == v else v) * normal(v)[0]
                elif name == "gelu_tanh":
                    y[i, j] = v * sigmoid(v * (GELU_FIRST + GELU_THIRD * v * v))
                elif name == "silu":
                    y[i, j] = v * sigmoid(v)
                elif name == "mish":
                    y[i, j] = v * tanh_softplus(v)
                elif name == "selu":
                    y[i, j] = SELU_SCALE * (v if v > zero else SELU_ALPHA * expm1(zero if v > zero else v))
                elif name == "celu":
                    y[i, j] = v if v > zero else slope * kind(expm1(zero if v > zero else v / slope))
                elif name == "log_sigmoid":
                    y[i, j] = -softplus(-v)
                elif name == "exponential":
                    y[i, j] = exp(v)
                elif name == "tanh_shrink":
                    y[i, j] = v - kind(tanh(v))
                elif name == "softsign":
                    y[i, j] = v / (one + abs(v))
                elif name == "squareplus":
                    q = (abs(v) + math.sqrt(v * v + slope)) / 2
                    y[i, j] = slope / 4 / q if v < zero else q
                elif name == "relu6":
                    y[i, j] = clamp(v, 0.0, 6.0)
                elif name == "hard_tanh":
                    y[i, j] = clamp(v, -1.0, 1.0)
                elif name == "hard_sigmoid":
                    y[i, j] = clamp(v + kind(3), 0.0, 6.0) / 6.0
                elif name == "hard_silu":
                    y[i, j] = v * (clamp(v + kind(3), 0.0, 6.0) / 6.0)
                elif name == "sparse_sigmoid":
                    y[i, j] = clamp((v + one) / 2, 0.0, 1.0)
                elif name == "sparse_plus":
                    y[i, j] = v if v >= one else clamp((v + one) / 2, 0.0, 1.0) ** 2
                elif name == "soft_shrink":
                    y[i, j] = v - slope if v > slope else v + slope if v < -slope else zero if v == v else v
                elif name == "hard_shrink":
                    y[i, j] = zero if abs(v) <= slope else v
                else:
                    y[i, j] = v

    return forward


def _backward(name: str) -> Callable[..., None]:
    @kernel
    def backward(dz: Array, known: Array, alpha: float, db: Array) -> None:
        """dz becomes dz · activation', found from ``known``: z where the activation needs its input, else y.

        db gets the sum of dz over rows.
        """
        kind = dz.dtype.type
        zero, one, slope = kind(0), kind(1), kind(alpha)
        for j in range(db.size):
            db[j] = zero
        for i in range(dz.shape[0]):
            for j in range(dz.shape[1]):
                d, v = dz[i, j], known[i, j]
                if name == "relu":
                    d = d if v > zero else zero
                elif name == "leaky_relu":
                    d = d if v > zero else slope * d
                elif name == "sigmoid":
                    d *= v * (one - v)
                elif name == "tanh":
                    d *= (one - v) * (one + v)
                elif name == "softplus":
                    d *= kind(sigmoid(v))
                elif name == "elu":
                    d = d if v > zero else d * slope * kind(exp(v))
                elif name == "gelu":
                    cdf, density = normal(v)
                    d *= kind(cdf + min(max(np.float64(v), -40.0), 40.0) * density)
                elif name == "gelu_tanh":
                    # As the slope at -|v| or 1 less it: 1 - s cancels above 0. Beyond 30 s has vanished.
                    t = -clamp(abs(v), 0.0, 30.0)
                    s = sigmoid(t * (GELU_FIRST + GELU_THIRD * t * t))
                    s *= 1.0 + t * (GELU_FIRST + 3.0 * GELU_THIRD * t * t) * (1.0 - s)
                    d *= kind(1.0 - s if v > zero else s)
                elif name == "silu":
                    s = sigmoid(v)
                    d *= kind(s * (1.0 + v * (1.0 - s)))
                elif name == "mish":
                    t = tanh_softplus(v)
                    d *= kind(t + v * sigmoid(v) * (1.0 - t * t))
                elif name == "selu":
                    d *= kind(SELU_SCALE if v > zero else v + SELU_SCALE * SELU_ALPHA)
                elif name == "celu":
                    d = d if v > zero else d * kind(exp(v / slope))
                elif name == "log_sigmoid":
                    d *= kind(sigmoid(-v))
                elif name == "exponential":
                    d *= v
                elif name == "tanh_shrink":
                    t = tanh(v)
                    d *= kind(t * t)
                elif name == "softsign":
                    d *= (one - abs(v)) ** 2
                elif name == "squareplus":
                    d *= kind((1.0 + v / math.sqrt(v * v + slope)) / 2)
                elif name == "relu6":
                    d = d if v > zero and v < kind(6) else zero
                elif name == "hard_tanh":
                    d = d if abs(v) < one else zero
                elif name == "hard_sigmoid":
                    d = d / kind(6) if v > zero and v < one else zero
                elif name == "hard_silu":
                    d *= kind(1.0 if v >= 3.0 else 0.0 if v <= -3.0 else v / 3.0 + 0.5)
                elif name == "sparse_sigmoid":
                    d = d / kind(2) if v > zero and v < one else zero
                elif name == "sparse_plus":
                    d *= kind(clamp((v + one) / 2, 0.0, 1.0))
                elif name == "soft_shrink":
                    d = zero if v == zero else d
                elif name == "hard_shrink":
                    d = zero if v == zero else d
                dz[i, j] = d
                if db.size:
                    db[j] += d

    return backward


@kernel
def exp_shifted(z: Array, y: Array) -> None:
    """y = exp(z - the largest of its row); y may be z."""
    for i in range(z.shape[0]):
        largest = z.dtype.type(-np.inf)
        for j in range(z.shape[1]):
            largest = z[i, j] if z[i, j] > largest or z[i, j] != z[i, j] else largest
        for j in range(z.shape[1]):
            y[i, j] = z[i, j] - largest
    # Across rows, so that the vectors are full however few the columns.
    flat = y.reshape(y.size)
    for j in range(flat.size):
        flat[j] = exp(flat[j])


_linear = _forward("linear")


@kernel
def _softmax(y: Array, bias: Array, z: Array, alpha: float) -> None:
    _linear(y, bias, z, alpha)
    exp_shifted(y, y)
    for i in range(y.shape[0]):
        total = 0.0
        for j in range(y.shape[1]):
            total += y[i, j]
        for j in range(y.shape[1]):
            y[i, j] /= y.dtype.type(total)


@kernel
def _log_softmax(y: Array, bias: Array, z: Array, alpha: float) -> None:
    _linear(y, bias, z, alpha)
    e = np.empty_like(y)
    exp_shifted(y, e)
    for i in range(y.shape[0]):
        largest, total = y.dtype.type(-np.inf), 0.0
        for j in range(y.shape[1]):
            largest = max(largest, y[i, j])
            total += e[i, j]
        for j in range(y.shape[1]):
            y[i, j] = y[i, j] - largest - y.dtype.type(math.log(total))


def _rowwise_backward(name: str) -> Callable[..., None]:
    @kernel
    def backward(dz: Array, y: Array, alpha: float, db: Array) -> None:
        kind = y.dtype.type
        for j in range(db.size):
            db[j] = kind(0)
        for i in range(y.shape[0]):
            total = 0.0
            for j in range(y.shape[1]):
                if name == "softmax":
                    total += dz[i, j] * y[i, j]
                else:
                    total += dz[i, j]
            along = kind(total)
            for j in range(y.shape[1]):
                if name == "softmax":
                    dz[i, j] = y[i, j] * (dz[i, j] - along)
                else:
                    dz[i, j] -= kind(exp(y[i, j])) * along
                if db.size:
                    db[j] += dz[i, j]

    return backward


_ELEMENTWISE = tuple(name for name, spec in ACTIVATIONS.items() if not spec.rowwise)

FORWARD: dict[str, Callable[..., None]] = {
    **{name: _forward(name) for name in _ELEMENTWISE},
    "softmax": _softmax,
    "log_softmax": _log_softmax,
}
BACKWARD: dict[str, Callable[..., None]] = {
    **{name: _backward(name) for name in _ELEMENTWISE},
    **{name: _rowwise_backward(name) for name in ("softmax", "log_softmax")},
}
