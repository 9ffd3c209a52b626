"""Larger arrays of the same numbers: repeated, padded, rolled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from dlcore.autodiff.elementary import add
from dlcore.autodiff.indexing import take
from dlcore.autodiff.shapes import reshape
from dlcore.autodiff.tracer import Tensor, apply, as_tensors


def tile(x: Any, repeats: int | Sequence[int]) -> Tensor:
    """Copies of the whole array side by side, so many along each axis."""
    (x,) = as_tensors(x)
    counts = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    ndim = max(x.ndim, len(counts))
    counts = (1,) * (ndim - len(counts)) + counts
    shape = (1,) * (ndim - x.ndim) + x.shape
    pairs = reshape(x, tuple(n for length in shape for n in (1, length)))
    wide = pairs * np.ones(tuple(n for count in counts for n in (count, 1)), x.dtype)
    return reshape(wide, tuple(count * length for count, length in zip(counts, shape, strict=True)))


def repeat(x: Any, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Every part along the axis so many times in a row (every number, if None)."""
    (x,) = as_tensors(x)
    length = x.size if axis is None else x.shape[axis]
    return take(x, np.repeat(np.arange(length), repeats), axis)


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """X with more numbers at its edges.

    Parameters
    ----------
    pad_width : int, (before, after), or such a pair for each axis
        How many.
    mode : str
        "constant", or one of NumPy's that copy: "reflect", "symmetric", "edge", "wrap".
    constant_values : number, optional
        What "constant" pads with; 0 if not given.

    Raises
    ------
    ValueError
        If the mode is unknown, or a constant is given where another mode takes none.
    """
    (x,) = (y,) = as_tensors(x)
    modes = ("constant", "reflect", "symmetric", "edge", "wrap")
    if mode not in modes:
        raise ValueError(f"mode must be one of {', '.join(modes)}; got {mode!r}")
    if constant_values is not None and mode != "constant":
        raise ValueError(f"constant_values is for mode 'constant'; got mode {mode!r}")
    widths = np.broadcast_to(np.asarray(pad_width, int), (x.ndim, 2)).tolist()
    if mode != "constant":
        for axis, width in enumerate(widths):
            places: Any = np.pad(np.arange(y.shape[axis]), width, mode=cast("Any", mode))
            y = take(y, places, axis)
        return y
    shape = tuple(a + n + b for (a, b), n in zip(widths, x.shape, strict=True))
    key = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.shape, strict=True))
    y = apply("scatter", x, shape=shape, key=key)
    if not constant_values:
        return y
    edge = np.full(shape, constant_values, x.dtype)
    edge[key] = 0
    return add(y, edge)


def roll(x: Any, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """X with its numbers moved along the axes; those beyond the end come back at the start."""
    (x,) = as_tensors(x)
    places = np.roll(np.arange(x.size).reshape(x.shape), shift, axis)
    return reshape(take(x, places.reshape(-1)), x.shape)
