"""The activations as functions, one a name, with the defaults of Keras. All are :func:`dlcore.ops.activate`."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import ACTIVATIONS, Array
from dlcore.ops.activations import activate


def linear(x: Any, *, out: Array | None = None) -> Array:
    """X itself, copied."""
    return activate(x, "linear", out=out)


def relu(x: Any, *, out: Array | None = None) -> Array:
    """Max(x, 0)."""
    return activate(x, "relu", out=out)


def leaky_relu(x: Any, negative_slope: float = ACTIVATIONS["leaky_relu"].alpha, *, out: Array | None = None) -> Array:
    """X where it is positive, negative_slope · x elsewhere."""
    return activate(x, "leaky_relu", alpha=negative_slope, out=out)


def relu6(x: Any, *, out: Array | None = None) -> Array:
    """Max(x, 0), but at most 6."""
    return activate(x, "relu6", out=out)


def sigmoid(x: Any, *, out: Array | None = None) -> Array:
    """1 / (1 + exp(-x))."""
    return activate(x, "sigmoid", out=out)


def log_sigmoid(x: Any, *, out: Array | None = None) -> Array:
    """The logarithm of sigmoid, without its underflow."""
    return activate(x, "log_sigmoid", out=out)


def hard_sigmoid(x: Any, *, out: Array | None = None) -> Array:
    """A sixth of x + 3, cut off at 0 and 1."""
    return activate(x, "hard_sigmoid", out=out)


def sparse_sigmoid(x: Any, *, out: Array | None = None) -> Array:
    """(x + 1) / 2, cut off at 0 and 1."""
    return activate(x, "sparse_sigmoid", out=out)


def tanh(x: Any, *, out: Array | None = None) -> Array:
    """Hyperbolic tangent."""
    return activate(x, "tanh", out=out)


def hard_tanh(x: Any, *, out: Array | None = None) -> Array:
    """X, cut off at -1 and 1."""
    return activate(x, "hard_tanh", out=out)


def tanh_shrink(x: Any, *, out: Array | None = None) -> Array:
    """X less its hyperbolic tangent."""
    return activate(x, "tanh_shrink", out=out)


def softplus(x: Any, *, out: Array | None = None) -> Array:
    """Log(1 + exp(x))."""
    return activate(x, "softplus", out=out)


def sparse_plus(x: Any, *, out: Array | None = None) -> Array:
    """0 up to -1, x from 1 on, ((x + 1) / 2)² between."""
    return activate(x, "sparse_plus", out=out)


def squareplus(x: Any, b: float = ACTIVATIONS["squareplus"].alpha, *, out: Array | None = None) -> Array:
    """(x + sqrt(x² + b)) / 2. Source: Barron, "Squareplus: a softplus-like algebraic rectifier", 2021."""
    return activate(x, "squareplus", alpha=b, out=out)


def softsign(x: Any, *, out: Array | None = None) -> Array:
    """The quotient x / (1 + abs(x))."""
    return activate(x, "softsign", out=out)


def elu(x: Any, alpha: float = ACTIVATIONS["elu"].alpha, *, out: Array | None = None) -> Array:
    """X where it is positive, alpha · (exp(x) - 1) elsewhere. Source: Clevert et al., ICLR 2016."""
    return activate(x, "elu", alpha=alpha, out=out)


def celu(x: Any, alpha: float = ACTIVATIONS["celu"].alpha, *, out: Array | None = None) -> Array:
    """X where it is positive, alpha · (exp(x / alpha) - 1) elsewhere. Source: Barron, 2017."""
    return activate(x, "celu", alpha=alpha, out=out)


def selu(x: Any, *, out: Array | None = None) -> Array:
    """1.0507 · elu(x, 1.6733). Source: Klambauer et al., NeurIPS 2017, with the exact numbers."""
    return activate(x, "selu", out=out)


def gelu(x: Any, *, out: Array | None = None) -> Array:
    """X times the normal distribution function at x (Keras's ``approximate=False``). Source: Hendrycks, 2016."""
    return activate(x, "gelu", out=out)


def gelu_tanh(x: Any, *, out: Array | None = None) -> Array:
    """The approximation of gelu by tanh (Keras's ``approximate=True``), within 5e-4 of it."""
    return activate(x, "gelu_tanh", out=out)


def silu(x: Any, *, out: Array | None = None) -> Array:
    """X · sigmoid(x), also called swish."""
    return activate(x, "silu", out=out)


def hard_silu(x: Any, *, out: Array | None = None) -> Array:
    """X · hard_sigmoid(x), also called hard swish. Source: Howard et al., ICCV 2019."""
    return activate(x, "hard_silu", out=out)


def mish(x: Any, *, out: Array | None = None) -> Array:
    """X · tanh(softplus(x)). Source: Misra, BMVC 2020."""
    return activate(x, "mish", out=out)


def soft_shrink(x: Any, threshold: float = ACTIVATIONS["soft_shrink"].alpha, *, out: Array | None = None) -> Array:
    """X moved by threshold toward 0, where it stays."""
    return activate(x, "soft_shrink", alpha=threshold, out=out)


def hard_shrink(x: Any, threshold: float = ACTIVATIONS["hard_shrink"].alpha, *, out: Array | None = None) -> Array:
    """X where abs(x) is larger than threshold, else 0."""
    return activate(x, "hard_shrink", alpha=threshold, out=out)


def exponential(x: Any, *, out: Array | None = None) -> Array:
    """Exp(x)."""
    return activate(x, "exponential", out=out)


def softmax(x: Any, *, out: Array | None = None) -> Array:
    """Exp(x) over its sum along the last axis."""
    return activate(x, "softmax", out=out)


def log_softmax(x: Any, *, out: Array | None = None) -> Array:
    """The logarithm of softmax, without its underflow."""
    return activate(x, "log_softmax", out=out)
