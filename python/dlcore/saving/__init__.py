"""Keras's ``saving``: models in files, objects as JSON, classes and functions of the user's own; PyTorch's weights."""

from __future__ import annotations

from typing import Any

from dlcore.handover import load_torch_weights
from dlcore.models import load_model, save_model
from dlcore.models.persistence import Path
from dlcore.registry import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_torch_weights",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]


def save_weights(model: Any, filepath: Path, overwrite: bool = True) -> None:
    """Save a model's weights alone; see ``model.save_weights``."""
    model.save_weights(filepath, overwrite)


def load_weights(model: Any, filepath: Path) -> None:
    """Take a model's weights from a file; see ``model.load_weights``."""
    model.load_weights(filepath)
