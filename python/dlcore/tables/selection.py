"""Which columns a caller chose: by name, by index, or by a mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.tables.intake import Table


def as_list(value: Any) -> Any:
    """categorical_features as plain values: "auto", or a list.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if value is None:
        return []
    if isinstance(value, str):
        if value != "auto":
            raise ValueError(f"categorical_features must be 'auto', None or a list; got {value!r}")
        return value
    values = [entry.item() if isinstance(entry, np.generic) else entry for entry in value]
    if not (all(type(v) is bool for v in values) or all(type(v) in (str, int) for v in values)):
        raise TypeError(f"categorical_features must hold names, indexes, or one boolean a column; got {value!r}")
    return values


def positions(chosen: list[Any], table: Table) -> set[int]:
    """Which columns are chosen by names, indexes or a mask."""
    if chosen and type(chosen[0]) is bool:
        if len(chosen) != table.width:
            raise ValueError(
                f"categorical_features is a mask of {len(chosen)} entries, but X has {table.width} columns"
            )
        return {i for i, is_one in enumerate(chosen) if is_one}
    found = set()
    for entry in chosen:
        if isinstance(entry, str):
            if entry not in (table.names or ()):
                known = "its columns have no names" if table.names is None else f"X has {', '.join(table.names)}"
                raise ValueError(f"categorical_features names {entry!r}, which is no column of X: {known}")
            found.add(table.names.index(entry))  # type: ignore[union-attr]
        else:
            if not -table.width <= entry < table.width:
                raise ValueError(f"categorical_features holds {entry}, but X has {table.width} columns")
            found.add(entry % table.width)
    return found
