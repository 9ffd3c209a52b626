"""The learning rate of an optimizer: a number that can be set, a schedule, or a callable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.checks import number
from dlcore.optimizers.schedules import LearningRateSchedule
from dlcore.optimizers.state import Stateful
from dlcore.variable import Variable


class Rated(Stateful):
    """State with a learning rate."""

    def __init__(self, learning_rate: Any, name: str | None) -> None:
        rate = learning_rate if callable(learning_rate) else _variable(learning_rate)
        super().__init__(name)
        self._learning_rate: Variable | Callable[..., Any] = rate

    @property
    def variables(self) -> list[Variable]:
        """The step count, the learning rate if it is a plain number, then the state of each variable in turn."""
        rate = [self._learning_rate] if isinstance(self._learning_rate, Variable) else []
        return [self._iterations, *rate, *self._added]

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next step: a Variable if it is a plain number, else what the schedule gives."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(int(self._iterations))
        return self._learning_rate if isinstance(self._learning_rate, Variable) else self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        if callable(learning_rate):
            self._learning_rate = learning_rate
            return
        if isinstance(self._learning_rate, LearningRateSchedule):
            raise TypeError(
                "learning_rate is a schedule and cannot be set to a number; set another schedule, "
                "or make the optimizer with a number"
            )
        new = _variable(learning_rate)
        if isinstance(self._learning_rate, Variable):
            self._learning_rate.assign(new)
        else:
            self._learning_rate = new

    def rates(self, count: int) -> NDArray[np.float64]:
        """The learning rates of the next ``count`` steps.

        Raises
        ------
        ValueError
            If one is negative, infinite or NaN.
        """
        rate = self._learning_rate
        if isinstance(rate, Variable):
            rates = np.empty(count)
            rates.fill(number("learning_rate", rate.array.item(), 0))
            return rates
        start = int(self._iterations.array)
        found = rate.rates(start, count) if isinstance(rate, LearningRateSchedule) else self._called(rate, start, count)
        if not ((found >= 0) & (found < np.inf)).all():
            place = int(np.argmin((found >= 0) & (found < np.inf)))
            raise ValueError(f"learning_rate must lie in [0, inf); got {found[place]} at step {start + place}")
        return found

    def _called(self, rate: Callable[[], Any], start: int, count: int) -> NDArray[np.float64]:
        """What a callable gives for each step, asked while ``iterations`` says that it is this step's turn."""
        try:
            found = []
            for step in range(start, start + count):
                self._iterations.array[...] = step
                found.append(number("learning_rate", rate(), 0))
        finally:
            self._iterations.array[...] = start
        return np.array(found)


def _variable(learning_rate: Any) -> Variable:
    """A learning rate that can be assigned to."""
    if isinstance(learning_rate, (str, bool)) or learning_rate is None:
        raise ValueError(f"learning_rate must be a number, a LearningRateSchedule or a callable; got {learning_rate!r}")
    value = number("learning_rate", learning_rate, 0)
    return Variable(value, dtype="float64", trainable=False, name="learning_rate")
