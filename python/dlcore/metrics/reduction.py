"""Sums and weighted means over everything seen."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.floats import Array, numbers
from dlcore.losses import Loss
from dlcore.losses.reduction import mask_of
from dlcore.metrics import callables
from dlcore.metrics.arrays import SUMS, divide_no_nan, same_rank
from dlcore.metrics.base import Metric
from dlcore.variable import Variable


class Sum(Metric):
    """The weighted sum of values.

    Parameters
    ----------
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    total: Variable

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self._state("total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values of any shape, each, or each row, with a weight (default 1)."""
        array, weights = weighted(values, sample_weight, np.sum)
        self.total.assign_add((array if weights is None else array * weights).sum(dtype=SUMS))

    def result(self) -> Tensor:
        """The sum so far."""
        return Tensor(self.total.array.astype(self.dtype))


class Mean(Metric):
    """The weighted mean of values; 0 before there was any.

    Parameters
    ----------
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    total: Variable
    count: Variable

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self._state("total", "count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values of any shape, each, or each row, with a weight (default 1).

        A row counts once, however many values it has.
        """
        array, weights = weighted(values, sample_weight, np.mean)
        width = max(1, int(np.prod(array.shape[1:])))
        if weights is None:
            total, count = array.sum(dtype=SUMS), float(len(array) * width if array.ndim else 1)
        else:
            total, count = (array * weights).sum(dtype=SUMS), weights.sum(dtype=SUMS)
        self.total.assign_add(total / width)
        self.count.assign_add(count / width)

    def result(self) -> Tensor:
        """The mean so far."""
        return self._number(self._mean())

    def _mean(self) -> Array:
        return divide_no_nan(self.total.array, self.count.array)


class MeanMetricWrapper(Mean):
    """The weighted mean of a function of targets and predictions.

    Parameters
    ----------
    fn : callable (y_true, y_pred, ``**kwargs``) -> values
        A function, of this package or your own, or a :class:`~dlcore.losses.Loss`. It is given NumPy arrays, and gives
        a value for each row or for each element.
    name : str, optional
        Default: "mean_metric_wrapper".
    dtype : optional
        That of the result.
    **kwargs
        Passed on to fn.

    Notes
    -----
    Of a Loss that averages over a batch the values of the samples are averaged, over all rows seen alike. Keras
    averages the averages of the batches, so that a smaller last batch weighs as much as any other.
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name, dtype)
        if not callable(fn):
            raise TypeError(f"fn must be a function (y_true, y_pred) or a Loss; got {fn!r}")
        self._fn = fn
        self._fn_kwargs = kwargs
        if callables.is_loss(fn):
            self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in a batch.

        Parameters
        ----------
        y_true, y_pred : arrays
            What should have been predicted, and what was.
        sample_weight : array, optional
            A weight for each row, or for each value that fn gives.
        """
        true, pred = numbers("y_true", y_true), numbers("y_pred", y_pred)
        if (mask := mask_of(y_pred)) is not None:
            sample_weight = mask if sample_weight is None else _masked(sample_weight, mask)
        super().update_state(self._values(true, pred), sample_weight)

    def _values(self, y_true: Array, y_pred: Array) -> Any:
        fn = self._fn
        if isinstance(fn, Loss) and fn.reduction not in ("sum", "none", None):
            fn = copy.copy(fn)
            fn.reduction = None
        return fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; fn by its name."""
        return {**super().get_config(), "fn": callables.serialize(self._fn), **self._fn_kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric that ``get_config`` described."""
        config = dict(config)
        if "fn" in config:
            config["fn"] = callables.deserialize(config["fn"])
        return cls(**config)


class FunctionMetric(MeanMetricWrapper):
    """The weighted mean of the one function that a subclass fixes; the function's arguments become attributes.

    Where ``by_column`` is set, the function averages over the last axis, and y_pred of shape (rows,) is taken as
    (rows, 1): a row counts as one, as it does with more columns. Keras takes it as a single row.
    """

    by_column = False

    def __init__(self, fn: Callable[..., Any], name: str | None, dtype: Any, **kwargs: Any) -> None:
        super().__init__(fn, name, dtype, **kwargs)
        vars(self).update(kwargs)

    def _values(self, y_true: Array, y_pred: Array) -> Any:
        if self.by_column and y_pred.ndim == 1:
            y_pred = y_pred[:, None]
        return super()._values(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**Metric.get_config(self), **self._fn_kwargs}


class KernelMetric(FunctionMetric):
    """A metric that engines sum themselves, by the backends' metric kernel.

    Subclasses fix ``kind`` and ``parameter``, the kernel's name for it and the one number it depends on (see
    :data:`dlcore.backends.contract.METRICS`).
    """

    kind: str
    parameter: float = 0.0


def weighted(values: Any, sample_weight: Any, reduce: Callable[..., Any]) -> tuple[Array, Array | None]:
    """Values and weights of one shape.

    Weights of fewer axes than the values stand for whole rows, which ``reduce`` makes one value first. Values that are
    marked as not counting (see :func:`dlcore.losses.reduction.mask_of`) weigh nothing.

    Raises
    ------
    ValueError
        If the weights do not broadcast to the values.
    """
    array = numbers("values", values)
    if sample_weight is None:
        return array, None
    if (mask := mask_of(values)) is not None:
        sample_weight = _masked(sample_weight, mask)
    array, weights = same_rank(array, numbers("sample_weight", sample_weight).astype(SUMS))
    shape = array.shape
    if weights.ndim < array.ndim:
        array = reduce(array, axis=tuple(range(weights.ndim, array.ndim)), dtype=SUMS)
    if weights.ndim > array.ndim or any(w not in (1, v) for w, v in zip(weights.shape, array.shape, strict=True)):
        raise ValueError(f"sample_weight must have the shape {shape} of values, or {shape[:1]}; got {weights.shape}")
    return array, np.broadcast_to(weights, array.shape)


def _masked(sample_weight: Any, mask: Array) -> Array:
    """The weights, 0 where a mask does not hold."""
    weights, mask = same_rank(numbers("sample_weight", sample_weight), mask)
    masked: Array = weights * mask
    return masked
