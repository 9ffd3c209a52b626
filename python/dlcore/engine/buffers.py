"""The memory of the op-by-op engine: what a step over so many rows writes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.backends.contract import ACTIVATIONS, Array
from dlcore.backends.network import NetworkSpec


class Buffers:
    """Everything a step over so many rows writes."""

    def __init__(self, spec: NetworkSpec, rows: int, dtype: np.dtype[Any], training: bool, shown: bool) -> None:
        def matrix(columns: int) -> Array:
            return np.empty((rows, columns), dtype)

        self.x = matrix(spec.inputs)
        self.y = [matrix(layer.units) for layer in spec.layers]
        self.z = [matrix(layer.units) if ACTIVATIONS[layer.activation].needs_input else None for layer in spec.layers]
        self.values = np.empty(rows, dtype)
        self.metric_values = np.empty(rows, dtype)
        self.output = self.y[-1]
        if spec.fused_output and shown:
            self.output = matrix(spec.layers[-1].units)
        if not training:
            return
        self.targets: Array | None = None
        self.sample_weight = np.empty(rows, dtype)
        self.kept: list[NDArray[np.bool_] | None] = [None] * len(spec.layers)
        #: What each layer's weights met. With dropout a copy: the derivative of the layer below needs its whole output.
        self.inputs = [self.x, *self.y[:-1]]
        for i, layer in enumerate(spec.layers):
            if layer.dropout:
                self.inputs[i] = np.empty_like(self.inputs[i])
        self.dy = [matrix(layer.units) for layer in spec.layers]
        self.dz = [
            matrix(layer.units) if ACTIVATIONS[layer.activation].rowwise else dy
            for layer, dy in zip(spec.layers, self.dy, strict=True)
        ]


def gather(
    buffers: Buffers, x: Array, y: Array, sample_weight: Array | None, start: int, stop: int, order: Array | None
) -> tuple[Array, Array, Array | None]:
    """The rows of a batch: views where they lie together, copies in the buffers where an order scatters them."""
    if order is None:
        return x[start:stop], y[start:stop], None if sample_weight is None else sample_weight[start:stop]
    rows = order[start:stop]
    if buffers.targets is None:
        buffers.targets = np.empty((len(rows), *y.shape[1:]), y.dtype)
    # mode="clip" lets take write straight to its target; the order is a permutation, so nothing is clipped.
    x.take(rows, axis=0, out=buffers.x, mode="clip")
    y.take(rows, axis=0, out=buffers.targets, mode="clip")
    if sample_weight is None:
        return buffers.x, buffers.targets, None
    sample_weight.take(rows, out=buffers.sample_weight, mode="clip")
    return buffers.x, buffers.targets, buffers.sample_weight
