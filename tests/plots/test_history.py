"""Curves of a training are its History."""

from __future__ import annotations

import numpy as np
import pytest

import dlcore
from dlcore import plots


@pytest.fixture(scope="module")
def history():
    dlcore.utils.set_random_seed(0)
    model = dlcore.Sequential([dlcore.layers.Input((2,)), dlcore.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    x, y = dlcore.datasets.xor(80)
    return model.fit(x, y, epochs=6, validation_split=0.25, validation_freq=2, verbose=0)


def test_what_is_drawn_is_the_history(history, ax, lines):
    assert plots.history_curves(history, ax=ax) is ax
    found = lines(ax)
    assert found["training"][0].tolist() == [1, 2, 3, 4, 5, 6]
    assert found["training"][1].tolist() == history.history["loss"]
    assert found["validation"][0].tolist() == [2, 4, 6]
    assert found["validation"][1].tolist() == history.history["val_loss"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")


@pytest.mark.parametrize(("every", "drawn"), [(4, [4]), ([1, 5, 6], [1, 5, 6]), (1, [1, 2, 3, 4, 5, 6])])
def test_validation_is_drawn_where_it_was(every, drawn, lines):
    model = dlcore.Sequential([dlcore.layers.Input((2,)), dlcore.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = dlcore.datasets.xor(20)
    found = model.fit(x, y, epochs=6, validation_split=0.25, validation_freq=every, verbose=0)
    assert lines(plots.history_curves(found))["validation"][0].tolist() == drawn


def test_a_history_that_is_used_again_counts_on(lines):
    model = dlcore.Sequential([dlcore.layers.Input((2,)), dlcore.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = dlcore.datasets.xor(20)
    history = dlcore.callbacks.History()
    for _ in range(2):
        model.fit(x, y, epochs=3, callbacks=[history], verbose=0)
    assert history.epoch == [0, 1, 2]
    assert lines(plots.history_curves(history))["training"][0].tolist() == [1, 2, 3, 4, 5, 6]


def test_several_metrics_on_one(history, lines):
    found = lines(plots.history_curves(history, ["loss", "accuracy"], log=True))
    assert set(found) == {"loss, training", "loss, validation", "accuracy, training", "accuracy, validation"}


def test_a_panel_for_each(history):
    figure = plots.history_panels(history)
    assert [panel.get_ylabel() for panel in figure.axes] == ["loss", "accuracy"]
    assert len(plots.history_panels(history, "accuracy").axes) == 1


def test_a_dict_and_one_epoch(lines):
    ax = plots.history_curves({"loss": [0.5]})
    assert lines(ax)["training"] == (np.array([1]), np.array([0.5]))
    assert ax.get_lines()[0].get_marker() == "o"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"history": 3}, TypeError, "history must be what fit returns"),
        ({"history": {}}, ValueError, "train first"),
        ({"history": {"loss": []}}, ValueError, "train first"),
        ({"history": {"loss": [1.0]}, "metrics": "los"}, ValueError, "Unknown metric of the history 'los'.*loss"),
        ({"history": {"loss": [1.0]}, "metrics": []}, ValueError, "metrics must name at least one of: loss"),
    ],
)
def test_what_is_refused(arguments, error, message):
    for draw in (plots.history_curves, plots.history_panels):
        with pytest.raises(error, match=message):
            draw(**arguments)
