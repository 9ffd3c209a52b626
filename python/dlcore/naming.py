"""Automatic names in Keras's manner: ``dense``, ``dense_1``, ``dense_2``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

_counts: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """``MeanSquaredError`` → ``mean_squared_error``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def auto_name(class_name: str) -> str:
    """The next free automatic name for an object of that class."""
    base = snake_case(class_name)
    number = _counts[base]
    _counts[base] += 1
    return f"{base}_{number}" if number else base


def unique(names: Iterable[str]) -> list[str]:
    """The names, the second one alike with _1 behind it, and so on."""
    taken: dict[str, int] = {}
    result: list[str] = []
    for name in names:
        candidate = name
        while candidate in taken:
            taken[name] += 1
            candidate = f"{name}_{taken[name]}"
        taken[candidate] = 0
        result.append(candidate)
    return result


def shown(thing: Any) -> str:
    """Class and config of an object, for its ``repr``."""
    try:
        return f"<{type(thing).__name__} {thing.get_config()}>"
    except (NotImplementedError, AttributeError, TypeError):  # a class of the user's own that cannot be saved
        return f"<{type(thing).__name__}>"


def reset() -> None:
    """Start counting anew."""
    _counts.clear()
