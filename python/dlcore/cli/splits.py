"""Rows cut in two, every class in the same share on both sides as far as that goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.cli.errors import CommandError

#: With fewer there is nothing to learn from and to test on.
LEAST_ROWS = 10

Places = NDArray[np.int64]


def split(y: NDArray[Any], part: float | int, seed: int, classes: bool, option: str) -> tuple[Places, Places]:
    """The rows that stay, and those that are set apart, each in ascending order.

    Parameters
    ----------
    y : array
        Targets.
    part : float or int
        Which share of the rows to set apart, or how many.
    seed : int
        What the choice follows from.
    classes : bool
        Whether y holds classes; those that are found once stay.
    option : str
        Who asks, for messages.

    Raises
    ------
    CommandError
        If no row would be left to train on.
    """
    from sklearn.model_selection import train_test_split

    rows = len(y)
    apart = part if isinstance(part, int) else max(1, round(part * rows))
    if apart >= rows - 1:
        raise CommandError(f"{option}: {apart} of {rows} rows cannot be set apart; some must be left to train on", 2)
    places = np.arange(rows)
    alone = np.zeros(rows, bool)
    labels = None
    if classes and y.ndim == 1:
        _, labels, counts = np.unique(y, return_inverse=True, return_counts=True)
        alone = counts[labels] == 1
        kinds = int((counts > 1).sum())
        if min(apart, rows - int(alone.sum()) - apart) < kinds:
            labels, alone = None, np.zeros(rows, bool)  # too few rows for every class to be on both sides
    stay, go = train_test_split(
        places[~alone], test_size=apart, random_state=seed, stratify=None if labels is None else labels[~alone]
    )
    return np.sort(np.concatenate([stay, places[alone]])), np.sort(go)
