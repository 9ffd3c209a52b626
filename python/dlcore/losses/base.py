"""What a loss is: a value for each sample, weighted, reduced to one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, cast, reduce_sum
from dlcore.autodiff.tracer import Differentiable, as_tensors
from dlcore.floats import Array, float_dtype, numbers
from dlcore.naming import auto_name, snake_case
from dlcore.registry import unknown_name

#: How the values of the samples become one number.
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Loss:
    """Base class of the losses; subclasses define ``call(y_true, y_pred)``.

    Parameters
    ----------
    name : str, optional
        Default: the class's name in snake case.
    reduction : str or None
        "sum_over_batch_size" and "mean": the sum of weight · value over the number of values; "sum": the sum;
        "mean_with_sample_weight": the sum over the sum of the weights; "none" or None: every value.
    dtype : optional
        What the loss is computed in, "float32" (``floatx()``) by default, whatever the inputs.
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(unknown_name("reduction", reduction, [r for r in REDUCTIONS if r]) + ", None")
        self.name = name or auto_name(type(self).__name__)
        self.reduction = reduction
        self.dtype = float_dtype(dtype).name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch.

        Parameters
        ----------
        y_true : array
            What should have been predicted.
        y_pred : array, (…, columns)
            The prediction; gradients flow to it.
        sample_weight : array, optional
            A weight for each sample: of the shape of y_pred without its last axis.

        Returns
        -------
        Tensor
            A number, or one value for each sample if the reduction is "none".
        """
        values = self.call(self._targets(y_true), self._convert("y_pred", y_pred))
        return _reduce(values, sample_weight, self.reduction)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample, unweighted."""
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred)")

    def _targets(self, y_true: Any) -> Any:
        """What ``call`` gets as y_true."""
        return self._convert("y_true", y_true)

    def _convert(self, name: str, x: Any) -> Any:
        """The numbers in the loss's dtype, still on the tape if it was."""
        if isinstance(x, Differentiable):
            return x if x.dtype == self.dtype else cast(x, self.dtype)
        return numbers(name, x).astype(self.dtype, copy=False)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.get_config()}>"


class LossFunctionWrapper(Loss):
    """A Loss from a function (y_true, y_pred) -> values, with keyword arguments for it."""

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or snake_case(getattr(fn, "__name__", "loss")), reduction, dtype)
        self.fn = fn
        self._arguments = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The function's values."""
        return as_tensors(self.fn(y_true, y_pred, **self._arguments))[0]


def _reduce(values: Tensor, sample_weight: Any, reduction: str | None) -> Tensor:
    weights: Array | None = None
    if sample_weight is not None:
        weights = _fit_weights(numbers("sample_weight", sample_weight), values)
        values = values * weights
    if reduction in (None, "none"):
        return values
    total = reduce_sum(values)
    if reduction == "sum":
        return total
    divisor = float(values.size)
    if reduction == "mean_with_sample_weight" and weights is not None:
        divisor = float(np.sum(np.broadcast_to(weights, values.shape), dtype=np.float64))
    return total / divisor if divisor else total * 0


def _fit_weights(weights: Array, values: Tensor) -> Array:
    """The weights in the dtype of the values, and in their shape give or take axes of length 1."""
    if weights.ndim == values.ndim + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    elif weights.ndim < values.ndim:
        weights = weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim))
    if any(w not in (1, v) for w, v in zip(weights.shape, values.shape, strict=False)) or weights.ndim > values.ndim:
        raise ValueError(f"sample_weight must have the shape {values.shape}, a weight a sample; got {weights.shape}")
    return weights.astype(values.dtype)
