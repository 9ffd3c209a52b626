"""What initializers have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.floats import Array, floatx
from dlcore.naming import shown


class Initializer:
    """Base class: subclasses define ``__call__(shape, dtype=None)`` and, to be saved, ``get_config()``."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """An array of that shape and dtype (default: ``floatx()``)."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype)")

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """The initializer that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return shown(self)

    def clone(self) -> Initializer:
        """Another one with the same arguments; without a seed it gives other random numbers."""
        return self.from_config(self.get_config())


def dtype_of(dtype: Any, kinds: str = "fiub") -> np.dtype[Any]:
    """The dtype of first values; None is ``floatx()``.

    Raises
    ------
    ValueError
        If it is of none of the kinds (NumPy's letters).
    """
    try:
        found: np.dtype[Any] = np.dtype(floatx() if dtype is None else dtype)
    except TypeError as error:
        raise ValueError(f"dtype must be the name of a dtype; got {dtype!r}") from error
    if found.kind not in kinds:
        wanted = "floating" if kinds == "f" else "numeric or boolean"
        raise ValueError(f"dtype must be {wanted}; got {found.name}")
    return found
