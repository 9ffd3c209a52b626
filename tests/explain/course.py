"""The course's 2-2-2 network: sigmoids, ½ of the squared error, a rate of 0.5, biases that stay."""

from __future__ import annotations

from typing import Any

import numpy as np

import dlcore

W1, W2 = [[0.15, 0.25], [0.20, 0.30]], [[0.40, 0.50], [0.45, 0.55]]
X, T = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])


def network(dtype: str = "float64", optimizer: Any = None, frozen: bool = True) -> dlcore.Sequential:
    """The compiled network. The mean over two outputs of (t - o)² is the sum of ½(t - o)²."""
    hidden = dlcore.layers.Dense(2, activation="sigmoid", dtype=dtype, input_shape=(2,), name="hidden")
    output = dlcore.layers.Dense(2, activation="sigmoid", dtype=dtype, name="output")
    model = dlcore.Sequential([hidden, output], name="course")
    model.set_weights([W1, [0.35, 0.35], W2, [0.60, 0.60]])
    for layer in (hidden, output):
        layer.bias.trainable = not frozen
    model.compile(optimizer=optimizer or dlcore.optimizers.SGD(0.5), loss="mse")
    return model
