"""Tables for the tests of the encoders."""

from __future__ import annotations

import numpy as np
import pandas as pd


def every_kind(rows: int = 100) -> pd.DataFrame:
    """A frame with a column of every kind that pandas has."""
    rng = np.random.default_rng(7)
    place = np.arange(rows)
    return pd.DataFrame(
        {
            "float": np.where(place % 4 == 1, np.nan, rng.normal(5, 2, rows)),
            "int": rng.integers(-5, 500, rows),
            "nullable": pd.array([None if i % 5 == 2 else i for i in place], dtype="Int64"),
            "bool": place % 3 == 0,
            "nullable bool": pd.array([None if i % 7 == 3 else i % 2 == 0 for i in place], dtype="boolean"),
            "text": [None if i % 6 == 5 else "xyz"[i % 3] for i in place],
            "object": pd.Series([[1, "a", 2.5, None][i % 4] for i in place], dtype=object),
            "category": pd.Categorical(["u" if i % 2 else "v" for i in place], categories=["v", "u", "w"]),
            "interval": pd.cut(pd.Series(place.astype(float)), 3),
            "date": pd.date_range("2020-01-01", periods=rows, freq="7h"),
            "zone": pd.date_range("2020-01-01", periods=rows, freq="D", tz="Asia/Tokyo"),
            "duration": pd.to_timedelta(place, unit="h"),
            "id": [f"id{i}" for i in place],
        }
    )
