"""The activations as functions, one a name, with the defaults of Keras. All are :func:`dlcore.ops.activate`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dlcore import autodiff
from dlcore.autodiff.shapes import places
from dlcore.backends.contract import ACTIVATIONS, Array
from dlcore.ops.activations import activate
from dlcore.ops.polymorphism import polymorphic

__all__ = [
    "celu",
    "elu",
    "exponential",
    "gelu",
    "gelu_tanh",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "tanh",
    "tanh_shrink",
]

Axis = int | Sequence[int] | None


def linear(x: Any, *, out: Array | None = None) -> Any:
    """X itself, copied."""
    return activate(x, "linear", out=out)


def relu(x: Any, *, out: Array | None = None) -> Any:
    """Max(x, 0)."""
    return activate(x, "relu", out=out)


def leaky_relu(x: Any, negative_slope: float = ACTIVATIONS["leaky_relu"].alpha, *, out: Array | None = None) -> Any:
    """X where it is positive, negative_slope · x elsewhere."""
    return activate(x, "leaky_relu", alpha=negative_slope, out=out)


def relu6(x: Any, *, out: Array | None = None) -> Any:
    """Max(x, 0), but at most 6."""
    return activate(x, "relu6", out=out)


def sigmoid(x: Any, *, out: Array | None = None) -> Any:
    """1 / (1 + exp(-x))."""
    return activate(x, "sigmoid", out=out)


def log_sigmoid(x: Any, *, out: Array | None = None) -> Any:
    """The logarithm of sigmoid, without its underflow."""
    return activate(x, "log_sigmoid", out=out)


def hard_sigmoid(x: Any, *, out: Array | None = None) -> Any:
    """A sixth of x + 3, cut off at 0 and 1."""
    return activate(x, "hard_sigmoid", out=out)


def sparse_sigmoid(x: Any, *, out: Array | None = None) -> Any:
    """(x + 1) / 2, cut off at 0 and 1."""
    return activate(x, "sparse_sigmoid", out=out)


def tanh(x: Any, *, out: Array | None = None) -> Any:
    """Hyperbolic tangent."""
    return activate(x, "tanh", out=out)


def hard_tanh(x: Any, *, out: Array | None = None) -> Any:
    """X, cut off at -1 and 1."""
    return activate(x, "hard_tanh", out=out)


def tanh_shrink(x: Any, *, out: Array | None = None) -> Any:
    """X less its hyperbolic tangent."""
    return activate(x, "tanh_shrink", out=out)


def softplus(x: Any, *, out: Array | None = None) -> Any:
    """Log(1 + exp(x))."""
    return activate(x, "softplus", out=out)


def sparse_plus(x: Any, *, out: Array | None = None) -> Any:
    """0 up to -1, x from 1 on, ((x + 1) / 2)² between."""
    return activate(x, "sparse_plus", out=out)


def squareplus(x: Any, b: float = ACTIVATIONS["squareplus"].alpha, *, out: Array | None = None) -> Any:
    """(x + sqrt(x² + b)) / 2. Source: Barron, "Squareplus: a softplus-like algebraic rectifier", 2021."""
    return activate(x, "squareplus", alpha=b, out=out)


def softsign(x: Any, *, out: Array | None = None) -> Any:
    """The quotient x / (1 + abs(x))."""
    return activate(x, "softsign", out=out)


def elu(x: Any, alpha: float = ACTIVATIONS["elu"].alpha, *, out: Array | None = None) -> Any:
    """X where it is positive, alpha · (exp(x) - 1) elsewhere. Source: Clevert et al., ICLR 2016."""
    return activate(x, "elu", alpha=alpha, out=out)


def celu(x: Any, alpha: float = ACTIVATIONS["celu"].alpha, *, out: Array | None = None) -> Any:
    """X where it is positive, alpha · (exp(x / alpha) - 1) elsewhere. Source: Barron, 2017."""
    return activate(x, "celu", alpha=alpha, out=out)


def selu(x: Any, *, out: Array | None = None) -> Any:
    """1.0507 · elu(x, 1.6733). Source: Klambauer et al., NeurIPS 2017, with the exact numbers."""
    return activate(x, "selu", out=out)


def gelu(x: Any, approximate: bool = True, *, out: Array | None = None) -> Any:
    """X times the normal distribution function at x, or its approximation by tanh. Source: Hendrycks, 2016.

    ``approximate`` is True as in ``keras.ops.gelu``, unlike that of :func:`dlcore.activations.gelu`.
    """
    return activate(x, "gelu_tanh" if approximate else "gelu", out=out)


def gelu_tanh(x: Any, *, out: Array | None = None) -> Any:
    """The approximation of gelu by tanh (Keras's ``approximate=True``), within 5e-4 of it."""
    return activate(x, "gelu_tanh", out=out)


def silu(x: Any, *, out: Array | None = None) -> Any:
    """X · sigmoid(x), also called swish."""
    return activate(x, "silu", out=out)


def hard_silu(x: Any, *, out: Array | None = None) -> Any:
    """X · hard_sigmoid(x), also called hard swish. Source: Howard et al., ICCV 2019."""
    return activate(x, "hard_silu", out=out)


def mish(x: Any, *, out: Array | None = None) -> Any:
    """X · tanh(softplus(x)). Source: Misra, BMVC 2020."""
    return activate(x, "mish", out=out)


def soft_shrink(x: Any, threshold: float = ACTIVATIONS["soft_shrink"].alpha, *, out: Array | None = None) -> Any:
    """X moved by threshold toward 0, where it stays."""
    return activate(x, "soft_shrink", alpha=threshold, out=out)


def hard_shrink(x: Any, threshold: float = ACTIVATIONS["hard_shrink"].alpha, *, out: Array | None = None) -> Any:
    """X where abs(x) is larger than threshold, else 0."""
    return activate(x, "hard_shrink", alpha=threshold, out=out)


def exponential(x: Any, *, out: Array | None = None) -> Any:
    """Exp(x)."""
    return activate(x, "exponential", out=out)


def softmax(x: Any, axis: Axis = -1, *, out: Array | None = None) -> Any:
    """Exp(x) over its sum along the axis, over several, or over all if None; ``out`` goes with the last one only."""
    return _along(x, "softmax", axis, out)


def log_softmax(x: Any, axis: Axis = -1, *, out: Array | None = None) -> Any:
    """The logarithm of softmax, without its underflow."""
    return _along(x, "log_softmax", axis, out)


def _along(x: Any, kind: str, axis: Axis, out: Array | None) -> Any:
    """A rowwise activation along any axes: moved to the end, taken as one, and back."""
    if axis == -1:
        return activate(x, kind, out=out)
    if out is not None:
        raise ValueError(f"out must be None unless axis is -1; got axis={axis}")
    return _moved(x, kind, axis)


@polymorphic
def _moved(x: Any, kind: str, axis: Axis) -> Any:
    x = autodiff.convert_to_tensor(x)
    axes = places(range(x.ndim) if axis is None else axis, x.ndim)
    end = tuple(range(x.ndim - len(axes), x.ndim))
    last = autodiff.moveaxis(x, axes, end)
    rows = autodiff.reshape(last, (*last.shape[: x.ndim - len(axes)], math.prod(x.shape[i] for i in axes)))
    return autodiff.moveaxis(autodiff.reshape(activate(rows, kind), last.shape), end, axes)
