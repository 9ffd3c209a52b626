"""Paths are walked by the optimizers themselves; surfaces have their minima where they say."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlcore import GradientTape, Variable, optimizers, plots
from dlcore.plots import SURFACES

NAMES = sorted(set(optimizers.__all__) & {
    "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Nadam", "RMSprop",
    "ScheduleFreeAdamW",
})  # fmt: skip


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_minima(name):
    surface = SURFACES[name]
    for x, y in surface.minima:
        point = [Variable(x, dtype="float64"), Variable(y, dtype="float64")]
        with GradientTape() as tape:
            height = surface.function(*point)
        assert np.abs([float(g) for g in tape.gradient(height, point)]).max() < 1e-3
        around = [surface.function(x + dx, y + dy) for dx, dy in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01))]
        assert min(around) > float(height)


@pytest.mark.parametrize("name", SURFACES)
def test_contours_have_heights_lines_and_minima(name, ax):
    assert plots.surface_contour(name, ax=ax) is ax
    surface = SURFACES[name]
    assert surface.formula in ax.get_title()
    crosses = [tuple(float(v[0]) for v in line.get_data()) for line in ax.get_lines() if line.get_marker() == "+"]
    assert crosses == [tuple(place) for place in surface.minima]
    assert len(ax.collections) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_trajectory_is_what_apply_does(name):
    found = plots.trajectory("ravine", name, steps=5)
    twin, (x, y) = optimizers.get(name), (Variable(value, dtype="float64") for value in SURFACES["ravine"].start)
    for place in found[1:]:
        twin.apply([np.asarray(x) * 1.0, np.asarray(y) * 20.0], [x, y])
        assert place.tolist() == [float(x), float(y)]


def test_the_caller_s_optimizer_stays_as_it_is():
    variable = Variable(1.0)
    used = optimizers.SGD(0.1, momentum=0.9)
    used.apply([1.0], [variable])
    before = [np.asarray(v).copy() for v in used.variables]
    first = plots.trajectory("bowl", used, start=(1, 0), steps=2)
    assert first[:, 0].tolist() == pytest.approx([1, 0.9, 0.72])
    assert all(np.array_equal(a, b) for a, b in zip(before, used.variables, strict=True))
    assert np.array_equal(first, plots.trajectory("bowl", used, start=(1, 0), steps=2))


def test_schedules_are_followed():
    rates = optimizers.schedules.PiecewiseConstantDecay([0], [0.5, 0.25])
    path = plots.trajectory("bowl", optimizers.SGD(rates), start=(1, 0), steps=2)
    assert path[:, 0].tolist() == pytest.approx([1, 0.5, 0.375])


def test_what_is_drawn_is_the_trajectory(ax):
    assert (
        plots.optimizer_paths({"A": "adam", "S": optimizers.SGD(0.05)}, "saddle", start=(1, 0.5), steps=7, ax=ax) is ax
    )
    drawn = [np.column_stack(line.get_data()) for line in ax.get_lines() if len(line.get_xdata()) == 8]
    assert np.array_equal(drawn[0], plots.trajectory("saddle", "adam", (1, 0.5), 7))
    assert np.array_equal(drawn[1], plots.trajectory("saddle", optimizers.SGD(0.05), (1, 0.5), 7))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["A", "S"]
    assert ax.get_xlim() == SURFACES["saddle"].x


@pytest.mark.parametrize("name", SURFACES)
def test_the_default_optimizers_descend_every_surface(name):
    surface = SURFACES[name]
    for label, optimizer in plots.paths.contenders(surface).items():
        path = plots.trajectory(surface, optimizer, steps=50)
        assert surface.function(*path[-1]) < surface.function(*path[0]), label


def test_a_function_of_one_s_own():
    path = plots.trajectory(lambda x, y: (x - 1) ** 2 + y * 0, optimizers.SGD(0.5), start=(0, 0), steps=1)
    assert path.tolist() == [[0, 0], [1, 0]]
    assert plots.optimizer_paths("sgd", lambda x, y: x**2 + y**2).get_title() == "Surface"


def test_panels():
    figure = plots.optimizer_panels(["sgd", "adam", "rmsprop", "sgd"], "bowl", steps=3)
    titles = [panel.get_title() for panel in figure.axes]
    assert [title.split(":")[0] for title in titles] == ["sgd", "adam", "rmsprop", "sgd (2)"]
    end = plots.trajectory("bowl", "sgd", steps=3)[-1]
    assert titles[0] == f"sgd: f = {SURFACES['bowl'].function(*end):.3g} after 3 steps"
    assert plt.fignum_exists(figure.number)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"surface": "sadle"}, ValueError, "Unknown surface 'sadle'. Did you mean 'saddle'"),
        ({"surface": 3}, TypeError, "surface must be a name"),
        ({"surface": lambda x, y: x * 0}, ValueError, "must be finite, and rise and fall"),
        ({"optimizers": "adm"}, ValueError, "Unknown optimizer 'adm'"),
        ({"optimizers": {"none": None}}, ValueError, "optimizer must be a name"),
        ({"optimizers": []}, ValueError, "optimizers must name at least one"),
        ({"start": 1.0}, ValueError, "start must be two numbers"),
        ({"start": (0, float("nan"))}, ValueError, "start must lie in"),
        ({"steps": -1}, ValueError, "steps must lie between"),
        ({"ax": 1}, TypeError, "ax must be matplotlib Axes"),
    ],
)
def test_what_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        plots.optimizer_paths(**arguments)


def test_a_descent_that_diverges_is_drawn():
    ax = plots.optimizer_paths({"far too long": optimizers.SGD(1e30)}, "ravine", steps=12)
    ax.figure.canvas.draw()
    assert not np.isfinite(plots.trajectory("ravine", optimizers.SGD(1e30), steps=12)[-1]).all()
