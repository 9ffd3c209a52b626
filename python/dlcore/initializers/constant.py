"""First values that are not random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.floats import Array, numbers
from dlcore.initializers.initializer import Initializer, dtype_of


class Zeros(Initializer):
    """All 0."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Zeros."""
        return np.zeros(shape, dtype_of(dtype))


class Ones(Initializer):
    """All 1."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Ones."""
        return np.ones(shape, dtype_of(dtype))


class Constant(Initializer):
    """All one value, or a given array (broadcast to the shape)."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """The value everywhere."""
        value = numbers("value", self.value).astype(dtype_of(dtype))
        try:
            result: Array = np.broadcast_to(value, tuple(shape)).copy()
        except ValueError as error:
            raise ValueError(f"value of shape {value.shape} does not fill the shape {tuple(shape)}") from error
        return result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"value": np.asarray(self.value).tolist()}


class Identity(Initializer):
    """The identity matrix times ``gain``; a matrix that is not square is filled up with zeros."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """The matrix.

        Raises
        ------
        ValueError
            If the shape is not that of a matrix.
        """
        if len(shape) != 2:
            raise ValueError(
                f"Identity matrix initializer can only be used for 2D matrices. Received: shape={tuple(shape)} "
                f"of rank {len(shape)}."
            )
        rows, columns = shape
        result: Array = (self.gain * np.eye(rows, columns)).astype(dtype_of(dtype))
        return result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"gain": self.gain}
