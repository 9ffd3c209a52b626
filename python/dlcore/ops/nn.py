"""``keras.ops``'s functions of neural networks that are no kernels: normalization and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.contract import EPSILON
from dlcore.ops.polymorphism import polymorphic

__all__ = [
    "batch_normalization", "layer_normalization", "moments", "multi_hot", "normalize", "one_hot",
    "rms_normalization",
]  # fmt: skip

Axis = int | Sequence[int]

one_hot = polymorphic(autodiff.one_hot)
multi_hot = polymorphic(autodiff.multi_hot)
moments = polymorphic(autodiff.moments)


@polymorphic
def normalize(x: Any, axis: Axis | None = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """X over its norm along the axis (all, if None), which counts as ``epsilon`` (1e-7) at least."""
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"order must be a whole number from 1 on; got {order!r}")
    (x,) = as_tensors(x)
    length = autodiff.norm2(x, axis, keepdims=True) if order == 2 else autodiff.norm(x, order, axis, keepdims=True)
    return autodiff.divide(x, autodiff.maximum(length, EPSILON if epsilon is None else epsilon))


@polymorphic
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) · scale + offset, the four holding a number for each place of the axis."""
    (x,) = as_tensors(x)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]

    def along(values: Any) -> Tensor:
        return autodiff.reshape(values, shape)

    factor = autodiff.rsqrt(autodiff.add(along(variance), epsilon))
    if scale is not None:
        factor = factor * along(scale)
    y: Tensor = (x - along(mean)) * factor
    return y if offset is None else y + along(offset)


@polymorphic
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Axis = -1, epsilon: float | None = None
) -> Tensor:
    """X less its mean over the axes, over its standard deviation, times gamma plus beta.

    ``epsilon`` (1e-7) is added to the variance.
    """
    (x,) = as_tensors(x)
    mean, variance = autodiff.moments(x, axis, keepdims=True)
    y = (x - mean) * autodiff.rsqrt(variance + (EPSILON if epsilon is None else epsilon))
    return _scaled(y, gamma, beta, axis)


@polymorphic
def rms_normalization(x: Any, scale: Any = None, axis: Axis = -1, epsilon: float | None = None) -> Tensor:
    """X over the root of its mean square over the axes, times scale; ``epsilon`` (1e-7) is added to the mean."""
    (x,) = as_tensors(x)
    mean = autodiff.mean(autodiff.square(x), axis, keepdims=True)
    return _scaled(x * autodiff.rsqrt(mean + (EPSILON if epsilon is None else epsilon)), scale, None, axis)


def _scaled(y: Tensor, gamma: Any, beta: Any, axis: Axis) -> Tensor:
    """Y · gamma + beta, the two shaped like the axes."""
    axes = {int(a) % y.ndim for a in ([axis] if isinstance(axis, int) else axis)}
    shape = [n if i in axes else 1 for i, n in enumerate(y.shape)]
    if gamma is not None:
        y = y * autodiff.reshape(gamma, shape)
    return y if beta is None else y + autodiff.reshape(beta, shape)
