"""Learning rates read and set, of optimizers that consist of several as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dlcore.callbacks.callback import Logs


def optimizers_of(model: Any) -> Iterator[tuple[str, Any]]:
    """The optimizers of a model that have a learning rate, each with its name if there are several, else ""."""
    several = getattr(model.optimizer, "optimizers", None)
    if several is None:
        yield "", model.optimizer
    else:
        yield from ((optimizer.name, optimizer) for optimizer in several)


def rate_of(optimizer: Any) -> float:
    """The learning rate of the next step."""
    return float(np.asarray(optimizer.learning_rate))


def note_rates(model: Any, logs: Logs) -> None:
    """Put the learning rates into the logs."""
    for name, optimizer in optimizers_of(model):
        logs["learning_rate" + (f"_{name}" if name else "")] = rate_of(optimizer)
