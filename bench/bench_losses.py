"""Losses: the mean over the rows and its gradient, in one pass."""

from __future__ import annotations

from functools import partial

import numpy as np

import handwritten
from dlcore import ops

OURS = {
    "mean_squared_error": ops.mean_squared_error,
    "mean_absolute_error": ops.mean_absolute_error,
    "huber": ops.huber,
    "binary_crossentropy_logits": partial(ops.binary_crossentropy, from_logits=True),
    "categorical_crossentropy_logits": partial(ops.categorical_crossentropy, from_logits=True),
    "sparse_categorical_crossentropy_logits": partial(ops.sparse_categorical_crossentropy, from_logits=True),
}
QUICK = {f"{loss} 64x10": (loss, 64, 10) for loss in OURS}
FULL = {f"{loss} 4096x100": (loss, 4096, 100) for loss in OURS}


def test_losses(compare, case, rng):
    loss, m, n = case
    prediction, labels = rng.standard_normal((m, n)), rng.integers(0, n, m)
    target = labels if loss.startswith("sparse") else np.eye(n)[labels]
    expected = np.empty((m, n))
    value = handwritten.LOSSES[loss](target, prediction, expected)

    p = prediction.astype(np.float32)
    t = labels if loss.startswith("sparse") else target.astype(np.float32)
    grad, result = np.empty_like(p), [0.0]

    def ours() -> None:
        result[0], _ = OURS[loss](t, p, out=grad)

    def written() -> None:
        result[0] = handwritten.LOSSES[loss](t, p, grad)

    compare(ours=ours, written=written, answer=lambda: (result, grad), expected=([value], expected))
