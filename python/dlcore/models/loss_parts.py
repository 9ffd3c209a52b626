"""What an explanation says of a loss: targets as outputs see them, the loss of each row and what a row counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.backends.contract import LOSSES, Array
from dlcore.losses import KernelLoss, Loss
from dlcore.models.forms import loss_kernel


def targets(loss: Loss, y: Any, output: Array) -> Array | None:
    """What each output is compared with, labels as rows of 0 and 1; None for a loss without a kernel."""
    kind = loss_kernel(loss)
    if kind is None or output.ndim != 2:
        return None
    if LOSSES[kind].sparse:
        labels = np.asarray(y).reshape(-1, 1)
        return np.asarray(np.arange(output.shape[1]) == labels, output.dtype)
    if np.shape(y) != output.shape:
        return None
    assert isinstance(loss, KernelLoss)
    smoothing = loss.parameter if LOSSES[kind].parameter == "label_smoothing" else 0.0
    if not smoothing:
        return np.asarray(y)
    share = 0.5 if kind.startswith("binary") else 1 / output.shape[1]
    return np.asarray(y * (1 - smoothing) + smoothing * share, output.dtype)


def row_values(loss: Loss, y: Any, output: Array, weights: Array | None) -> Array | None:
    """Weight · loss of each row of a loss without a kernel, where it has one value a row."""
    with np.errstate(all="ignore"):
        values = np.asarray(loss.call(loss._converted("y", y, None), loss._converted("y_pred", output, None)))
    if values.shape[:1] != output.shape[:1]:
        return None
    return values if weights is None else (values.T * weights).T


def row_scale(loss: Loss, rows: int, weights: Array | None) -> Array:
    """What each row counts in the loss of the batch."""
    own = np.ones(rows) if weights is None else np.asarray(weights, np.float64)
    if loss.reduction == "sum":
        return own
    total = own.sum() if loss.reduction == "mean_with_sample_weight" else float(rows)
    return np.asarray(own / total if total else own * 0)
