"""Places and ranks along an axis, and one-hot rows, as ``keras.ops`` names them: whole numbers have no derivative."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlcore import autodiff
from dlcore.autodiff.tracer import as_tensors
from dlcore.checks import whole
from dlcore.floats import Array, floatx
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "in_top_k",
    "multi_hot",
    "nonzero",
    "one_hot",
    "searchsorted",
    "top_k",
]


class TopK(NamedTuple):
    """The largest numbers and their places."""

    values: Any
    indices: Any


def _array(x: Any, name: str = "x") -> Array:
    return as_tensors(x, name=name)[0].array


@polymorphic
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The place of the largest number along the axis, the first of several (of all numbers in a row, if None)."""
    return np.argmax(_array(x), axis=axis, keepdims=keepdims).astype(np.int32)


@polymorphic
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The place of the smallest number along the axis, the first of several (of all numbers in a row, if None)."""
    return np.argmin(_array(x), axis=axis, keepdims=keepdims).astype(np.int32)


@polymorphic
def argsort(x: Any, axis: int | None = -1) -> Any:
    """The places of the numbers along the axis in ascending order, equal ones in their order."""
    return np.argsort(_array(x), axis=axis, kind="stable").astype(np.int32)


@polymorphic
def top_k(x: Any, k: int, sorted: bool = True) -> TopK:  # noqa: ARG001 - Keras's name; sorted does no harm
    """The k largest numbers along the last axis, in descending order, and their places; of equal ones the first.

    Raises
    ------
    ValueError
        If there are fewer than k numbers along the axis, or k is negative.
    """
    (x,) = as_tensors(x)
    if x.ndim == 0:
        raise ValueError("x must have an axis; got a single number")
    k = whole("k", k, 0, x.shape[-1])
    places = np.argsort(-x.array if x.dtype.kind == "f" else -x.array.astype(np.int64), axis=-1, kind="stable")[..., :k]
    return TopK(autodiff.take_along_axis(x, places, -1), places.astype(np.int32))


@polymorphic
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Whether each row's target is among the k columns with the largest predictions; equal ones all count as such.

    Parameters
    ----------
    targets : (rows,) integers
    predictions : (rows, classes)
    k : int, 1 or more

    Returns
    -------
    (rows,) bool
        False where a target is no column or a prediction that matters is not finite.
    """
    labels, scores = _array(targets, "targets").astype(np.int64), _array(predictions, "predictions")
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"targets must have shape (rows,) and predictions (rows, classes); got {labels.shape} and {scores.shape}"
        )
    valid = (labels >= 0) & (labels < scores.shape[1])
    own = np.take_along_axis(scores, np.where(valid, labels, 0)[:, None], 1)
    return valid & np.isfinite(own[:, 0]) & (np.sum(scores > own, axis=1) < k)


@polymorphic
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Any:
    """A new axis of length num_classes with a 1 in the place that x says and 0 elsewhere (everywhere, if it is none).

    Raises
    ------
    TypeError
        If x holds no whole numbers.
    """
    labels = _array(x)
    if labels.dtype.kind == "f" and not np.array_equal(labels, np.floor(labels)):
        raise TypeError(f"x must hold whole numbers; got dtype {labels.dtype}")
    hot = labels[..., None] == np.arange(whole("num_classes", num_classes, 0, 2**31 - 1))
    return np.moveaxis(hot.astype(floatx() if dtype is None else dtype), -1, axis)


@polymorphic
def multi_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Any:
    """Like :func:`one_hot`, the 1s of all labels along the last axis in one."""
    labels = _array(x)
    rows = one_hot(labels, num_classes, dtype=dtype)
    return np.moveaxis(rows.max(axis=-2, initial=0) if labels.ndim else rows, -1, axis)


@polymorphic
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Where in an ascending sequence each value belongs, before or after ("right") what is equal."""
    if side not in ("left", "right"):
        raise ValueError(f"side must be 'left' or 'right'; got {side!r}")
    return np.searchsorted(_array(sorted_sequence), _array(values), side="left" if side == "left" else "right").astype(
        np.int32
    )


@polymorphic
def nonzero(x: Any) -> Any:
    """The places of all numbers that are not 0, an array of them for each axis."""
    return tuple(np.nonzero(_array(x)))
