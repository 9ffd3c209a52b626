"""Arguments of compile, fit, evaluate and predict, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import metrics
from dlcore.models.plan import ANY_ACCURACY


def checked_metric(metric: Any) -> Any:
    """The metric as given; unknown names and what is no metric raise."""
    if not (isinstance(metric, str) and metric.lower() in ANY_ACCURACY) and not isinstance(
        metrics.get(metric), metrics.Metric
    ):
        raise TypeError(f"metrics must hold names or Metric objects; got {metric!r}")
    return metric


def check_flag(name: str, value: Any) -> None:
    """True or False, nothing that merely counts as one of them."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}")


def rows_at_once(batch_size: int | None, rows: int, name: str = "batch_size") -> int:
    """Rows of a batch: at most all of them, which None stands for."""
    if batch_size is None:
        return rows
    if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number or None; got {batch_size!r}")
    if batch_size < 1:
        raise ValueError(f"{name} must be 1 or more, or None for all rows at once; got {batch_size}")
    return min(int(batch_size), rows)


def check_epochs(epochs: int, initial_epoch: int) -> None:
    """Whole numbers, 0 or more."""
    for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} must be a whole number; got {value!r}")
        if value < 0:
            raise ValueError(f"{name} must be 0 or more; got {value}")


def verbosity(verbose: int | str) -> int:
    """0, 1 or 2."""
    if verbose == "auto":
        return 1
    if verbose not in (0, 1, 2):
        raise ValueError(f"verbose must be 0, 1, 2 or 'auto'; got {verbose!r}")
    return int(verbose)
