"""Activations of the active backend's kernels.

Through the same kernels an operation on the tape gives the bits that the fused engine gives. A kernel gives values and
first derivatives; what goes beyond follows from its slope in :mod:`~dlcore.autodiff.slopes`. A test reads the manifest.
"""

# ruff: noqa: ARG001 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlcore.autodiff.products import pair
from dlcore.autodiff.reductions import sum as total
from dlcore.autodiff.seam import register
from dlcore.autodiff.slopes import SLOPES
from dlcore.autodiff.tape import GradientTape
from dlcore.autodiff.tracer import Tensor, apply
from dlcore.backends import get_backend
from dlcore.backends.contract import ACTIVATIONS
from dlcore.checks import number
from dlcore.floats import Array, as_float

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


def _gradient_formula(dy: Tensor, x: Tensor, kind: str, alpha: float) -> Tensor:
    """What the kernel computes, in differentiable operations: the way to second derivatives."""
    if kind == "softmax":
        y = activation(x, "softmax")
        return y * (dy - total(dy * y, -1, keepdims=True))
    if kind == "log_softmax":
        return dy - activation(x, "softmax") * total(dy, -1, keepdims=True)
    return dy * SLOPES[kind](x, alpha)


def _second(g: Tensor, out: Tensor, dy: Tensor, x: Tensor, position: int, y: Array, kind: str, alpha: float) -> Tensor:
    """The gradient of the gradient with respect to dy (0) or x (1)."""
    # Copies, so that the two are sources of their own even where one was computed from the other.
    inputs = (dy + 0, x + 0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs[position])
        result = _gradient_formula(*inputs, kind, alpha)
    found: Tensor = tape.gradient(result, inputs[position], g, unconnected_gradients="zero")
    return found


register(
    "activation",
    _activation,
    lambda g, y, x, kind, alpha: apply("activation_gradient", g, x, y=y.array, kind=kind, alpha=alpha),
)
register("activation_gradient", _activation_gradient, each=_second)


def activation(x: Any, kind: str, alpha: float | None = None) -> Tensor:
    """An activation of :data:`~dlcore.backends.contract.ACTIVATIONS`, over the last axis where it is rowwise."""
    if alpha is None:
        return apply("activation", x, kind=kind, alpha=ACTIVATIONS[kind].alpha)
    name = ACTIVATIONS[kind].parameter or "alpha"
    return apply("activation", x, kind=kind, alpha=number(name, alpha, open_low=True))
