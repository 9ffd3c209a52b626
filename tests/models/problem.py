"""A small problem and a small net for it."""

from __future__ import annotations

import numpy as np

from dlcore import Sequential, layers, utils

ROWS = 50
RNG = np.random.default_rng(0)
X = RNG.standard_normal((ROWS, 4)).astype(np.float32)
LABELS = (X[:, 0] > 0) + 1 * (X[:, 1] > 0.5)
ONE_HOT = utils.to_categorical(LABELS, 3)
WEIGHT = RNG.uniform(0.2, 2, ROWS)


def net(last="softmax", units=3, dtype="float32", **compile_arguments):
    utils.set_random_seed(3)
    model = Sequential([layers.Dense(6, "tanh", dtype=dtype, input_shape=(4,)), layers.Dense(units, last, dtype=dtype)])
    arguments = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(**{**arguments, **compile_arguments})
    return model


def same_weights(a, b):
    return all(np.array_equal(p, q) for p, q in zip(a.get_weights(), b.get_weights(), strict=True))
