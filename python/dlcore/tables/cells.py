"""One cell of a table: whether it is missing, which category it stands for, and categories as JSON."""

from __future__ import annotations

import datetime
import math
import numbers
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np

from dlcore.floats import Array

#: What a category may be. Equal values are one category, as in Python: 1, 1.0 and True.
Category: TypeAlias = "str | bool | int | float | np.datetime64"

#: The resolution of dates: fine enough, and wide enough for the year 9999.
DATES = "datetime64[us]"


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, pandas's NA, or a date that is none (NaT)."""
    if value is None:
        return True
    if isinstance(value, (float, np.floating)):
        return math.isnan(value)
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    return type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, Decimal) and value.is_nan())


def category(value: Any, column: str) -> Category:  # noqa: PLR0911 - one for each type
    """The category of a cell that is not missing.

    Raises
    ------
    TypeError
        If it is no text, number or date.
    ValueError
        If it is complex, infinite, or bytes that are no UTF-8.
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, (numbers.Real, Decimal)):
        if not math.isfinite(value):
            raise ValueError(f"Input X contains infinity (column {column})")
        return float(value)
    if isinstance(value, np.datetime64):
        date: np.datetime64 = value.astype(DATES)
        return date
    if isinstance(value, datetime.datetime):
        return np.datetime64(value.replace(tzinfo=None), "us")
    if isinstance(value, datetime.date):
        return np.datetime64(value, "us")
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, numbers.Complex):
        raise ValueError(f"Complex data not supported: column {column} holds {value!r}")
    raise TypeError(
        f"The argument must be a string, a date or a number in every cell of X; "
        f"column {column} holds a {type(value).__name__}"
    )


def order(value: Category) -> tuple[int, Any]:
    """The key that sorts categories: numbers, text, dates."""
    if isinstance(value, str):
        return 1, value
    return (2, value) if isinstance(value, np.datetime64) else (0, value)


def text(value: Category) -> str:
    """A category as people write it: 1.0 is 1, a date without time has none."""
    if isinstance(value, np.datetime64):
        day = value.astype("datetime64[D]")
        return str(day if day == value else value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def to_json(value: Category) -> Any:
    """A category as JSON holds it: a date as ``{"date": …}``."""
    return {"date": str(value)} if isinstance(value, np.datetime64) else value


def from_json(value: Any) -> Category:
    """The category that :func:`to_json` described.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(value, dict) and list(value) == ["date"] and isinstance(value["date"], str):
        date = np.datetime64(value["date"], "us")
        if not np.isnat(date):
            return date
    elif isinstance(value, (str, bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError(f"a category is text, a finite number, a boolean or {{'date': …}}; got {value!r}")


def factorized(values: list[Any], column: str) -> tuple[Array, list[Any]]:
    """The values as indexes into a list of different ones, in the order of their first appearance."""
    try:
        places = {value: i for i, value in enumerate(dict.fromkeys(values))}
    except TypeError:  # one cannot be hashed; category() says which, and what is allowed
        for value in values:
            category(value, column)
        raise
    return np.fromiter(map(places.__getitem__, values), np.intp, len(values)), list(places)


def all_of(values: Iterable[Category], *types: type) -> bool:
    """Whether all categories are of these types."""
    return all(isinstance(value, types) for value in values)
