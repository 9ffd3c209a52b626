"""New arrays. Without a dtype they are floating (``floatx()``), but for what is made of integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff.operators import plain
from dlcore.floats import Array, floatx

__all__ = [
    "arange", "array", "empty", "eye", "full", "identity", "linspace", "meshgrid", "ones", "tri", "zeros",
]  # fmt: skip

Shape = int | Sequence[int]


def array(x: Any, dtype: Any = None) -> Any:
    """X as a Tensor if it is one or a Variable, as a new array otherwise; Python's floats take ``floatx()``."""
    tensor = autodiff.convert_to_tensor(x, dtype)
    return tensor if isinstance(x, autodiff.Tensor) or hasattr(x, "assign") else np.array(tensor.array)


def zeros(shape: Shape, dtype: Any = None) -> Array:
    """Zeros."""
    return np.zeros(shape, dtype or floatx())


def ones(shape: Shape, dtype: Any = None) -> Array:
    """Ones."""
    return np.ones(shape, dtype or floatx())


def empty(shape: Shape, dtype: Any = None) -> Array:
    """Whatever the memory holds."""
    return np.empty(shape, dtype or floatx())


def full(shape: Shape, fill_value: Any, dtype: Any = None) -> Array:
    """One value throughout."""
    return np.full(shape, plain(fill_value), dtype or floatx())


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """Ones on the k-th diagonal of N rows and M (or N) columns, zeros elsewhere."""
    return np.eye(N, M, k, dtype or floatx())


def identity(n: int, dtype: Any = None) -> Array:
    """The n by n identity matrix."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """Ones up to the k-th diagonal, zeros above."""
    return np.tri(N, M, k, dtype or floatx())


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Array:
    """Numbers from start (or 0) up to but without stop, step by step.

    The dtype is that of the arguments: int32 for Python's integers, ``floatx()`` for its floats; integers do not
    widen a floating dtype.
    """
    given = [plain(value) for value in (start, stop, step) if value is not None]
    if dtype is None:
        kinds = [getattr(value, "dtype", np.dtype(np.int32 if isinstance(value, int) else floatx())) for value in given]
        floats = [kind for kind in map(np.dtype, kinds) if kind.kind == "f"]
        dtype = np.result_type(*(floats or kinds))
    start, stop = (0, start) if stop is None else (start, stop)
    numbers: Array = np.arange(plain(start), plain(stop), 1 if step is None else plain(step), dtype)  # type: ignore[call-overload]
    return numbers


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """So many numbers at equal distances from start to stop (included if ``endpoint``).

    With ``retstep`` a pair: the numbers and their distance.
    """
    return np.linspace(plain(start), plain(stop), num, endpoint, retstep, dtype or floatx(), axis)  # type: ignore[call-overload]


def meshgrid(*x: Any, indexing: str = "xy") -> list[Array]:
    """The coordinates of every point of the grid whose axes are given."""
    return list(np.meshgrid(*map(plain, x), indexing=indexing))  # type: ignore[call-overload]
