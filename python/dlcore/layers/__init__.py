"""Layers with Keras's names and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.layers.core import Activation, Dense, Input, InputLayer
from dlcore.layers.layer import Layer
from dlcore.registry import Registry

__all__ = ["Activation", "Dense", "Input", "InputLayer", "Layer", "deserialize", "serialize"]

_registry = Registry("layer")
for _class in (InputLayer, Dense, Activation):
    _registry.add(_class)


def serialize(layer: Layer) -> Any:
    """The class name and config of a layer."""
    return _registry.serialize(layer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The layer that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
