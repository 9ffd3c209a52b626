"""The net inside an estimator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import layers
from dlcore.estimators.outputs import Output
from dlcore.initializers import GlorotUniform, RandomUniform
from dlcore.models import Sequential
from dlcore.regularizers import L2
from dlcore.streams import SEED_LIMIT, Stream, words
from dlcore.variable import Variable


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

    Weights and biases start as scikit-learn's do, evenly spread over ±√(6 / (units below + units)). Its weights and masks follow
    from the seed alone, so that nets can be trained side by side.
    """
    seeds = (int(word) % SEED_LIMIT for word in words(Stream(seed), 3 * len(hidden) + 2))
    kind = np.dtype(dtype).name
    width = inputs

    def dense(units: int, own: Any, name: str) -> layers.Dense:
        nonlocal width
        bound = math.sqrt(6 / (width + units))
        width = units
        return layers.Dense(
            units,
            own,
            kernel_initializer=GlorotUniform(next(seeds)),
            bias_initializer=RandomUniform(-bound, bound, next(seeds)),
            name=name,
            dtype=kind,
        )

    stack: list[layers.Layer] = [layers.Input((inputs,), dtype=kind)]
    for i, units in enumerate(hidden):
        stack.append(dense(units, None if normalization else activation, f"hidden_{i}"))
        if normalization:
            norm = layers.BatchNormalization if normalization == "batch" else layers.LayerNormalization
            stack += [norm(name=f"norm_{i}", dtype=kind), layers.Activation(activation, name=f"active_{i}", dtype=kind)]
        mask = next(seeds)
        if dropout:
            stack.append(layers.Dropout(dropout, seed=mask, name=f"dropout_{i}", dtype=kind))
    stack.append(dense(output.units, output.activation, "output"))
    return Sequential(stack, name="net")


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


def assign(variables: Sequence[Variable], values: Any, name: str) -> None:
    """Set weights, all or none.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    arrays = [np.asarray(value) for value in values]
    wanted, found = [variable.shape for variable in variables], [array.shape for array in arrays]
    if wanted != found:
        raise ValueError(f"{name} must hold arrays of the shapes {wanted}; got {found}")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
