"""What weights are brought back to after each step of training, with Keras's names: functions of an array."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.checks import number
from dlcore.floats import Array, floatx, numbers
from dlcore.naming import shown, snake_case
from dlcore.registry import Registry

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]

#: Added to norms before something is divided by them.
EPSILON = 1e-7

Axes = int | Sequence[int]


class Constraint:
    """Base class: subclasses define ``__call__(w)``, which gives the array that is allowed, and ``get_config()``."""

    def __call__(self, w: Any) -> Any:
        """The weight itself, unless a subclass knows better."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """The constraint that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return shown(self)


def _floating(w: Any) -> Array:
    array = numbers("w", w)
    return array if array.dtype.kind == "f" else array.astype(floatx())


def _norms(w: Array, axis: Axes) -> Array:
    """Lengths along the axes, which stay with length 1."""
    axes = tuple(axis) if isinstance(axis, Sequence) else axis
    lengths: Array = np.sqrt(np.sum(np.square(w), axis=axes, keepdims=True))
    return lengths


class NonNeg(Constraint):
    """Negative weights become 0."""

    def __call__(self, w: Any) -> Array:
        """The weights that are allowed, a new array."""
        result: Array = np.maximum(numbers("w", w), 0)
        return result


class UnitNorm(Constraint):
    """Weights along the axis (0: those into a unit of a Dense layer) have length 1."""

    def __init__(self, axis: Axes = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Array:
        """The weights that are allowed, a new array."""
        w = _floating(w)
        result: Array = w / (_norms(w, self.axis) + w.dtype.type(EPSILON))
        return result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Weights along the axis have a length between two bounds.

    Parameters
    ----------
    min_value, max_value : float
        The bounds.
    rate : float
        How far the length moves to where it should be: 1 is all the way.
    axis : int or sequence of int
        0: the weights into a unit of a Dense layer.

    Raises
    ------
    TypeError, ValueError
        If a bound is not a number or negative, or rate not in [0, 1].
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axes = 0) -> None:
        self.min_value, self.max_value = number("min_value", min_value, 0), number("max_value", max_value, 0)
        self.rate, self.axis = number("rate", rate, 0, 1, open_high=False), axis

    def __call__(self, w: Any) -> Array:
        """The weights that are allowed, a new array."""
        w = _floating(w)
        norms = _norms(w, self.axis)
        wanted = np.clip(norms, self.min_value, self.max_value)
        if self.rate != 1:
            wanted = self.rate * wanted + (1 - self.rate) * norms
        result: Array = w * (wanted / (norms + w.dtype.type(EPSILON)))
        return result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


class MaxNorm(MinMaxNorm):
    """Weights along the axis are no longer than ``max_value``. Source: Srivastava et al., JMLR 2014."""

    def __init__(self, max_value: float = 2, axis: Axes = 0) -> None:
        super().__init__(0.0, max_value, axis=axis)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"max_value": self.max_value, "axis": self.axis}


# Keras's other names for the classes.
max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

_registry = Registry("constraint")
for _class in (Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm):
    _registry.add(_class, snake_case(_class.__name__))


def get(identifier: Any) -> Callable[[Any], Any] | None:
    """A constraint from a name ("max_norm", "MaxNorm"), a config, a class, or a function of an array.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    found: Callable[[Any], Any] | None = _registry.get(identifier)
    return found


def serialize(constraint: Any) -> Any:
    """The class name and config of a constraint."""
    return _registry.serialize(constraint)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The constraint that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
