"""Intersection over union of predicted and true classes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.checks import whole
from dlcore.floats import Array, numbers
from dlcore.metrics.arrays import SUMS
from dlcore.metrics.base import Metric
from dlcore.variable import Variable


class IoU(Metric):
    """The mean over chosen classes of (true positives) / (true positives + false positives + false negatives).

    Parameters
    ----------
    num_classes : int
        How many classes there are. Labels outside [0, num_classes) are left out.
    target_class_ids : list of int
        The classes that count. One that neither occurs nor is predicted does not.
    name : str, optional
    dtype : optional
        Default: "int", which takes whole weights.
    ignore_class : int, optional
        Rows with this true class are left out.
    sparse_y_true, sparse_y_pred : bool
        Whether they are labels, rather than one-hot or probabilities along ``axis``.
    axis : int
        That of the classes.
    """

    _direction = "up"
    total_cm: Variable

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__("int" if dtype is None else dtype, name)
        self.num_classes = whole("num_classes", num_classes, 1, 2**15)
        if max(target_class_ids) >= num_classes:
            raise ValueError(f"Target class id {max(target_class_ids)} is out of range, which is [0, {num_classes}).")
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self._state("total_cm", shape=(num_classes, num_classes))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: labels, or classes along an axis, and a weight for each label."""
        true, pred = numbers("y_true", y_true), numbers("y_pred", y_pred)
        true = (true if self.sparse_y_true else true.argmax(axis=self.axis)).reshape(-1).astype(np.int64)
        pred = (pred if self.sparse_y_pred else pred.argmax(axis=self.axis)).reshape(-1).astype(np.int64)
        if true.shape != pred.shape:
            raise ValueError(f"y_true and y_pred must hold as many labels; got {true.size} and {pred.size}")
        n = self.num_classes
        counted = (true >= 0) & (true < n) & (pred >= 0) & (pred < n)
        if self.ignore_class is not None:
            counted &= true != self.ignore_class
        weights = None if sample_weight is None else self._weights(sample_weight, true.shape)[counted]
        cells = true[counted] * n + pred[counted]
        self.total_cm.assign_add(np.bincount(cells, weights, n * n).reshape(n, n))

    def _weights(self, sample_weight: Any, shape: tuple[int, ...]) -> Array:
        weights = numbers("sample_weight", sample_weight)
        if weights.dtype.kind == "f" and np.dtype(self.dtype).kind != "f" and hasattr(sample_weight, "dtype"):
            warnings.warn(
                "sample_weight is a float, but this metric's dtype is an int: casting cuts off fractions; "
                "give the metric dtype='float32'",
                stacklevel=3,
            )
        weights = weights.reshape(-1).astype(self.dtype).astype(SUMS)
        if weights.size not in (1, shape[0]):
            raise ValueError(f"sample_weight must hold a weight for each of {shape[0]} labels; got {weights.size}")
        return np.broadcast_to(weights, shape)

    def result(self) -> Tensor:
        """The mean so far; 0 before there was anything."""
        table = self.total_cm.array
        both = table.diagonal()
        either = table.sum(axis=0) + table.sum(axis=1) - both
        both, either = both[self.target_class_ids], either[self.target_class_ids]
        known = either > 1e-9
        return self._number((both[known] / either[known]).sum() / max(1, np.count_nonzero(known)))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }


class BinaryIoU(IoU):
    """:class:`IoU` of the classes 0 and 1, a prediction of at least the threshold being a 1.

    Parameters
    ----------
    target_class_ids : list of int
        Which of 0 and 1 count.
    threshold : float
    name, dtype
        See :class:`IoU`.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: y_true of 0 and 1, probabilities, and a weight for each."""
        super().update_state(y_true, numbers("y_pred", y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**Metric.get_config(self), "target_class_ids": self.target_class_ids, "threshold": self.threshold}


class MeanIoU(IoU):
    """:class:`IoU` of all classes; parameters as there."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        every = range(num_classes)
        super().__init__(num_classes, every, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return _without(super().get_config(), "target_class_ids")


class OneHotIoU(IoU):
    """:class:`IoU` of one-hot targets; parameters as there."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return _without(super().get_config(), "sparse_y_true")


class OneHotMeanIoU(MeanIoU):
    """:class:`IoU` of all classes, the targets one-hot; parameters as there."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return _without(super().get_config(), "sparse_y_true")


def _without(config: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name != key}
