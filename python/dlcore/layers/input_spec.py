"""What a layer demands of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dlcore.layers.shapes import Shape


class InputSpec:
    """Demands on a layer's input; those left out are not made.

    Parameters
    ----------
    dtype : optional
    shape : tuple, optional
        Of the whole batch; None for a length that may vary.
    ndim, max_ndim, min_ndim : int, optional
        How many axes.
    axes : dict of int to int, optional
        Lengths of single axes; negative ones count from the end.
    allow_last_axis_squeeze : bool
        Whether a last axis of length 1 may be there or not.
    name : str, optional
        Shown in errors.
    optional : bool
        Whether the input may be None.

    Raises
    ------
    TypeError, ValueError
        If axes is no dict of integers, or names one that cannot be.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else np.dtype(dtype).name
        self.shape: Shape | None = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.name, self.optional = name, optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            self.axes = {int(axis): length for axis, length in dict(axes or {}).items()}
        except (ValueError, TypeError) as error:
            raise TypeError(f"Argument `axes` must be a dict with integer keys. Received: axes={axes}") from error
        most = self.ndim if self.ndim is not None else self.max_ndim
        if self.axes and most is not None and max(self.axes) > most - 1:
            raise ValueError(f"Axis {max(self.axes)} is greater than the maximum allowed value: {most - 1}")

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return f"InputSpec({', '.join(f'{n}={value}' for n in names if (value := getattr(self, n)))})"

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "allow_last_axis_squeeze", "optional")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """The spec that ``get_config`` described."""
        return cls(**config)

    def accepts(self, shape: Shape) -> bool:
        """Whether inputs may have that shape."""
        ndim = len(shape)
        if not self.allow_last_axis_squeeze and self.ndim is not None and ndim != self.ndim:
            return False
        if (self.max_ndim is not None and ndim > self.max_ndim) or (self.min_ndim is not None and ndim < self.min_ndim):
            return False
        for axis, length in self.axes.items():
            if not -ndim <= axis < ndim or not _may_be(length, shape[axis]):
                return False
        if self.shape is None:
            return True
        wanted = self.shape
        if self.allow_last_axis_squeeze:
            wanted, shape = (s[:-1] if s and s[-1] == 1 else s for s in (wanted, shape))
        return len(wanted) == len(shape) and all(map(_may_be, wanted, shape))

    def wanted(self, ndim: int) -> str:
        """The shape that is asked for, as far as it is, of inputs with about that many axes."""
        if self.shape is not None:
            return _written(list(self.shape))
        ndim = max(ndim if self.ndim is None else self.ndim, self.min_ndim or 0, 1)
        ndim = ndim if self.max_ndim is None else min(ndim, self.max_ndim)
        lengths: list[Any] = [None] * ndim
        for axis, length in self.axes.items():
            if -ndim <= axis < ndim:
                lengths[axis] = length
        return _written(lengths)


class Shaped(NamedTuple):
    """A shape in the place of a tensor."""

    shape: Shape


def _may_be(wanted: int | None, found: int | None) -> bool:
    return wanted is None or found is None or wanted == found


def _written(lengths: Any) -> str:
    """A shape with words for what may vary."""
    names = ["rows", "columns"] if len(lengths) <= 2 else ["rows", *["any"] * (len(lengths) - 1)]
    words = [name if length is None else str(length) for name, length in zip(names, lengths, strict=False)]
    return "(" + ", ".join(words) + ("," if len(words) == 1 else "") + ")"


def check_input(spec: Any, value: Any, layer: str) -> None:
    """Check an input, or a list or dict of them, against a spec or as many specs.

    ``value`` holds what has a shape, and may have a dtype.

    Raises
    ------
    ValueError
        If the layer does not take it: layer, expected and given shape are named.
    """
    specs = list(spec) if isinstance(spec, (list, tuple)) else [spec]
    values = list(value) if isinstance(value, (list, tuple)) and not isinstance(value, Shaped) else [value]
    if isinstance(value, dict):
        names = [one.name for one in specs]
        missing = [name for name in names if name not in value] if all(names) else []
        if missing:
            raise ValueError(
                f'Missing data for input "{missing[0]}" of layer {layer!r}. You passed a data dictionary with keys '
                f"{list(value)}. Expected the following keys: {names}"
            )
        values = [value[name] for name in names] if all(names) else list(value.values())
    if len(values) != len(specs):
        raise ValueError(f"Layer {layer!r} expects {len(specs)} input(s), but it received {len(values)} input tensors")
    for one, given in zip(specs, values, strict=True):
        if one is not None and not (given is None and one.optional):
            _check(one, given, layer)


def _check(spec: InputSpec, given: Any, layer: str) -> None:
    if not hasattr(given, "shape"):
        raise ValueError(f"Inputs to a layer should be tensors. Got {given!r} as input for layer {layer!r}")
    shape = tuple(given.shape)
    if not spec.accepts(shape):
        found = _written([None if 0 not in spec.axes and spec.shape is None else shape[0], *shape[1:]] if shape else [])
        raise ValueError(
            f"layer {layer!r} takes inputs of shape {spec.wanted(len(shape))}; got {found}, which is incompatible with "
            f"the layer"
        )
    if spec.dtype is not None and getattr(given, "dtype", spec.dtype) != spec.dtype:
        raise ValueError(
            f"layer {layer!r} takes inputs of dtype {spec.dtype}; got {given.dtype}, incompatible with the layer"
        )
