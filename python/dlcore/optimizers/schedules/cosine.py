"""Schedules along a cosine: one fall, falls with restarts, one cycle."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import portable
from dlcore.checks import number
from dlcore.optimizers.schedules.schedule import Floats, Formula


def _half_wave(done: Floats) -> Floats:
    """From 1 to 0 along a cosine while ``done`` goes from 0 to 1."""
    return 0.5 * (1 + portable.cos_pi(done))


class CosineDecay(Formula):
    """start · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha), after a linear warm-up if there is one.

    Without a warm-up, start is initial_learning_rate. With one, the rate goes from initial_learning_rate to
    warmup_target in warmup_steps steps; then start is warmup_target, and steps count from the end of the warm-up.
    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0.
    decay_steps : float
        How long the fall takes, above 0.
    alpha : float
        The last rate, as a share of start.
    name : str, optional
        Default: the class's name.
    warmup_target : float, optional
        The highest rate. None: no warm-up.
    warmup_steps : float
        How long the warm-up takes.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate = number("initial_learning_rate", initial_learning_rate, 0)
        self.decay_steps = number("decay_steps", decay_steps, 0, open_low=True)
        self.alpha = number("alpha", alpha, 0)
        self.name = name
        self.warmup_target = None if warmup_target is None else number("warmup_target", warmup_target, 0)
        self.warmup_steps = number("warmup_steps", warmup_steps, 0)

    def _values(self, steps: Floats) -> Floats:
        if self.warmup_target is None:
            return self._fall(self.initial_learning_rate, steps)
        fall = self._fall(self.warmup_target, np.maximum(steps - self.warmup_steps, 0))
        if not self.warmup_steps:
            return fall
        rise = self.warmup_target - self.initial_learning_rate
        warming = rise * (steps / self.warmup_steps) + self.initial_learning_rate
        return np.where(steps < self.warmup_steps, warming, fall)

    def _fall(self, start: float, steps: Floats) -> Floats:
        share = _half_wave(np.minimum(steps, self.decay_steps) / self.decay_steps)
        return start * ((1 - self.alpha) * share + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


class CosineDecayRestarts(Formula):
    """initial_learning_rate · ((1 - alpha) · m_mulⁱ · (1 + cos(π · f)) / 2 + alpha), f of period i being over.

    Period 0 takes first_decay_steps steps, and each one t_mul times as many as the one before.
    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0.
    first_decay_steps : float
        Above 0.
    t_mul : float
        1 or more.
    m_mul : float
        0 or more.
    alpha : float
        The lowest rate, as a share of initial_learning_rate.
    name : str, optional
        Default: "SGDRDecay", as in Keras.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = number("initial_learning_rate", initial_learning_rate, 0)
        self.first_decay_steps = number("first_decay_steps", first_decay_steps, 0, open_low=True)
        self.t_mul = number("t_mul", t_mul, 1)
        self.m_mul = number("m_mul", m_mul, 0)
        self.alpha = number("alpha", alpha, 0)
        self.name = name

    def _values(self, steps: Floats) -> Floats:
        period, over = self._period(steps / self.first_decay_steps)
        wave = portable.power(self.m_mul, period) * _half_wave(over)
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)

    def _period(self, done: Floats) -> tuple[Floats, Floats]:
        """The number of the period, and how much of it is over, after ``done`` times the first one's length."""
        if self.t_mul == 1:
            return np.floor(done), done - np.floor(done)
        grown = np.maximum(1 + done * (self.t_mul - 1), 1)
        period = np.floor(portable.log(grown) / portable.log(np.array([self.t_mul])))
        # The quotient of logarithms may be off by a rounding where a period begins.
        period = np.where(portable.power(self.t_mul, period + 1) <= grown, period + 1, period)
        period = np.where(portable.power(self.t_mul, period) > grown, period - 1, period)
        length = portable.power(self.t_mul, period)
        return period, (done - (length - 1) / (self.t_mul - 1)) / length

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }


class OneCycle(Formula):
    """One cycle: up from max_learning_rate / div_factor to max_learning_rate, then down, far below where it began.

    With s the step and n = total_steps, the rate goes from max_learning_rate / div_factor to max_learning_rate while s
    goes from 0 to pct_start · n - 1, and to max_learning_rate / div_factor / final_div_factor while s goes on to
    n - 1, where it stays. With ``three_phase`` it goes down as far as it came up while s goes on to
    2 · pct_start · n - 2, and only then to its end. Each way from a to b is a + (b - a) · f linearly, or
    b + (a - b) · (1 + cos(π · f)) / 2, f being how much of it is over. Source: Smith and Topin, "Super-convergence:
    very fast training of neural networks using large learning rates" (2018), in the form that is widely implemented.
    Not in Keras.

    Parameters
    ----------
    max_learning_rate : float
        The highest rate.
    total_steps : float
        How long the cycle takes, above 1.
    pct_start : float
        Which share of it the rise takes, in (0, 1); with ``three_phase`` at most a half.
    anneal_strategy : "cos" or "linear"
        The form of each way.
    div_factor, final_div_factor : float
        Above 0.
    three_phase : bool
        Whether the fall has two parts.
    name : str, optional
        Default: the class's name.
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: float,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        name: str | None = "OneCycle",
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be 'cos' or 'linear'; got {anneal_strategy!r}")
        self.max_learning_rate = number("max_learning_rate", max_learning_rate, 0)
        self.total_steps = number("total_steps", total_steps, 1, open_low=True)
        highest = 0.5 if three_phase else 1.0
        self.pct_start = number("pct_start", pct_start, 0, highest, open_low=True, open_high=not three_phase)
        self.anneal_strategy = anneal_strategy
        self.div_factor = number("div_factor", div_factor, 0, open_low=True)
        self.final_div_factor = number("final_div_factor", final_div_factor, 0, open_low=True)
        self.three_phase = bool(three_phase)
        self.name = name

    def _values(self, steps: Floats) -> Floats:
        highest, last = self.max_learning_rate, self.total_steps - 1
        first = highest / self.div_factor
        top = self.pct_start * self.total_steps - 1
        ways = [(top, first, highest)]
        if self.three_phase:
            ways.append((2 * self.pct_start * self.total_steps - 2, highest, first))
        ways.append((last, ways[-1][2], first / self.final_div_factor))
        result, begin = np.full_like(steps, ways[0][1]), 0.0
        for end, start, stop in ways:
            if end > begin:
                over = np.clip((steps - begin) / (end - begin), 0, 1)
                share = _half_wave(over) if self.anneal_strategy == "cos" else 1 - over
                result = np.where(steps > begin, stop + (start - stop) * share, result)
            begin = max(begin, end)
        return np.where(np.isnan(steps), np.nan, result)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "max_learning_rate": self.max_learning_rate,
            "total_steps": self.total_steps,
            "pct_start": self.pct_start,
            "anneal_strategy": self.anneal_strategy,
            "div_factor": self.div_factor,
            "final_div_factor": self.final_div_factor,
            "three_phase": self.three_phase,
            "name": self.name,
        }
