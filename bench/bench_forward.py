"""Dense forward: activation(x · w + b), into an array that is there already."""

from __future__ import annotations

import numpy as np

import handwritten
from dlcore import ops

QUICK = {
    "digits 32x64x128 relu": (32, 64, 128, "relu"),
    "mnist 32x784x128 relu": (32, 784, 128, "relu"),
    "tab 64x64x64 tanh": (64, 64, 64, "tanh"),
    "one row 1x64x128 sigmoid": (1, 64, 128, "sigmoid"),
    "classes 32x128x10 softmax": (32, 128, 10, "softmax"),
}
FULL = {
    "odd 33x17x77 linear": (33, 17, 77, "linear"),
    "tab 64x64x64 silu": (64, 64, 64, "silu"),
    "tab 64x64x64 elu": (64, 64, 64, "elu"),
    "tab 64x64x64 softplus": (64, 64, 64, "softplus"),
    "wide 256x1024x1024 relu": (256, 1024, 1024, "relu"),
    "field 4096x64x64 relu": (4096, 64, 64, "relu"),
}


def test_forward(compare, case, rng):
    m, k, n, activation = case
    wide = [rng.standard_normal((m, k)), rng.standard_normal((k, n)) / np.sqrt(k), rng.standard_normal(n)]
    x, w, b = (a.astype(np.float32) for a in wide)
    expected = np.empty((m, n))
    handwritten.dense_forward(*wide, activation, expected)()
    y = np.empty((m, n), np.float32)
    compare(
        ours=lambda: ops.dense(x, w, b, activation, out=y),
        written=handwritten.dense_forward(x, w, b, activation, y),
        answer=lambda: (y,),
        expected=(expected,),
    )
