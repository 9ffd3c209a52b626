"""Functions of ``keras.ops`` that are short combinations of others, and so are differentiated as those are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.ops.polymorphism import polymorphic

__all__ = ["deg2rad", "ptp", "rad2deg"]

Axis = int | Sequence[int] | None


@polymorphic
def deg2rad(x: Any) -> Tensor:
    """Degrees in radians."""
    return autodiff.multiply(x, np.pi / 180)


@polymorphic
def rad2deg(x: Any) -> Tensor:
    """Radians in degrees."""
    return autodiff.multiply(x, 180 / np.pi)


@polymorphic
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest number over the axes (all, if None) less the smallest."""
    return autodiff.subtract(autodiff.max(x, axis, keepdims), autodiff.min(x, axis, keepdims))
