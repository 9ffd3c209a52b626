"""Comparisons and logic, as ``keras.ops`` names them: truth values, which have no derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.arraylike import plain
from dlcore.autodiff.tracer import as_tensors
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "allclose",
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
]


def _arrays(*values: Any) -> tuple[Any, ...]:
    return tuple(tensor.array for tensor in as_tensors(*values))


def _truths(*values: Any) -> tuple[Any, ...]:
    return tuple(array.astype(bool) for array in _arrays(*values))


@polymorphic
def equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is x2, elementwise."""
    return np.equal(*_arrays(x1, x2))


@polymorphic
def not_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is not x2, elementwise."""
    return np.not_equal(*_arrays(x1, x2))


@polymorphic
def less(x1: Any, x2: Any) -> Any:
    """Whether x1 is smaller than x2, elementwise."""
    return np.less(*_arrays(x1, x2))


@polymorphic
def less_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is not larger than x2, elementwise."""
    return np.less_equal(*_arrays(x1, x2))


@polymorphic
def greater(x1: Any, x2: Any) -> Any:
    """Whether x1 is larger than x2, elementwise."""
    return np.greater(*_arrays(x1, x2))


@polymorphic
def greater_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is not smaller than x2, elementwise."""
    return np.greater_equal(*_arrays(x1, x2))


@polymorphic
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Whether abs(x1 - x2) is at most atol + rtol · abs(x2), elementwise."""
    a, b = _arrays(x1, x2)
    return np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


@polymorphic
def logical_and(x1: Any, x2: Any) -> Any:
    """Whether both hold, elementwise."""
    return np.logical_and(*_truths(x1, x2))


@polymorphic
def logical_or(x1: Any, x2: Any) -> Any:
    """Whether one or both hold, elementwise."""
    return np.logical_or(*_truths(x1, x2))


@polymorphic
def logical_xor(x1: Any, x2: Any) -> Any:
    """Whether just one holds, elementwise."""
    return np.logical_xor(*_truths(x1, x2))


@polymorphic
def logical_not(x: Any) -> Any:
    """Whether x does not hold, elementwise."""
    return np.logical_not(*_truths(x))


@polymorphic
def isfinite(x: Any) -> Any:
    """Whether x is a number and no infinity, elementwise."""
    return np.isfinite(*_arrays(x))


@polymorphic
def isinf(x: Any) -> Any:
    """Whether x is an infinity, elementwise."""
    return np.isinf(*_arrays(x))


@polymorphic
def isnan(x: Any) -> Any:
    """Whether x is not a number, elementwise."""
    return np.isnan(*_arrays(x))


@polymorphic
def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Whether x1 and x2 are close everywhere; see :func:`isclose`."""
    return np.all(plain(isclose(x1, x2, rtol, atol, equal_nan)))


@polymorphic
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether x2 has x1 among its numbers (or, if inverted, has not), elementwise."""
    a, b = _arrays(x1, x2)
    return np.isin(a, b, assume_unique=assume_unique, invert=invert)
