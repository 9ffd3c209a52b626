"""The area under a curve that a threshold runs along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.activations import sigmoid
from dlcore.autodiff import Tensor
from dlcore.checks import whole
from dlcore.floats import Array, numbers
from dlcore.metrics.arrays import divide_no_nan
from dlcore.metrics.confusion import ConfusionMetric
from dlcore.metrics.thresholds import even_thresholds, parse_thresholds, plain

CURVES = ("ROC", "PR", "PRGAIN")
SUMMATION_METHODS = ("interpolation", "majoring", "minoring")

#: The outermost thresholds lie this far outside [0, 1], so that a prediction of 0 is above one, and 1 below another.
MARGIN = 1e-7


class AUC(ConfusionMetric):
    """The area under the ROC curve or a precision-recall curve, from counts at thresholds.

    Parameters
    ----------
    num_thresholds : int
        How many thresholds, 2 or more: 0, 1 and others at equal distances between. The more, the closer the area.
    curve : str
        "ROC": true over false positive rate; "PR": precision over recall; "PRGAIN": both as gains over the classifier
        that says yes to all (Flach and Kull 2015).
    summation_method : str
        "interpolation": trapezoids, and for "PR" the interpolation of Davis and Goadrich (2006); "minoring" and
        "majoring": rectangles below and above.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    thresholds : list of float, optional
        Thresholds in (0, 1) instead of num_thresholds; 0 and 1 are added.
    multi_label : bool
        Whether each column of (rows, labels) has an area of its own, of which the (weighted) mean is the result;
        otherwise all elements go into one.
    num_labels : int, optional
        How many columns, with multi_label. Default: those of the first batch.
    label_weights : list of float, optional
        A weight for each column.
    from_logits : bool
        Whether predictions are before the sigmoid.
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        self.curve = _choice("AUC curve", curve, CURVES)
        self.summation_method = _choice("AUC summation method", summation_method, SUMMATION_METHODS)
        self._init_from_thresholds = thresholds is not None
        if thresholds is not None:
            between = sorted(parse_thresholds(thresholds, 0.5))
        elif num_thresholds <= 1:
            raise ValueError(f"Argument `num_thresholds` must be an integer > 1. Received: {num_thresholds}")
        else:
            between = even_thresholds(whole("num_thresholds", num_thresholds, 2, 2**31))[1:-1]
        self.thresholds = [-MARGIN, *between, 1 + MARGIN]
        self.num_thresholds = len(self.thresholds)
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = plain(label_weights)
        self.from_logits = from_logits
        if num_labels or not multi_label:
            self._state(
                *self.counted, shape=(self.num_thresholds, num_labels) if num_labels else (self.num_thresholds,)
            )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: y_true and y_pred of one shape, a weight for each row or element."""
        pred = numbers("y_pred", y_pred)
        if self.multi_label and pred.ndim != 2:
            raise ValueError(f"`y_pred` must have rank 2 when `multi_label=True`. Found shape {pred.shape}")
        if self.from_logits:
            pred = np.asarray(sigmoid(pred))
        weights = None if self.multi_label else self.label_weights
        counts = self._count(
            y_true,
            pred,
            sample_weight,
            label_weights=None if weights is None else np.asarray(weights),
            by_column=self.multi_label,
        )
        if self.multi_label:
            self._state(*self.counted, shape=(self.num_thresholds, pred.shape[1]))
        self._add(counts)

    def result(self) -> Tensor:
        """The area so far; 0 before there was anything."""
        if not self._variables:
            return self._number(0.0)
        if self.curve == "PR" and self.summation_method == "interpolation":
            pieces = self._precision_recall_pieces()
        else:
            x, y = self._points()
            low, high = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
            heights = {"minoring": low, "majoring": high, "interpolation": (low + high) / 2}
            pieces = (x[:-1] - x[1:]) * heights[self.summation_method]
        areas = pieces.sum(axis=0)
        if not self.multi_label:
            return self._number(areas)
        weights = np.ones(len(areas)) if self.label_weights is None else np.asarray(self.label_weights)
        return self._number(divide_no_nan((areas * weights).sum(), weights.sum()))

    def _points(self) -> tuple[Array, Array]:
        """The curve's points, a threshold each."""
        true, false = self.true_positives.array, self.false_positives.array
        if self.curve == "ROC":
            return divide_no_nan(false, false + self.true_negatives.array), self._recall
        if self.curve == "PR":
            return self._recall, self._precision
        missed = self.false_negatives.array
        odds = divide_no_nan(true + missed, self.true_negatives.array + false)
        recall_gain = np.where(true == 0, 0, 1 - odds * divide_no_nan(missed, true))
        precision_gain = np.where(true == 0, 1, 1 - odds * divide_no_nan(false, true))
        return np.maximum(recall_gain, 0), precision_gain

    def _precision_recall_pieces(self) -> Array:
        """The area under each piece of the precision-recall curve, where counts change linearly between thresholds.

        Between two thresholds true positives are s · p + c with p, the positives, s the slope and c the intercept:
        precision is s + c / p, and its integral over the true positives s · (Δtp + c · ln(p₁ / p₀)).
        """
        true = self.true_positives.array
        positive = true + self.false_positives.array
        steps = true[:-1] - true[1:]
        slope = divide_no_nan(steps, np.maximum(positive[:-1] - positive[1:], 0))
        intercept = true[1:] - slope * positive[1:]
        both = (positive[:-1] > 0) & (positive[1:] > 0)
        ratio = np.where(both, divide_no_nan(positive[:-1], positive[1:]), 1)
        return divide_no_nan(slope * (steps + intercept * np.log(ratio)), true[1:] + self.false_negatives.array[1:])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        if self._init_from_thresholds:
            own["thresholds"] = self.thresholds[1:-1]
        return {**super().get_config(), **own}


def _choice(family: str, value: Any, allowed: tuple[str, ...]) -> str:
    """One of the allowed words, in whatever case."""
    for word in allowed:
        if str(value).lower() == word.lower():
            return word
    raise ValueError(f'Invalid {family} value: "{value}". Expected one of: {", ".join(allowed)}')
