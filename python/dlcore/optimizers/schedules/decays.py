"""Schedules that fall: exponentially, as one over time, in steps, as a power."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import portable
from dlcore.checks import number, several
from dlcore.optimizers.schedules.schedule import Floats, Formula


class _Decay(Formula):
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


class PiecewiseConstantDecay(Formula):
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


class PolynomialDecay(Formula):
    """(initial_learning_rate - end_learning_rate) · (1 - step / decay_steps) ^ power + end_learning_rate.

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0.
    decay_steps : float
        The step at which the end is reached, above 0.
    end_learning_rate : float
        The rate from then on.
    power : float
        0 or more; 1 is a straight line.
    cycle : bool
        Whether, beyond decay_steps, decay_steps is replaced by its next multiple, so that the rate rises and falls
        again and again, more slowly each time.
    name : str, optional
        Default: the class's name.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = number("initial_learning_rate", initial_learning_rate, 0)
        self.decay_steps = number("decay_steps", decay_steps, 0, open_low=True)
        self.end_learning_rate = number("end_learning_rate", end_learning_rate, 0)
        self.power = number("power", power, 0)
        self.cycle = bool(cycle)
        self.name = name

    def _values(self, steps: Floats) -> Floats:
        length: Any = self.decay_steps
        if self.cycle:
            length = length * np.maximum(np.ceil(steps / length), 1)
        else:
            steps = np.minimum(steps, length)
        height = self.initial_learning_rate - self.end_learning_rate
        return height * portable.raised(1 - steps / length, self.power) + self.end_learning_rate

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
