"""What all pictures have in common: manners, styles, and what is said where matplotlib is missing."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import dlcore
from dlcore import plots
from dlcore.plots import style


def test_every_function_is_listed_and_tested_for_its_manners():
    drawn = {name for name in plots.__all__ if name.islower()} - {"trajectory", "batch_trajectory"}
    assert drawn == set(DRAWN) | {"optimizer_gif"}


def small():
    model = dlcore.Sequential([dlcore.layers.Input((2,)), dlcore.layers.Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


POINTS = dlcore.datasets.moons(20)
DRAWN = {
    "activation_curves": lambda **kw: plots.activation_curves(**kw),
    "batch_paths": lambda **kw: plots.batch_paths(epochs=1, **kw),
    "computational_graph": lambda **kw: plots.computational_graph(lambda a: a * a + a, [dlcore.Tensor(2.0)], **kw),
    "confusion_matrix": lambda **kw: plots.confusion_matrix([0, 1], [0, 1], **kw),
    "cross_entropy_curves": lambda **kw: plots.cross_entropy_curves(**kw),
    "decision_boundary": lambda **kw: plots.decision_boundary(small(), *POINTS, resolution=20, **kw),
    "history_curves": lambda **kw: plots.history_curves({"loss": [2.0, 1.0]}, **kw),
    "history_panels": lambda **kw: plots.history_panels({"loss": [2.0, 1.0]}, **kw),
    "loss_curves": lambda **kw: plots.loss_curves(**kw),
    "network_diagram": lambda **kw: plots.network_diagram(small(), **kw),
    "optimizer_panels": lambda **kw: plots.optimizer_panels(steps=2, **kw),
    "optimizer_paths": lambda **kw: plots.optimizer_paths(steps=2, **kw),
    "schedule_curves": lambda **kw: plots.schedule_curves(**kw),
    "surface_contour": lambda **kw: plots.surface_contour(**kw),
    "weighted_averages": lambda **kw: plots.weighted_averages(**kw),
}
PANELS = {"history_panels", "optimizer_panels"}


@pytest.mark.parametrize("name", DRAWN)
def test_a_dark_style_and_nothing_beyond_the_paper(name):
    with mpl.style.context("dark_background"):
        found = DRAWN[name]()
        figure = found if name in PANELS else found.figure
        figure.canvas.draw()
    assert plt.fignum_exists(figure.number)
    assert mpl.colors.to_rgb(figure.axes[0].title.get_color()) == (1, 1, 1)
    for ax in figure.axes:
        box, frame = ax.get_tightbbox(), figure.bbox
        assert box.x0 >= frame.x0 - 1
        assert box.x1 <= frame.x1 + 1
        assert box.y0 >= frame.y0 - 1
        assert box.y1 <= frame.y1 + 1


@pytest.mark.parametrize("name", sorted(set(DRAWN) - PANELS))
def test_the_caller_s_axes_are_drawn_on(name):
    figure, (left, right) = plt.subplots(1, 2)
    assert DRAWN[name](ax=right) is right
    assert right.has_data()
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]
    with pytest.raises(TypeError, match="ax must be matplotlib Axes"):
        DRAWN[name](ax=figure)


def test_colours_can_be_told_apart_on_both_papers():
    def luminance(colour):
        parts = np.array(mpl.colors.to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for colour in style.COLOURS:
        light = luminance(colour)
        assert 1.05 / (light + 0.05) > 2  # on white
        assert (light + 0.05) / 0.05 > 3.5  # on black
    assert len({style.look(i)["linestyle"] for i in range(4)}) == 4


def test_gaps_only_where_a_curve_jumps():
    x = np.linspace(-1, 1, 100)
    for smooth in (x**3, np.exp(5 * x), np.abs(x), 0 * x):
        assert np.array_equal(style.broken(x, smooth)[1], smooth)
    assert np.isnan(style.broken(x, np.sign(x))[1]).sum() == 1


def test_a_missing_matplotlib_says_what_to_install():
    program = """
import sys
sys.modules["matplotlib"] = None
from dlcore import plots
assert plots.trajectory("bowl", "sgd", steps=1).shape == (2, 2)
try:
    plots.loss_curves()
except ImportError as error:
    assert "pip install 'dlcore[plots]'" in str(error), error
else:
    raise AssertionError("no ImportError")
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)


def test_the_room_opens_without_matplotlib():
    program = "import sys, dlcore; dlcore.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)
