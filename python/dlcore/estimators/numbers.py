"""Targets of a regressor: shifted and scaled for the net, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import losses
from dlcore.estimators import outputs
from dlcore.estimators.outputs import Output
from dlcore.floats import Array
from dlcore.losses import Loss


class Numbers:
    """How targets and the net's values correspond: y = center + scale · value.

    Attributes
    ----------
    center, scale : array (columns,), float64
    flat : bool
        Whether targets are (rows,) rather than (rows, columns).
    """

    def __init__(self, center: Array, scale: Array, flat: bool) -> None:
        self.center, self.scale, self.flat = center, scale, flat

    @classmethod
    def of(cls, y: Array, weight: Array | None, loss: Loss, preprocessing: bool) -> Numbers:
        """What suits targets (rows,) or (rows, columns) and a loss.

        They are standardized, if that leaves the best prediction the same; counts are divided by their mean.
        """
        table = y.reshape(len(y), -1).astype(np.float64)
        columns = table.shape[1]
        center, scale = np.zeros(columns), np.ones(columns)
        if preprocessing and type(loss) is losses.Poisson:
            scale = _mean(table, weight)
        elif preprocessing and (outputs.moves_along(loss) or not outputs.is_kernel(loss)):
            center = _mean(table, weight)
            scale = np.sqrt(_mean((table - center) ** 2, weight))
        scale = np.where((scale > 0) & np.isfinite(scale), scale, 1.0)
        return cls(center, scale, y.ndim == 1)

    def trained_loss(self, loss: Loss, by_name: bool) -> Loss:
        """The loss that values rather than targets are compared with.

        A threshold is a distance in the units of y, if the loss was given as an object; by name, of the values.
        """
        if not self.center.any() and (self.scale == 1).all():
            return loss
        if type(loss) is losses.Poisson or (outputs.moves_along(loss) and by_name):
            return loss
        if outputs.moves_along(loss) and len(self.scale) == 1:
            return outputs.with_threshold_scaled(loss, float(self.scale[0]))
        return loss if type(loss) in _UNITLESS else outputs.in_units(loss, self.center, self.scale)

    def check(self, y: Array) -> None:
        """ValueError, if y has not as many columns as before."""
        columns = 1 if y.ndim == 1 else y.shape[1]
        if columns != len(self.scale):
            raise ValueError(f"y must have {len(self.scale)} columns, as before; found {columns}")

    def values(self, y: Array, dtype: Any) -> Array:
        """What the net is to give, (rows, columns)."""
        return np.ascontiguousarray((y.reshape(len(y), -1) - self.center) / self.scale, dtype)

    def targets(self, values: Array, output: Output, dtype: Any) -> Array:
        """Predictions in the units of y: (rows,), (rows, columns), or one column a quantile."""
        if isinstance(output.loss, losses.GaussianNLL):
            values = values[:, : len(self.center)]
        found = (values.astype(np.float64) * self.scale + self.center).astype(dtype)
        levels = outputs.quantiles(output.loss)
        if levels is not None:  # a higher quantile is never below a lower one
            ranks = np.argsort(np.argsort(levels))
            found = np.sort(found, axis=1)[:, ranks]
        return found[:, 0] if self.flat and levels is None else found

    def spread(self, values: Array, output: Output, dtype: Any) -> Array:
        """The standard deviations that a net trained with GaussianNLL predicts, in the units of y."""
        loss, columns = output.loss, len(self.center)
        assert isinstance(loss, losses.GaussianNLL)
        raw = values[:, columns:].astype(np.float64)
        variance = np.exp(raw) if loss.log_variance else np.maximum(raw, loss.epsilon)
        found = (np.sqrt(variance) * self.scale).astype(dtype)
        return found[:, 0] if self.flat else found


#: Losses whose best prediction moves along with the targets, and that have no threshold.
_UNITLESS = (losses.MeanSquaredError, losses.MeanAbsoluteError, losses.Quantile, losses.GaussianNLL)


def checked_numbers(y: Any) -> Array:
    """Targets as float64 or float32: (rows,) or (rows, columns).

    Raises
    ------
    ValueError
        If they are missing, no numbers, or not finite.
    """
    from sklearn.utils import check_array, column_or_1d

    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    found = check_array(y, ensure_2d=False, dtype=(np.float64, np.float32), input_name="y")
    if found.ndim == 2 and found.shape[1] == 1:
        found = column_or_1d(found, warn=True)
    return np.asarray(found)


def _mean(table: Array, weight: Array | None) -> Array:
    """The mean of each column, by weight."""
    found: Array = np.average(table, axis=0, weights=weight)
    return found
