"""Optimizers and learning-rate schedules with Keras's names, arguments and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.optimizers import schedules
from dlcore.optimizers.adagrad import Adagrad
from dlcore.optimizers.adam import Adam, AdamW
from dlcore.optimizers.optimizer import Optimizer
from dlcore.optimizers.rmsprop import RMSprop
from dlcore.optimizers.sgd import SGD
from dlcore.registry import Registry

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_registry = Registry("optimizer", ignore_case=True)
for _class in (SGD, Adagrad, RMSprop, Adam, AdamW):
    _registry.add(_class)


def get(identifier: Any) -> Optimizer:
    """An optimizer from a name (in any case), a config, a class or an object.

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For what is no optimizer.
    """
    found = _registry.get(identifier)
    if not isinstance(found, Optimizer):
        raise TypeError(f"optimizer must be a name, a config or an Optimizer; got {identifier!r}")
    return found


def serialize(optimizer: Optimizer) -> Any:
    """The class name and config of an optimizer."""
    return _registry.serialize(optimizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The optimizer that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
