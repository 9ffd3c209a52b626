"""Names for the replaceable parts: one registry a family, with aliases, configs and helpful errors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def unknown_name(family: str, name: object, known: Iterable[str]) -> str:
    """The message for a name nobody registered: what was meant perhaps, and what there is."""
    from difflib import get_close_matches

    names = sorted(set(known))
    in_any_case = {n.lower(): n for n in names}
    close = get_close_matches(str(name), names, n=1)
    close = close or [in_any_case[n] for n in get_close_matches(str(name).lower(), in_any_case, n=1)]
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"Unknown {family} {name!r}.{hint} Known: {', '.join(names)}"


class Registry:
    """Functions and classes of one family by name, as in Keras: found by string, config or passed through.

    Parameters
    ----------
    family : str
        What the entries are, for error messages ("loss", "optimizer", …).
    ignore_case : bool
        Whether ``"Adam"`` and ``"adam"`` are one name.
    """

    def __init__(self, family: str, ignore_case: bool = False) -> None:
        self.family = family
        self._ignore_case = ignore_case
        self._entries: dict[str, Any] = {}

    def add(self, entry: Any, *aliases: str) -> Any:
        """Register a class or function under its own name and under the aliases; returns it."""
        for name in (entry.__name__, *aliases):
            self._entries[self._key(name)] = entry
        return entry

    def names(self) -> list[str]:
        """All names, aliases included."""
        return sorted(self._entries)

    def find(self, name: str) -> Any:
        """The class or function of that name.

        Raises
        ------
        ValueError
            If nothing has that name.
        """
        entry = self._entries.get(self._key(name))
        if entry is None:
            raise ValueError(unknown_name(self.family, name, self._entries))
        return entry

    def get(self, identifier: Any) -> Any:
        """An object from a name, a config ``{"class_name": …, "config": …}``, a class, or the object itself.

        None gives None. Classes are instantiated with their defaults, functions returned as they are.
        """
        if identifier is None:
            return None
        if isinstance(identifier, Mapping):
            return self.deserialize(identifier)
        entry = self.find(identifier) if isinstance(identifier, str) else identifier
        if inspect.isclass(entry):
            return entry()
        if not callable(entry) and not hasattr(entry, "get_config"):
            raise TypeError(
                f"{self.family} must be a name, a config dict, a class or an object; "
                f"got {type(entry).__name__}: {entry!r}"
            )
        return entry

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The object that :meth:`serialize` described."""
        if config is None or isinstance(config, str):
            if config is not None and custom_objects and config in custom_objects:
                return custom_objects[config]
            return self.get(config)
        if not isinstance(config, Mapping) or "class_name" not in config:
            raise ValueError(f"{self.family}: a config is a dict with 'class_name' and 'config'; got {config!r}")
        name = config["class_name"]
        entry = custom_objects[name] if custom_objects and name in custom_objects else self.find(name)
        return entry.from_config(dict(config.get("config") or {}))

    def serialize(self, entry: Any) -> Any:
        """The name of a function, or ``{"class_name": …, "config": …}`` of an object."""
        if entry is None:
            return None
        if hasattr(entry, "get_config"):
            return {"class_name": type(entry).__name__, "config": entry.get_config()}
        if isinstance(entry, Callable) and hasattr(entry, "__name__"):  # type: ignore[arg-type]
            return entry.__name__
        raise TypeError(f"Cannot serialize {entry!r} as a {self.family}: it has neither get_config nor a name")

    def _key(self, name: str) -> str:
        return name.lower() if self._ignore_case else name
