"""Losses with their gradients, and metrics, over the rows of a batch.

Every loss kernel has the arguments of ``Backend.loss`` but the name and returns the sum of the values. An empty array
stands for weights or a gradient that is not there, so that one compilation serves every call.
"""

from __future__ import annotations

from collections.abc import Callable

from dlcore.backends.contract import LOSSES, Array
from dlcore.backends.jit import row_losses
from dlcore.backends.jit.column_losses import column_loss
from dlcore.backends.jit.compilation import kernel


@kernel
def _first_largest(row: Array) -> int:
    best = 0
    for j in range(1, row.size):
        # As NumPy: a NaN is larger than anything.
        if row[j] > row[best] or (row[j] != row[j] and row[best] == row[best]):
            best = j
    return best


def _metric(name: str) -> Callable[..., float]:
    @kernel
    def metric(y_true: Array, y_pred: Array, sample_weight: Array, parameter: float, values: Array) -> float:
        rows, columns = y_pred.shape
        threshold = y_pred.dtype.type(parameter)
        total = 0.0
        for i in range(rows):
            value = 0.0
            if name == "categorical_accuracy":
                value += _first_largest(y_true[i]) == _first_largest(y_pred[i])
            elif name == "sparse_categorical_accuracy":
                value += y_true[i] == _first_largest(y_pred[i])
            else:
                for j in range(columns):
                    if name == "binary_accuracy":
                        value += (1.0 if y_pred[i, j] > threshold else 0.0) == y_true[i, j]
                    elif name == "mean_absolute_error":
                        value += abs(y_pred[i, j] - y_true[i, j])
                    else:
                        value += (y_pred[i, j] - y_true[i, j]) ** 2
                value /= max(columns, 1)
            if sample_weight.size:
                value *= sample_weight[i]
            values[i] = value
            total += values[i]
        return total

    return metric


_ROW_LOSSES: dict[str, Callable[..., float]] = {
    "categorical_crossentropy": row_losses.categorical,
    "categorical_crossentropy_logits": row_losses.categorical_logits,
    "sparse_categorical_crossentropy": row_losses.sparse_categorical,
    "sparse_categorical_crossentropy_logits": row_losses.sparse_categorical_logits,
    "categorical_generalized_cross_entropy": row_losses.generalized,
    "categorical_hinge": row_losses.categorical_hinge,
    "cosine_similarity": row_losses.cosine,
}
LOSS: dict[str, Callable[..., float]] = {name: _ROW_LOSSES.get(name) or column_loss(name) for name in LOSSES}
METRIC: dict[str, Callable[..., float]] = {
    name: _metric(name)
    for name in (
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "binary_accuracy",
        "mean_absolute_error",
        "mean_squared_error",
    )
}
