"""A normalization of the columns or the rows of a matrix on the tape, by the kernels of engines: the same bits."""

# ruff: noqa: ARG001 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import GradientTape, Tensor, apply, reduce_sum, register
from dlcore.backends import get_backend
from dlcore.floats import Array, as_float
from dlcore.layers.standardize import gradient_formula, standard_formula
from dlcore.variable import Variable

#: Along which axis each kind takes its means.
ALONG = {"batch": 0, "layer": 1}


def _normalize(
    x: Array, *weights: Array, scaled: bool, kind: str, mean: Array, inverse: Array, epsilon: float
) -> Array:
    """Mean and one over the deviation follow from x; they are passed to be worked out once only."""
    gamma = weights[0] if scaled else None
    beta = weights[-1] if len(weights) > scaled else None
    y = np.empty(x.shape, x.dtype)
    get_backend().normalization_forward(kind, np.ascontiguousarray(x), mean, inverse, gamma, beta, y)
    return y


def _rule(g: Tensor, y: Tensor, x: Tensor, *weights: Tensor, position: int, scaled: bool, **known: Any) -> Tensor:
    """The gradient toward x, γ or β."""
    if position == 0:
        return apply("normalize_gradient", g, x, *weights[:scaled], **known)
    if position == 1 and scaled:
        return apply("normalize_products", g, x, **known)
    return apply("bias_gradient", g)


def _gradient(
    g: Array, x: Array, gamma: Array | None = None, *, kind: str, mean: Array, inverse: Array, epsilon: float
) -> Array:
    dx, sums = np.empty(x.shape, x.dtype), np.empty((2, x.shape[1]), x.dtype)
    dy = np.ascontiguousarray(as_float(g, x.dtype))
    get_backend().normalization_backward(kind, dy, np.ascontiguousarray(x), mean, inverse, gamma, dx, *sums)
    return dx


def _products(g: Array, x: Array, *, kind: str, mean: Array, inverse: Array, epsilon: float) -> Array:
    sums = np.empty((2, x.shape[1]), x.dtype)
    dy = np.ascontiguousarray(as_float(g, x.dtype))
    get_backend().normalization_backward(kind, dy, np.ascontiguousarray(x), mean, inverse, None, None, *sums)
    dgamma: Array = sums[0]
    return dgamma


def _second(
    h: Tensor, out: Tensor, g: Tensor, x: Tensor, *gamma: Tensor, position: int, kind: str, epsilon: float, **known: Any
) -> Tensor:
    """The gradient of ``normalize_gradient`` with respect to g (0), x (1) or γ (2)."""
    inputs = [value + 0 for value in (g, x, *gamma)]  # sources of their own, even where one follows from another
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        dy = inputs[0] * inputs[2] if gamma else inputs[0]
        result = gradient_formula(dy, inputs[1], True, (ALONG[kind],), epsilon)
    found: Tensor = tape.gradient(result, inputs, h, unconnected_gradients="zero")[position]
    return found


def _second_of_products(
    h: Tensor, out: Tensor, g: Tensor, x: Tensor, *, position: int, kind: str, epsilon: float, **known: Any
) -> Tensor:
    """The gradient of ``normalize_products`` with respect to g (0) or x (1)."""
    inputs = [g + 0, x + 0]
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        standard, _ = standard_formula(inputs[1], True, (ALONG[kind],), epsilon)
        result = reduce_sum(inputs[0] * standard, axis=0)
    found: Tensor = tape.gradient(result, inputs, h, unconnected_gradients="zero")[position]
    return found


register("normalize", _normalize, each=_rule)
register("normalize_gradient", _gradient, each=_second)
register("normalize_products", _products, each=_second_of_products)


def normalize(
    x: Tensor, kind: str, gamma: Variable | None, beta: Variable | None, epsilon: float
) -> tuple[Tensor, Array, Array]:
    """γ · (x - mean) / √(variance + epsilon) + β.

    Parameters
    ----------
    x : Tensor (rows, columns), floating
    kind : str
        "batch": mean and variance of each column; "layer": of each row.
    gamma, beta : Variable (columns,), optional
    epsilon : float
        Added to the variance.

    Returns
    -------
    y : Tensor (rows, columns)
        Differentiable.
    mean, variance : ndarray (columns,) or (rows,)
    """
    matrix = np.ascontiguousarray(x.array)
    count = matrix.shape[1 - ALONG[kind]]
    mean, variance = np.empty(count, x.dtype), np.empty(count, x.dtype)
    get_backend().normalization_moments(kind, matrix, mean, variance)
    inverse = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    weights = [weight for weight in (gamma, beta) if weight is not None]
    known = {"kind": kind, "mean": mean, "inverse": inverse, "epsilon": epsilon}
    return apply("normalize", x, *weights, scaled=gamma is not None, **known), mean, variance
