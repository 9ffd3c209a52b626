"""TargetScaler: what a regression is to predict, brought to mean 0 and spread 1, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.floats import Array, float_dtype
from dlcore.tables import kinds
from dlcore.tables.intake import as_column
from dlcore.tables.parameters import Parameters
from dlcore.tables.scaling import factor
from dlcore.tables.spread import LARGEST, moments
from dlcore.tables.weights import positive_rows


class TargetScaler(Parameters):
    """One or several columns of numbers as (y - mean) / standard deviation, and back.

    Parameters
    ----------
    center : bool
        Whether the mean is subtracted. Without, counts and other numbers above 0 stay so; they are divided by the mean
        of their sizes.
    scale : bool
        Whether anything is divided. A column that is constant is not.
    dtype : {"float32", "float64"}
        Of the scaled targets.
    """

    _names = ("center", "scale", "dtype")

    def __init__(self, center: bool = True, scale: bool = True, dtype: str = "float32") -> None:
        for name, value in (("center", center), ("scale", scale)):
            if not isinstance(value, (bool, np.bool_)):
                raise TypeError(f"{name} must be True or False; got {value!r}")
        float_dtype(dtype)
        self.center, self.scale, self.dtype = center, scale, dtype

    @property
    def is_fitted(self) -> bool:
        """Whether anything was learned yet."""
        return hasattr(self, "mean_")

    def fit(self, y: Any, sample_weight: Any = None) -> TargetScaler:
        """Learn the scale of the targets.

        Parameters
        ----------
        y : array-like, (rows,) or (rows, targets)
        sample_weight : array-like, (rows,), optional
            A row of weight 2 counts as two rows.

        Raises
        ------
        TypeError, ValueError
            If y is empty, or holds anything but finite numbers. Nothing has changed then.
        """
        matrix, ndim = _read(y)
        if not matrix.size:
            raise ValueError(f"y has no values: its shape is {matrix.shape}")
        rows, weights = positive_rows(sample_weight, len(matrix))
        learned = [self._learn(column, weights) for column in (matrix if rows is None else matrix[rows]).T]
        means, widths = np.array(learned).T
        self._settle(means, widths, ndim)
        return self

    def _learn(self, values: Array, weights: Array | None) -> tuple[float, float]:
        """What is subtracted from a column, and what it is divided by."""
        low, high = float(values.min()), float(values.max())
        largest = max(abs(low), abs(high))
        if self.center:
            mean, width = moments(values, weights, low, high)
        else:
            mean, width = 0.0, moments(np.abs(values), weights, 0.0, largest)[0]
        return mean, width if self.scale and factor(width, largest) else 1.0

    def _settle(self, mean: Array, width: Array, ndim: int) -> None:
        self.mean_, self.scale_, self.ndim_, self.n_targets_ = mean, width, ndim, len(mean)

    def transform(self, y: Any) -> Array:
        """Scaled targets, (rows, targets), C-contiguous.

        Raises
        ------
        ValueError
            If y has another number of columns than ``fit`` saw, or holds anything but finite numbers.
        """
        self._check_fitted()
        matrix, _ = _read(y)
        if matrix.shape[1] != self.n_targets_:
            raise ValueError(f"y must have {self.n_targets_} columns, as when it was fitted; got {matrix.shape[1]}")
        with np.errstate(over="ignore"):
            scaled = np.ascontiguousarray((matrix - self.mean_) / self.scale_, self.dtype)
        if not np.isfinite(scaled).all():
            raise ValueError(f"y contains a value too large for dtype('{self.dtype}')")
        return scaled

    def fit_transform(self, y: Any, sample_weight: Any = None) -> Array:
        """:meth:`fit`, then :meth:`transform`."""
        return self.fit(y, sample_weight).transform(y)

    def inverse_transform(self, z: Any) -> Array:
        """What a network predicts, in the unit of the targets.

        Parameters
        ----------
        z : array, (rows, targets)
            With one target, any number of columns: quantiles of it, say.

        Returns
        -------
        ndarray of float64
            (rows,) if y was so and z has one column, else of z's shape.

        Raises
        ------
        ValueError
            If z has another number of columns.
        """
        self._check_fitted()
        array = np.asarray(z, np.float64)
        if array.ndim == 0 or (self.n_targets_ > 1 and array.shape[-1] != self.n_targets_):
            raise ValueError(f"z must have {self.n_targets_} columns; got shape {array.shape}")
        result: Array = array * self.scale_ + self.mean_
        return result[:, 0] if self.ndim_ == 1 and result.ndim == 2 and result.shape[1] == 1 else result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments and what was learned, as plain values for JSON."""
        fitted = None
        if self.is_fitted:
            fitted = {"mean": self.mean_.tolist(), "scale": self.scale_.tolist(), "ndim": self.ndim_}
        return {**{name: bool(v) if name != "dtype" else v for name, v in self.get_params().items()}, "fitted": fitted}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TargetScaler:
        """The scaler that :meth:`get_config` described.

        Raises
        ------
        ValueError, TypeError
            If it is no such description.
        """
        scaler, fitted = cls._made(config)
        if fitted is None:
            return scaler
        mean, width, ndim = (fitted.get(key) for key in ("mean", "scale", "ndim"))
        try:
            means, widths = np.array(mean, np.float64), np.array(width, np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"TargetScaler: 'mean' and 'scale' must be lists of numbers: {error}") from error
        if means.ndim != 1 or not means.size or means.shape != widths.shape or ndim not in (1, 2):
            raise ValueError(f"TargetScaler: 'fitted' must have a mean and a scale a target, and ndim; got {fitted!r}")
        if ndim == 1 and len(means) > 1:
            raise ValueError("TargetScaler: several targets have two axes")
        if not (np.isfinite(means).all() and np.isfinite(widths).all() and (widths > 0).all()):
            raise ValueError("TargetScaler: means must be finite, and scales above 0")
        scaler._settle(means, widths, ndim)
        return scaler


def _read(y: Any) -> tuple[Array, int]:
    """Targets as a float64 matrix, (rows, targets), and how many axes they came with."""
    if y is None:
        raise ValueError("y cannot be None: the targets, one row for each row of X")
    if hasattr(y, "tocsr") and hasattr(y, "toarray"):
        y = y.toarray()
    array = np.asarray(y)
    if array.ndim not in (1, 2):
        raise ValueError(f"y must have the shape (rows,) or (rows, targets); got {array.shape}")
    ndim = array.ndim
    columns = array.reshape(len(array), -1) if array.size else array.reshape(array.shape[0], -1 if ndim == 2 else 1)
    if columns.dtype.kind not in "fiub":
        parts = [kinds.numbers(as_column(columns[:, i]), "y") for i in range(columns.shape[1])]
        columns = np.column_stack(parts)
    matrix = columns.astype(np.float64)
    if np.isnan(matrix).any():
        raise ValueError("Input y contains NaN.")
    if (np.abs(matrix) > LARGEST).any():
        raise ValueError("Input y contains infinity or a value too large for dtype('float64').")
    return matrix, ndim
