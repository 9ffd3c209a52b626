"""A training shown as it goes."""

from __future__ import annotations

import sys
import time
from typing import Any

from dlcore.callbacks.callback import Logs


def written(logs: Logs) -> str:
    """Names and numbers on one line."""
    return " - ".join(
        f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}" for name, value in logs.items()
    )


class Progress:
    """A training shown as it goes: a bar for each epoch, or a line.

    Parameters
    ----------
    verbose : int
        0: nothing. 1: a bar with loss, metrics and rows per second. 2: a line after each epoch.
    epochs : int
        The number of the last epoch.
    rows : int or None
        Rows of an epoch; None if that is known only at its end (a generator's).
    unit : str
        What is counted.
    """

    def __init__(
        self,
        verbose: int,
        epochs: int,
        rows: int | None,
        unit: str = "rows",
    ) -> None:
        self._verbose = verbose
        self._epochs = epochs
        self._rows = rows
        self._unit = unit
        self._bar: Any = None
        self._title = ""
        self._began = 0.0
        self._seen = 0

    @property
    def moves(self) -> bool:
        """Whether it shows how far an epoch has come before that ends."""
        return self._bar is not None

    def begin(self, epoch: int) -> None:
        """Start showing an epoch, counted from 0."""
        if not self._verbose:
            return
        self._title = f"Epoch {epoch + 1}/{self._epochs}"
        self._began = time.perf_counter()
        self._seen = 0
        if self._verbose == 1:
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._rows, desc=self._title, unit=" " + self._unit, unit_scale=True, file=sys.stdout
            )

    def show(self, seen: int, logs: Logs) -> None:
        """Show that so many rows have been seen, and what is known by now."""
        self._seen = seen
        if self._bar is not None:
            self._show(seen, logs)

    def end(self, logs: Logs) -> None:
        """Show the epoch's numbers and finish it."""
        count = self._seen if self._rows is None else self._rows
        if self._bar is not None:
            if self._rows is None:
                self._bar.total = count
            self._show(count, logs)
            self.close()
        elif self._verbose == 2:
            seconds = time.perf_counter() - self._began
            rate = count / seconds if seconds else float("inf")
            print(f"{self._title} - {seconds:.2f}s - {rate:,.0f} {self._unit}/s - {written(logs)}")

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _show(self, seen: int, logs: Logs) -> None:
        self._bar.set_postfix_str(written(logs), refresh=False)
        self._bar.update(seen - self._bar.n)
