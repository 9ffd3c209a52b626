"""What notebooks show: escaped, small, well-formed, from nowhere else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import dlcore
from dlcore import layers, ops, optimizers

from .course import T, X, network

NASTY = "<script>alert(1)</script>&\"'"


class Checker(HTMLParser):
    """Every tag that is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def checked(html):
    parser = Checker()
    parser.feed(html)
    parser.close()
    assert not parser.open
    assert not parser.seen & {"script", "img", "link", "iframe"}
    assert not re.search(r"(?:src|href)=|@import|url\(", html)
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    return html


def nasty_model():
    model = dlcore.Sequential([layers.Input((2,)), layers.Dense(2, name="<b>dense")], name="<i>&")
    model.compile("sgd", "mse")
    return model


def things():
    model = network()
    history = model.fit(X, T, epochs=3, validation_data=(X, T), verbose=0)
    w = dlcore.Variable(np.eye(30), name=NASTY)
    return {
        "model": (model, "Total params: 12"),
        "nasty model": (nasty_model(), "&lt;i&gt;&amp;"),
        "empty model": (dlcore.Sequential(), "Total params: 0"),
        "large model": (
            dlcore.Sequential([layers.Input((500,)), layers.Dense(300), layers.Dropout(0.1), layers.Dense(3)]),
            "Total params: 151,203",
        ),
        "history": (history, "val_loss"),
        "explanation": (model.explain_step(X, T), "hidden/kernel"),
        "nasty explanation": (nasty_model().explain_step(X, T), "&lt;i&gt;&amp;"),
        "update": (optimizers.Adam().explain_step(np.ones((2, 2)), np.ones((2, 2))), "β₁·m"),
        "graph": (dlcore.explain(lambda a: ops.exp(a) * w, 1.0), "exp"),
        "variable": (w, "&lt;script&gt;"),
        "tensor": (dlcore.Tensor(np.arange(6.0).reshape(2, 3)), "2 × 3, float64"),
        "number": (dlcore.Tensor(np.float32(0.5)), "0.5"),
        "cube": (dlcore.Tensor(np.zeros((2, 2, 2))), "2 × 2 × 2"),
        "empty": (dlcore.Tensor(np.zeros((0, 3))), "0 × 3"),
    }


@pytest.mark.parametrize("name", things())
def test_what_is_shown(name):
    thing, wanted = things()[name]
    html = checked(thing._repr_html_())
    assert wanted in html
    assert len(html) < 40_000


def test_large_arrays_are_cut():
    html = dlcore.Tensor(np.arange(250_000.0).reshape(500, 500))._repr_html_()
    assert len(html) < 15_000
    assert "249999" in html
    assert "…" in html


def test_validation_is_drawn_where_it_was():
    found = network().fit(X, T, epochs=5, validation_data=(X, T), validation_freq=[2, 5], verbose=0)
    training, validation = re.findall(r'points="([^"]*)"', found._repr_html_())
    across = [[float(point.split(",")[0]) for point in line.split()] for line in (training, validation)]
    assert across[1] == [across[0][1], across[0][4]]


def test_curves_are_drawn_of_metrics():
    history = network().fit(X, T, epochs=4, verbose=0)
    html = checked(history._repr_html_())
    assert html.count("<polyline") == 1
    assert network().fit(X, T, epochs=1, verbose=0)._repr_html_().count("<polyline") == 0
