"""Bounds on gradients before they are applied."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dlcore.backends import get_backend
from dlcore.checks import number
from dlcore.floats import Array


class _Bounds(NamedTuple):
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None


class Clipping(_Bounds):
    """At most one bound: on the norm of each gradient, on each element, or on the norm of all together."""

    __slots__ = ()

    def __new__(
        cls,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
    ) -> Clipping:
        """Check the bounds.

        Raises
        ------
        ValueError
            If more than one is given, or one is not above 0.
        """
        bounds = super().__new__(cls, clipnorm, clipvalue, global_clipnorm)
        given = {name: bound for name, bound in bounds._asdict().items() if bound is not None}
        if len(given) > 1:
            raise ValueError(f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be given; got {given}")
        for name, bound in given.items():
            number(name, bound, 0, open_low=True)
        return bounds

    def __bool__(self) -> bool:
        """Whether there is a bound."""
        return any(bound is not None for bound in self)

    def apply(self, gradients: Sequence[Array]) -> list[Array]:
        """The gradients within the bound; the arrays given are not changed."""
        if self.clipvalue is not None:
            return [np.asarray(np.clip(g, -self.clipvalue, self.clipvalue)) for g in gradients]
        if self.clipnorm is not None:
            return [_scaled(g, self.clipnorm, _norm([g])) for g in gradients]
        if self.global_clipnorm is not None:
            norm = _norm(gradients)
            return [_scaled(g, self.global_clipnorm, norm) for g in gradients]
        return list(gradients)


def _norm(gradients: Sequence[Array]) -> float:
    """The Euclidean norm of all elements, the same that a fused engine finds."""
    return math.sqrt(sum(map(get_backend().sum_of_squares, map(np.ascontiguousarray, gradients))))


def _scaled(gradient: Array, bound: float, norm: float) -> Array:
    return np.asarray(gradient * gradient.dtype.type(bound / norm)) if norm > bound else gradient
