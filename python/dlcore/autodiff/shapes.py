"""The same numbers in another shape, order or company."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.broadcasting import broadcast_to, like
from dlcore.autodiff.indexing import getitem
from dlcore.autodiff.seam import function, register
from dlcore.autodiff.tracer import Tensor, apply, as_tensors
from dlcore.floats import Array

Axes = int | Sequence[int]


def place(axis: int, ndim: int) -> int:
    """The axis counted from the front.

    Raises
    ------
    ValueError
        If there is no such axis.
    """
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis must lie in [{-ndim}, {ndim}); got {axis}")
    return int(axis) % ndim


def places(axis: Axes, ndim: int) -> tuple[int, ...]:
    """The axes counted from the front."""
    return tuple(place(a, ndim) for a in ([axis] if isinstance(axis, (int, np.integer)) else axis))


# --- Order of axes ---

register("reshape", lambda x, shape: x.reshape(shape), lambda g, y, x, shape: reshape(g, x.shape))
register(
    "transpose",
    np.transpose,
    lambda g, y, x, axes: transpose(g, None if axes is None else [int(i) for i in np.argsort(places(axes, x.ndim))]),
)


@function
def reshape(x: Any, newshape: Axes) -> Tensor:
    """The same numbers in another shape; one length may be -1."""
    shape = (newshape,) if isinstance(newshape, (int, np.integer)) else tuple(newshape)
    if any(n < -1 for n in shape) or shape.count(-1) > 1:
        raise ValueError(f"newshape must hold lengths, of which one may be unknown (-1); got {shape}")
    return apply("reshape", x, shape=shape)


@function
def ravel(x: Any) -> Tensor:
    """All elements along one axis."""
    return reshape(x, (-1,))


@function
def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """The axes in another order: reversed, if None."""
    return apply("transpose", x, axes=None if axes is None else tuple(axes))


@function
def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Two axes exchanged."""
    (x,) = as_tensors(x)
    order = list(range(x.ndim))
    first, second = place(axis1, x.ndim), place(axis2, x.ndim)
    order[first], order[second] = second, first
    return transpose(x, order)


@function
def moveaxis(x: Any, source: Axes, destination: Axes) -> Tensor:
    """Axes moved to other places, the rest in their order."""
    (x,) = as_tensors(x)
    taken, put = places(source, x.ndim), places(destination, x.ndim)
    if len(taken) != len(put):
        raise ValueError(f"source and destination must name as many axes; got {source} and {destination}")
    order = [i for i in range(x.ndim) if i not in taken]
    for where, axis in sorted(zip(put, taken, strict=True)):
        order.insert(where, axis)
    return transpose(x, order)


@function
def expand_dims(x: Any, axis: Axes) -> Tensor:
    """A new axis of length 1 at each place named, counted in the result."""
    (x,) = as_tensors(x)
    new = places(axis, x.ndim + np.size(axis))
    lengths = iter(x.shape)
    return reshape(x, [1 if i in new else next(lengths) for i in range(x.ndim + len(set(new)))])


@function
def squeeze(x: Any, axis: Axes | None = None) -> Tensor:
    """Without the axes of length 1, or those of them that are named.

    Raises
    ------
    ValueError
        If a named axis has another length.
    """
    (x,) = as_tensors(x)
    gone = {i for i, n in enumerate(x.shape) if n == 1} if axis is None else set(places(axis, x.ndim))
    if any(x.shape[i] != 1 for i in gone):
        raise ValueError(f"squeeze takes out axes of length 1; axis {axis} of an array of shape {x.shape} is longer")
    return reshape(x, [n for i, n in enumerate(x.shape) if i not in gone])


@function
def flip(x: Any, axis: Axes | None = None) -> Tensor:
    """The elements in reverse order along the axes (all, if None)."""
    (x,) = as_tensors(x)
    turned = range(x.ndim) if axis is None else places(axis, x.ndim)
    return getitem(x, tuple(slice(None, None, -1 if i in turned else 1) for i in range(x.ndim)))


# --- Putting together ---


def _piece(g: Tensor, y: Tensor, *inputs: Tensor, position: int, axis: int) -> Tensor:
    """The gradient of one of the arrays that were put together."""
    axis %= y.ndim
    start = math.fsum(x.shape[axis] for x in inputs[:position])
    piece = slice(int(start), int(start) + inputs[position].shape[axis])
    return like(getitem(g, (*(slice(None),) * axis, piece)), inputs[position])


register("concatenate", lambda *arrays, axis: np.concatenate(arrays, axis), each=_piece)


@function
def concatenate(xs: Sequence[Any], axis: int | None = 0) -> Tensor:
    """Arrays one after the other along an axis they have (None: all elements in a row)."""
    return apply("concatenate", *((ravel(x) for x in xs) if axis is None else xs), axis=axis or 0)


@function
def stack(x: Sequence[Any], axis: int = 0) -> Tensor:
    """Arrays of one shape one after the other along a new axis."""
    tensors = as_tensors(*x)
    if any(tensor.shape != tensors[0].shape for tensor in tensors):
        raise ValueError(f"stack takes arrays of one shape; got {', '.join(str(t.shape) for t in tensors)}")
    return concatenate([expand_dims(tensor, axis) for tensor in tensors], axis)


@function
def hstack(xs: Sequence[Any]) -> Tensor:
    """Arrays side by side: along the second axis, or the only one."""
    tensors = [t if t.ndim else reshape(t, (1,)) for t in as_tensors(*xs)]
    return concatenate(tensors, 0 if tensors[0].ndim == 1 else 1)


@function
def vstack(xs: Sequence[Any]) -> Tensor:
    """Arrays one below the other: along the first axis of two or more."""
    return concatenate([t if t.ndim > 1 else reshape(t, (1, -1)) for t in as_tensors(*xs)])


@function
def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """Two arrays one after the other: all elements in a row, if axis is None."""
    return concatenate([x1, x2], axis)


# --- Taking apart ---


@function
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """The array cut along an axis: into so many equal parts, or before the places listed.

    Raises
    ------
    ValueError
        If the parts would not be equal.
    """
    (x,) = as_tensors(x)
    axis = place(axis, x.ndim)
    length = x.shape[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        if indices_or_sections < 1 or length % indices_or_sections:
            raise ValueError(f"split cannot cut {length} places of axis {axis} into {indices_or_sections} equal parts")
        cuts = [i * (length // indices_or_sections) for i in range(indices_or_sections + 1)]
    else:
        cuts = [0, *(int(i) for i in indices_or_sections), length]
    before = (slice(None),) * axis
    return [getitem(x, (*before, slice(a, b))) for a, b in itertools.pairwise(cuts)]


@function
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The array taken apart along an axis, which the parts have no more."""
    (x,) = as_tensors(x)
    axis = place(axis, x.ndim)
    if num is not None and num != x.shape[axis]:
        raise ValueError(f"num must be {x.shape[axis]}, the length of axis {axis}; got {num}")
    return [getitem(x, (*(slice(None),) * axis, i)) for i in range(x.shape[axis])]


@function
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """The differences of neighbours along the axis, n times over."""
    x: Tensor = as_tensors(a)[0]
    before = (slice(None),) * place(axis, x.ndim)
    for _ in range(n):
        x = getitem(x, (*before, slice(1, None))) - getitem(x, (*before, slice(None, -1)))
    return x


# --- Repeating ---


@function
def tile(x: Any, repeats: Axes) -> Tensor:
    """The array repeated as a whole, so many times along each axis (the last ones, if fewer)."""
    (x,) = as_tensors(x)
    times = [repeats] if isinstance(repeats, (int, np.integer)) else list(repeats)
    times = [1] * (x.ndim - len(times)) + [int(n) for n in times]
    shape = [1] * (len(times) - x.ndim) + list(x.shape)
    pairs = list(zip(times, shape, strict=True))
    beside = broadcast_to(reshape(x, [m for n in shape for m in (1, n)]), [m for pair in pairs for m in pair])
    return reshape(beside, [t * n for t, n in pairs])


@function
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Each element repeated: so many times, or for each place along the axis its own number of times."""
    (x,) = as_tensors(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = place(axis, x.ndim)
    order = np.repeat(np.arange(x.shape[axis]), np.asarray(repeats))
    return getitem(x, (*(slice(None),) * axis, order))


@function
def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """The elements moved along the axis (of all in a row, if None), those pushed out coming in at the other end.

    Of several axes each has its own shift, or all the same.
    """
    rolled: Tensor = as_tensors(x)[0]
    if axis is None:
        return reshape(roll(ravel(rolled), shift, 0), rolled.shape)
    shifts, axes = np.broadcast_arrays(np.asarray(shift), np.asarray(axis))
    for by, along in zip(shifts.ravel().tolist(), axes.ravel().tolist(), strict=True):
        before = place(along, rolled.ndim)
        rolled = getitem(rolled, (*(slice(None),) * before, np.roll(np.arange(rolled.shape[before]), by)))
    return rolled


# --- Borders ---

register(
    "pad",
    lambda x, width, value: np.pad(x, width, constant_values=value),
    lambda g, y, x, width, value: getitem(
        g, tuple(slice(low, low + n) for (low, _), n in zip(width, x.shape, strict=True))
    ),
)


@function
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """The array with a border.

    Parameters
    ----------
    x : array
    pad_width : int, (before, after), or one of them for each axis
    mode : "constant", "edge", "reflect", "symmetric" or "wrap"
        What the border holds: a constant, or elements of x as :func:`numpy.pad` takes them.
    constant_values : number, optional
        Only with mode "constant". Default: 0.
    """
    modes = ("constant", "edge", "reflect", "symmetric", "wrap")
    if mode not in modes:
        raise ValueError(f"mode must be one of {', '.join(modes)}; got {mode!r}")
    if mode != "constant" and constant_values is not None:
        raise ValueError(f"constant_values must be None unless mode is 'constant'; got mode {mode!r}")
    padded: Tensor = as_tensors(x)[0]
    width = np.broadcast_to(np.asarray(pad_width, dtype=int), (padded.ndim, 2)).tolist()
    if mode == "constant":
        return apply("pad", padded, width=width, value=0 if constant_values is None else constant_values)
    for axis, (length, sides) in enumerate(zip(padded.shape, width, strict=True)):
        order: Array = np.pad(np.arange(length), sides, mode=mode)  # type: ignore[call-overload]
        padded = getitem(padded, (*(slice(None),) * axis, order))
    return padded
