"""Numbers as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dlcore
from dlcore.explain.notation import Formula, bars, factor, lowered, product, shown, summary


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.74136506955, "0.74136507"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (3, "3"),
        (-12.0, "−12"),
        (1e-7, "1e−7"),
        (1.25e20, "1.25e20"),
        (np.float32(0.1), "0.1"),
        (np.float32(-1e-8), "−1e−8"),
        (np.float32(16777216), "16777216"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "NaN"),
        (np.float64(1 + 1e-12), "1"),
        (np.float64(100 - 1e-12), "100"),
    ],
)
def test_numbers(value, text):
    assert shown(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_shown_is_the_number(value):
    assert float(shown(value).replace("−", "-")) == pytest.approx(value, rel=1e-5, abs=5e-324)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_what_is_shown_of_a_float32_is_the_number(value):
    assert float(shown(np.float32(value)).replace("−", "-")) == pytest.approx(value, rel=1e-6, abs=1e-45)


def test_signs_and_subscripts():
    assert factor(-2.0) == "(−2)"
    assert product(-2.0, -3.0) == "−2 · (−3)"
    assert lowered(120) == "₁₂₀"
    assert str(Formula("a", "b", "", "2")) == "a = b = 2"


def test_a_summary_says_what_the_array_is():
    array = np.array([[3.0, -4.0, 0.0], [1.0, 2.0, 0.5]])
    found = summary(array, largest=2)
    assert (found.low, found.high, found.zeros) == (-4, 3, 1)
    assert found.norm == pytest.approx(np.linalg.norm(array))
    assert found.largest == (((0, 1), -4.0), ((0, 0), 3.0))
    assert sum(found.histogram) == array.size
    assert str(found).startswith("2 × 3: mean 0.4167, min −4, max 3")


def test_summaries_of_the_unusual():
    assert np.isnan(summary(np.full(3, np.nan)).mean)
    assert summary(np.array([1.0, np.inf])).high == 1
    assert summary(np.zeros((2, 2))).norm == 0
    assert summary(np.full(4, 1e300)).mean == 1e300
    assert bars((0, 1, 8)) == "·▂█"


def test_a_negative_number_that_is_squared_stands_in_parentheses():
    model = dlcore.Sequential([dlcore.layers.Dense(1, activation="tanh", input_shape=(1,))])
    model.set_weights([np.array([[-1.0]]), np.array([0.0])])
    model.compile(optimizer="sgd", loss="mse")
    assert "1 − (−0.7615941)²" in str(model.explain_step([[1.0]], [[1.0]]))
