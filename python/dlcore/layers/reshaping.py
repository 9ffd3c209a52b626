"""Layers that arrange the numbers of a row anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dlcore.autodiff import Tensor, broadcast_to, reshape, transpose
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.network import LayerSpec
from dlcore.layers.input_spec import InputSpec
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape


class Flatten(Layer):
    """All numbers of a row along one axis.

    Parameters
    ----------
    data_format : "channels_last" or "channels_first", optional
        With channels first, axis 1 goes to the end before.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ValueError(
                "The `data_format` argument must be one of `channels_first`, `channels_last`. Received: "
                f"data_format={data_format!r}"
            )
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Tensor:
        """The rows (rows, numbers)."""
        (x,) = as_tensors(inputs)
        if self.data_format == "channels_first" and x.ndim > 2:
            x = transpose(x, (0, *range(2, x.ndim), 1))
        return reshape(x, (x.shape[0], math.prod(x.shape[1:])))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(rows, numbers)."""
        known = [n for n in input_shape[1:] if n is not None]
        return (input_shape[0], math.prod(known) if len(known) == len(input_shape) - 1 else None)

    def describe(self, chain: list[LayerSpec]) -> None:
        """Nothing to compute: matrices are flat already, and data can be read as if they were."""
        axes = None if self._build_input_shape is None else len(self._build_input_shape)
        if self.data_format == "channels_first" and axes not in (1, 2):
            super().describe(chain)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "data_format": self.data_format}


class Reshape(Layer):
    """Rows in another shape.

    Parameters
    ----------
    target_shape : tuple of int
        Of a row, without the batch; one length may be -1, and is what is left.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        if any(n < -1 for n in self.target_shape):
            raise ValueError(f"Lengths must be non-negative integers or -1. Received: target_shape={target_shape}")
        if self.target_shape.count(-1) > 1:
            raise ValueError(f"There must be at most one unknown dimension (-1). Received: target_shape={target_shape}")
        self._build_at_init()

    def call(self, inputs: Any) -> Tensor:
        """The rows in their new shape."""
        (x,) = as_tensors(inputs)
        return reshape(x, (len(x), *self._row(x.shape[1:])))

    def _row(self, row: Shape) -> tuple[Any, ...]:
        """The new shape of a row of that shape."""
        if None in row:
            return tuple(None if n == -1 else n for n in self.target_shape)
        size, fixed = math.prod(row), math.prod(n for n in self.target_shape if n != -1)  # type: ignore[arg-type]
        rest, over = divmod(size, fixed) if fixed else (0, size)
        if over or (rest != 1 and -1 not in self.target_shape and size != fixed):
            raise ValueError(
                f"The total size of the tensor must be unchanged. Received: input_shape={row}, "
                f"target_shape={self.target_shape}"
            )
        return tuple(rest if n == -1 else n for n in self.target_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The rows and their new shape."""
        return (input_shape[0], *self._row(tuple(input_shape[1:])))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """The axes of a row in another order.

    Parameters
    ----------
    dims : tuple of int
        The axes, from 1 on: (2, 1) swaps two.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received dims={dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Any) -> Tensor:
        """The rows with their axes in that order."""
        return transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The lengths in that order."""
        return (input_shape[0], *(input_shape[i] for i in self.dims))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """Each row n times, along a new axis 1.

    Parameters
    ----------
    n : int
        How often.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(f"Expected an integer value for `n`, got {type(n)}.")
        if n <= 0:
            raise ValueError(f"Argument `n` should be a positive integer. Received: n={n}")
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Any) -> Tensor:
        """The rows (rows, n, columns)."""
        (x,) = as_tensors(inputs)
        rows, columns = x.shape
        return broadcast_to(reshape(x, (rows, 1, columns)), (rows, self.n, columns))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(rows, n, columns)."""
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "n": self.n}
