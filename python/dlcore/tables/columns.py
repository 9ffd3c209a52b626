"""What was learned of one column of a table: a number, a category or a date, and the features made of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dlcore.tables import cells
from dlcore.tables.cells import Category

#: What a feature is called that says: the value is missing, or was too rare or unknown.
MISSING, OTHER = "(missing)", "(other)"

#: The periods whose phase is made of a date, and their unit for people.
CYCLES = ("year", "week", "day")


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers: (x - center) · factor, with ``median`` for what is missing."""

    center: float
    factor: float
    median: float
    low: float
    high: float
    missing: int
    indicator: bool

    def features(self, name: str) -> list[str]:
        """The names of what is made of it."""
        return [name, f"{name}={MISSING}"] if self.indicator else [name]

    def account(self) -> str:
        """What was done, for people."""
        if not self.factor:
            return "constant, so it became 0"
        done = f"numbers from {self.low:.6g} to {self.high:.6g}: "
        done += "kept" if self._kept() else f"{self.center:.6g} subtracted, then divided by {1 / self.factor:.6g}"
        if self.missing:
            done += f"; {self.missing} missing, replaced by the median {self.median:.6g}"
            done += " and marked in a column of their own" if self.indicator else ""
        return done

    def _kept(self) -> bool:
        return self.center == 0 and self.factor == 1

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"kind": "number", **vars(self)}

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> NumberColumn:
        """The column that :meth:`to_json` described."""
        center, factor, median, low, high = (
            _finite(config, key) for key in ("center", "factor", "median", "low", "high")
        )
        return cls(center, factor, median, low, high, _count(config, "missing"), _flag(config, "indicator"))


@dataclass(frozen=True)
class CategoryColumn:
    """A column of categories: a feature for each that is frequent, one for the rest, one for what is missing."""

    values: tuple[Category, ...]
    rare: int
    missing: int

    def features(self, name: str) -> list[str]:
        """The names of what is made of it."""
        words = [cells.text(value) for value in self.values]
        same = len(set(words)) < len(words)  # 1 and "1" are two categories
        own = [repr(value) if same else word for value, word in zip(self.values, words, strict=True)]
        own += [OTHER] * bool(self.rare and self.values) + [MISSING] * bool(self.missing)
        return [f"{name}={word}" for word in own]

    def account(self) -> str:
        """What was done, for people."""
        if not self.values:
            done = f"{self.rare} categories, all of them too rare to learn from: left out"
            return done + (f"; a column for {self.missing} missing" if self.missing else "")
        shown = ", ".join(cells.text(value) for value in self.values[:8]) + (", …" if len(self.values) > 8 else "")
        done = f"a column for each of {len(self.values)} categories ({shown})"
        done += f"; one for {self.rare} rare ones together and for unknown ones" if self.rare else ""
        return done + (f"; one for {self.missing} missing" if self.missing else "")

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = [cells.to_json(value) for value in self.values]
        return {"kind": "category", "values": values, "rare": self.rare, "missing": self.missing}

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> CategoryColumn:
        """The column that :meth:`to_json` described."""
        values = config.get("values")
        if not isinstance(values, list):
            raise ValueError(f"'values' must be a list of categories; got {values!r}")
        found = tuple(cells.from_json(value) for value in values)
        if len(set(found)) < len(found):
            raise ValueError("a category comes twice")
        return cls(found, _count(config, "rare"), _count(config, "missing"))


@dataclass(frozen=True)
class DateColumn:
    """A column of dates: seconds since 1970 as a number, and the phase of some periods as sine and cosine."""

    seconds: NumberColumn
    cycles: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many were missing."""
        return self.seconds.missing

    def features(self, name: str) -> list[str]:
        """The names of what is made of it."""
        return self.seconds.features(name) + [f"{name}={wave} of {c}" for c in self.cycles for wave in ("sin", "cos")]

    def account(self) -> str:
        """What was done, for people."""
        done = "dates: the time as a number" + "".join(f", the phase of the {cycle}" for cycle in self.cycles)
        marked = " and marked in a column of their own" if self.seconds.indicator else ""
        return done + (f"; {self.missing} missing, replaced by the median{marked}" if self.missing else "")

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"kind": "date", "seconds": self.seconds.to_json(), "cycles": list(self.cycles)}

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> DateColumn:
        """The column that :meth:`to_json` described."""
        cycles, seconds = config.get("cycles"), config.get("seconds")
        if (
            not isinstance(cycles, list)
            or not all(cycle in CYCLES for cycle in cycles)
            or len(set(cycles)) < len(cycles)
        ):
            raise ValueError(f"'cycles' must be a list of {', '.join(CYCLES)}; got {cycles!r}")
        if not isinstance(seconds, Mapping):
            raise ValueError(f"'seconds' must describe a column of numbers; got {seconds!r}")
        return cls(NumberColumn.from_json(seconds), tuple(cycles))


Learned: TypeAlias = NumberColumn | CategoryColumn | DateColumn

_KINDS: dict[str, type[Learned]] = {"number": NumberColumn, "category": CategoryColumn, "date": DateColumn}


def kind_of(column: Learned) -> str:
    """The word for what the column holds."""
    return next(kind for kind, cls in _KINDS.items() if type(column) is cls)


def from_json(config: Any) -> Learned:
    """The column that its ``to_json`` described.

    Raises
    ------
    ValueError
        If it is no such description.
    """
    kind = config.get("kind") if isinstance(config, Mapping) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError(f"a column is a dict whose 'kind' is one of {', '.join(_KINDS)}; got {config!r}")
    return _KINDS[kind].from_json(config)


def _finite(config: Mapping[str, Any], key: str) -> float:
    value = config.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= sys.float_info.max:
        return float(value)
    raise ValueError(f"{key!r} must be a finite number; got {value!r}")


def _count(config: Mapping[str, Any], key: str) -> int:
    value = config.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ValueError(f"{key!r} must be a count; got {value!r}")


def _flag(config: Mapping[str, Any], key: str) -> bool:
    value = config.get(key)
    if isinstance(value, bool):
        return value
    raise ValueError(f"{key!r} must be true or false; got {value!r}")
