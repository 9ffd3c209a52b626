"""Nodes, edges and numbers of a net are those of its layers."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import dlcore
from dlcore import datasets, layers, plots
from dlcore.plots import style


@pytest.fixture
def by_hand():
    model = dlcore.Sequential(
        [layers.Input((2,)), layers.Dense(2, "sigmoid"), layers.Dense(2, "sigmoid")], name="by_hand"
    )
    model.set_weights(datasets.two_two_two().weights)
    return model


def test_the_example_by_hand(by_hand, ax):
    assert plots.network_diagram(by_hand, datasets.two_two_two().x, ax=ax) is ax
    texts = [text.get_text() for text in ax.texts]
    for number in ("0.15", "0.2", "0.25", "0.3", "0.4", "0.45", "0.5", "0.55", "0.593", "0.597", "0.751", "0.773"):
        assert number in texts
    assert texts.count("b = 0.35") == texts.count("b = 0.6") == 2
    assert len(ax.patches) == 6
    assert len(ax.get_lines()) == 8
    assert ax.get_title() == "by_hand: 12 parameters"


def test_an_edge_has_the_colour_and_width_of_its_weight(ax):
    model = dlcore.Sequential([layers.Input((1,)), layers.Dense(3, use_bias=False)])
    model.set_weights([np.array([[-2.0, 0.0, 1.0]])])
    plots.network_diagram(model, ax=ax)
    white, blue, red = (mpl.colors.to_rgba(colour) for colour in ("white", style.COLOURS[0], style.COLOURS[1]))
    edges = sorted(ax.get_lines(), key=lambda line: -line.get_ydata()[1])
    np.testing.assert_allclose(edges[0].get_color(), blue, atol=0.01)
    assert np.abs(np.subtract(edges[1].get_color(), white)).max() < 0.15
    assert np.linalg.norm(np.subtract(edges[2].get_color(), red)) < np.linalg.norm(
        np.subtract(edges[2].get_color(), blue)
    )
    assert [edge.is_dashed() for edge in edges] == [True, False, False]
    for edge, weight in zip(edges, (-2.0, 0.0, 1.0), strict=True):
        assert edge.get_linewidth() == pytest.approx(0.5 + abs(weight))
    assert not [text for text in ax.texts if text.get_text().startswith("b")]


def test_large_layers_are_elided(ax):
    model = dlcore.Sequential([layers.Input((64,)), layers.Dense(100, "relu"), layers.Dropout(0.5), layers.Dense(10)])
    plots.network_diagram(model, most=6, ax=ax)
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("⋮") == 3
    assert len(ax.patches) == 3 * 5
    assert len(ax.get_lines()) == 2 * 25
    assert any("100, relu" in text and "dropout" in text for text in texts)


RESHAPED = [layers.Input((2,)), layers.Dense(6), layers.Reshape((2, 3)), layers.Dense(2)]


def test_flattened_inputs(ax):
    model = dlcore.Sequential([layers.Input((2, 2)), layers.Flatten(), layers.Dense(1, kernel_initializer="ones")])
    plots.network_diagram(model, [[1, 2], [3, 4]], ax=ax)
    assert "10" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("model", "x", "error", "message"),
    [
        (dlcore.Sequential(RESHAPED), None, ValueError, "must keep its 6 neurons between Dense layers"),
        ("net", None, TypeError, "model must be a Sequential"),
        (dlcore.Sequential([layers.Dense(2)]), None, ValueError, "model must be built"),
        (dlcore.Sequential([layers.Input((2,)), layers.ReLU()]), None, ValueError, "hold a Dense layer"),
        (
            dlcore.Sequential([layers.Input((2,)), layers.Dense(2)]),
            np.ones(3),
            ValueError,
            r"x must be one sample, shape \(2,\) or \(1, 2\)",
        ),
    ],
)
def test_what_is_refused(model, x, error, message):
    with pytest.raises(error, match=message):
        plots.network_diagram(model, x)
