"""Labels of a classifier: what they are called, and as numbers that a loss takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.checks import number
from dlcore.estimators.outputs import Output
from dlcore.floats import Array

#: A float32 that rounds to 1 may be this far below it.
_HALF_ULP = 2.0**-25
_LEAST = float(np.finfo(np.float32).tiny)


class Classes:
    """The classes of a classifier.

    Attributes
    ----------
    labels : array (classes,)
        In order. For labels of the multilabel kind, the numbers of the columns.
    kind : "binary", "multiclass" or "multilabel"
        One class alone counts as binary.
    """

    def __init__(self, labels: Array, kind: str) -> None:
        self.labels, self.kind = labels, kind

    @classmethod
    def of(cls, y: Array) -> Classes:
        """Those of checked labels.

        Raises
        ------
        ValueError
            If there are several columns with more than two classes each.
        """
        from sklearn.utils.multiclass import type_of_target

        kind = type_of_target(y, input_name="y")
        if kind == "multilabel-indicator":
            return cls(np.arange(y.shape[1]), "multilabel")
        if y.ndim > 1:
            raise ValueError("Multioutput target data is not supported: train one classifier for each column of y")
        return cls.named(np.unique(y))

    @classmethod
    def named(cls, labels: Array) -> Classes:
        """Classes of these labels, one a row."""
        return cls(labels, "binary" if len(labels) <= 2 else "multiclass")

    def numbers(self, y: Array) -> Array:
        """The number of each row's class; of the multilabel kind, a column of 0 and 1 for each label.

        Raises
        ------
        ValueError
            If a label is none of the classes.
        """
        if self.kind == "multilabel":
            if y.ndim != 2 or y.shape[1] != len(self.labels):
                raise ValueError(f"y must have {len(self.labels)} columns, one a label; found shape {y.shape}")
            return np.asarray(y, np.float32)
        unknown = np.setdiff1d(y, self.labels)
        if len(unknown):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.labels}. 'y' has {np.unique(y)}."
            )
        found: Array = np.searchsorted(self.labels, y).astype(np.int64)
        return found

    def for_loss(self, numbers: Array, output: Output, dtype: Any) -> Array:
        """Class numbers as the loss takes them: as they are, as one column, or one column a class."""
        if self.kind == "multilabel":
            return np.asarray(numbers, dtype)
        if output.sparse:
            return numbers
        if output.units == 1:
            return np.asarray(numbers, dtype)[:, np.newaxis]
        return np.asarray(np.eye(output.units, dtype=dtype)[numbers])

    def found(self, values: Array, output: Output) -> Array:
        """The numbers of the classes that a net's output speaks for; 0 and 1 a label of the multilabel kind."""
        if self.kind != "multilabel" and output.units > 1:
            return np.asarray(values.argmax(axis=1))
        chosen = (values > (0.0 if output.activation == "linear" else 0.5)).astype(np.int64)
        return chosen if self.kind == "multilabel" else np.minimum(chosen[:, 0], len(self.labels) - 1)

    def predicted(self, values: Array, output: Output) -> Array:
        """The labels that a net's output speaks for."""
        numbers = self.found(values, output)
        return numbers if self.kind == "multilabel" else np.asarray(self.labels[numbers])

    def probabilities(self, values: Array, output: Output) -> Array:
        """A column a class, in float64; rows add to 1 but for the multilabel kind. None is exactly 0."""
        values = values.astype(np.float64)
        if output.activation == "linear":
            values = _softmax(values) if output.units > 1 and self.kind != "multilabel" else _sigmoid(values)
        if len(self.labels) == 1 and self.kind != "multilabel":
            return np.ones((len(values), 1))
        if output.units == 1 and self.kind != "multilabel":
            values = np.concatenate([np.maximum(1 - values, _HALF_ULP), values], axis=1)
        found = np.maximum(values, _LEAST)
        return np.asarray(found if self.kind == "multilabel" else found / found.sum(axis=1, keepdims=True))


def checked_labels(y: Any) -> Array:
    """Labels as an array: (rows,), or (rows, labels) of 0 and 1.

    Raises
    ------
    ValueError
        If they are missing, continuous, or of no kind that scikit-learn knows.
    """
    from sklearn.utils import check_array, column_or_1d
    from sklearn.utils.multiclass import check_classification_targets

    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    found = check_array(y, accept_sparse="csr", ensure_2d=False, allow_nd=False, dtype=None, input_name="y")
    found = np.asarray(found.toarray() if hasattr(found, "toarray") else found)
    if found.ndim == 2 and found.shape[1] == 1:
        found = column_or_1d(found, warn=True)
    check_classification_targets(found)
    return np.asarray(found)


def class_weights(classes: Classes, y: Array, numbers: Array, chosen: Any, weight: Array | None) -> Array | None:
    """The weight of each row, that of its class included.

    Parameters
    ----------
    classes : Classes
    y, numbers : array
        The labels, and their numbers.
    chosen : dict, "balanced" or None
        As in scikit-learn; a class that is not named weighs 1. "balanced" gives each class the same weight in total.
    weight : array (rows,), optional
        Sample weights.
    """
    if chosen is None:
        return weight
    if classes.kind == "multilabel":
        from sklearn.utils.class_weight import compute_sample_weight

        own = compute_sample_weight(chosen, y)
    elif isinstance(chosen, str):
        if chosen != "balanced":
            raise ValueError(f"class_weight must be 'balanced', a dict of weights by class, or None; got {chosen!r}")
        counts = np.bincount(numbers, weight, len(classes.labels))
        present = counts > 0
        own = np.where(present, counts.sum() / (present.sum() * np.where(present, counts, 1)), 0)[numbers]
    else:
        if not hasattr(chosen, "items"):
            raise ValueError(f"class_weight must be 'balanced', a dict of weights by class, or None; got {chosen!r}")
        own = np.ones(len(numbers))
        for label, factor in chosen.items():
            own[y == label] = number(f"class_weight[{label!r}]", factor, 0)
    found: Array = own if weight is None else own * weight
    return found


def _sigmoid(values: Array) -> Array:
    shares: Array = np.exp(-np.logaddexp(0, -values))
    return shares


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
