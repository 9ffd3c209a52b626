"""Functions without a derivative: comparisons, logic, places, orders. Their results are constants to the tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff.broadcasting import constant
from dlcore.autodiff.indexing import integers
from dlcore.autodiff.tracer import Tensor
from dlcore.floats import Array, floatx


def _off_tape(ufunc: np.ufunc, doc: str) -> Callable[..., Tensor]:
    """NumPy's function, of Tensors and for them."""

    def called(*xs: Any) -> Tensor:
        return Tensor(ufunc(*(constant(x) for x in xs)))

    called.__name__ = called.__qualname__ = ufunc.__name__
    called.__module__, called.__doc__ = "dlcore.autodiff", doc
    return called


# --- Comparison and logic ---

equal = _off_tape(np.equal, "Whether x1 and x2 are equal, elementwise.")
not_equal = _off_tape(np.not_equal, "Whether x1 and x2 differ, elementwise.")
greater = _off_tape(np.greater, "Whether x1 > x2, elementwise.")
greater_equal = _off_tape(np.greater_equal, "Whether x1 >= x2, elementwise.")
less = _off_tape(np.less, "Whether x1 < x2, elementwise.")
less_equal = _off_tape(np.less_equal, "Whether x1 <= x2, elementwise.")
logical_and = _off_tape(np.logical_and, "Whether both are true, elementwise.")
logical_or = _off_tape(np.logical_or, "Whether one or both are true, elementwise.")
logical_xor = _off_tape(np.logical_xor, "Whether just one is true, elementwise.")
logical_not = _off_tape(np.logical_not, "Whether it is false, elementwise.")
isnan = _off_tape(np.isnan, "Whether it is no number, elementwise.")
isinf = _off_tape(np.isinf, "Whether it is infinite, elementwise.")
isfinite = _off_tape(np.isfinite, "Whether it is a finite number, elementwise.")


def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether x1 and x2 differ by at most atol + rtol · abs(x2), elementwise."""
    return Tensor(np.isclose(constant(x1), constant(x2), rtol, atol, equal_nan))


def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether :func:`isclose` holds everywhere."""
    return Tensor(np.allclose(constant(x1), constant(x2), rtol, atol, equal_nan))


def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of x1 is (or is not, if ``invert``) one of x2's."""
    return Tensor(np.isin(constant(x1), constant(x2), assume_unique, invert))


def all(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether every element over the axes (all, if None) is true."""
    return Tensor(np.all(constant(x), axis=axis, keepdims=keepdims))


def any(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether some element over the axes (all, if None) is true."""
    return Tensor(np.any(constant(x), axis=axis, keepdims=keepdims))


# --- Places and orders: int32, as in Keras ---


def _int32(places: Any) -> Tensor:
    return Tensor(np.asarray(places, np.int32))


def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the largest element is along the axis (of all in a row, if None); the first of several."""
    return _int32(np.argmax(constant(x), axis=axis, keepdims=keepdims))


def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the smallest element is along the axis (of all in a row, if None); the first of several."""
    return _int32(np.argmin(constant(x), axis=axis, keepdims=keepdims))


def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The order that sorts along the axis (all in a row, if None); equal elements keep theirs."""
    return _int32(np.argsort(constant(x), axis=axis, kind="stable"))


def count_nonzero(x: Any, axis: Any = None) -> Tensor:
    """How many elements over the axes (all, if None) are not 0."""
    return _int32(np.count_nonzero(constant(x), axis=axis))


def nonzero(x: Any) -> tuple[Tensor, ...]:
    """For each axis, where the elements are that are not 0."""
    return tuple(_int32(places) for places in np.nonzero(constant(x)))


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where values go in a sorted sequence: before equal ones ("left") or after ("right")."""
    return _int32(np.searchsorted(constant(sorted_sequence), constant(values), side=side))  # type: ignore[call-overload]


def digitize(x: Any, bins: Any) -> Tensor:
    """The number of the bin of each element: how many of the rising bounds are not above it."""
    return _int32(np.digitize(constant(x), constant(bins)))


def _dense_only(sparse: bool) -> None:
    if sparse:
        raise NotImplementedError("sparse must be False: there are no sparse Tensors")


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each number from 0 on occurs (in each row of a matrix), or the sum of its weights."""
    _dense_only(sparse)
    labels = integers("x", x)
    if labels.ndim == 2:
        length = max(minlength, int(labels.max(initial=-1)) + 1)
        shares = [None] * len(labels) if weights is None else constant(weights)
        rows = [bincount(row, share, length).array for row, share in zip(labels, shares, strict=True)]
        return Tensor(np.array(rows))
    counted = np.bincount(labels, None if weights is None else constant(weights), minlength)
    return Tensor(counted.astype(np.int32 if weights is None else floatx()))


def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether each row's target is among the k largest predictions of the row; ties with the last of them count.

    Parameters
    ----------
    targets : (rows,) integers
    predictions : (rows, classes)
    k : int
    """
    labels, scores = integers("targets", targets), constant(predictions)
    known = (labels >= 0) & (labels < scores.shape[-1])
    own = np.take_along_axis(scores, np.where(known, labels, 0)[..., None], -1)
    return Tensor(known & np.isfinite(own[..., 0]) & (np.sum(scores > own, axis=-1) < k))


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """For each label a row of zeros with a 1 in its place; for labels outside [0, num_classes) only zeros.

    Parameters
    ----------
    x : array of integers
    num_classes : int
    axis : int
        Where the axis of the classes goes.
    dtype : optional
        Default: ``floatx()``.
    sparse : False
    """
    _dense_only(sparse)
    hot = integers("x", x)[..., None] == np.arange(num_classes)
    return Tensor(np.moveaxis(hot.astype(dtype or floatx()), -1, axis))


def multi_hot(inputs: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """For each row of labels a row of zeros with a 1 in the place of each of them; the arguments of :func:`one_hot`."""
    _dense_only(sparse)
    labels = integers("inputs", inputs)
    if labels.ndim:
        rows = one_hot(labels, num_classes, -1, dtype).array.max(axis=-2, initial=0)
        return Tensor(np.moveaxis(rows, -1, axis))
    return one_hot(labels, num_classes, axis, dtype)


# --- Arrays like another ---


def _filled(x: Any, value: Any, dtype: Any) -> Tensor:
    array: Array = constant(x)
    return Tensor(np.full(array.shape, value, dtype or array.dtype))


def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros in the shape (and dtype) of x."""
    return _filled(x, 0, dtype)


def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Ones in the shape (and dtype) of x."""
    return _filled(x, 1, dtype)


def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """One value in the shape (and dtype) of x."""
    return _filled(x, constant(fill_value), dtype)
