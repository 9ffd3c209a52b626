"""Functions of ``keras.ops`` that are short combinations of others, and so are differentiated as those are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.ops.polymorphism import polymorphic

__all__ = ["cumprod", "deg2rad", "hypot", "ptp", "rad2deg"]

Axis = int | Sequence[int] | None


@polymorphic
def hypot(x1: Any, x2: Any) -> Tensor:
    """The length √(x1² + x2²), without overflow; its derivatives at 0 are 0."""
    a, b = as_tensors(x1, x2)
    scale = np.maximum(np.abs(a.array), np.abs(b.array))
    usable = (scale > 0) & np.isfinite(scale)
    scale = np.where(usable, scale, 1).astype(scale.dtype)
    nothing = ((a.array == 0) & (b.array == 0)).astype(scale.dtype)
    root = autodiff.sqrt(autodiff.square(a / scale) + autodiff.square(b / scale) + nothing)
    length: Tensor = autodiff.multiply(root * (1 - nothing), scale)
    infinite = np.isinf(a.array) | np.isinf(b.array)
    found: Tensor = autodiff.where(infinite, np.asarray(np.inf, length.dtype), length)
    return found


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


@polymorphic
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running product along the axis (of all elements in a row, if None), in a dtype; zeros have derivatives."""
    (tensor,) = as_tensors(x) if dtype is None else (autodiff.cast(x, dtype),)
    if axis is None:
        tensor, axis = autodiff.ravel(tensor), 0
    y, shift = autodiff.moveaxis(tensor, axis, -1), 1
    while shift < y.shape[-1]:
        ones = np.ones((*y.shape[:-1], shift), y.dtype)
        y = autodiff.multiply(y, autodiff.concatenate([ones, y[..., :-shift]], -1))
        shift *= 2
    return autodiff.moveaxis(y, -1, axis)
