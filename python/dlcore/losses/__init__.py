"""Losses with Keras's names: classes that reduce, functions that give a value for each sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.losses.base import Loss, LossFunctionWrapper
from dlcore.losses.classes import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    KernelLoss,
    MeanAbsoluteError,
    MeanSquaredError,
    SmoothL1,
    SparseCategoricalCrossentropy,
)
from dlcore.losses.functions import (
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    smooth_l1,
    sparse_categorical_crossentropy,
)
from dlcore.registry import Registry

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "KernelLoss",
    "Loss",
    "LossFunctionWrapper",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SmoothL1",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "smooth_l1",
    "sparse_categorical_crossentropy",
]

_registry = Registry("loss")

#: Function form -> class form, and the aliases of the function.
_FORMS: list[tuple[Any, type[KernelLoss], tuple[str, ...]]] = [
    (categorical_crossentropy, CategoricalCrossentropy, ()),
    (sparse_categorical_crossentropy, SparseCategoricalCrossentropy, ()),
    (binary_crossentropy, BinaryCrossentropy, ("bce", "BCE")),
    (mean_absolute_error, MeanAbsoluteError, ("mae", "MAE")),
    (mean_squared_error, MeanSquaredError, ("mse", "MSE")),
    (huber, Huber, ()),
    (smooth_l1, SmoothL1, ()),
]
for _function, _class, _aliases in _FORMS:
    _registry.add(_function, *_aliases)
    _registry.add(_class)

_CLASS_OF = {function: cls for function, cls, _ in _FORMS}


def get(identifier: Any) -> Any:
    """A loss from a name, a config, a function or an object.

    As in Keras, ``get("mean_squared_error")`` (or "mse") is the function and ``get("MeanSquaredError")`` an object.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    return _registry.get(identifier)


def serialize(loss: Any) -> Any:
    """The name of a loss function, or the class name and config of a loss object."""
    return _registry.serialize(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The loss that :func:`serialize` described."""
    return _registry.deserialize(name, custom_objects)


def as_object(identifier: Any) -> Loss:
    """A Loss object from whatever ``compile`` takes; a function becomes its class form where it has one."""
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    if found in _CLASS_OF:
        return _CLASS_OF[found]()
    return LossFunctionWrapper(found)
