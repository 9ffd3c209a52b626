"""The config of a layer that does not say it itself: what its constructor was given."""

from __future__ import annotations

import inspect
from typing import Any


def given_config(layer: Any, base: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the constructor by name, with those of the base that it takes as well.

    Raises
    ------
    NotImplementedError
        If one of them is no plain value (numbers, text, and lists and dicts of these): the class must then define
        ``get_config`` itself.
    """
    kind = type(layer)
    parameters = inspect.signature(kind.__init__).parameters
    bound = inspect.signature(kind.__init__).bind(layer, *args, **kwargs).arguments
    stars = [p for p in parameters.values() if p.kind is p.VAR_KEYWORD]
    given = {name: value for name, value in list(bound.items())[1:] if parameters[name] not in stars}
    given.update(bound.get(stars[0].name, {}) if stars else {})
    opaque = [name for name, value in given.items() if not _is_plain(value)]
    if opaque or any(p.kind is p.VAR_POSITIONAL for p in parameters.values()):
        raise NotImplementedError(
            f"Object {kind.__name__} was created by passing values that no config can hold ({', '.join(opaque)}): "
            f"it must define get_config(), which returns its arguments as plain values"
        )
    config = {name: value for name, value in base.items() if stars or name in parameters}
    return {**config, **{name: value for name, value in given.items() if name not in config}}


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return value is None or isinstance(value, (str, int, float, bool))
