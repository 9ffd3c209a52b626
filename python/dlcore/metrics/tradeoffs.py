"""The best of one rate where another is at least a given value: the four X-at-Y metrics."""

from __future__ import annotations

import sys
from typing import Any

from dlcore.autodiff import Tensor
from dlcore.checks import whole
from dlcore.floats import Array
from dlcore.metrics.confusion import ConfusionMetric
from dlcore.metrics.thresholds import even_thresholds


class _BestAt(ConfusionMetric):
    """The largest of ``_best`` over the thresholds where ``_given`` is at least the value; 0 where it nowhere is.

    ``_argument`` is what the value is called in the constructor.
    """

    _direction = "up"
    _argument: str

    def __init__(self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        super().__init__(dtype, name)
        if not 0 <= value <= 1:
            raise ValueError(f"Argument `{self._argument}` must be in the range [0, 1]. Received: {value}")
        if num_thresholds <= 0:
            raise ValueError(f"Argument `num_thresholds` must be an integer > 0. Received: {num_thresholds}")
        self.value = value
        self.num_thresholds = whole("num_thresholds", num_thresholds, 1, sys.maxsize)
        self.class_id = class_id
        self.thresholds = [0.5] if num_thresholds == 1 else even_thresholds(num_thresholds)
        self._state(*self.counted, shape=(len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: y_true and y_pred of one shape, a weight for each row or element."""
        self._add(self._count(y_true, y_pred, sample_weight, class_id=self.class_id))

    @property
    def _given(self) -> Array:
        raise NotImplementedError

    @property
    def _best(self) -> Array:
        raise NotImplementedError

    def result(self) -> Tensor:
        """The best rate so far."""
        return self._number(self._best[self._given >= self.value].max(initial=0))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {self._argument: self.value, "num_thresholds": self.num_thresholds, "class_id": self.class_id}
        return {**super().get_config(), **own}


class SensitivityAtSpecificity(_BestAt):
    """The best sensitivity where the specificity is at least the given one.

    Parameters
    ----------
    specificity : float
        In [0, 1].
    num_thresholds : int
        How many thresholds from 0 to 1 are tried.
    class_id : int, optional
        Only this column of (rows, classes) counts.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    _argument = "specificity"
    _best = ConfusionMetric._recall
    _given = ConfusionMetric._specificity

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(_BestAt):
    """The best specificity where the sensitivity is at least the given one.

    Parameters
    ----------
    sensitivity : float
        In [0, 1].
    num_thresholds : int
        How many thresholds from 0 to 1 are tried.
    class_id : int, optional
        Only this column of (rows, classes) counts.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    _argument = "sensitivity"
    _best = ConfusionMetric._specificity
    _given = ConfusionMetric._recall

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(_BestAt):
    """The best precision where the recall is at least the given one.

    Parameters
    ----------
    recall : float
        In [0, 1].
    num_thresholds : int
        How many thresholds from 0 to 1 are tried.
    class_id : int, optional
        Only this column of (rows, classes) counts.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    _argument = "recall"
    _best = ConfusionMetric._precision
    _given = ConfusionMetric._recall

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(_BestAt):
    """The best recall where the precision is at least the given one.

    Parameters
    ----------
    precision : float
        In [0, 1].
    num_thresholds : int
        How many thresholds from 0 to 1 are tried.
    class_id : int, optional
        Only this column of (rows, classes) counts.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    _argument = "precision"
    _best = ConfusionMetric._recall
    _given = ConfusionMetric._precision

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
