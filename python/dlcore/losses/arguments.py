"""What the loss functions take: two arrays and an axis, made ready for a kernel that works on rows."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, broadcast_to, cast, loss, reshape, transpose
from dlcore.checks import number
from dlcore.floats import FLOATS, floatx
from dlcore.losses.reduction import as_dtype, squeeze_or_expand_to_same_rank

Axis = int | Sequence[int] | None


def prediction(y_pred: Any) -> Tensor:
    """The prediction as a Tensor of a dtype that kernels know, with at least one axis.

    Raises
    ------
    TypeError
        If it holds no real numbers.
    ValueError
        If it has no axis.
    """
    tensor = as_dtype("y_pred", y_pred, None)
    if tensor.ndim == 0:
        raise ValueError("y_pred must have at least one axis: (samples, columns), or the columns of one sample")
    return tensor if tensor.dtype.char in "fd" else cast(tensor, floatx())


def target(y_true: Any, dtype: Any) -> Tensor:
    """The targets as a Tensor of that dtype."""
    return as_dtype("y_true", y_true, dtype)


def pair(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Targets and prediction in one dtype and, by the rules of ranks and of broadcasting, one shape."""
    pred = prediction(y_pred)
    true, pred = squeeze_or_expand_to_same_rank(target(y_true, pred.dtype), pred)
    if true.shape == pred.shape:
        return true, pred
    try:
        shape = np.broadcast_shapes(true.shape, pred.shape)
    except ValueError:
        raise _mismatch(true, pred) from None
    return broadcast_to(true, shape), broadcast_to(pred, shape)


def equal_pair(y_true: Any, y_pred: Any, hint: str = "") -> tuple[Tensor, Tensor]:
    """The same, where shapes must be equal."""
    pred = prediction(y_pred)
    true, pred = squeeze_or_expand_to_same_rank(target(y_true, pred.dtype), pred)
    if true.shape != pred.shape:
        raise _mismatch(true, pred, hint)
    return true, pred


def _mismatch(true: Tensor, pred: Tensor, hint: str = "") -> ValueError:
    return ValueError(f"y_true and y_pred must have the same shape; got {true.shape} and {pred.shape}{hint}")


def axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes counted from the front; all of them, if None.

    Raises
    ------
    ValueError
        If there is no such axis, one is named twice, or it is no integer.
    """
    if axis is None:
        return tuple(range(ndim))
    named = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    found = tuple(int(a) + ndim if a < 0 else int(a) for a in named)
    if any(isinstance(a, bool) for a in named) or len(set(found)) < len(found) or any(not 0 <= a < ndim for a in found):
        raise ValueError(f"axis must name axes of y_pred, which has {ndim}, each once and as int; got {axis!r}")
    return found


def one_axis(axis: Any, ndim: int) -> int:
    """The one axis that holds the classes, counted from the front."""
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
        raise ValueError(f"axis must be an int; got {axis!r} of type {type(axis).__name__}")
    return axes(int(axis), ndim)[0]


def columns_last(x: Tensor, over: tuple[int, ...]) -> Tensor:
    """The axes ``over`` moved to the end and made one: the columns of a row."""
    if over == (x.ndim - 1,):
        return x
    rest = tuple(a for a in range(x.ndim) if a not in over)
    moved = transpose(x, (*rest, *over))
    return reshape(moved, (*moved.shape[: len(rest)], math.prod(x.shape[a] for a in over)))


def kernel_loss(kind: str, true: Tensor, pred: Tensor, parameter: float = 0.0) -> Tensor:
    """The kernel's value for each row of the last axis; labels have one axis less."""
    flat = math.prod(pred.shape[:-1]), pred.shape[-1]
    rows = flat if true.ndim == pred.ndim else flat[:1]
    return reshape(loss(reshape(true, rows), reshape(pred, flat), kind, parameter), pred.shape[:-1])


def smoothing(label_smoothing: Any) -> float:
    """Label smoothing, checked."""
    return number("label_smoothing", label_smoothing, 0, 1, open_high=False)


def with_suffix(kind: str, from_logits: bool) -> str:
    """Name of the kernel, which for logits is another one."""
    return kind + "_logits" if from_logits else kind


def warn_of_one_class(name: str, pred: Tensor, axis: int) -> None:
    """One class is no choice: who has one column most likely wants the binary loss."""
    if pred.shape[axis] == 1:
        warnings.warn(
            f"{name} expected y_pred.shape to be (batch_size, num_classes) with more than one class; got {pred.shape}. "
            "For two classes in one column, use binary_crossentropy",
            SyntaxWarning,
            stacklevel=3,
        )
