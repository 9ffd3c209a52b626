"""The net inside an estimator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import layers
from dlcore.estimators.outputs import Output
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
    start: np.random.RandomState,
    seed: int,
    dropout: float = 0.0,
    normalization: str | None = None,
    dtype: Any = "float32",
) -> Sequential:
    """A net of Dense layers, each followed by normalization, activation and dropout where these are asked for.

    Weights and biases are drawn from ``start`` as scikit-learn draws them, evenly spread over
    ±√(6 / (units below + units)), or √2 for √6 before a sigmoid; masks follow from the seed.
    """
    kind = np.dtype(dtype).name
    stack: list[layers.Layer] = [layers.Input((inputs,), dtype=kind, name="features")]
    for i, units in enumerate(hidden):
        own = None if normalization else activation
        stack.append(layers.Dense(units, own, kernel_initializer="zeros", name=f"hidden_{i}", dtype=kind))
        if normalization:
            norm = layers.BatchNormalization if normalization == "batch" else layers.LayerNormalization
            stack += [norm(name=f"norm_{i}", dtype=kind), layers.Activation(activation, name=f"active_{i}", dtype=kind)]
        if dropout:
            mask = int(words(Stream(seed, i), 1)[0]) % SEED_LIMIT
            stack.append(layers.Dropout(dropout, seed=mask, name=f"dropout_{i}", dtype=kind))
    stack.append(layers.Dense(output.units, output.activation, kernel_initializer="zeros", name="output", dtype=kind))
    net = Sequential(stack, name="net")
    for kernel, bias in zip(kernels(net), biases(net), strict=True):
        bound = math.sqrt((2 if activation == "sigmoid" else 6) / sum(kernel.shape))
        kernel.assign(start.uniform(-bound, bound, kernel.shape))
        bias.assign(start.uniform(-bound, bound, bias.shape))
    return net


def _dense(net: Sequential) -> list[layers.Dense]:
    return [layer for layer in net.layers if isinstance(layer, layers.Dense)]


def kernels(net: Sequential) -> list[Variable]:
    """What scikit-learn calls ``coefs_``."""
    return [layer.kernel for layer in _dense(net)]


def biases(net: Sequential) -> list[Variable]:
    """What scikit-learn calls ``intercepts_``."""
    return [layer.bias for layer in _dense(net) if layer.bias is not None]


def regularize(net: Sequential, l2: float) -> bool:
    """Add l2 · Σ w² over all weights, but no biases, to the loss. Returns whether that changes anything."""
    found = L2(l2) if l2 else None
    changed = False
    for layer in _dense(net):
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
