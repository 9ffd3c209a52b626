"""A learning rate for each epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.callbacks.callback import Callback, Logs
from dlcore.callbacks.learning_rates import note_rates, optimizers_of, rate_of


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch, and notes it in the logs as "learning_rate".

    Parameters
    ----------
    schedule : callable
        (epoch, learning rate now) -> learning rate, or (epoch) -> learning rate; the epoch counts from 0.
    verbose : int
        1: say so on standard output.
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Set the rate.

        Raises
        ------
        ValueError
            If the schedule gives no float.
        """
        for name, optimizer in optimizers_of(self.model):
            arguments = (epoch, rate_of(optimizer)) if _takes_two(self.schedule) else (epoch,)
            rate = self.schedule(*arguments)
            if not isinstance(rate, float) and np.asarray(rate).dtype.kind != "f":
                raise ValueError(f"The output of the `schedule` function should be a float; got {rate!r}")
            optimizer.learning_rate = float(rate)
            if self.verbose > 0:
                whose = f"{name} " if name else ""
                print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting {whose}learning rate to {float(rate)}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Note the rate."""
        note_rates(self.model, {} if logs is None else logs)


def _takes_two(function: Callable[..., Any]) -> bool:
    """Whether a function can be called with two arguments. Asked beforehand: an error of its own is not one of ours."""
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # built-in functions may have no signature
        return True
    return True
