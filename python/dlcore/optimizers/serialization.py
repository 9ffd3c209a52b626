"""Optimizers by name and by config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.optimizers import schedules
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
    try:
        found = deserialize(identifier) if isinstance(identifier, Mapping) else registry.get(identifier)
    except TypeError as error:
        if isinstance(identifier, (str, Mapping, type)):
            raise
        raise ValueError(str(error)) from error
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
    if isinstance(config, Mapping) and isinstance(config.get("config"), Mapping):
        config = {**config, "config": _with_objects(config["config"], custom_objects)}
    return registry.deserialize(config, custom_objects)


def _with_objects(arguments: Mapping[str, Any], custom_objects: Mapping[str, Any] | None) -> dict[str, Any]:
    """The arguments of an optimizer with objects in the place of their configs."""
    opened = dict(arguments)
    rate = opened.get("learning_rate")
    if isinstance(rate, (str, Mapping)):
        opened["learning_rate"] = schedules.deserialize(rate, custom_objects)
    for name in ("inner_optimizer", "optimizer_map", "default_optimizer"):
        if isinstance(opened.get(name), Mapping) and "class_name" in opened[name]:
            opened[name] = deserialize(opened[name], custom_objects)
    return opened
