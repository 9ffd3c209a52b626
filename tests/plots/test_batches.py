"""The three descents are those of fit."""

from __future__ import annotations

import numpy as np
import pytest

import dlcore
from dlcore import plots


@pytest.fixture
def points():
    return dlcore.datasets.line(24, seed=3)


def test_batch_descent_follows_the_gradient(points):
    x, y = points[0][:, 0].astype(float), points[1].astype(float)
    found = plots.batch_trajectory(*points, batch_size=24, learning_rate=0.2, epochs=4, start=(0.5, -0.5))
    place, expected = np.array([0.5, -0.5]), [[0.5, -0.5]]
    for _ in range(4):
        error = place[0] * x + place[1] - y
        place = place - 0.2 * 2 * np.array([(error * x).mean(), error.mean()])
        expected.append(place)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(("size", "steps"), [(24, 2), (1, 48), (10, 6)])
def test_a_point_for_each_step(points, size, steps):
    dlcore.utils.set_random_seed(0)
    first = plots.batch_trajectory(*points, batch_size=size, epochs=2)
    assert first.shape == (steps + 1, 2)
    dlcore.utils.set_random_seed(0)
    assert np.array_equal(first, plots.batch_trajectory(*points, batch_size=size, epochs=2))


def test_what_is_drawn_is_the_trajectory(points, ax):
    dlcore.utils.set_random_seed(0)
    assert plots.batch_paths(*points, [24, 1, 6], epochs=3, ax=ax) is ax
    dlcore.utils.set_random_seed(0)
    expected = [plots.batch_trajectory(*points, batch_size=size, epochs=3) for size in (24, 1, 6)]
    drawn = {len(line.get_xdata()): np.column_stack(line.get_data()) for line in ax.get_lines()}
    for path in expected:
        assert np.array_equal(drawn[len(path)], path)
    labels = {text.get_text() for text in ax.get_legend().get_texts()}
    assert labels == {"batch, 24 rows a step", "stochastic, 1 row a step", "mini-batch, 6 rows a step"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("slope", "intercept")


def test_the_contour_is_the_loss(points):
    slopes, intercepts = np.array([[0.0, 1.0]]), np.array([[2.0, -1.0]])
    x, y = points[0], points[1][:, None]
    found = plots.batches._losses(slopes, intercepts, x, y)
    expected = [[np.mean((s * x + i - y) ** 2) for s, i in ((0.0, 2.0), (1.0, -1.0))]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": np.ones(3)}, "x and y go together"),
        ({"x": np.ones((3, 2)), "y": np.ones(3)}, r"x must have shape \(rows,\)"),
        ({"x": np.ones(3), "y": np.ones(4)}, "x and y must have a row for each other"),
        ({"batch_sizes": 0}, "batch_size must lie between"),
        ({"batch_sizes": []}, "batch_sizes must name at least one"),
        ({"start": (1, 2, 3)}, "start must be two numbers"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.batch_paths(**arguments)
