"""Averages are those of the kernel."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import datasets, ops, plots


def test_a_year_of_temperatures(ax, lines):
    assert plots.weighted_averages(betas=[0.9, 0.98], ax=ax) is ax
    found = lines(ax)
    _, celsius = datasets.temperatures()
    assert np.array_equal(found["values"][1], celsius)
    for beta, count in ((0.9, "10"), (0.98, "50")):
        drawn = found[f"β = {beta}, about {count} values"][1]
        assert np.array_equal(drawn, ops.exponentially_weighted_average(celsius, beta))
    ax.figure.canvas.draw()
    assert "Jul" in [label.get_text() for label in ax.get_xticklabels()]


def test_bias_correction(lines):
    series = np.array([1.0, 2.0, 3.0, 4.0])
    corrected = ops.exponentially_weighted_average(series, 0.5, bias_correction=True)
    only = lines(plots.weighted_averages(series, 0.5, bias_correction=True))
    assert np.array_equal(only["β = 0.5, about 2 values"][1], corrected)
    ax = plots.weighted_averages(series, 0.5, bias_correction="both")
    plain, drawn = (line.get_ydata() for line in ax.get_lines()[1:3])
    assert np.array_equal(plain, ops.exponentially_weighted_average(series, 0.5))
    assert np.array_equal(drawn, corrected)
    assert "without bias correction" in [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"series": np.ones((2, 2))}, r"series must be a series of numbers, shape \(n,\)"),
        ({"series": np.ones(3), "dates": np.arange(4)}, r"dates must have shape \(3,\)"),
        ({"betas": 1}, "betas must lie in"),
        ({"bias_correction": "some"}, "bias_correction must be False, True or 'both'"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.weighted_averages(**arguments)
