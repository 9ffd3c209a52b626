"""Dense backward: dx, dw and db from dy, with the activation's derivative."""

from __future__ import annotations

import numpy as np

import handwritten
from dlcore import ops

QUICK = {
    "digits 32x64x128 relu": (32, 64, 128, "relu"),
    "mnist 32x784x128 relu": (32, 784, 128, "relu"),
    "tab 64x64x64 tanh": (64, 64, 64, "tanh"),
    "one row 1x64x128 sigmoid": (1, 64, 128, "sigmoid"),
}
FULL = {
    "odd 33x17x77 linear": (33, 17, 77, "linear"),
    "wide 256x1024x1024 relu": (256, 1024, 1024, "relu"),
    "field 4096x64x64 relu": (4096, 64, 64, "relu"),
}


def test_backward(compare, case, rng):
    m, k, n, activation = case
    y = rng.standard_normal((m, n))
    handwritten.ACTIVATIONS[activation](y)
    wide = [rng.standard_normal((m, n)), rng.standard_normal((m, k)), rng.standard_normal((k, n)) / np.sqrt(k), y]
    expected = [np.empty((m, k)), np.empty((k, n)), np.empty(n)]
    handwritten.dense_backward(*wide, activation, *expected)()
    dy, x, w, y = (a.astype(np.float32) for a in wide)
    results = tuple(a.astype(np.float32) for a in expected)
    dz = np.empty_like(dy)
    compare(
        ours=lambda: ops.dense_backward(dy, x, w, y, activation=activation, dz_out=dz, out=results),
        written=handwritten.dense_backward(dy, x, w, y, activation, *results),
        answer=lambda: results,
        expected=expected,
    )
