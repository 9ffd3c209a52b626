"""Activations of each number alone. All take arrays of any shape, lists and Tensors; float16 gives float16."""

from __future__ import annotations

from typing import Any

from dlcore import autodiff
from dlcore.activations.on_tape import finished, floating, replaced, through_kernel
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.checks import number


def linear(x: Any) -> Tensor:
    """Leaves x as it is, integers too."""
    return as_tensors(x, name="x")[0]


# --- Rectifiers ---


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Tensor:
    """Rectified linear unit: x above the threshold, negative_slope · (x - threshold) elsewhere.

    Parameters
    ----------
    max_value : float, optional
        Where to cut off above.
    """
    kernel = relu_kernel(negative_slope, max_value, threshold)
    if kernel:
        return through_kernel(x, *kernel)
    x, dtype = floating(x)
    edge = number("threshold", threshold, open_low=True)
    y = replaced(x, x.array <= edge, 0.0)
    if max_value is not None:
        top = number("max_value", max_value, open_low=True)
        y = replaced(y, y.array > top, top)
    if negative_slope:
        y = y - number("negative_slope", negative_slope, open_low=True) * autodiff.activation(edge - x, "relu")
    return finished(y, dtype)


def relu_kernel(
    negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tuple[str, float] | None:
    """The kernel of :func:`relu` with these arguments and its parameter, if there is one."""
    if threshold != 0 or (max_value is not None and (max_value != 6 or negative_slope != 0)):
        return None
    if max_value is not None:
        return "relu6", 0.0
    return ("leaky_relu", number("negative_slope", negative_slope, open_low=True)) if negative_slope else ("relu", 0.0)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """Leaky ReLU: x where positive, negative_slope · x elsewhere."""
    return through_kernel(x, "leaky_relu", negative_slope)


def relu6(x: Any) -> Tensor:
    """ReLU cut off at 6."""
    return through_kernel(x, "relu6")


def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """X where it is larger than the threshold, default_value elsewhere."""
    x, dtype = floating(x)
    edge, other = (number(n, v, open_low=True) for n, v in (("threshold", threshold), ("default_value", default_value)))
    return finished(replaced(x, x.array <= edge, other), dtype)


# --- Exponential below, linear above ---


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """Exponential linear unit: x where positive, alpha · (e^x - 1) elsewhere. Source: Clevert et al., ICLR 2016."""
    return through_kernel(x, "elu", alpha)


def selu(x: Any) -> Tensor:
    """Scaled ELU: 1.05070098 · elu(x, 1.67326324), which keeps mean 0 and variance 1 from layer to layer.

    Goes with :class:`dlcore.initializers.LecunNormal`. Source: Klambauer et al., NeurIPS 2017.
    """
    return through_kernel(x, "selu")


def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """ELU with a continuous slope: x where positive, alpha · (e^(x / alpha) - 1) elsewhere. Source: Barron, 2017."""
    return through_kernel(x, "celu", alpha)


def exponential(x: Any) -> Tensor:
    """The exponential function e^x."""
    return through_kernel(x, "exponential")


# --- Gated: x times a number between 0 and 1 ---


def gelu(x: Any, approximate: bool = False) -> Tensor:
    """Gaussian error linear unit: x · Φ(x), Φ the standard normal distribution. Source: Hendrycks and Gimpel, 2016.

    Parameters
    ----------
    approximate : bool
        Take (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2 for Φ.
    """
    return through_kernel(x, *gelu_kernel(approximate))


def gelu_kernel(approximate: bool = False) -> tuple[str, float]:
    """The kernel of :func:`gelu` and its parameter, which has no meaning."""
    return "gelu_tanh" if approximate else "gelu", 0.0


def silu(x: Any) -> Tensor:
    """Sigmoid linear unit: x · sigmoid(x), also called swish. Source: Ramachandran et al., 2017."""
    return through_kernel(x, "silu")


def hard_silu(x: Any) -> Tensor:
    """The product x · hard_sigmoid(x), also called hard swish. Source: Howard et al., ICCV 2019."""
    return through_kernel(x, "hard_silu")


def mish(x: Any) -> Tensor:
    """The product x · tanh(softplus(x)). Source: Misra, BMVC 2020."""
    return through_kernel(x, "mish")


# --- Sigmoids, from 0 to 1 ---


def sigmoid(x: Any) -> Tensor:
    """Logistic sigmoid: 1 / (1 + e^-x)."""
    return through_kernel(x, "sigmoid")


def log_sigmoid(x: Any) -> Tensor:
    """The logarithm of the sigmoid, without its underflow."""
    return through_kernel(x, "log_sigmoid")


def hard_sigmoid(x: Any) -> Tensor:
    """A straight line for a sigmoid: x / 6 + 1/2, cut off at 0 and 1."""
    return through_kernel(x, "hard_sigmoid")


def sparse_sigmoid(x: Any) -> Tensor:
    """A steeper one: (x + 1) / 2, cut off at 0 and 1. Source: Blondel et al., JMLR 2020."""
    return through_kernel(x, "sparse_sigmoid")


# --- From -1 to 1 ---


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return through_kernel(x, "tanh")


def hard_tanh(x: Any) -> Tensor:
    """X, cut off at -1 and 1."""
    return through_kernel(x, "hard_tanh")


def softsign(x: Any) -> Tensor:
    """The quotient x / (1 + |x|)."""
    return through_kernel(x, "softsign")


# --- Smooth rectifiers ---


def softplus(x: Any) -> Tensor:
    """Softplus: ln(1 + e^x)."""
    return through_kernel(x, "softplus")


def squareplus(x: Any, b: float = 4) -> Tensor:
    """Squareplus: (x + √(x² + b)) / 2. Source: Barron, 2021."""
    return through_kernel(x, "squareplus", b)


def sparse_plus(x: Any) -> Tensor:
    """The integral of :func:`sparse_sigmoid`: 0 up to -1, x from 1 on, ((x + 1) / 2)² between."""
    return through_kernel(x, "sparse_plus")


# --- Shrinkage: small numbers toward 0 ---


def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """X moved by the threshold toward 0, where it stays."""
    return through_kernel(x, "soft_shrink", threshold)


def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """X where |x| is larger than the threshold, 0 elsewhere."""
    return through_kernel(x, "hard_shrink", threshold)


def tanh_shrink(x: Any) -> Tensor:
    """The difference x - tanh(x)."""
    return through_kernel(x, "tanh_shrink")
