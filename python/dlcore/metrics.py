"""Metrics with Keras's names: a value a row, averaged over the rows seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.backends import get_backend
from dlcore.backends.contract import METRICS
from dlcore.checks import number
from dlcore.floats import Array, as_float, float_dtype, numbers
from dlcore.labels import labels_in_range
from dlcore.naming import auto_name
from dlcore.registry import Registry


class Metric:
    """Base class: subclasses define ``update_state``, ``result`` and ``reset_state``."""

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.dtype = float_dtype(dtype).name

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in one more batch."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state")

    def result(self) -> Tensor:
        """The metric over all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define result")

    def reset_state(self) -> None:
        """Forget all batches."""
        raise NotImplementedError(f"{type(self).__name__} must define reset_state")

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        """Take in a batch and give the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric that ``get_config`` described."""
        return cls(**config)


class _Average(Metric):
    """A weighted mean over everything seen; 0 before anything was."""

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        super().__init__(dtype, name)
        self.reset_state()

    def result(self) -> Tensor:
        """The mean so far."""
        return Tensor(np.asarray(self._total / self._weight if self._weight else 0.0, self.dtype))

    def reset_state(self) -> None:
        """Forget everything."""
        self._total = self._weight = 0.0


class Mean(_Average):
    """The weighted mean of values."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values, each with a weight (default 1)."""
        array = numbers("values", values).astype(np.float64)
        weights = numbers("sample_weight", 1 if sample_weight is None else sample_weight).astype(np.float64)
        lengths = zip(weights.shape[::-1], array.shape[::-1], strict=False)
        if weights.ndim > array.ndim or any(w not in (1, v) for w, v in lengths):
            raise ValueError(f"sample_weight must have the shape {array.shape} of values; got {weights.shape}")
        weights = np.broadcast_to(weights, array.shape)
        self._total += float((array * weights).sum())
        self._weight += float(weights.sum())


class KernelMetric(_Average):
    """A metric that the backends' metric kernel computes; see :data:`dlcore.backends.contract.METRICS`.

    Subclasses fix ``kind`` and ``parameter``.
    """

    kind: str
    parameter: float = 0.0

    def set_state(self, total, count):
        """Set."""
        self._total, self._weight = total, count

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch.

        Parameters
        ----------
        y_true : (rows, columns), or labels (rows,) for a sparse metric
            What should have been predicted.
        y_pred : (rows, columns)
            The prediction.
        sample_weight : (rows,), optional
            A weight for each row.
        """
        pred = as_float(numbers("y_pred", y_pred))
        true = numbers("y_true", y_true)
        if pred.ndim == 1 and not METRICS[self.kind].sparse:
            pred, true = pred[:, None], true[:, None] if true.ndim == 1 else true
        if pred.ndim != 2:
            raise ValueError(f"y_pred must have 2 axes, (rows, columns); got shape {pred.shape}")
        true = self._targets(true, pred)
        weights = None if sample_weight is None else as_float(numbers("sample_weight", sample_weight), pred.dtype)
        if weights is not None and weights.size != len(pred):
            raise ValueError(f"sample_weight must have the shape ({len(pred)},); got {weights.shape}")
        values = np.empty(len(pred), pred.dtype)
        flat = None if weights is None else weights.reshape(-1)
        self._total += get_backend().metric(self.kind, true, pred, flat, self.parameter, values)
        self._weight += len(pred) if flat is None else float(flat.sum(dtype=np.float64))

    def _targets(self, true: Array, pred: Array) -> Array:
        if METRICS[self.kind].sparse:
            true = true[:, 0] if true.ndim == 2 and true.shape[1] == 1 else true
            if true.shape != pred.shape[:1]:
                raise ValueError(f"y_true must have the shape {pred.shape[:1]}, a label a row; got {true.shape}")
            return labels_in_range(true, pred.shape[1])
        true = true[:, None] if true.ndim == 1 and pred.shape[1] == 1 else true
        if true.shape != pred.shape:
            raise ValueError(f"y_true must have the shape of y_pred, {pred.shape}; got {true.shape}")
        return as_float(true, pred.dtype)


class CategoricalAccuracy(KernelMetric):
    """The share of rows whose largest prediction is where the largest target is."""

    kind = "categorical_accuracy"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(dtype, name)


class SparseCategoricalAccuracy(KernelMetric):
    """The share of rows whose largest prediction is the labelled one."""

    kind = "sparse_categorical_accuracy"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(dtype, name)


class BinaryAccuracy(KernelMetric):
    """The share of predictions on the right side of the threshold."""

    kind = "binary_accuracy"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(dtype, name)
        self.threshold = self.parameter = number("threshold", threshold, 0, 1, open_low=True)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "threshold": self.threshold}


class MeanAbsoluteError(KernelMetric):
    """The mean of |y_pred - y_true|."""

    kind = "mean_absolute_error"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(dtype, name)


class MeanSquaredError(KernelMetric):
    """The mean of (y_pred - y_true)²."""

    kind = "mean_squared_error"

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(dtype, name)


_registry = Registry("metric")
_registry.add(Mean)
for _class, _aliases in (
    (CategoricalAccuracy, ()),
    (SparseCategoricalAccuracy, ()),
    (BinaryAccuracy, ()),
    (MeanAbsoluteError, ("mae", "MAE")),
    (MeanSquaredError, ("mse", "MSE")),
):
    _registry.add(_class, _class.kind, *_aliases)


def get(identifier: Any) -> Any:
    """A metric from a name, a config or an object.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    return _registry.get(identifier)


def names() -> list[str]:
    """The names :func:`get` knows."""
    return _registry.names()


def serialize(metric: Any) -> Any:
    """The class name and config of a metric."""
    return _registry.serialize(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The metric that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)


def check(identifier):
    if isinstance(identifier, str) and identifier.lower() in ("acc", "accuracy"):
        return
    if not isinstance(get(identifier), Metric):
        raise TypeError(f"metrics must hold names or Metric objects; got {identifier!r}")


def resolve(identifier, y, prediction):
    if isinstance(identifier, str) and identifier.lower() in ("acc", "accuracy"):
        if prediction[-1] == 1:
            m = BinaryAccuracy()
        elif len(y) < len(prediction) or y[-1] == 1:
            m = SparseCategoricalAccuracy()
        else:
            m = CategoricalAccuracy()
    else:
        m = get(identifier)
    if isinstance(identifier, str):
        m.name = identifier
    return m
