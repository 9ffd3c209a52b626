"""Penalties on weights or outputs that are added to the loss, with Keras's names: scalars that the tape follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.floats import floatx
from dlcore.naming import shown, snake_case
from dlcore.registry import Registry

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]

#: Rows or columns shorter than this are not brought to length 1 but multiplied by its inverse.
LEAST_NORM = 1e-7


class Regularizer:
    """Base class: subclasses define ``__call__(x)``, which gives a scalar, and, to be saved, ``get_config()``."""

    def __call__(self, x: Any) -> Any:  # noqa: ARG002 - for subclasses
        """The penalty of a weight or an output; 0 unless a subclass knows better."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        raise NotImplementedError(f"{type(self).__name__} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """The regularizer that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return shown(self)


def validate_float_arg(value: Any, name: str) -> float:
    """The factor of a penalty as a float.

    Raises
    ------
    ValueError
        If it is not a number, negative or not finite.
    """
    if not isinstance(value, (int, float, np.number)) or not 0 <= value < math.inf:
        raise ValueError(f"Invalid value for argument {name}: expected a non-negative float. Received: {name}={value}")
    return float(value)


def _floating(x: Any) -> Tensor:
    (tensor,) = as_tensors(x, name="x")
    return tensor if tensor.dtype.kind == "f" else autodiff.cast(tensor, floatx())


def _sum_of_absolutes(x: Tensor) -> Tensor:
    return autodiff.reduce_sum(autodiff.absolute(x))


def _sum_of_squares(x: Tensor) -> Tensor:
    return autodiff.reduce_sum(autodiff.square(x))


class L1(Regularizer):
    """The penalty l1 · Σ |x|, which drives weights to zero."""

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = validate_float_arg(0.01 if l1 is None else l1, "l1")

    def __call__(self, x: Any) -> Tensor:
        """The penalty, a scalar of x's dtype."""
        return self.l1 * _sum_of_absolutes(_floating(x))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"l1": self.l1}


class L2(Regularizer):
    """The penalty l2 · Σ x², which keeps weights small."""

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = validate_float_arg(0.01 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Tensor:
        """The penalty, a scalar of x's dtype."""
        return self.l2 * _sum_of_squares(_floating(x))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"l2": self.l2}


class L1L2(Regularizer):
    """The penalty l1 · Σ |x| + l2 · Σ x². Both factors are 0 unless given."""

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = validate_float_arg(0.0 if l1 is None else l1, "l1")
        self.l2 = validate_float_arg(0.0 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Tensor:
        """The penalty, a scalar of x's dtype."""
        x = _floating(x)
        total = Tensor(np.zeros((), x.dtype))
        if self.l1:
            total = total + self.l1 * _sum_of_absolutes(x)
        if self.l2:
            total = total + self.l2 * _sum_of_squares(x)
        return total

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"l1": self.l1, "l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean of |cos| of the angles between all pairs of rows (or of columns) of a matrix.

    Parameters
    ----------
    factor : float
    mode : "rows" or "columns"
        Which are to become orthogonal.

    Raises
    ------
    ValueError
        If factor is negative or not finite, or mode unknown.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = validate_float_arg(factor, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError(
                f'Invalid value for argument `mode`. Expected one of {{"rows", "columns"}}. Received: mode={mode}'
            )
        self.mode = mode

    def __call__(self, inputs: Any) -> Tensor:
        """The penalty, a scalar of the input's dtype; 0 if there are no pairs.

        Raises
        ------
        ValueError
            If the input is not a matrix.
        """
        x = _floating(inputs)
        if x.ndim != 2:
            raise ValueError(f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape={x.shape}")
        rows = x if self.mode == "rows" else x.T
        squares = autodiff.reduce_sum(autodiff.square(rows), axis=1, keepdims=True)
        # What is shorter than the least norm counts as that long, and a zero row has no gradient instead of NaN.
        short = squares.array < LEAST_NORM**2
        norms = autodiff.sqrt(squares + short) * ~short + LEAST_NORM * short.astype(x.dtype)
        unit = rows / norms
        size = x.shape[0] if self.mode == "rows" else x.shape[1]
        between = (unit @ unit.T) * (1 - np.eye(size, dtype=x.dtype))
        pairs = size * (size - 1) / 2
        return self.factor * 0.5 / max(pairs, 1) * _sum_of_absolutes(between)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"factor": self.factor, "mode": self.mode}


# Keras's other names for the classes.
l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

_registry = Registry("regularizer")
for _class in (Regularizer, L1, L2, L1L2, OrthogonalRegularizer):
    _registry.add(_class, snake_case(_class.__name__), *(("l1_l2", "l1l2") if _class is L1L2 else ()))


def get(identifier: Any) -> Callable[[Any], Any] | None:
    """A regularizer from a name ("l2", "L2"), a config, a class, or a function of x that gives a scalar.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    found: Callable[[Any], Any] | None = _registry.get(identifier)
    return found


def serialize(regularizer: Any) -> Any:
    """The class name and config of a regularizer."""
    return _registry.serialize(regularizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The regularizer that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
