"""The colours of the plane are what the model says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

import dlcore
from dlcore import datasets, plots
from dlcore.plots import style


def net(units, activation, kernel, bias):
    """A Dense layer with given weights."""
    model = dlcore.Sequential([dlcore.layers.Input((2,)), dlcore.layers.Dense(units, activation)])
    model.set_weights([np.array(kernel, np.float32), np.array(bias, np.float32)])
    return model


def nearest(ax):
    """The class whose colour each point of the picture is nearest to."""
    pixels = np.asarray(ax.images[0].get_array()) - 1
    hues = np.array([to_rgb(colour) for colour in style.COLOURS]) - 1
    return (pixels @ hues.T / np.linalg.norm(hues, axis=1)).argmax(axis=-1)


def line_of(ax):
    """The points of the boundary."""
    return np.concatenate(
        [path.vertices for found in ax.collections for path in found.get_paths() if len(path.vertices)]
    )


def test_a_net_of_one_output(ax):
    x, _ = datasets.blobs(60, n_classes=2)
    model = net(1, "sigmoid", [[4.0], [0.0]], [-1.0])  # class 1 right of ¼
    assert plots.decision_boundary(model, x, resolution=50, ax=ax) is ax
    np.testing.assert_allclose(line_of(ax)[:, 0], 0.25, atol=0.02)
    middle = nearest(ax)[25]
    assert (middle[0], middle[-1]) == (0, 1)
    low, high = ax.images[0].get_extent()[:2]
    assert low == pytest.approx(x[:, 0].min() - 0.1 * np.ptp(x[:, 0]), rel=1e-6)
    assert high == pytest.approx(x[:, 0].max() + 0.1 * np.ptp(x[:, 0]), rel=1e-6)


def test_a_threshold_moves_the_line(ax):
    plots.decision_boundary(net(1, None, [[1.0], [0.0]], [0.3]), datasets.xor(40)[0], threshold=0, ax=ax)
    np.testing.assert_allclose(line_of(ax)[:, 0], -0.3, atol=0.02)


@pytest.mark.parametrize("activation", ["softmax", None])
def test_a_column_for_each_class(activation, ax):
    x, y = datasets.blobs(90)
    angles = 2 * np.pi * np.arange(3) / 3
    model = net(3, activation, [np.cos(angles), np.sin(angles)], np.zeros(3))
    plots.decision_boundary(model, x, y, resolution=60, ax=ax)
    sides = ax.images[0].get_extent()
    points = np.stack(np.meshgrid(np.linspace(*sides[:2], 60), np.linspace(*sides[2:], 60)), axis=-1).reshape(-1, 2)
    expected = model.predict(points.astype(np.float32), verbose=0).argmax(axis=1)
    assert (nearest(ax).reshape(-1) == expected).mean() > 0.99
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0", "1", "2"]


def test_estimators_and_labels_of_any_kind(ax):
    x, y = datasets.blobs(90)
    names = np.array(["rose", "lily", "tulip"])[y]
    for model in (LogisticRegression(), LinearSVC()):
        ax.clear()
        plots.decision_boundary(model.fit(x, names), x, names, resolution=30, ax=ax)
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["lily", "rose", "tulip"]
        shown = sum(len(found.get_offsets()) for found in ax.collections if found.get_label() in names)
        assert shown == 90


def test_data_frames_keep_their_columns(ax):
    x, y = datasets.moons(60)
    frame = pd.DataFrame(x, columns=["length", "width"])
    plots.decision_boundary(LogisticRegression().fit(frame, y), frame, y, resolution=20, ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("length", "width")


def test_one_hot_labels_and_a_constant_feature(ax):
    x = np.column_stack([np.linspace(-1, 1, 20), np.zeros(20)])
    plots.decision_boundary(net(2, "softmax", np.eye(2), np.zeros(2)), x, np.eye(2)[(x[:, 0] < 0).astype(int)], ax=ax)
    assert ax.images[0].get_extent()[2:] == pytest.approx((-0.1, 0.1))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": np.ones((4, 3))}, ValueError, r"x must have shape \(rows, 2\)"),
        ({"x": [[0.0, 1.0], [np.inf, 1.0]]}, ValueError, "x must be finite"),
        ({"y": [0, 1]}, ValueError, "y must hold a label for each of 4 rows"),
        ({"y": [0, 1, 2, 3]}, ValueError, "as many as the model knows; found 4"),
        ({"model": object()}, TypeError, "model must have predict_proba or predict"),
        ({"resolution": 1}, ValueError, "resolution must lie between"),
        ({"margin": -1}, ValueError, "margin must lie in"),
    ],
)
def test_what_is_refused(change, error, message):
    model = net(1, "sigmoid", [[1.0], [1.0]], [0.0])
    with pytest.raises(error, match=message):
        plots.decision_boundary(**{"model": model, "x": np.arange(8.0).reshape(4, 2), **change})


def test_labels_that_an_estimator_does_not_know():
    x, y = datasets.moons(40)
    with pytest.raises(ValueError, match="y must hold labels that the model knows: 0, 1; found 7"):
        plots.decision_boundary(LogisticRegression().fit(x, y), x, np.full(40, 7))
