"""Activations and losses of the active backend's kernels.

Through the same kernels an operation on the tape gives the bits that the fused engine gives. A kernel gives values and
first derivatives; what goes beyond follows from its formula. To add a kernel, add its formula: to
:mod:`~dlcore.autodiff.activation_formulas` or :mod:`~dlcore.autodiff.loss_formulas`. A test reads the manifest.
"""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff import activation_formulas, loss_formulas
from dlcore.autodiff.products import pair
from dlcore.autodiff.seam import register
from dlcore.autodiff.tape import GradientTape
from dlcore.autodiff.tracer import Tensor, apply
from dlcore.backends import get_backend
from dlcore.backends.contract import ACTIVATIONS
from dlcore.checks import number
from dlcore.floats import Array, as_float


def _slopes(formula: Callable[..., Tensor], g: Tensor, *inputs: Tensor) -> list[Tensor]:
    """The gradients of a formula's result, weighted by g, with respect to its inputs."""
    # Copies, so that the inputs are sources of their own even where one was computed from another.
    inputs = tuple(x + 0 for x in inputs)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        y = formula(*inputs)
    found: list[Tensor] = tape.gradient(y, list(inputs), g, unconnected_gradients="zero")
    return found


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
    dy, y = pair(dy, y)
    z = as_float(x, y.dtype) if ACTIVATIONS[kind].needs_input else None
    dz = np.empty_like(_matrix(y))
    matrices = (_matrix(dy), None if z is None else _matrix(z), _matrix(y))
    get_backend().activation_backward(kind, alpha, *matrices, dz)
    return dz.reshape(y.shape)


def _activation_second(
    g: Tensor, out: Tensor, dy: Tensor, x: Tensor, position: int, y: Array, kind: str, alpha: float
) -> Tensor:
    """The gradient of the gradient with respect to dy (0) or x (1)."""

    def formula(x: Tensor) -> Tensor:
        return activation_formulas.FORMULAS[kind](x, alpha)

    return _slopes(lambda dy, x: _slopes(formula, dy, x)[0], g, dy, x)[position]


register(
    "activation",
    _activation,
    lambda g, y, x, kind, alpha: apply("activation_gradient", g, x, y=y.array, kind=kind, alpha=alpha),
)
register("activation_gradient", _activation_gradient, each=_activation_second)


def activation(x: Any, kind: str, alpha: float | None = None) -> Tensor:
    """An activation of :data:`~dlcore.backends.contract.ACTIVATIONS`, over the last axis where it is rowwise."""
    if alpha is None:
        return apply("activation", x, kind=kind, alpha=ACTIVATIONS[kind].alpha)
    name = ACTIVATIONS[kind].parameter or "alpha"
    return apply("activation", x, kind=kind, alpha=number(name, alpha, open_low=True))


# --- Losses: a value a row ---


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
    formula = loss_formulas.FORMULAS[kind]
    return _slopes(lambda t: formula(t, y_pred, parameter), g, y_true)[0]


def _toward_prediction(g: Tensor, y: Tensor, y_true: Tensor, y_pred: Tensor, kind: str, parameter: float) -> Tensor:
    return apply("loss_gradient", g, y_true, y_pred, kind=kind, parameter=parameter)


def _loss_second(
    g: Tensor, out: Tensor, dy: Tensor, y_true: Tensor, y_pred: Tensor, position: int, kind: str, parameter: float
) -> Tensor:
    """The gradient of the gradient with respect to dy (0), y_true (1) or y_pred (2)."""
    formula = loss_formulas.FORMULAS[kind]
    if y_true.dtype.kind == "f":
        return _slopes(
            lambda dy, t, p: _slopes(lambda p: formula(t, p, parameter), dy, p)[0], g, dy, y_true, y_pred
        )[position]
    found = _slopes(lambda dy, p: _slopes(lambda p: formula(y_true.array, p, parameter), dy, p)[0], g, dy, y_pred)
    return found[position // 2]


register("loss", _loss, _toward_targets, _toward_prediction)
register("loss_gradient", _loss_gradient, each=_loss_second)


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
