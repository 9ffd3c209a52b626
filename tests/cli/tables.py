"""Small tables in files, and commands on them."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.cli import main

pd = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

HOSTILE = "<script>alert('&')</script>"


def exit_code(*arguments: object) -> int:
    """What the shell would see, whether main returns or argparse exits."""
    try:
        return main(list(map(str, arguments)))
    except SystemExit as stop:
        return stop.code


def houses(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    """Columns of all kinds, with gaps, a row number and hostile names; a price, and a quality that follows it."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "area m²": rng.gamma(4, 30, rows).round(1),
            "rooms": rng.integers(1, 7, rows).astype(float),
            HOSTILE: rng.choice(["north & east", "south", "<b>west</b>", "中文"], rows),
            "built": (pd.Timestamp(1950, 1, 1) + pd.to_timedelta(rng.integers(0, 25000, rows), "D")).astype(str),
            "garden": rng.random(rows) < 0.4,
        }
    )
    price = frame["area m²"] * 1800 + frame["rooms"] * 9000 + frame["garden"] * 25000 + rng.normal(0, 9000, rows)
    frame["price"] = price.round(2)
    frame["quality"] = np.where(price > 330000, "<best>", np.where(price > 200000, "good", "poor"))
    frame.loc[rng.random(rows) < 0.05, "rooms"] = np.nan
    frame.loc[rng.random(rows) < 0.08, HOSTILE] = None
    return frame
