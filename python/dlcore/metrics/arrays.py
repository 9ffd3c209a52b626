"""Arrays as metrics want them: targets beside predictions, weights beside both."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.floats import Array, numbers

#: The dtype of sums and counts inside: in float32 a count would stop growing at 2²⁴.
SUMS = "float64"


def same_rank(x: Array, y: Array) -> tuple[Array, Array]:
    """Two arrays of as many axes, where a last axis of length 1 is all that one has more.

    Keras's rule: next to an array of one axis the other is taken as (rows, 1), otherwise the extra axis is dropped.
    """
    if x.ndim == y.ndim + 1 and x.shape[-1] == 1:
        return (x, y[:, None]) if y.ndim == 1 else (x[..., 0], y)
    if y.ndim == x.ndim + 1 and y.shape[-1] == 1:
        return (x[:, None], y) if x.ndim == 1 else (x, y[..., 0])
    return x, y


def aligned(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Targets and predictions of one shape, as arrays; see :func:`same_rank`.

    Raises
    ------
    TypeError
        If one holds anything but real numbers.
    ValueError
        If their shapes differ.
    """
    true, pred = same_rank(numbers("y_true", y_true), numbers("y_pred", y_pred))
    if true.shape != pred.shape:
        raise ValueError(f"y_true must have the shape of y_pred, {pred.shape}; got {true.shape}")
    return true, pred


def divide_no_nan(x: Any, y: Any) -> Array:
    """X / y, and 0 where y is 0."""
    above, below = np.asarray(x, SUMS), np.asarray(y, SUMS)
    quotient: Array = np.zeros(np.broadcast_shapes(above.shape, below.shape))
    np.divide(above, below, out=quotient, where=below != 0)
    return quotient


def element_weights(sample_weight: Any, shape: tuple[int, ...]) -> Array:
    """Weights in the shape of the predictions, whether given for all, for rows or for elements.

    Raises
    ------
    ValueError
        If they fit none of these.
    """
    weights = numbers("sample_weight", sample_weight).astype(SUMS)
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    full: Array = weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim))
    if full.ndim > len(shape) or any(w not in (1, n) for w, n in zip(full.shape, shape, strict=False)):
        raise ValueError(f"sample_weight must have the shape {shape} of y_pred, or {shape[:1]}; got {weights.shape}")
    return np.broadcast_to(full, shape)
