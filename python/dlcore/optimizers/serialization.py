"""Optimizers by name and by config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.optimizers.optimizer import Optimizer
from dlcore.registry import Registry

registry = Registry("optimizer", ignore_case=True)


def get(identifier: Any) -> Any:
    """An optimizer from a name (in any case), a config, a class or an object. None gives None.

    Raises
    ------
    ValueError
        For an unknown name, and for what is no optimizer.
    """
    if identifier is None:
        return None
    found = identifier
    if isinstance(identifier, Mapping):
        found = deserialize(identifier)
    elif isinstance(identifier, (str, type)):
        found = registry.get(identifier)
    if not isinstance(found, Optimizer):
        raise ValueError(f"optimizer must be a name, a config or an Optimizer; got {identifier!r}")
    return found


def serialize(optimizer: Any) -> Any:
    """The class name and config of an optimizer."""
    return registry.serialize(optimizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The optimizer that :func:`serialize` described.

    Parameters
    ----------
    config : dict
        ``{"class_name": …, "config": …}``.
    custom_objects : dict, optional
        Classes of your own by name, for optimizers and for the schedules in them.
    """
    return registry.deserialize(config, custom_objects)
