"""F-scores: precision and recall in one number."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.metrics.arrays import SUMS, aligned, element_weights
from dlcore.metrics.base import Metric
from dlcore.variable import Variable

AVERAGES = (None, "micro", "macro", "weighted")

SUMMED = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")

#: Keeps quotients finite, as in Keras.
EPSILON = 1e-7


class FBetaScore(Metric):
    """(1 + β²) · precision · recall / (β² · precision + recall), of each class or averaged.

    Parameters
    ----------
    average : str or None
        None: a score for each class; "micro": one score of all classes' counts together; "macro": the mean of the
        classes; "weighted": their mean weighted by how often each was true.
    beta : float
        How much recall weighs against precision.
    threshold : float, optional
        In (0, 1]: a prediction above is positive. Default: the largest of a row is.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    _direction = "up"
    true_positives: Variable
    false_positives: Variable
    false_negatives: Variable
    intermediate_weights: Variable

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if average not in AVERAGES:
            raise ValueError(_invalid("average", "Expected one of: {None, 'micro', 'macro', 'weighted'}", average))
        if not isinstance(beta, float):
            raise ValueError(_invalid("beta", "It should be a Python float", beta, of_type=True))
        if not beta > 0:
            raise ValueError(_invalid("beta", "It should be > 0", beta))
        if threshold is not None and not isinstance(threshold, float):
            raise ValueError(_invalid("threshold", "It should be a Python float", threshold, of_type=True))
        if threshold is not None and not 0 < threshold <= 1:
            raise ValueError(_invalid("threshold", "It should verify 0 < threshold <= 1", threshold))
        self.average = average
        self.beta = beta
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch.

        Parameters
        ----------
        y_true, y_pred : (rows, classes)
            0 and 1; probabilities.
        sample_weight : (rows,) or (rows, classes), optional
        """
        true, pred = aligned(y_true, y_pred)
        true, pred = true.astype(SUMS), pred.astype(self._float_dtype)
        if pred.ndim != 2:
            raise ValueError(
                f"{type(self).__name__} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
                f"y_pred.shape={pred.shape} and y_true.shape={true.shape}."
            )
        if self.threshold is None:
            positive = (pred >= pred.max(axis=-1, keepdims=True)) & (np.abs(pred) > 1e-9)
        else:
            positive = pred > self.threshold
        weights = element_weights(1 if sample_weight is None else sample_weight, pred.shape)
        axis, shape = (None, ()) if self.average == "micro" else (0, pred.shape[1:])
        self._state(*SUMMED, shape=shape)
        weighted = true * weights
        self.true_positives.assign_add((weighted * positive).sum(axis=axis))
        self.false_positives.assign_add(((weights - weighted) * positive).sum(axis=axis))
        self.false_negatives.assign_add((weighted * ~positive).sum(axis=axis))
        self.intermediate_weights.assign_add(weighted.sum(axis=axis))

    def result(self) -> Tensor:
        """The score so far; 0 before there was anything."""
        if not self._variables:
            return self._number(0.0)
        true = self.true_positives.array
        precision = true / (true + self.false_positives.array + EPSILON)
        recall = true / (true + self.false_negatives.array + EPSILON)
        square = self.beta**2
        score = (1 + square) * precision * recall / (square * precision + recall + EPSILON)
        if self.average == "weighted":
            weights = self.intermediate_weights.array
            score = (score * weights).sum() / (weights.sum() + EPSILON)
        elif self.average is not None:
            score = score.mean()
        return self._number(score)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "average": self.average, "beta": self.beta, "threshold": self.threshold}


class F1Score(FBetaScore):
    """2 · precision · recall / (precision + recall), of each class or averaged: :class:`FBetaScore` with beta 1."""

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        config = super().get_config()
        del config["beta"]
        return config


def _invalid(argument: str, rule: str, value: Any, of_type: bool = False) -> str:
    """The message about a bad argument, in Keras's words."""
    kind = f" of type '{type(value)}'" if of_type else ""
    return f"Invalid `{argument}` argument value. {rule}. Received: {argument}={value}{kind}"
