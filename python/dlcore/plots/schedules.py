"""Learning rates over the steps of a training."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.checks import number, whole
from dlcore.floats import Array
from dlcore.optimizers.schedules import CosineDecay, ExponentialDecay, LearningRateSchedule, PiecewiseConstantDecay
from dlcore.plots import style

#: Steps that are asked at most; between two of them a schedule is drawn as a straight line.
_ASKED = 2000


def schedule_curves(
    which: Any = None, *, steps: int = 1000, log: bool = False, ax: style.Axes | None = None
) -> style.Axes:
    """The learning rate that schedules give at each step.

    Parameters
    ----------
    which : LearningRateSchedule, callable of the step, number, a list of them, or a dict of label to any of them
        Default: an exponential, a cosine and a piecewise constant decay.
    steps : int
        The last step; the first is 0.
    log : bool
        Whether the learning rate has a logarithmic axis.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError
        If one is no schedule.

    Examples
    --------
    >>> schedules = dlcore.optimizers.schedules
    >>> ax = dlcore.plots.schedule_curves(schedules.CosineDecay(0.1, 900, warmup_target=0.2, warmup_steps=100))
    """
    last = whole("steps", steps, 1, 2**53)
    which = _examples(last) if which is None else which
    asked = np.unique(np.linspace(0, last, min(last, _ASKED) + 1).round())
    rates = {label: _rates(label, one, asked) for label, one in style.labelled("which", which, _label).items()}
    ax = style.axes(ax)
    style.ruled(ax)
    for index, (label, rate) in enumerate(rates.items()):
        ax.plot(*style.broken(asked, rate), label=label, **style.look(index))
    if log:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.margins(x=0)
    style.named(ax, "Learning-rate schedules", "step", "learning rate")
    style.legend(ax)
    return ax


def _examples(steps: int) -> list[LearningRateSchedule]:
    bounds = [round(steps * 0.4), round(steps * 0.7)]
    return [
        ExponentialDecay(0.1, decay_steps=steps / 4, decay_rate=0.5),
        CosineDecay(0.1, decay_steps=steps),
        PiecewiseConstantDecay(bounds, [0.1, 0.05, 0.01]),
    ]


def _label(schedule: Any) -> str:
    name = getattr(schedule, "name", None) or getattr(schedule, "__name__", None)
    return str(name or (f"{schedule:g}" if isinstance(schedule, (int, float)) else type(schedule).__name__))


def _rates(label: str, schedule: Any, steps: Array) -> Array:
    """The rate at each of some steps."""
    if isinstance(schedule, LearningRateSchedule):
        if len(steps) == steps[-1] + 1:  # every step: in one go
            return schedule.rates(0, len(steps))
        return np.array([schedule.rates(int(step), 1)[0] for step in steps])
    if callable(schedule):
        return np.array([float(schedule(int(step))) for step in steps])
    if isinstance(schedule, (str, bytes)):
        raise TypeError(
            f"a schedule must be a LearningRateSchedule, a callable of the step or a number; got {schedule!r}"
        )
    return np.full(len(steps), number(label, schedule))
