"""Gradients of layers against central differences in float64."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import GradientTape, Tensor, reduce_sum
from dlcore.layers import Layer


def check_gradients(layer: Layer, x: Any, step: float = 1e-5, tolerance: float = 1e-7, **call: Any) -> None:
    """Compare the gradients of a weighted sum of the output, toward the input and every trainable weight.

    The layer must be of dtype float64, and put out the same at every call.
    """
    t = Tensor(np.array(x, np.float64))
    factors = np.random.default_rng(1).normal(size=layer(t, **call).shape)
    sources = [t, *layer.trainable_weights]

    def value() -> float:
        return float(np.sum(np.asarray(layer(t, **call)) * factors))

    with GradientTape() as tape:
        tape.watch(t)
        total = reduce_sum(layer(t, **call) * factors)
    for source, gradient in zip(sources, tape.gradient(total, sources), strict=True):
        expected = np.empty(source.shape)
        for place in np.ndindex(source.shape):
            held = source.array[place]
            source.array[place] = held + step
            above = value()
            source.array[place] = held - step
            expected[place] = (above - value()) / (2 * step)
            source.array[place] = held
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=tolerance)
