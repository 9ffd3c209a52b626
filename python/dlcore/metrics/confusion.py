"""Counts of right and wrong decisions, and what is computed from them: precision and recall."""

from __future__ import annotations

import sys
from typing import Any

from dlcore.autodiff import Tensor
from dlcore.checks import whole
from dlcore.floats import Array
from dlcore.metrics.arrays import divide_no_nan
from dlcore.metrics.base import Metric
from dlcore.metrics.thresholds import LOWEST, Counts, confusion, parse_thresholds, plain
from dlcore.variable import Variable


class ConfusionMetric(Metric):
    """A metric of the four counts at thresholds, of which it adds up those that ``counted`` names."""

    counted: tuple[str, ...] = Counts._fields
    thresholds: Any
    true_positives: Variable
    false_positives: Variable
    true_negatives: Variable
    false_negatives: Variable

    def _count(self, y_true: Any, y_pred: Any, sample_weight: Any, **options: Any) -> Counts:
        return confusion(y_true, y_pred, sample_weight, self.thresholds, self._float_dtype, **options)

    def _add(self, counts: Counts) -> None:
        for name in self.counted:
            getattr(self, name).assign_add(getattr(counts, name))

    def _one_or_all(self, values: Array) -> Tensor:
        """A number for one threshold, else a number for each."""
        return self._number(values[0] if len(values) == 1 else values)

    @property
    def _precision(self) -> Array:
        """True ones among the positives, at each threshold."""
        true = self.true_positives.array
        return divide_no_nan(true, true + self.false_positives.array)

    @property
    def _recall(self) -> Array:
        """Positives among the true ones, at each threshold."""
        true = self.true_positives.array
        return divide_no_nan(true, true + self.false_negatives.array)

    @property
    def _specificity(self) -> Array:
        """Negatives among the false ones, at each threshold."""
        true = self.true_negatives.array
        return divide_no_nan(true, true + self.false_positives.array)


class _OneCount(ConfusionMetric):
    """One of the four counts."""

    accumulator: Variable

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = plain(thresholds)
        self.thresholds = parse_thresholds(thresholds, 0.5)
        self._state("accumulator", shape=(len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: y_true and y_pred of one shape, a weight for each row or element."""
        counts = self._count(y_true, y_pred, sample_weight)
        self.accumulator.assign_add(getattr(counts, self.counted[0]))

    def result(self) -> Tensor:
        """The count so far."""
        return self._one_or_all(self.accumulator.array)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_OneCount):
    """The number (or weight) of true ones predicted positive.

    Parameters
    ----------
    thresholds : float or list of float, optional
        In [0, 1]; a prediction above is positive. Default: 0.5. With a list the result is a count for each.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    counted = ("true_positives",)


class FalsePositives(_OneCount):
    """The number (or weight) of false ones predicted positive; parameters as of :class:`TruePositives`."""

    counted = ("false_positives",)


class TrueNegatives(_OneCount):
    """The number (or weight) of false ones predicted negative; parameters as of :class:`TruePositives`."""

    counted = ("true_negatives",)


class FalseNegatives(_OneCount):
    """The number (or weight) of true ones predicted negative; parameters as of :class:`TruePositives`."""

    counted = ("false_negatives",)


class _Share(ConfusionMetric):
    """What precision and recall share: thresholds, the k largest, one class."""

    _direction = "up"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = plain(thresholds)
        self.top_k = None if top_k is None else whole("top_k", top_k, 1, sys.maxsize)
        self.class_id = class_id
        self.thresholds = parse_thresholds(thresholds, 0.5 if top_k is None else LOWEST)
        self._state(*self.counted, shape=(len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: y_true and y_pred of one shape, a weight for each row or element."""
        self._add(self._count(y_true, y_pred, sample_weight, top_k=self.top_k, class_id=self.class_id))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


class Precision(_Share):
    """The share of true ones among what was predicted positive; 0 where nothing was.

    Parameters
    ----------
    thresholds : float or list of float, optional
        In [0, 1]; a prediction above is positive. Default: 0.5, or with top_k none. With a list the result is a number
        for each.
    top_k : int, optional
        Only the k largest predictions of a row can be positive.
    class_id : int, optional
        Only this column of (rows, classes) counts.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    counted = ("true_positives", "false_positives")

    def result(self) -> Tensor:
        """The precision so far."""
        return self._one_or_all(self._precision)


class Recall(_Share):
    """The share of what was predicted positive among the true ones; 0 where there were none.

    Parameters
    ----------
    thresholds : float or list of float, optional
        In [0, 1]; a prediction above is positive. Default: 0.5, or with top_k none. With a list the result is a number
        for each.
    top_k : int, optional
        Only the k largest predictions of a row can be positive.
    class_id : int, optional
        Only this column of (rows, classes) counts.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    counted = ("true_positives", "false_negatives")

    def result(self) -> Tensor:
        """The recall so far."""
        return self._one_or_all(self._recall)
