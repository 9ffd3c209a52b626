"""Schedules are drawn at the steps they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import plots
from dlcore.optimizers import schedules


def test_rates_are_the_schedule_s(ax, lines):
    cosine = schedules.CosineDecay(0.1, 90, warmup_target=0.2, warmup_steps=10)
    assert (
        plots.schedule_curves({"cosine": cosine, "own": lambda step: 0.1 / (step + 1), "flat": 0.05}, steps=100, ax=ax)
        is ax
    )
    found = lines(ax)
    assert found["cosine"][0].tolist() == list(range(101))
    assert found["cosine"][1].tolist() == [float(cosine(step)) for step in range(101)]
    assert found["own"][1][9] == pytest.approx(0.01)
    assert set(found["flat"][1]) == {0.05}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "learning rate")


def test_stairs_have_gaps(lines, ax):
    plots.schedule_curves(
        schedules.PiecewiseConstantDecay([100, 200], [0.5, 0.1, 0.05], name="stairs"), steps=300, ax=ax
    )
    (line,) = (line for line in ax.get_lines() if line.get_label() == "stairs")
    x, y = line.get_data(orig=False)
    assert x[np.isnan(y)].tolist() == [100.5, 200.5]
    assert set(lines(ax)["stairs"][1]) == {0.5, 0.1, 0.05}


def test_many_steps_are_sampled(lines):
    x, _ = lines(plots.schedule_curves(schedules.CosineDecay(0.1, 10**6, name="c"), steps=10**6, log=True))["c"]
    assert len(x) == 2001
    assert (x[0], x[-1]) == (0, 10**6)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"which": "cosine"}, TypeError, "a schedule must be"),
        ({"which": [None]}, TypeError, "must be a number"),
        ({"steps": 0}, ValueError, "steps must lie between 1"),
    ],
)
def test_what_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        plots.schedule_curves(**arguments)
