"""Parts of an array, chosen by place or by order."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.arraylike import plain
from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register
from dlcore.floats import Array

_BASIC = (int, slice, type(None), type(Ellipsis))


def _scatter(g: Array, shape: tuple[int, ...], key: Any) -> Array:
    """Zeros of a shape with g added in the places of a key, which may name a place twice."""
    result = np.zeros(shape, g.dtype)
    if all(isinstance(part, _BASIC) for part in (key if isinstance(key, tuple) else (key,))):
        result[key] = g
    else:
        np.add.at(result, key, g)
    return result


register("getitem", lambda x, key: x[key], lambda g, y, x, key: apply("scatter", g, shape=x.shape, key=key))
register("scatter", _scatter, lambda g, y, x, shape, key: g[key])


def getitem(x: Any, key: Any) -> Tensor:
    """The part ``x[key]``, for every key that NumPy takes; Tensors may be part of it."""
    return as_tensors(x)[0][key]


def _indices(indices: Any) -> Array:
    found: Array = np.asarray(plain(indices))
    if found.dtype.kind not in "iu":
        if found.size and not np.array_equal(found, found.astype(np.int64)):
            raise TypeError(f"indices must be whole numbers; got dtype {found.dtype}")
        found = found.astype(np.int64)
    return found


def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The parts of x in the given places of an axis (of x laid out along one, if None)."""
    (x,) = as_tensors(x)
    if axis is None:
        return getitem(apply("reshape", x, shape=(-1,)), _indices(indices))
    return getitem(x, (slice(None),) * range(x.ndim)[axis] + (_indices(indices),))


def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """One number for each index, from the axis's row in which the index stands (as argsort gives them)."""
    (x,), places = as_tensors(x), _indices(indices)
    if axis is None:
        return take_along_axis(apply("reshape", x, shape=(-1,)), places.reshape(-1), 0)
    if places.ndim != x.ndim:
        raise ValueError(f"indices must have as many axes as x; got shapes {places.shape} and {x.shape}")
    key: list[Array] = [
        np.arange(n).reshape([-1 if i == k else 1 for i in range(x.ndim)]) for k, n in enumerate(x.shape)
    ]
    key[axis] = places
    return getitem(x, tuple(key))


def flip(x: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """The numbers along the axes (all, if None) from the last to the first."""
    (x,) = as_tensors(x)
    places = np.arange(x.ndim)[slice(None) if axis is None else list(np.atleast_1d(axis))]
    return getitem(x, tuple(slice(None, None, -1) if i in places else slice(None) for i in range(x.ndim)))


def sort(x: Any, axis: int | None = -1) -> Tensor:
    """The numbers along the axis in ascending order (all in a row, if None)."""
    (x,) = as_tensors(x)
    if axis is None:
        return sort(apply("reshape", x, shape=(-1,)), 0)
    return take_along_axis(x, np.argsort(x.array, axis=axis, kind="stable"), axis)
