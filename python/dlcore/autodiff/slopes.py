"""The derivatives of the elementwise activations in differentiable operations: the way to their second derivatives.

Each is a function of (x, alpha), alpha the activation's parameter. What does not change with x is an array.
"""

# ruff: noqa: ARG001, ARG005 - the functions of a table share one signature.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff.elementary import absolute, erfc, exp, sqrt, square
from dlcore.autodiff.tracer import Tensor, apply
from dlcore.backends.special import DENSITY, GELU_FIRST, GELU_THIRD, SELU_ALPHA, SELU_SCALE


def _kernel(x: Tensor, kind: str) -> Tensor:
    return apply("activation", x, kind=kind, alpha=0.0)


def _steps(x: Tensor, values: Any) -> Tensor:
    """A slope that is constant around every x."""
    return Tensor(np.asarray(values, x.dtype))


def _sigmoid(x: Tensor, alpha: float) -> Tensor:
    y = _kernel(x, "sigmoid")
    return y * (1 - y)


def _silu(x: Tensor, alpha: float) -> Tensor:
    y = _kernel(x, "sigmoid")
    return y * (1 + x * (1 - y))


def _gelu(x: Tensor, alpha: float) -> Tensor:
    return erfc(x * -math.sqrt(0.5)) / 2 + x * exp(square(x) * -0.5) * DENSITY


def _gelu_tanh(x: Tensor, alpha: float) -> Tensor:
    y = _kernel(x * (GELU_FIRST + GELU_THIRD * square(x)), "sigmoid")
    return y * (1 + x * (GELU_FIRST + 3 * GELU_THIRD * square(x)) * (1 - y))


def _mish(x: Tensor, alpha: float) -> Tensor:
    y = _kernel(_kernel(x, "softplus"), "tanh")
    return y + x * _kernel(x, "sigmoid") * (1 - square(y))


def _exponential_below(x: Tensor, inner: float, outer: float) -> Tensor:
    """``outer`` · exp(x / inner) below 0, 1 above."""
    above = x.array > 0
    return outer * exp(x * ~above / inner) * ~above + above


SLOPES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "linear": lambda x, alpha: _steps(x, np.ones_like(x.array)),
    "relu": lambda x, alpha: _steps(x, x.array > 0),
    "relu6": lambda x, alpha: _steps(x, (x.array > 0) & (x.array < 6)),
    "sigmoid": _sigmoid,
    "tanh": lambda x, alpha: 1 - square(_kernel(x, "tanh")),
    "selu": lambda x, alpha: SELU_SCALE * _exponential_below(x, 1.0, SELU_ALPHA),
    "softsign": lambda x, alpha: 1 / square(1 + absolute(x)),
    "exponential": lambda x, alpha: exp(x),
    "sparse_sigmoid": lambda x, alpha: _steps(x, (np.abs(x.array) < 1) / 2),
    "soft_shrink": lambda x, alpha: _steps(x, np.abs(x.array) > alpha),
    "hard_shrink": lambda x, alpha: _steps(x, np.abs(x.array) > alpha),
    "hard_tanh": lambda x, alpha: _steps(x, np.abs(x.array) < 1),
    "hard_sigmoid": lambda x, alpha: _steps(x, (np.abs(x.array) < 3) / 6),
    "leaky_relu": lambda x, alpha: _steps(x, np.where(x.array > 0, 1, alpha)),
    "softplus": lambda x, alpha: _kernel(x, "sigmoid"),
    "elu": lambda x, alpha: _exponential_below(x, 1.0, alpha),
    "celu": lambda x, alpha: _exponential_below(x, alpha, 1.0),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _silu,
    "mish": _mish,
    "squareplus": lambda x, alpha: (1 + x / sqrt(square(x) + alpha)) / 2,
    "sparse_plus": lambda x, alpha: (x + 1) / 2 * (np.abs(x.array) < 1) + (x.array >= 1),
    "tanh_shrink": lambda x, alpha: square(_kernel(x, "tanh")),
    "hard_silu": lambda x, alpha: (x / 3 + 0.5) * (np.abs(x.array) < 3) + (x.array >= 3),
    "log_sigmoid": lambda x, alpha: _kernel(-x, "sigmoid"),
}
