"""Shapes, and structures of tensors: what a layer is called with may be one tensor, or a list or dict of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors

#: A shape whose first length, the rows of the batch, is open.
Shape: TypeAlias = tuple[int | None, ...]


def batch_shape(row: Any) -> Shape:
    """The shape (None, …) of a batch whose rows have this shape; None stands for a length that may vary.

    Raises
    ------
    ValueError
        If a length is not a whole number above 0.
    """
    lengths = (row,) if isinstance(row, (int, np.integer)) else tuple(row)
    if not all(n is None or (isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0) for n in lengths):
        raise ValueError(f"a shape is a tuple of whole numbers above 0; got {row!r}")
    return (None, *(None if n is None else int(n) for n in lengths))


def is_shape(value: Any) -> bool:
    """Whether this is one shape, not a structure of them."""
    return isinstance(value, (tuple, list)) and all(n is None or isinstance(n, (int, np.integer)) for n in value)


def map_structure(function: Callable[[Any], Any], value: Any) -> Any:
    """The function of every entry of lists, tuples and dicts within one another."""
    if isinstance(value, dict):
        return {key: map_structure(function, entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([map_structure(function, entry) for entry in value])
    return function(value)


def map_shapes(function: Callable[[Shape], Any], shapes: Any) -> Any:
    """The function of every shape of a structure of shapes."""
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {key: map_shapes(function, entry) for key, entry in shapes.items()}
    return None if shapes is None else type(shapes)([map_shapes(function, entry) for entry in shapes])


def flatten(value: Any) -> Iterator[Any]:
    """The entries of a structure."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for entry in value:
            yield from flatten(entry)
    else:
        yield value


def shape_of(value: Any) -> Any:
    """The shape of every tensor in a structure; None for what has none."""
    return map_structure(lambda entry: tuple(entry.shape) if hasattr(entry, "shape") else None, value)


def axis_in(axis: int, shape: Sequence[int | None]) -> int:
    """The axis counted from the front.

    Raises
    ------
    ValueError
        If the shape has no such axis.
    """
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"Axis {axis} is out of bounds for input shape {tuple(shape)}. Received: axis={axis}")
    return axis % len(shape)


def arrays_in(value: Any) -> Any:
    """A structure of tensors as it is, with lists of numbers, which are one array, for one entry each."""
    if isinstance(value, dict):
        return {key: arrays_in(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)) and not any(hasattr(entry, "shape") for entry in flatten(value)):
        return value if any(entry is None for entry in flatten(value)) else np.asarray(as_tensors(value)[0].array)
    return value


def zeros_of(shape: Shape, length: int, dtype: Any) -> Tensor:
    """Zeros of a shape, with this length for those that may vary."""
    return Tensor(np.zeros([length if n is None else n for n in shape], dtype))


def merged(first: Any, second: Any) -> Any:
    """Two structures of shapes as one, with None for the lengths in which they differ."""
    if is_shape(first):
        return tuple(a if a == b else None for a, b in zip(first, second, strict=True))
    if isinstance(first, dict):
        return {key: merged(first[key], second[key]) for key in first}
    return type(first)([merged(a, b) for a, b in zip(first, second, strict=True)])
