"""Values and gradients on the graph are those of the tape."""

from __future__ import annotations

import numpy as np
import pytest

import dlcore
from dlcore import Variable, ops, plots


@pytest.fixture
def chain():
    """The course's f = σ(w·x + b) at w = 0, b = 0, x = 1, of elementary operations."""
    w, b = Variable(0.0, name="w"), Variable(0.0, name="b")
    return lambda: 1 / (1 + ops.exp(-(w * 1.0 + b)))


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_the_chain_rule_s_numbers(chain, ax):
    assert plots.computational_graph(chain, ax=ax) is ax
    found = texts(ax)
    for label in ("w", "b", "×", "+", "neg", "exp", "÷"):
        assert label in found
    assert found.count("0.25") == 4  # w, w·x, b and their sum
    assert found.count("−0.25") == 3
    assert found.count("0.5") == 1
    ellipses = [patch for patch in ax.patches if type(patch).__name__ == "Ellipse"]
    boxes = [patch for patch in ax.patches if type(patch).__name__ == "FancyBboxPatch"]
    arrows = [patch for patch in ax.patches if type(patch).__name__ == "FancyArrowPatch"]
    assert (len(ellipses), len(boxes), len(arrows)) == (5, 6, 10)
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"value", "gradient of the output"}


def test_derivatives_on_the_edges(chain, ax):
    plots.computational_graph(chain, ax=ax)
    without = texts(ax)
    ax.clear()
    plots.computational_graph(chain, derivatives=True, ax=ax)
    assert sorted(texts(ax)) != sorted(without)
    assert texts(ax).count("−1") == without.count("−1") + 1


def test_a_graph_is_taken_and_names_are_handed_on():
    graph = dlcore.explain(lambda a: a * a, [dlcore.Tensor(np.float32(3))], names=None)
    found = texts(plots.computational_graph(graph))
    assert found == texts(plots.computational_graph(lambda a: a * a, [dlcore.Tensor(np.float32(3))]))
    assert {"a", "3", "6", "9"} <= set(found)


def test_arrays_are_written_short(ax):
    w = Variable(np.ones((4, 5)), name="w")
    plots.computational_graph(lambda: ops.sum(np.arange(2.0).reshape(1, 2) @ w[:2, :]), ax=ax)
    assert "4 × 5 array" in texts(ax)
    assert "[0, 1]" in texts(ax)


@pytest.mark.parametrize(
    ("expression", "arguments", "error", "message"),
    [
        (3, {}, TypeError, "explain takes a Tensor or a function"),
        (lambda: 3.0, {}, TypeError, "the function must give a Tensor"),
        (
            dlcore.explain(lambda a: a * a, [dlcore.Tensor(2.0)]),
            {"variables": [1.0]},
            ValueError,
            "a Graph has its own",
        ),
    ],
)
def test_what_is_refused(expression, arguments, error, message):
    with pytest.raises(error, match=message):
        plots.computational_graph(expression, **arguments)


def test_too_large_a_graph_is_refused():
    w = Variable(1.0)

    def long():
        value = w * 1.0
        for _ in range(150):
            value = value + w
        return value

    with pytest.raises(ValueError, match="150 operations and inputs at most to be drawn; it has 15"):
        plots.computational_graph(long)
