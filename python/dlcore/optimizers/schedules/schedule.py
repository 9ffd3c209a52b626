"""What a schedule is: a function of the step.

The built-in ones give a whole epoch's rates in one call, in float64 and in arithmetic that has the same bits on
every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.autodiff import Tensor
from dlcore.floats import numbers
from dlcore.naming import shown

Floats = NDArray[np.float64]


class LearningRateSchedule:
    """Base class: subclasses define ``__call__(step)``, the learning rate at a step counted from 0.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 / 2 ** (step // 1000)
    """

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step)")

    def rates(self, start: int, count: int) -> Floats:
        """The learning rates of ``count`` steps, the first being step ``start``."""
        return np.array([float(self(step)) for step in range(start, start + count)], np.float64)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """The schedule that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return shown(self)


class Formula(LearningRateSchedule):
    """A schedule that maps an array of steps to an array of rates."""

    name: str | None

    def _values(self, steps: Floats) -> Floats:
        raise NotImplementedError

    def __call__(self, step: Any) -> Tensor:
        """The learning rate at a step (or at each of an array of steps)."""
        steps = numbers("step", step).astype(np.float64)
        return Tensor(self._values(steps.reshape(-1)).reshape(steps.shape))

    def rates(self, start: int, count: int) -> Floats:
        """The learning rates of ``count`` steps, in one go."""
        return self._values(np.arange(start, start + count, dtype=np.float64))
