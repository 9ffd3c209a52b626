"""How an activation takes its argument and reaches a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.floats import FLOATS, Array, floatx


def floating(x: Any) -> tuple[Tensor, Any]:
    """X in a dtype that kernels know, and the dtype that the result is to have: float16 is computed in float32.

    Raises
    ------
    TypeError
        If x holds no real numbers.
    """
    (given,) = as_tensors(x, name="x")
    if given.dtype.char in "fd":
        return given, given.dtype
    if given.dtype.name == "float16":
        return autodiff.cast(given, "float32"), given.dtype
    return autodiff.cast(given, floatx()), floatx()


def finished(y: Tensor, dtype: Any) -> Tensor:
    """The result in its dtype; see :func:`floating`."""
    return y if y.dtype == dtype else autodiff.cast(y, dtype)


def through_kernel(x: Any, kind: str, alpha: float | None = None) -> Tensor:
    """The activation of :data:`dlcore.backends.contract.ACTIVATIONS` of that name, with its parameter."""
    x, dtype = floating(x)
    return finished(autodiff.activation(x, kind, alpha), dtype)


def replaced(x: Tensor, where: Array, by: float) -> Tensor:
    """X with another number in some places, to which no gradient flows: not even from an infinity."""
    kept = autodiff.apply("scatter", x[~where], shape=x.shape, key=~where)
    return kept + (where * by).astype(x.dtype) if by else kept


def axes_of(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """The axes counted from the front; None is all.

    Raises
    ------
    ValueError
        If x has no such axis, or one is named twice.
    """
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    found = tuple(a + ndim if a < 0 else a for a in axes)
    if not all(0 <= a < ndim for a in found) or len(set(found)) < len(found):
        raise ValueError(f"axis must name axes of x, each once: x has {ndim}; got {axis}")
    return found
