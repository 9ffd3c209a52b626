"""Layers with Keras's names and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from dlcore.layers.batch_normalization import BatchNormalization
from dlcore.layers.dense import Dense
from dlcore.layers.embedding import Embedding
from dlcore.layers.input_layer import Input, InputLayer
from dlcore.layers.input_spec import InputSpec
from dlcore.layers.layer import Layer
from dlcore.layers.layer_normalization import (
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from dlcore.layers.noise import AlphaDropout, Dropout, GaussianDropout, GaussianNoise
from dlcore.layers.plain import ActivityRegularization, Identity, Lambda, Masking
from dlcore.layers.preprocessing import Normalization, Rescaling
from dlcore.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from dlcore.registry import Registry

__all__ = [
    "ELU",
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "UnitNormalization",
    "deserialize",
    "get",
    "serialize",
]

_CLASSES = (
    InputLayer, Dense, Activation, ReLU, LeakyReLU, ELU, PReLU, Softmax, Dropout, AlphaDropout, GaussianDropout,
    GaussianNoise, ActivityRegularization, BatchNormalization, LayerNormalization, RMSNormalization,
    GroupNormalization, UnitNormalization, Embedding, Flatten, Reshape, Permute, RepeatVector, Identity, Lambda,
    Masking, Normalization, Rescaling,
)  # fmt: skip
_registry = Registry("layer")
for _class in _CLASSES:
    _registry.add(_class)


def get(identifier: Any) -> Any:
    """A layer from its config or itself.

    Raises
    ------
    ValueError
        For an unknown class.
    """
    return _registry.get(identifier)


def serialize(layer: Layer) -> Any:
    """The class name and config of a layer."""
    return _registry.serialize(layer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The layer that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
