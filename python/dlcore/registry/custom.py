"""Classes and functions of the user's own: registered for good, in a scope, or passed as ``custom_objects``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, TypeVar

T = TypeVar("T")

#: "package>name" -> class or function, and back.
_objects: dict[str, Any] = {}
_names: dict[Any, str] = {}

_scope: ContextVar[Mapping[str, Any]] = ContextVar("custom_objects", default={})  # noqa: B039 - never changed
_described: ContextVar[dict[str, Any] | None] = ContextVar("described", default=None)


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: make a class or function known to ``deserialize``, ``load_model`` and their kin.

    Parameters
    ----------
    package : str
        Keeps equal names of different authors apart.
    name : str, optional
        Default: the object's own name. It is registered as ``package>name``.

    Raises
    ------
    ValueError
        If a class has no ``get_config``.
    """

    def register(entry: T) -> T:
        if inspect.isclass(entry) and not hasattr(entry, "get_config"):
            raise ValueError(
                f"Cannot register a class that does not have a get_config() method: {entry.__name__} could not be saved"
            )
        full = f"{package}>{name or entry.__name__}"  # type: ignore[attr-defined]  # classes and functions have one
        _objects[full], _names[entry] = entry, full
        return entry

    return register


def get_registered_name(obj: Any) -> str:
    """The name a class or function was registered under, or its own."""
    registered = _names.get(obj)
    name = str(obj.__name__ if registered is None else registered)
    described = _described.get()
    if described is not None:
        described[name] = obj
    return name


@contextmanager
def remembered() -> Iterator[dict[str, Any]]:
    """``with remembered() as found:`` classes and functions that are described inside of it, by the names they get.

    As ``custom_objects`` they let a copy be made within one process of what was never registered.
    """
    found: dict[str, Any] = {}
    token = _described.set(found)
    try:
        yield found
    finally:
        _described.reset(token)


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """The class or function of a name, or None.

    It is looked for in ``custom_objects``, in the scopes that are open, among what was registered, and last in
    ``module_objects``.
    """
    for known in (custom_objects, _scope.get(), _objects, module_objects):
        if known and name in known:
            return known[name]
    return None


def only_registered(name: str) -> Any:
    """The object registered under this name in whichever package, or None if there is none or more than one."""
    found = [entry for full, entry in _objects.items() if full.partition(">")[2] == name]
    return found[0] if len(found) == 1 else None


def get_custom_objects() -> dict[str, Any]:
    """Everything registered, by name. What is put into this dict is registered, too."""
    return _objects


class CustomObjectScope:
    """``with CustomObjectScope({"name": object}):`` objects that are known inside of it, in this thread.

    Scopes nest: the inner one is asked first.
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        self.custom_objects = dict(custom_objects or {})
        self._tokens: list[Token[Mapping[str, Any]]] = []

    def __enter__(self) -> CustomObjectScope:
        self._tokens.append(_scope.set({**_scope.get(), **self.custom_objects}))
        return self

    def __exit__(self, *error: object) -> None:
        _scope.reset(self._tokens.pop())


custom_object_scope = CustomObjectScope
