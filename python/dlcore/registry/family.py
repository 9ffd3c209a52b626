"""One registry a family of replaceable parts, with aliases, configs and helpful errors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from dlcore.registry import families
from dlcore.registry.custom import CustomObjectScope, get_registered_name, get_registered_object
from dlcore.registry.names import advice, unknown_name
from dlcore.registry.objects import (
    check_built_in,
    config_of,
    custom_object,
    function_name,
    instantiate,
    may_be_built_in,
    named,
)


class Registry:
    """Functions and classes of one family by name, as in Keras: found by string, config or passed through.

    What the user registered (:func:`~dlcore.registry.register_keras_serializable`), and what an open
    :class:`~dlcore.registry.CustomObjectScope` holds, is found as well, and before the built-in entries.

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
        families.FAMILIES.append(self)

    # --- Entries ---

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
        entry = get_registered_object(name)
        entry = self._entries.get(self._key(name)) if entry is None else entry
        if entry is None:
            raise ValueError(unknown_name(self.family, name, self._entries))
        return entry

    def holds(self, name: str, entry: Any) -> bool:
        """Whether the entry is a built-in one of that name."""
        return self._entries.get(self._key(name)) is entry

    def own(self, name: str) -> Any:
        """The built-in class or function whose own name this is (no alias), or None."""
        entry = self._entries.get(self._key(name))
        return entry if entry is not None and entry.__name__ == name else None

    @property
    def plural(self) -> str:
        """The module's name: "losses", "schedules"."""
        word = self.family.split()[-1]
        return word + ("es" if word.endswith("s") else "s")

    def module_of(self, entry: Any) -> str:
        """The public module of a built-in entry: "dlcore.optimizers.schedules"."""
        parts = entry.__module__.split(".")
        return ".".join(parts[: parts.index(self.plural) + 1] if self.plural in parts else parts[:2])

    # --- Objects ---

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
        """The object that :meth:`serialize` described.

        Parameters
        ----------
        config : str or dict
            ``{"class_name": …, "config": …}``, or Keras's fuller form with "module" and "registered_name".
        custom_objects : dict of str to class or function, optional
            Objects of the caller's own, by name.

        Raises
        ------
        ValueError
            If a name is unknown, or the dict is no config.
        TypeError
            If the class does not take the config.
        """
        with CustomObjectScope(custom_objects):
            if not isinstance(config, Mapping):
                return self.get(config)
            if "class_name" not in config:
                raise ValueError(f"{self.family}: a config is a dict with 'class_name' and 'config'; got {config!r}")
            return instantiate(config, self._named(config))

    def _named(self, config: Mapping[str, Any]) -> Any:
        """The class or function that a config names."""
        name = named(config)
        entry = custom_object(config, name)
        if entry is None and may_be_built_in(config):
            entry = self._entries.get(self._key(name))
            if entry is None and config.get("module"):  # a part of another family, such as a layer as an activation
                entry = families.find_built_in(name, config["module"], config["class_name"] != "function")
            if entry is not None:
                check_built_in(config, name)
        if entry is None:
            raise ValueError(f"{unknown_name(self.family, name, self._entries)}. {advice(name)}")
        if config["class_name"] != "function" and not inspect.isclass(entry):
            raise ValueError(f"{self.family}: {name!r} is a function; its name alone describes it")
        return entry

    def serialize(self, entry: Any) -> Any:
        """The name of a function, or ``{"class_name": …, "config": …}`` of an object, fit for JSON.

        An object whose class the user registered says so in "registered_name", one of another family in "module".

        Raises
        ------
        TypeError
            If it has neither a config nor a name.
        ValueError
            If it is a lambda.
        """
        if entry is None:
            return None
        if hasattr(entry, "get_config") and not inspect.isclass(entry):
            cls, name = type(entry), get_registered_name(type(entry))
            described = {"class_name": cls.__name__, "config": config_of(entry)}
            if name != cls.__name__:
                return {**described, "registered_name": name}
            home = families.built_in(cls)
            return described if home is None or self.holds(name, cls) else {"module": home.module_of(cls), **described}
        if callable(entry) and hasattr(entry, "__name__"):
            return function_name(entry)
        raise TypeError(f"Cannot serialize {entry!r} as a {self.family}: it has neither get_config nor a name")

    def _key(self, name: str) -> str:
        return name.lower() if self._ignore_case else name
