"""Losses by the active backend's kernels, with derivatives of every order and toward both arguments."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.loss_formulas import FORMULAS
from dlcore.autodiff.tape import GradientTape
from dlcore.autodiff.tracer import Tensor, apply, register
from dlcore.backends import get_backend
from dlcore.floats import Array, as_float


def _targets(y_true: Array, dtype: Any) -> Array:
    return y_true if y_true.dtype == np.int64 else as_float(y_true, dtype)


def _loss(y_true: Array, y_pred: Array, kind: str, parameter: float) -> Array:
    y_pred = as_float(y_pred)
    values = np.empty(len(y_pred), y_pred.dtype)
    get_backend().loss(kind, _targets(y_true, y_pred.dtype), y_pred, None, parameter, 1.0, values, None)
    return values


def _loss_gradient(g: Array, y_true: Array, y_pred: Array, kind: str, parameter: float) -> Array:
    y_pred = as_float(y_pred)
    values, grad = np.empty(len(y_pred), y_pred.dtype), np.empty_like(y_pred)
    weight = as_float(g, y_pred.dtype)
    get_backend().loss(kind, _targets(y_true, y_pred.dtype), y_pred, weight, parameter, 1.0, values, grad)
    return grad


def _toward_prediction(g: Tensor, y: Tensor, y_true: Tensor, y_pred: Tensor, kind: str, parameter: float) -> Tensor:
    return apply("loss_gradient", g, y_true, y_pred, kind=kind, parameter=parameter)


def _by_formula(g: Tensor, y_true: Tensor, y_pred: Tensor, kind: str, parameter: float, toward: Tensor) -> Tensor:
    """The gradient of the loss's formula with respect to one of the two, in differentiable operations."""
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(toward)
        values = FORMULAS[kind](y_true, y_pred, parameter)
    found: Tensor = tape.gradient(values, toward, g, unconnected_gradients="zero")
    return found


def _toward_targets(g: Tensor, y: Tensor, y_true: Tensor, y_pred: Tensor, kind: str, parameter: float) -> Tensor:
    y_true = y_true + 0  # a source of its own, even where the prediction is the same
    return _by_formula(g, y_true, y_pred, kind, parameter, y_true)


def _second(g: Tensor, dy: Tensor, y_true: Tensor, y_pred: Tensor, kind: str, parameter: float, wanted: int) -> Tensor:
    """The gradient of the loss's gradient with respect to dy (0), y_true (1) or y_pred (2)."""
    inputs = (dy + 0, y_true + 0, y_pred + 0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs[wanted])
        slope = _by_formula(*inputs, kind, parameter, inputs[2])
    found: Tensor = tape.gradient(slope, inputs[wanted], g, unconnected_gradients="zero")
    return found


register("loss", _loss, _toward_targets, _toward_prediction)
register(
    "loss_gradient",
    _loss_gradient,
    lambda g, y, dy, t, p, kind, parameter: _second(g, dy, t, p, kind, parameter, 0),
    lambda g, y, dy, t, p, kind, parameter: _second(g, dy, t, p, kind, parameter, 1),
    lambda g, y, dy, t, p, kind, parameter: _second(g, dy, t, p, kind, parameter, 2),
)


def loss(y_true: Any, y_pred: Any, kind: str, parameter: float) -> Tensor:
    """A loss of :data:`~dlcore.backends.contract.LOSSES` for each row.

    Parameters
    ----------
    y_true : (rows, columns) like y_pred, or int64 (rows,) for a sparse loss
        Checked by the caller.
    y_pred : (rows, columns)
        float32 or float64.
    kind : str
        Name of the loss.
    parameter : float
        The number it depends on; 0 if there is none.

    Returns
    -------
    Tensor, (rows,)
    """
    return apply("loss", y_true, y_pred, kind=kind, parameter=parameter)
