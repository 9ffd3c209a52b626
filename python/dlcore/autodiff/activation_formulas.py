"""The activation kernels as differentiable formulas, from which their second derivatives follow.

Every name of :data:`dlcore.backends.contract.ACTIVATIONS` has an entry: y as a function of (x, alpha) in operations of
the tape. Values and first derivatives come from the kernels; a test compares them with what is written here.
"""

# ruff: noqa: ARG005 - the functions of a table share one signature.

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dlcore.autodiff.arithmetic import clip, where
from dlcore.autodiff.broadcasting import stop_gradient
from dlcore.autodiff.elementary import absolute, erfc, exp, expm1, sigmoid, softplus, sqrt, square, tanh
from dlcore.autodiff.reductions import logsumexp
from dlcore.autodiff.reductions import sum as total
from dlcore.autodiff.tracer import Tensor
from dlcore.backends.special import GELU_FIRST, GELU_THIRD, SELU_ALPHA, SELU_SCALE


def _negative(x: Tensor) -> Tensor:
    """X where it is negative, 0 elsewhere: what exponentials of a left branch may take without overflow."""
    return where(x > 0, 0.0, x)


def _elu(x: Tensor, alpha: float) -> Tensor:
    return where(x > 0, x, alpha * expm1(_negative(x)))


def _softmax(x: Tensor) -> Tensor:
    e = exp(x - stop_gradient(np.max(x.array, axis=-1, keepdims=True, initial=-np.inf)))
    return e / total(e, -1, keepdims=True)


def _between(x: Tensor, low: float, high: float, inside: Tensor) -> Tensor:
    """A formula that holds between two bounds, 0 below them and x above."""
    return where(x >= high, x, where(x <= low, 0.0, inside))


def _ramp(x: Tensor, low: float, high: float) -> Tensor:
    """X cut off at two bounds, flat at the bounds themselves."""
    return where((x > low) & (x < high), x, clip(stop_gradient(x), low, high))


FORMULAS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "linear": lambda x, alpha: x * 1,
    "relu": lambda x, alpha: where(x > 0, x, 0.0),
    "relu6": lambda x, alpha: _ramp(x, 0, 6),
    "sigmoid": lambda x, alpha: sigmoid(x),
    "tanh": lambda x, alpha: tanh(x),
    "selu": lambda x, alpha: SELU_SCALE * _elu(x, SELU_ALPHA),
    "softsign": lambda x, alpha: x / (1 + absolute(x)),
    "exponential": lambda x, alpha: exp(x),
    "sparse_sigmoid": lambda x, alpha: (_ramp(x, -1, 1) + 1) / 2,
    "soft_shrink": lambda x, alpha: where(absolute(x) > alpha, x - np.sign(x.array) * alpha, 0.0),
    "hard_shrink": lambda x, alpha: where(absolute(x) > alpha, x, 0.0),
    "hard_tanh": lambda x, alpha: _ramp(x, -1, 1),
    "hard_sigmoid": lambda x, alpha: (_ramp(x, -3, 3) + 3) / 6,
    "leaky_relu": lambda x, alpha: where(x > 0, x, alpha * x),
    "softplus": lambda x, alpha: softplus(x),
    "elu": _elu,
    "celu": lambda x, alpha: where(x > 0, x, alpha * expm1(_negative(x) / alpha)),
    "gelu": lambda x, alpha: x * 0.5 * erfc(-x / math.sqrt(2)),
    "gelu_tanh": lambda x, alpha: x * sigmoid(x * (GELU_FIRST + GELU_THIRD * square(x))),
    "silu": lambda x, alpha: x * sigmoid(x),
    "mish": lambda x, alpha: x * tanh(softplus(x)),
    "squareplus": lambda x, alpha: (x + sqrt(square(x) + alpha)) / 2,
    "sparse_plus": lambda x, alpha: _between(x, -1, 1, square((x + 1) / 2)),
    "tanh_shrink": lambda x, alpha: x - tanh(x),
    "hard_silu": lambda x, alpha: _between(x, -3, 3, x * (x + 3) / 6),
    "log_sigmoid": lambda x, alpha: -softplus(-x),
    "softmax": lambda x, alpha: _softmax(x),
    "log_softmax": lambda x, alpha: x - logsumexp(x, -1, keepdims=True),
}
