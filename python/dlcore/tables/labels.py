"""LabelEncoder: what a classifier is to tell, as indexes of classes or as columns of 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.tables import cells
from dlcore.tables.parameters import Parameters


class LabelEncoder(Parameters):
    """Labels of any type that can be sorted (text, integers, booleans, whole floats) as indexes of classes, and back.

    A matrix of 0 and 1 with more than one column is multilabel: each column says yes or no for itself.

    Parameters
    ----------
    labels : {"auto", "multilabel"}
        "multilabel": a single column of 0 and 1 is a matrix of labels as well.
    """

    _names = ("labels",)

    def __init__(self, labels: str = "auto") -> None:
        if labels not in ("auto", "multilabel"):
            raise ValueError(f"labels must be 'auto' or 'multilabel'; got {labels!r}")
        self.labels = labels

    @property
    def is_fitted(self) -> bool:
        """Whether anything was learned yet."""
        return hasattr(self, "classes_")

    def fit(self, y: Any, classes: Any = None) -> LabelEncoder:
        """Learn which classes there are.

        Parameters
        ----------
        y : array-like, (rows,) or (rows, labels); column of a data frame; sparse matrix of labels
        classes : array-like, optional
            All there are, where y need not hold each.

        Raises
        ------
        TypeError, ValueError
            If y is empty, holds different types, numbers with fractions, or gaps; or labels that are not in classes.
        """
        array = self._read(y)
        if not len(array):
            raise ValueError("y has no rows; found array with 0 sample(s) while a minimum of 1 is required.")
        if array.ndim == 2:
            width = array.shape[1]
            if classes is not None and np.shape(classes) != (width,):
                raise ValueError(f"classes must name each of the {width} columns of y; got {classes!r}")
            self._settle(np.arange(width) if classes is None else np.asarray(classes), "multilabel")
            return self
        found = np.unique(array)
        if classes is not None:
            given = np.unique(_one_dimensional("classes", classes))
            _positions(given, array)
            found = given
        self._settle(found, "binary" if len(found) <= 2 else "multiclass")
        return self

    def _settle(self, classes: Array, kind: str) -> None:
        self.classes_, self.kind_, self.n_classes_ = classes, kind, len(classes)

    def transform(self, y: Any) -> Array:
        """Labels as int64 indexes, (rows,); a matrix of labels as float32, (rows, labels).

        Raises
        ------
        ValueError
            If there is a label that ``fit`` did not see.
        """
        self._check_fitted()
        array = self._read(y)
        if (array.ndim == 2) != (self.kind_ == "multilabel"):
            raise ValueError(f"y must be {self.kind_}, as when this LabelEncoder was fitted; got shape {array.shape}")
        if array.ndim == 2:
            if array.shape[1] != self.n_classes_:
                raise ValueError(f"y must have {self.n_classes_} columns; got {array.shape[1]}")
            return array
        return _positions(self.classes_, array)

    def fit_transform(self, y: Any, classes: Any = None) -> Array:
        """:meth:`fit`, then :meth:`transform`."""
        return self.fit(y, classes).transform(y)

    def one_hot(self, y: Any) -> Array:
        """Labels as float32 columns of 0 and 1, (rows, classes)."""
        indexes = self.transform(y)
        return indexes if indexes.ndim == 2 else np.eye(self.n_classes_, dtype=np.float32)[indexes]

    def inverse_transform(self, indexes: Any) -> Array:
        """The labels of indexes, (rows,); of a matrix of 0 and 1, itself as int64.

        Raises
        ------
        ValueError
            If an index is none of a class.
        """
        self._check_fitted()
        array = np.asarray(indexes)
        if self.kind_ == "multilabel":
            return array.astype(np.int64)
        if array.dtype.kind not in "iu" or array.ndim != 1:
            raise ValueError(f"indexes must be integers of shape (rows,); got {array.dtype} of shape {array.shape}")
        if array.size and not (array.min() >= 0 and array.max() < self.n_classes_):
            raise ValueError(f"indexes must lie in [0, {self.n_classes_}); found {array.min()} to {array.max()}")
        result: Array = self.classes_[array]
        return result

    def decide(self, probabilities: Any) -> Array:
        """The likeliest labels.

        Parameters
        ----------
        probabilities : array, (rows, classes); (rows,) or (rows, 1) of the second of two classes; (rows, labels)
            The first of equally likely classes is taken, and no label whose probability is not above a half.

        Raises
        ------
        ValueError
            If it has another shape.
        """
        self._check_fitted()
        p = np.asarray(probabilities)
        if self.kind_ == "multilabel" and p.ndim == 2 and p.shape[1] == self.n_classes_:
            return (p > 0.5).astype(np.int64)
        if self.kind_ != "multilabel" and p.ndim == 2 and p.shape[1] == self.n_classes_ and self.n_classes_ > 1:
            return self.inverse_transform(np.argmax(p, axis=1))
        if self.kind_ == "binary" and (p.ndim == 1 or (p.ndim == 2 and p.shape[1] == 1)):
            above = (p.reshape(-1) > 0.5).astype(np.int64)
            return self.inverse_transform(above if self.n_classes_ == 2 else np.zeros_like(above))
        raise ValueError(f"probabilities must have a column for each of {self.n_classes_} classes; got shape {p.shape}")

    def _read(self, y: Any) -> Array:
        """Labels as a vector; as a float32 matrix if they are multilabel."""
        if hasattr(y, "tocsr") and hasattr(y, "toarray"):
            y = y.toarray()
        array = _labels(y)
        if array.ndim == 2 and array.shape[1] == 1 and self.labels == "auto":
            array = array[:, 0]
        if array.ndim == 1 and self.labels == "auto":
            _check_discrete(array)
            return array
        if array.ndim != 2:
            raise ValueError(f"y should be a 1d array, got an array of shape {array.shape} instead.")
        if array.dtype.kind == "O":
            raise ValueError("Multioutput target data is not supported with label binarization")
        _check_discrete(array)
        if array.dtype.kind not in "fiub" or not np.isin(array, (0, 1)).all():
            raise ValueError(
                "Multioutput target data is not supported with label binarization: y with several columns must hold "
                "0 and 1 only, a column a label"
            )
        return np.ascontiguousarray(array, np.float32)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments and the classes with their type, as plain values for JSON."""
        fitted = None
        if self.is_fitted:
            fitted = {"kind": self.kind_, "dtype": self.classes_.dtype.str, "classes": self.classes_.tolist()}
        return {**self.get_params(), "fitted": fitted}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> LabelEncoder:
        """The encoder that :meth:`get_config` described.

        Raises
        ------
        ValueError, TypeError
            If it is no such description.
        """
        encoder, fitted = cls._made(config)
        if fitted is None:
            return encoder
        kind, dtype, values = (fitted.get(key) for key in ("kind", "dtype", "classes"))
        if kind not in ("binary", "multiclass", "multilabel") or not isinstance(dtype, str):
            raise ValueError(f"LabelEncoder: 'fitted' must have 'kind', 'dtype' and 'classes'; got {fitted!r}")
        if not isinstance(values, list) or not values:
            raise ValueError(f"LabelEncoder: 'classes' must be a list; got {values!r}")
        classes = _classes_of(dtype, values)
        if kind != "multilabel" and np.unique(classes).tolist() != classes.tolist():
            raise ValueError("LabelEncoder: 'classes' must be different, and sorted")
        if (kind == "binary") != (len(classes) <= 2) and kind != "multilabel":
            raise ValueError(f"LabelEncoder: {len(classes)} classes are not {kind}")
        encoder._settle(classes, kind)
        return encoder


def _classes_of(dtype: str, values: list[Any]) -> Array:
    """Classes of a dtype, which may be one of text, whole numbers, booleans, floats or objects."""
    try:
        kind = np.dtype(dtype)
        allowed = (str,) if kind.kind in "UO" else (bool, int, float)
        if kind.kind not in "UiubfO" or not all(isinstance(value, allowed) for value in values):
            raise TypeError(f"classes {values!r} are not of dtype {dtype}, or that is none of labels")
        array = np.array(values, kind)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"LabelEncoder: {error}") from error
    if array.ndim != 1 or array.tolist() != values:
        raise ValueError(f"LabelEncoder: classes {values!r} are not of dtype {dtype}")
    return array


def _labels(y: Any) -> Array:
    """Labels as an array, refused where some are missing."""
    if y is None:
        raise ValueError("y cannot be None: the labels, one for each row of X")
    array = np.asarray(y)
    if array.dtype.kind == "O":
        flat = array.ravel().tolist()
        if any(cells.is_missing(value) for value in flat):
            raise ValueError("Input y contains NaN.")
        kinds = {type(value) for value in flat}
        if kinds and all(issubclass(kind, (bool, np.bool_)) for kind in kinds):
            return array.astype(bool)
        if kinds and all(issubclass(kind, (int, float, np.integer, np.floating)) for kind in kinds):
            return np.array(flat).reshape(array.shape)
        if not kinds or all(issubclass(kind, str) for kind in kinds):
            return array
        raise TypeError(f"y must hold labels of one type; found {', '.join(sorted(kind.__name__ for kind in kinds))}")
    if array.dtype.kind == "T":
        return array.astype(object)
    if array.dtype.kind not in "Uiubf":
        raise TypeError(f"labels are text, integers or booleans; y has the dtype {array.dtype}")
    return array


def _check_discrete(array: Array) -> None:
    if array.dtype.kind != "f":
        return
    if np.isnan(array).any():
        raise ValueError("Input y contains NaN.")
    if np.isinf(array).any():
        raise ValueError(f"Input y contains infinity or a value too large for dtype('{array.dtype}').")
    if (array != np.trunc(array)).any():
        raise ValueError(
            "Unknown label type: continuous. Maybe you are trying to fit a classifier, which expects discrete classes "
            "on a regression target with continuous values."
        )


def _one_dimensional(name: str, values: Any) -> Array:
    array = _labels(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one axis; got shape {array.shape}")
    return array


def _positions(classes: Array, array: Array) -> Array:
    """The index of each label among sorted classes."""
    if (classes.dtype.kind in "UO") != (array.dtype.kind in "UO"):
        raise ValueError(f"y contains labels of another type than the classes: {array.dtype} and {classes.dtype}")
    places = np.searchsorted(classes, array)
    places[places == len(classes)] = 0
    wrong = classes[places] != array
    if wrong.any():
        unseen = np.unique(array[wrong])[:5].tolist()
        raise ValueError(f"y contains previously unseen labels: {unseen}; known are {classes[:20].tolist()}")
    result: Array = places.astype(np.int64)
    return result
