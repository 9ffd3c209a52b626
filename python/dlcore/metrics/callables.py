"""The functions that metrics average, by name: what a config says in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore import losses
from dlcore.registry import Registry

#: The functions of this package. Those it shares with the losses are in the losses' registry.
FUNCTIONS = Registry("metric function")


def is_loss(fn: Any) -> bool:
    """Whether it is a Loss, or a function of :mod:`dlcore.losses`."""
    return isinstance(fn, losses.Loss) or _family(getattr(fn, "__module__", "")) == "dlcore.losses"


def serialize(fn: Any) -> Any:
    """What stands for a function or a Loss in a config."""
    if isinstance(fn, losses.Loss):
        return losses.serialize(fn)
    name = getattr(fn, "__name__", None)
    if name is None:
        raise TypeError(f"fn must be a function with a name, or a Loss, to stand in a config; got {fn!r}")
    return {"class_name": "function", "config": name, "module": _family(fn.__module__)}


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The function or Loss that :func:`serialize` described; a function is given back as it is.

    Raises
    ------
    ValueError
        If nothing has that name: a function of your own must be in ``custom_objects``.
    """
    if not isinstance(config, Mapping):
        return config if callable(config) else FUNCTIONS.find(config)
    if config.get("class_name") != "function":
        return losses.deserialize(config, custom_objects)
    name = config["config"]
    if custom_objects and name in custom_objects:
        return custom_objects[name]
    return losses.get(name) if config.get("module") == "dlcore.losses" else FUNCTIONS.find(name)


def _family(module: str) -> str:
    """``dlcore.losses.functions`` → ``dlcore.losses``; other modules as they are."""
    return ".".join(module.split(".")[:2]) if module.startswith("dlcore.") else module
