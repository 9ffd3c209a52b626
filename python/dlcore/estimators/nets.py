"""The net inside an estimator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import layers
from dlcore.estimators.outputs import Output
from dlcore.initializers import GlorotUniform
from dlcore.models import Sequential
from dlcore.regularizers import L2
from dlcore.streams import SEED_LIMIT, Stream, words


def build(
    inputs: int,
    hidden: Sequence[int],
    activation: Any,
    output: Output,
    *,
    seed: int,
    dropout: float = 0.0,
    normalization: str | None = None,
    dtype: Any = "float32",
) -> Sequential:
    """A net of Dense layers, each followed by normalization, activation and dropout where these are asked for.

    Its weights, masks and orders of rows follow from the seed alone, so that nets can be trained side by side.
    """
    seeds = (int(word) % SEED_LIMIT for word in words(Stream(seed), 2 * len(hidden) + 1))
    kind = np.dtype(dtype).name
    stack: list[layers.Layer] = [layers.Input((inputs,), dtype=kind)]
    for i, units in enumerate(hidden):
        own = None if normalization else activation
        stack.append(layers.Dense(units, own, kernel_initializer=GlorotUniform(next(seeds)), name=f"hidden_{i}", dtype=kind))
        if normalization:
            norm = layers.BatchNormalization if normalization == "batch" else layers.LayerNormalization
            stack += [norm(name=f"norm_{i}", dtype=kind), layers.Activation(activation, name=f"active_{i}", dtype=kind)]
        mask = next(seeds)
        if dropout:
            stack.append(layers.Dropout(dropout, seed=mask, name=f"dropout_{i}", dtype=kind))
    start = GlorotUniform(next(seeds))
    stack.append(layers.Dense(output.units, output.activation, kernel_initializer=start, name="output", dtype=kind))
    net = Sequential(stack, name="net")
    net.shuffle_seed = seed
    return net


def dense(net: Sequential) -> list[layers.Dense]:
    """The layers that have the weights which scikit-learn knows."""
    return [layer for layer in net.layers if isinstance(layer, layers.Dense)]


def regularize(net: Sequential, l2: float) -> bool:
    """Add l2 · Σ w² over all weights, but no biases, to the loss. Returns whether that changes anything."""
    found = L2(l2) if l2 else None
    changed = False
    for layer in dense(net):
        before = layer.kernel.regularizer
        if (before.l2 if before else 0.0) != l2:
            layer.kernel_regularizer = layer.kernel.regularizer = found
            changed = True
    return changed
