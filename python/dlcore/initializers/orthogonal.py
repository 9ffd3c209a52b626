"""Orthogonal first values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import streams
from dlcore.floats import Array
from dlcore.initializers.distributions import RandomInitializer
from dlcore.initializers.initializer import dtype_of


class Orthogonal(RandomInitializer):
    """A random matrix with orthogonal columns of length ``gain``, or rows if there are fewer of these.

    More than two axes are taken as a matrix of the last axis. All orthogonal matrices are equally likely. The values
    are computed in float64 without LAPACK, which gives other bits on other machines. Source: Saxe et al., ICLR 2014.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """The matrix. Takes time with the cube of its size: about a second for 1000 × 1000.

        Raises
        ------
        ValueError
            If the shape has fewer than two axes.
        """
        if len(shape) < 2:
            raise ValueError(
                f"The tensor to initialize must be at least two-dimensional. Received: shape={tuple(shape)} "
                f"of rank {len(shape)}."
            )
        kind = dtype_of(dtype, "f")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q = _orthogonalized(streams.normal(self._next(), math.prod(tall)).reshape(tall))
        result: Array = (self.gain * (q if rows >= columns else q.T)).reshape(tuple(shape)).astype(kind)
        return result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "gain": self.gain}


def _orthogonalized(a: Array) -> Array:
    """The Q of a = QR with a positive diagonal of R, in place, by the modified Gram-Schmidt process.

    Only products, sums in a fixed order and square roots, which IEEE 754 settles to the bit. What the process loses of
    orthogonality, about 1e-16 times the condition of a, is nothing for a matrix of normal numbers.
    """
    for j in range(a.shape[1]):
        column, rest = a[:, j], a[:, j + 1 :]
        column /= math.sqrt(np.add.reduce(column * column))
        q = column[:, None]
        rest -= q * np.add.reduce(q * rest, axis=0)
    return a
