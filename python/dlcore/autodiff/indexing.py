"""Elements at some places: indexing, gathering, sorting."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.operators import plain
from dlcore.autodiff.seam import function, register
from dlcore.autodiff.tracer import Tensor, apply, as_tensors
from dlcore.floats import Array


def _scatter(g: Array, shape: tuple[int, ...], key: Any) -> Array:
    """Zeros, and at some places the elements of g, added up where a place is named twice."""
    result = np.zeros(shape, g.dtype)
    if _repeats(key):
        np.add.at(result, key, g)
    else:
        result[key] = g
    return result


def _repeats(key: Any) -> bool:
    """Whether an index may name a place twice: only arrays of integers can."""
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, (list, tuple)) or (np.ndim(part) and part.dtype != bool) for part in parts)


register("getitem", lambda x, key: x[key], lambda g, y, x, key: apply("scatter", g, shape=x.shape, key=key))
register("scatter", _scatter, lambda g, y, x, shape, key: getitem(g, key))


@function
def getitem(x: Any, key: Any) -> Tensor:
    """``x[key]``, with everything that NumPy allows for a key; Tensors and Variables in it are taken as arrays."""
    return apply("getitem", x, key=plain(key))


@function
def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The elements at some places along the axis (of all elements in a row, if None).

    Parameters
    ----------
    x : array
    indices : int or array of integers
        Negative ones count from the end.
    axis : int, optional

    Raises
    ------
    IndexError
        If there is no such place.
    """
    (x,) = as_tensors(x)
    where = integers("indices", indices)
    if axis is None:
        return getitem(apply("reshape", x, shape=(-1,)), where)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis must lie in [{-x.ndim}, {x.ndim}); got {axis}")
    return getitem(x, (*(slice(None),) * (axis % x.ndim), where))


def integers(name: str, value: Any) -> Array:
    """An array of integers; whole numbers of a floating dtype are refused, an empty list is not.

    Raises
    ------
    TypeError
        If it holds anything else.
    """
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        if array.size:
            raise TypeError(f"{name} must be integers; got dtype {array.dtype}")
        array = array.astype(np.int64)
    return array


@function
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """For each place of ``indices`` the element of x that is at that index along the axis.

    Parameters
    ----------
    x : array
    indices : array of integers
        Shaped like x but for the axis, or so that the two broadcast.
    axis : int, optional
        None: x and indices in a row.
    """
    (x,) = as_tensors(x)
    where = integers("indices", indices)
    if axis is None:
        x, where, axis = apply("reshape", x, shape=(-1,)), where.reshape(-1), 0
    if where.ndim != x.ndim:
        raise ValueError(f"indices must have {x.ndim} axes as x; got shape {where.shape}")
    axis %= x.ndim
    grid = [
        where if i == axis else np.arange(n).reshape([-1 if i == j else 1 for j in range(x.ndim)])
        for i, n in enumerate(x.shape)
    ]
    return getitem(x, tuple(grid))


@function
def sort(x: Any, axis: int | None = -1) -> Tensor:
    """The elements from the smallest to the largest along the axis (of all in a row, if None)."""
    (x,) = as_tensors(x)
    if axis is None:
        return sort(apply("reshape", x, shape=(-1,)))
    return take_along_axis(x, np.argsort(x.array, axis=axis, kind="stable"), axis)


@function
def top_k(x: Any, k: int, sorted: bool = True, is_stable: bool = True) -> tuple[Tensor, Tensor]:
    """The k largest elements of each row (along the last axis) and where they are, the largest first.

    Parameters
    ----------
    x : array
    k : int
    sorted, is_stable : bool
        Whether their order matters, and that of equal ones. They are sorted anyway, of equal ones the first first.

    Returns
    -------
    values, indices : Tensors, the latter int32
    """
    (x,) = as_tensors(x)
    if not x.ndim or not 0 <= k <= x.shape[-1]:
        raise ValueError(f"k must lie between 0 and the length of the last axis of x, of shape {x.shape}; got {k}")
    falling = x.shape[-1] - 1 - np.argsort(x.array[..., ::-1], axis=-1, kind="stable")[..., ::-1]
    where = falling[..., :k]
    return take_along_axis(x, where, -1), Tensor(where.astype(np.int32))


def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The sums of the rows of ``data`` that have the same id.

    Parameters
    ----------
    data : (rows, …)
    segment_ids : (rows,) integers
        Those outside [0, num_segments) are left out.
    num_segments : int, optional
        How many sums. Default: the largest id + 1.
    sorted : bool
        Whether the ids are in order, which changes nothing.

    Returns
    -------
    Tensor, (num_segments, …)
    """
    (data,) = as_tensors(data)
    ids = integers("segment_ids", segment_ids)
    if ids.shape != data.shape[:1]:
        raise ValueError(f"segment_ids must have shape {data.shape[:1]}, an id for each row of data; got {ids.shape}")
    count = (int(ids.max(initial=-1)) + 1) if num_segments is None else num_segments
    inside = (ids >= 0) & (ids < count)
    return apply("scatter", getitem(data, inside), shape=(count, *data.shape[1:]), key=ids[inside])
