"""Figures: what they show is where it should be."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlcore.cli.report import figures, svg


def points(path):
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]


def test_a_learning_curve_goes_down_where_the_loss_does():
    drawing = ElementTree.fromstring(
        figures.learning_curves({"training": [3, 2, 1], "validation": [3, 2.5]}, 1, "loss")
    )
    paths = [line.get("d") for line in drawing.iter("path") if line.get("class") in ("line c0", "line c1")]
    first, second = (path for path in paths if "L" in path)
    xs, ys = zip(*points(first), strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys), "pixels count downwards"
    (best,) = (dot for dot in drawing.iter("path") if dot.get("class") == "dots best c1")
    assert points(best.get("d"))[0] == points(second)[1]


def test_losses_over_many_powers_of_ten_are_drawn_on_a_logarithmic_axis():
    drawing = figures.learning_curves({"training": [100.0, 1.0, 0.01]}, None, "loss")
    (line,) = re.findall(r'<path class="line c0" d="(M[^"]*L[^"]*)"', drawing)
    (_, top), (_, middle), (_, bottom) = points(line)
    assert middle - top == pytest.approx(bottom - middle, abs=0.2)
    assert ">0.01<" in drawing


def test_a_loss_that_is_not_finite_interrupts_the_line():
    drawing = figures.learning_curves({"training": [2.0, math.nan, 1.0, 0.5]}, None, "loss")
    assert "nan" not in drawing
    (line,) = re.findall(r'<path class="line c0" d="(M[^"]*L[^"]*)"', drawing)
    assert line.count("M") == 2


def test_the_confusion_matrix_counts():
    table = ElementTree.fromstring(
        figures.confusion_matrix(np.array([[3, 1], [0, 0]]), ["<a>", "b"]).replace("&ensp;", " ")
    )
    cells = [[cell.text for cell in row] for row in table.iter("tr")][1:]
    assert cells == [["<a>", "3", "1", "75.0%"], ["b", None, None, "–"]]
    shades = [cell.get("style") for cell in table.iter("td") if cell.get("style")]
    assert shades == ["--share:0.750", "--share:0.250", "--share:0", "--share:0"]


def test_confusions_list_the_most_frequent_first():
    counts = np.diag([5, 5, 5])
    counts[0, 2], counts[1, 0] = 2, 4
    rows = re.findall(r"<tr><td>(\w)</td><td>(\w)</td><td>(.*?)</td></tr>", figures.confusions(counts, [*"abc"]))
    assert rows == [("b", "a", "4 of 9"), ("a", "c", "2 of 7")]


def test_right_predictions_lie_on_the_line():
    actual = np.array([1.0, 5.0, 9.0])
    drawing = figures.predicted_against_actual(actual, actual, "y")
    (line,) = re.findall(r'class="line ideal" d="([^"]*)"', drawing)
    (dots,) = re.findall(r'class="dots c0" d="([^"]*)"', drawing)
    (x0, y0), (x1, y1) = points(line)
    assert points(dots) == [(x0, y0), ((x0 + x1) / 2, pytest.approx((y0 + y1) / 2, abs=0.1)), (x1, y1)]


def test_thousands_of_points_are_thinned():
    actual = np.arange(5000.0)
    assert figures.predicted_against_actual(actual, actual, "y").count("h0") == figures.POINTS


def test_residuals_show_every_row():
    errors = np.r_[np.full(30, -2.0), np.full(60, 2.0), 0.0]
    drawing = figures.residuals(np.zeros(91), errors, "y")
    heights = [float(height) for height in re.findall(r'class="bar c0"[^>]*height="([\d.]+)"', drawing)]
    np.testing.assert_allclose(np.array(heights) / max(heights), [0.5, 1 / 60, 1.0], atol=0.01)
    assert "bar c0" in figures.residuals(np.ones(3), np.ones(3), "y"), "all residuals are 0"


def test_bars_are_as_long_as_their_values():
    drawing = figures.bars([("small", 0.1, 0.0), ("<large>", 0.4, 0.1), ("none", -0.1, 0.0)], "fall")
    assert re.findall(r"width:([\d.]+)%", drawing) == ["100.0", "25.0", "0.0"]
    assert drawing.index("&lt;large&gt;") < drawing.index("small")
    assert "width:0.0%" in figures.bars([("a", 0.0, 0.0)], "fall")


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
@example(0.0, 5e-324)
@example(1e-323, 1e-323)
@example(0.0, 3e-308)
@example(982999999996.0, 985499836158.0)
@example(1e12, 1e12 + 2e-4)
def test_axes_have_a_few_different_ticks_inside(low, high):
    low, high = min(low, high), max(low, high)
    axis = svg.linear(low, high, 0, 100)
    texts = [text for _, text in axis.ticks]
    assert len(set(texts)) == len(texts) <= 7
    assert all(-0.1 <= axis.place(value) <= 100.1 for value, _ in axis.ticks)
    if high - low > 1e-6 * max(abs(low), abs(high), 1e-300):
        assert len(texts) >= 2
