"""Arguments of constructors that stay settable: checked whenever they are set, and listed by ``get_config``."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar, overload

from dlcore.checks import number, whole

T = TypeVar("T")

_MOST = 2**63 - 1


class Setting(Generic[T]):
    """A class attribute that passes every value set on an object through a check ``(name, value) -> value``."""

    def __init__(self, check: Callable[[str, Any], T]) -> None:
        self._check = check
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, holder: object, owner: type) -> T: ...
    def __get__(self, holder: object | None, owner: type) -> Any:
        if holder is None:
            return self
        try:
            return holder.__dict__[self._name]
        except KeyError:
            raise AttributeError(f"{owner.__name__} has no {self._name} yet: call super().__init__() first") from None

    def __set__(self, holder: object, value: Any) -> None:
        vars(holder)[self._name] = self._check(self._name, value)


def settings_of(owner: type) -> tuple[str, ...]:
    """The names of a class's settings, those of its bases first."""
    return _settings_of(owner)


@cache
def _settings_of(owner: type) -> tuple[str, ...]:
    kinds = reversed(owner.__mro__)
    return tuple(
        dict.fromkeys(name for kind in kinds for name, found in vars(kind).items() if isinstance(found, Setting))
    )


def real(
    low: float = -math.inf, high: float = math.inf, *, open_low: bool = False, open_high: bool = True
) -> Setting[float]:
    """A number between bounds; see :func:`dlcore.checks.number`."""
    return Setting(lambda name, value: number(name, value, low, high, open_low=open_low, open_high=open_high))


def real_or_none(low: float = -math.inf, *, open_low: bool = False) -> Setting[float | None]:
    """A number from ``low`` on, or None."""
    return Setting(lambda name, value: None if value is None else number(name, value, low, open_low=open_low))


def count(low: int) -> Setting[int]:
    """A whole number from ``low`` on."""
    return Setting(lambda name, value: whole(name, value, low, _MOST))


def count_or_none(low: int) -> Setting[int | None]:
    """A whole number from ``low`` on, or None."""
    return Setting(lambda name, value: None if value is None else whole(name, value, low, _MOST))


def flag() -> Setting[bool]:
    """True or False."""
    return Setting(lambda name, value: bool(value))  # noqa: ARG005 - all checks are called alike
