"""Learning-rate schedules: a schedule is a function of the step.

The built-in ones give a whole epoch's rates in one call, in float64 and in arithmetic that has the same bits on
every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore import portable
from dlcore.autodiff import Tensor
from dlcore.checks import number, several
from dlcore.floats import numbers
from dlcore.registry import Registry

Floats = NDArray[np.float64]

_registry = Registry("learning-rate schedule")


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


class _Formula(LearningRateSchedule):
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


class _Decay(_Formula):
    """The arguments that exponential and inverse-time decay share."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate = number("initial_learning_rate", initial_learning_rate, 0)
        self.decay_steps = number("decay_steps", decay_steps, 0, open_low=True)
        self.decay_rate = number("decay_rate", decay_rate, 0)
        self.staircase = staircase
        self.name = name or type(self).__name__

    def _periods(self, steps: Floats) -> Floats:
        periods = steps / self.decay_steps
        return np.floor(periods) if self.staircase else periods

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


class ExponentialDecay(_Decay):
    """initial_learning_rate · decay_rate ^ (step / decay_steps).

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0.
    decay_steps : float
        After so many steps the rate has been multiplied by decay_rate once.
    decay_rate : float
        0 or more.
    staircase : bool
        Whether the exponent is rounded down, so that the rate falls in steps.
    name : str, optional
        Default: the class's name.
    """

    def _values(self, steps: Floats) -> Floats:
        return self.initial_learning_rate * portable.power(self.decay_rate, self._periods(steps))


class InverseTimeDecay(_Decay):
    """initial_learning_rate / (1 + decay_rate · step / decay_steps).

    Parameters are those of :class:`ExponentialDecay`; ``staircase`` rounds step / decay_steps down.
    """

    def _values(self, steps: Floats) -> Floats:
        return self.initial_learning_rate / (1 + self.decay_rate * self._periods(steps))


class PiecewiseConstantDecay(_Formula):
    """``values[0]`` up to and including step ``boundaries[0]``, then ``values[1]`` up to ``boundaries[1]``, ….

    Parameters
    ----------
    boundaries : sequence of numbers
        Steps, strictly increasing.
    values : sequence of float
        One more than boundaries.
    name : str, optional
        Default: the class's name.
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str | None = "PiecewiseConstant"
    ) -> None:
        self.boundaries = several("boundaries", boundaries, "a list of steps")
        self.values = [number("values", value, 0) for value in several("values", values, "a list of learning rates")]
        if len(self.boundaries) != len(self.values) - 1:
            raise ValueError(
                f"values must be one more than boundaries; got {len(self.boundaries)} boundaries and "
                f"{len(self.values)} values"
            )
        if any(b <= a for a, b in pairwise([number("boundaries", step) for step in self.boundaries])):
            raise ValueError(f"boundaries must increase strictly; got {self.boundaries}")
        self.name = name

    def _values(self, steps: Floats) -> Floats:
        places = np.searchsorted(np.asarray(self.boundaries, np.float64), steps, side="left")
        return np.asarray(self.values, np.float64)[places]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}


for _class in (ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay):
    _registry.add(_class)


def serialize(learning_rate_schedule: Any) -> Any:
    """The class name and config of a schedule."""
    return _registry.serialize(learning_rate_schedule)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The schedule that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
