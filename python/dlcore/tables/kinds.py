"""Columns as what they were learned as: which kind they are, and their numbers, dates or category codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.tables import cells
from dlcore.tables.intake import Coded, Column

#: Numbers of seconds.
YEAR, WEEK, DAY = 365.2425 * 86400, 7 * 86400, 86400

_EPOCH = np.datetime64(0, "us")


def kind(column: Column, label: str) -> str:
    """What a column holds: "number", "category" or "date". Text is a category, also where it is digits."""
    if isinstance(column, Coded):
        return "category"
    if column.dtype.kind != "O":
        return "date" if column.dtype.kind == "M" else "number"
    found = _present(cells.factorized(column.tolist(), label)[1], label)
    if cells.all_of(found, bool, int, float):
        return "number"
    return "date" if cells.all_of(found, np.datetime64) else "category"


def _present(values: Iterable[Any], label: str) -> list[cells.Category]:
    return [cells.category(value, label) for value in values if not cells.is_missing(value)]


def codes(column: Column, label: str) -> tuple[Array, list[cells.Category | None]]:
    """A column as codes, and the category of each code, None for what is missing; code -1 is missing as well."""
    if isinstance(column, Coded):
        places, values = column.codes, column.values
    elif column.dtype.kind == "O":
        places, values = cells.factorized(column.tolist(), label)
    else:
        unique, places = np.unique(column, return_inverse=True)
        values = list(unique) if unique.dtype.kind == "M" else unique.tolist()
    return places, [None if cells.is_missing(value) else cells.category(value, label) for value in values]


def numbers(column: Column, label: str) -> Array:
    """A column as real numbers, NaN where they are missing. Text is read as a number.

    Raises
    ------
    ValueError
        If a cell is neither.
    """
    if not isinstance(column, Coded) and column.dtype.kind in "fiub":
        return column
    places, values = codes(column, label)
    table = np.array([np.nan if value is None else _number(value, label) for value in values] + [np.nan])
    result: Array = table[places]
    return result


def _number(value: cells.Category, label: str) -> float:
    if isinstance(value, np.datetime64):
        raise ValueError(f"column {label} must hold numbers; it holds the date {cells.text(value)}")
    try:
        return float(value)
    except ValueError:
        raise ValueError(
            f"could not convert string to float: {value!r}, in column {label}; a column of text is a category: "
            "fit with categorical_features='auto', or name it there"
        ) from None
    except OverflowError:
        raise ValueError(f"Input X contains a value too large for dtype('float64'), in column {label}") from None


def dates(column: Column, label: str) -> Array:
    """A column as dates, NaT where they are missing. Text is read as an ISO date.

    Raises
    ------
    ValueError
        If a cell is neither.
    """
    if not isinstance(column, Coded) and column.dtype.kind == "M":
        return column
    places, values = codes(column, label)
    table = np.array([_date(value, label) for value in values] + [np.datetime64("NaT")], cells.DATES)
    result: Array = table[places]
    return result


def _date(value: cells.Category | None, label: str) -> np.datetime64:
    if value is None or isinstance(value, np.datetime64):
        return np.datetime64("NaT", "us") if value is None else value
    if isinstance(value, str):
        try:
            return np.datetime64(value, "us")
        except ValueError:
            pass
    raise ValueError(f"column {label} must hold dates; it holds {value!r}")


def seconds(date: Array) -> Array:
    """Seconds since the start of 1970, NaN where there is no date."""
    result: Array = np.where(np.isnat(date), np.nan, (date - _EPOCH) / np.timedelta64(1, "s"))
    return result


def phases(date: Array, cycle: str) -> tuple[Array, Array]:
    """Sine and cosine of where in the year, week or day a date is; 0 where there is none."""
    since = seconds(date)
    if cycle == "year":
        start = date.astype("datetime64[Y]").astype(date.dtype)
        part = (since - seconds(start)) / YEAR
    else:
        length = WEEK if cycle == "week" else DAY
        part = np.mod(since + 3 * DAY, length) / length  # 1970 began on a Thursday
    angle = 2 * np.pi * part
    return tuple(np.where(np.isnan(part), 0.0, wave(angle)) for wave in (np.sin, np.cos))  # type: ignore[return-value]
