"""Operations that the active backend's kernels carry out: products, activations and losses.

Through the same kernels an operation on the tape gives the bits that the fused engine gives.
"""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlcore.autodiff.reductions import reduce_sum
from dlcore.autodiff.shapes import reshape, transpose
from dlcore.autodiff.slopes import SLOPES
from dlcore.autodiff.tracer import Tensor, apply, register
from dlcore.backends import get_backend
from dlcore.backends.contract import ACTIVATIONS
from dlcore.checks import number
from dlcore.floats import Array, as_float


def _pair(a: Array, b: Array) -> tuple[Array, Array]:
    """Both ready and of one dtype, the wider."""
    a, b = as_float(a), as_float(b)
    dtype = np.promote_types(a.dtype, b.dtype)
    return a.astype(dtype, copy=False), b.astype(dtype, copy=False)


# --- Products ---


def _matmul(a: Array, b: Array) -> Array:
    if a.ndim != 2 or b.ndim != 2:
        raise ValueError(f"matmul takes matrices (2 axes each); got shapes {a.shape} and {b.shape}")
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"matmul needs as many columns as rows; got shapes {a.shape} and {b.shape}")
    return _dense(a, b, None)


def _dense(x: Array, w: Array, b: Array | None) -> Array:
    x, w = _pair(x, w)
    y = np.empty((x.shape[0], w.shape[1]), x.dtype)
    start = None if b is None else as_float(b, x.dtype)
    get_backend().dense_forward(x, w, start, "linear", 0.0, None, y)
    return y


def _weight_gradient(x: Array, g: Array) -> Array:
    """xᵀ · g, its sum over the rows cut into the chunks of the engine."""
    x, g = _pair(x, g)
    dw = np.empty((x.shape[1], g.shape[1]), x.dtype)
    get_backend().dense_backward(g, x, np.zeros_like(dw), None, g, "linear", 0.0, np.empty_like(g), None, dw, None)
    return dw


def _bias_gradient(g: Array) -> Array:
    """The sum of g over its rows, cut into the chunks of the engine."""
    g = as_float(g)
    x, w, db = np.empty((len(g), 0), g.dtype), np.empty((0, g.shape[1]), g.dtype), np.empty(g.shape[1], g.dtype)
    get_backend().dense_backward(g, x, w, None, g, "linear", 0.0, np.empty_like(g), None, None, db)
    return db


register(
    "matmul",
    _matmul,
    lambda g, y, a, b: matmul(g, transpose(b)),
    lambda g, y, a, b: apply("weight_gradient", a, g),
)
register(
    "dense",
    _dense,
    lambda g, y, x, w, b: matmul(g, transpose(w)),
    lambda g, y, x, w, b: apply("weight_gradient", x, g),
    lambda g, y, x, w, b: apply("bias_gradient", g),
)
register(
    "weight_gradient",
    _weight_gradient,
    lambda g, y, x, dy: matmul(dy, transpose(g)),
    lambda g, y, x, dy: matmul(x, g),
)
register("bias_gradient", _bias_gradient, lambda g, y, dy: reshape(g, (1, -1)) + np.zeros(dy.shape, dy.dtype))


def matmul(a: Any, b: Any) -> Tensor:
    """The product of two matrices."""
    return apply("matmul", a, b)


def dense(x: Any, w: Any, b: Any = None) -> Tensor:
    """The affine map x · w + b of a batch x (rows, inputs), w (inputs, units) and b (units)."""
    return apply("matmul", x, w) if b is None else apply("dense", x, w, b)


# --- Activations ---


def _matrix(x: Array) -> Array:
    """The array as rows of its last axis (or one row, if it has no axis)."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1]) if x.ndim else x.reshape(1, 1)


def _activation(x: Array, kind: str, alpha: float) -> Array:
    z = _matrix(as_float(x))
    y = np.empty_like(z)
    get_backend().activation_forward(kind, alpha, z, y)
    return y.reshape(x.shape)


def _activation_gradient(dy: Array, x: Array, y: Array, kind: str, alpha: float) -> Array:
    dy, y = _pair(dy, y)
    z = as_float(x, y.dtype) if ACTIVATIONS[kind].needs_input else None
    dz = np.empty_like(_matrix(y))
    matrices = (_matrix(dy), None if z is None else _matrix(z), _matrix(y))
    get_backend().activation_backward(kind, alpha, *matrices, dz)
    return dz.reshape(y.shape)


def _rows(x: Tensor) -> Tensor:
    return reduce_sum(x, axis=-1, keepdims=True)


def _gradient_formula(dy: Tensor, x: Tensor, kind: str, alpha: float) -> Tensor:
    """What the kernel computes, in differentiable operations: the way to second derivatives."""
    if kind == "softmax":
        y = activation(x, "softmax")
        return y * (dy - _rows(dy * y))
    if kind == "log_softmax":
        return dy - activation(x, "softmax") * _rows(dy)
    if kind not in SLOPES:
        raise NotImplementedError(f"{kind} has no second derivative")
    return dy * SLOPES[kind](x, alpha)


def _second(g: Tensor, dy: Tensor, x: Tensor, kind: str, alpha: float, wanted: int) -> Tensor:
    """The gradient of the formula with respect to dy (0) or x (1)."""
    from dlcore.autodiff.tape import GradientTape

    # Copies, so that the two are sources of their own even where one was computed from the other.
    inputs = (dy + 0, x + 0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        result = _gradient_formula(*inputs, kind, alpha)
    found: Tensor = tape.gradient(result, inputs, g, unconnected_gradients="zero")[wanted]
    return found


register(
    "activation",
    _activation,
    lambda g, y, x, kind, alpha: apply("activation_gradient", g, x, y=y.array, kind=kind, alpha=alpha),
)
register(
    "activation_gradient",
    _activation_gradient,
    lambda g, out, dy, x, y, kind, alpha: _second(g, dy, x, kind, alpha, 0),
    lambda g, out, dy, x, y, kind, alpha: _second(g, dy, x, kind, alpha, 1),
)


def activation(x: Any, kind: str, alpha: float | None = None) -> Tensor:
    """An activation of :data:`~dlcore.backends.contract.ACTIVATIONS`, over the last axis where it is rowwise."""
    if alpha is None:
        return apply("activation", x, kind=kind, alpha=ACTIVATIONS[kind].alpha)
    name = ACTIVATIONS[kind].parameter or "alpha"
    return apply("activation", x, kind=kind, alpha=number(name, alpha, open_low=True))


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + e^-x), elementwise."""
    return activation(x, "sigmoid")


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent, elementwise."""
    return activation(x, "tanh")


def softplus(x: Any) -> Tensor:
    """ln(1 + e^x), elementwise."""
    return activation(x, "softplus")


# --- Losses: a value a row ---

#: Losses of y_pred - y_true, whose gradients with respect to the two are opposite.
_DIFFERENCES = {"mean_absolute_error", "mean_squared_error", "huber", "smooth_l1"}


def _loss(y_true: Array, y_pred: Array, kind: str, parameter: float) -> Array:
    values = np.empty(len(y_pred), y_pred.dtype)
    get_backend().loss(kind, y_true, y_pred, None, parameter, 1.0, values, None)
    return values


def _loss_gradient(g: Array, y_true: Array, y_pred: Array, kind: str, parameter: float) -> Array:
    values, grad = np.empty(len(y_pred), y_pred.dtype), np.empty_like(y_pred)
    weight = as_float(g, y_pred.dtype)
    get_backend().loss(kind, y_true, y_pred, weight, parameter, 1.0, values, grad)
    return grad


def _toward_targets(g: Tensor, y: Tensor, y_true: Tensor, y_pred: Tensor, kind: str, parameter: float) -> Tensor:
    if kind not in _DIFFERENCES:
        raise NotImplementedError(f"{kind} has no derivative with respect to y_true")
    return -apply("loss_gradient", g, y_true, y_pred, kind=kind, parameter=parameter)


register(
    "loss",
    _loss,
    _toward_targets,
    lambda g, y, y_true, y_pred, kind, parameter: apply(
        "loss_gradient", g, y_true, y_pred, kind=kind, parameter=parameter
    ),
)
register("loss_gradient", _loss_gradient)


def loss(y_true: Any, y_pred: Any, kind: str, parameter: float) -> Tensor:
    """A loss of :data:`~dlcore.backends.contract.LOSSES` for each row.

    Parameters
    ----------
    y_true : (rows, columns) like y_pred, or int64 (rows,) for a sparse loss
        Checked by the caller.
    y_pred : (rows, columns)
        Contiguous float32 or float64.
    """
    return apply("loss", y_true, y_pred, kind=kind, parameter=parameter)
