"""The same numbers in other shapes: reshaped, transposed, joined, split."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.elementary import cast
from dlcore.autodiff.indexing import getitem
from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register, register_variadic

# --- Axes ---


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(i) for i in np.argsort([a % len(axes) for a in axes]))


register("reshape", lambda x, shape: x.reshape(shape), lambda g, y, x, shape: reshape(g, x.shape))
register("transpose", np.transpose, lambda g, y, x, axes: transpose(g, _inverse(axes)))


def reshape(x: Any, newshape: int | Sequence[int]) -> Tensor:
    """The same numbers in another shape; one length may be -1."""
    return apply("reshape", x, shape=(newshape,) if isinstance(newshape, int) else tuple(newshape))


def ravel(x: Any) -> Tensor:
    """The numbers along one axis."""
    return reshape(x, (-1,))


def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """The axes in another order: reversed, if None."""
    return apply("transpose", x, axes=None if axes is None else tuple(axes))


def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Two axes in each other's places."""
    (x,) = as_tensors(x)
    order = list(range(x.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose(x, order)


def moveaxis(x: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Axes moved to other places, the rest in their order."""
    (x,) = as_tensors(x)
    pairs = [(range(x.ndim)[d], range(x.ndim)[s]) for d, s in zip(_several(destination), _several(source), strict=True)]
    order = [i for i in range(x.ndim) if i not in {s for _, s in pairs}]
    for place, axis in sorted(pairs):
        order.insert(place, axis)
    return transpose(x, order)


def _several(axis: int | Sequence[int]) -> Sequence[int]:
    return (axis,) if isinstance(axis, int) else axis


def squeeze(x: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """Without the axes of length 1, or without those given, whose length must be 1."""
    (x,) = as_tensors(x)
    axes = axis if axis is None or isinstance(axis, int) else tuple(axis)
    return reshape(x, np.squeeze(x.array, axis=axes).shape)


def expand_dims(x: Any, axis: int | Sequence[int]) -> Tensor:
    """With axes of length 1 in the given places of the result."""
    (x,) = as_tensors(x)
    return reshape(x, np.expand_dims(x.array, axis if isinstance(axis, int) else tuple(axis)).shape)


# --- Joined ---


def _slice(position: int, g: Tensor, y: Tensor, *inputs: Tensor, axis: int) -> Tensor:
    """The part of the gradient that belongs to one of the arrays joined."""
    start = sum(x.shape[axis] for x in inputs[:position])
    x = inputs[position]
    part = g[(slice(None),) * (axis % x.ndim) + (slice(start, start + x.shape[axis]),)]
    return part if part.dtype == x.dtype else cast(part, x.dtype)


register_variadic("concatenate", lambda *arrays, axis: np.concatenate(arrays, axis), _slice)


def concatenate(xs: Sequence[Any], axis: int | None = 0) -> Tensor:
    """Arrays joined along an axis they have (laid out along one, if None)."""
    if axis is None:
        return apply("concatenate", *(ravel(x) for x in xs), axis=0)
    return apply("concatenate", *xs, axis=axis)


def stack(x: Sequence[Any], axis: int = 0) -> Tensor:
    """Arrays of one shape joined along a new axis.

    Raises
    ------
    ValueError
        If there are none, or shapes differ.
    """
    tensors = as_tensors(*x)
    if not tensors or any(t.shape != tensors[0].shape for t in tensors):
        raise ValueError(f"stack needs arrays of one shape; got {[t.shape for t in tensors]}")
    return concatenate([expand_dims(t, axis) for t in tensors], axis)


def hstack(xs: Sequence[Any]) -> Tensor:
    """Arrays side by side: joined along the second axis, or the first of vectors."""
    tensors = [x if x.ndim else reshape(x, (1,)) for x in as_tensors(*xs)]
    return concatenate(tensors, 0 if tensors and tensors[0].ndim == 1 else 1)


def vstack(xs: Sequence[Any]) -> Tensor:
    """Arrays above each other: joined along the first axis, vectors as rows."""
    return concatenate([x if x.ndim > 1 else reshape(x, (1, -1)) for x in as_tensors(*xs)])


def split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """The parts between the given places along the axis, or so many parts of equal length.

    Raises
    ------
    ValueError
        If the axis does not divide into so many.
    """
    (x,) = as_tensors(x)
    length = x.shape[axis]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1 or length % indices_or_sections:
            raise ValueError(f"split cannot cut axis {axis} of shape {x.shape} into {indices_or_sections} equal parts")
        step = length // indices_or_sections
        places = [step * i for i in range(1, indices_or_sections)]
    else:
        places = [int(i) for i in indices_or_sections]
    before = (slice(None),) * (axis % x.ndim)
    return [getitem(x, (*before, slice(a, b))) for a, b in zip([0, *places], [*places, length], strict=True)]


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The arrays along an axis, without that axis. ``num``, if given, must be its length."""
    (x,) = as_tensors(x)
    if num is not None and num != x.shape[axis]:
        raise ValueError(f"num must be the length of axis {axis} of shape {x.shape}; got {num}")
    before = (slice(None),) * (axis % x.ndim)
    return [getitem(x, (*before, i)) for i in range(x.shape[axis])]
