"""The operation in all normalizations: brought to mean 0 and variance 1 along some axes, in one step of the tape."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import GradientTape, Tensor, apply, reduce_mean, register, sqrt, square
from dlcore.floats import Array

Axes = tuple[int, ...]


def _standardize(x: Array, mean: Array | None, inverse: Array, axes: Axes, epsilon: float) -> Array:
    """The mean and one over the deviation follow from x; they are passed to be worked out once only."""
    if mean is None:
        result: Array = x * inverse
        return result
    result = x - mean
    result *= inverse
    return result


def _gradient(g: Array, x: Array, y: Array, mean: Array | None, inverse: Array, axes: Axes, epsilon: float) -> Array:
    """The gradient (g - ⟨g⟩ - y ⟨g y⟩) / deviation, with ⟨⟩ the mean along the axes; ⟨g⟩ only if x is centered."""
    result: Array = y * np.mean(g * y, axis=axes, keepdims=True)
    np.subtract(g, result, out=result)
    if mean is not None:
        result -= np.mean(g, axis=axes, keepdims=True)
    result *= inverse
    return result


def standard_formula(x: Tensor, center: bool, axes: Axes, epsilon: float) -> tuple[Tensor, Tensor]:
    """The standardized x in differentiable operations, and the deviation it was divided by."""
    shifted = x - reduce_mean(x, axis=axes, keepdims=True) if center else x
    deviation = sqrt(reduce_mean(square(shifted), axis=axes, keepdims=True) + epsilon)
    return shifted / deviation, deviation


def gradient_formula(g: Tensor, x: Tensor, center: bool, axes: Axes, epsilon: float) -> Tensor:
    """What :func:`_gradient` computes, in differentiable operations: the way to second derivatives."""

    def mean(value: Tensor) -> Tensor:
        return reduce_mean(value, axis=axes, keepdims=True)

    y, deviation = standard_formula(x, center, axes, epsilon)
    rest = g - y * mean(g * y)
    return (rest - mean(g) if center else rest) / deviation


def _second(h: Tensor, g: Tensor, x: Tensor, mean: Array | None, axes: Axes, epsilon: float, wanted: int) -> Tensor:
    """The gradient of the formula with respect to g (0) or x (1)."""
    inputs = (g + 0, x + 0)  # sources of their own, even where one was computed from the other
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        result = gradient_formula(*inputs, mean is not None, axes, epsilon)
    found: Tensor = tape.gradient(result, inputs, h, unconnected_gradients="zero")[wanted]
    return found


register(
    "standardize",
    _standardize,
    lambda g, y, x, mean, inverse, axes, epsilon: apply(
        "standardize_gradient", g, x, y=y.array, mean=mean, inverse=inverse, axes=axes, epsilon=epsilon
    ),
)
register(
    "standardize_gradient",
    _gradient,
    lambda h, out, g, x, y, mean, inverse, axes, epsilon: _second(h, g, x, mean, axes, epsilon, 0),
    lambda h, out, g, x, y, mean, inverse, axes, epsilon: _second(h, g, x, mean, axes, epsilon, 1),
)


def standardize(x: Tensor, axes: Axes, epsilon: float, center: bool = True) -> tuple[Tensor, Any, Array]:
    """Bring x to mean 0 (if ``center``) and to the mean square 1 along the axes.

    Parameters
    ----------
    x : Tensor, floating
    axes : tuple of int
        Along which the means are taken.
    epsilon : float
        Added to the variance.

    Returns
    -------
    y : Tensor
        (x - mean) / √(variance + epsilon), differentiable.
    mean, variance : ndarray
        With length 1 along the axes; the mean is None, and the variance is the mean square, if x is not centered.
    """
    mean = np.mean(x.array, axis=axes, keepdims=True) if center else None
    shifted = x.array if mean is None else x.array - mean
    variance: Array = np.mean(np.square(shifted), axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    return apply("standardize", x, mean=mean, inverse=inverse, axes=axes, epsilon=epsilon), mean, variance
