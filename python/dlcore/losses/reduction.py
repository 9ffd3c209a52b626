"""From the values of the samples to the loss: ranks made equal, masks, weights, reductions; the rules are Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, cast, reduce_sum, reshape
from dlcore.autodiff.tracer import Differentiable, as_tensors
from dlcore.floats import Array

#: How the values of the samples become one number.
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def standardize_reduction(reduction: Any) -> str | None:
    """The reduction itself.

    Raises
    ------
    ValueError
        If it is none of :data:`REDUCTIONS`.
    """
    if reduction not in REDUCTIONS:
        known = ", ".join(map(repr, REDUCTIONS))
        raise ValueError(f"Invalid value for argument reduction: must be one of {known}; got {reduction!r}")
    found: str | None = reduction
    return found


def squeeze_or_expand_to_same_rank(x1: Any, x2: Any, expand_rank_1: bool = True) -> tuple[Tensor, Tensor]:
    """Both in one rank, where they differ by a last axis of length 1.

    The axis is dropped from the one that has it; but if the other has a single axis and ``expand_rank_1``, that one
    gets it.
    """
    x1, x2 = as_tensors(x1, x2)
    if x1.ndim == x2.ndim + 1:
        x2, x1 = _same_rank(x2, x1, expand_rank_1)
    elif x2.ndim == x1.ndim + 1:
        x1, x2 = _same_rank(x1, x2, expand_rank_1)
    return x1, x2


def _same_rank(small: Tensor, large: Tensor, expand: bool) -> tuple[Tensor, Tensor]:
    if large.shape[-1] != 1:
        return small, large
    if small.ndim == 1 and expand:
        return reshape(small, (*small.shape, 1)), large
    return small, reshape(large, large.shape[:-1])


def mask_of(x: Any) -> Array | None:
    """Which samples of a Tensor count, if something has marked them: an array of bools."""
    mask = getattr(x, "_keras_mask", None)
    return None if mask is None else np.asarray(mask, bool)


def masked(x: Tensor, mask: Any) -> Tensor:
    """The Tensor, marked: a loss averages over the samples where the mask holds."""
    x._keras_mask = mask
    return x


def reduce_weighted_values(
    values: Any, sample_weight: Any = None, mask: Any = None, reduction: str | None = "sum_over_batch_size"
) -> Tensor:
    """The values times their weights, reduced.

    Parameters
    ----------
    values : Tensor
        A value for each sample.
    sample_weight : Tensor, optional
        Of a shape that broadcasts with that of the values, give or take a last axis of length 1.
    mask : array of bools, optional
        Which values count: means are over these.
    reduction : str or None
        One of :data:`REDUCTIONS`.

    Returns
    -------
    Tensor
        A number, or a value for each sample without reduction.
    """
    values = as_tensors(values)[0]
    weight = _merged(sample_weight, mask, values.dtype, reduction)
    if weight is not None:
        values, weight = squeeze_or_expand_to_same_rank(values, weight)
        try:
            np.broadcast_shapes(values.shape, weight.shape)
        except ValueError:
            raise ValueError(
                f"sample_weight must have the shape {values.shape}, a weight a sample, or one that broadcasts with it; "
                f"got {weight.shape}"
            ) from None
        values = values * weight
    if reduction in (None, "none") or values.ndim == 0:
        result: Tensor = values
        return result
    total = reduce_sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weight is not None:
        return _share(total, reduce_sum(weight))
    return total / float(values.size) if values.size else total


def _share(total: Tensor, divisor: Tensor) -> Tensor:
    return total / divisor if divisor.array else total * 0


def _merged(sample_weight: Any, mask: Any, dtype: Any, reduction: str | None) -> Tensor | None:
    """Weights and mask as one: in means, what counts weighs so much more that dividing by all is dividing by it."""
    weight = None if sample_weight is None else _as(as_tensors(sample_weight)[0], dtype)
    if mask is None:
        return weight
    counts = np.asarray(mask, bool)
    share = counts.size / max(counts.sum(), 1) if reduction in ("mean", "sum_over_batch_size") else 1.0
    factor = Tensor((counts * share).astype(dtype))
    if weight is None:
        return factor
    factor, weight = squeeze_or_expand_to_same_rank(factor, weight)
    return weight * factor


def _as(x: Tensor, dtype: Any) -> Tensor:
    return x if x.dtype == dtype else cast(x, dtype)


def as_dtype(name: str, x: Any, dtype: Any) -> Tensor:
    """The numbers as a Tensor of that dtype (of their own, if None), still on the tape and marked if they were.

    Raises
    ------
    TypeError
        If there are no real numbers, or a list of Tensors.
    """
    if isinstance(x, (list, tuple)) and any(isinstance(value, Differentiable) for value in x):
        raise TypeError(f"{name} must be one array; got a list of Tensors")
    tensor = as_tensors(x, name=name)[0]
    result = tensor if dtype is None else _as(tensor, dtype)
    mask = mask_of(x)
    return result if mask is None or result is x else masked(result, mask)
