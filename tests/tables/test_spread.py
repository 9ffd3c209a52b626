"""Quartiles and moments against NumPy, and weights against repeated rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.tables.spread import FAR_OUT, moments, spread

VALUES = st.floats(-1e300, 1e300, allow_subnormal=False) | st.integers(-3, 3).map(float)


@given(hnp.arrays(np.float64, st.integers(1, 20), elements=VALUES))
def test_order_statistics_are_numpys(values):
    found = spread(values)
    assert (found.low, found.high) == (values.min(), values.max())
    assert np.isclose(found.median, _quantile(values, 0.5), rtol=1e-12, atol=0)
    distances = np.abs(values - found.median)
    distances = distances[distances > 0]
    expected = FAR_OUT * _quantile(distances, 0.75) if len(distances) else 0
    assert np.isclose(found.reach, expected, rtol=1e-12, atol=0)


def _quantile(values, q):
    """NumPy's, in halves, which cannot overflow."""
    return 2 * np.quantile(values / 2, q, method="averaged_inverted_cdf")


def test_nothing_spreads_nowhere():
    assert spread(np.empty(0)) == (0, 0, 0, 0)
    assert moments(np.empty(0), None, 0.0, 0.0) == (0, 0)


@given(hnp.arrays(np.float64, 30, elements=st.floats(-1e6, 1e6)))
def test_moments_are_numpys(values):
    found = spread(values)
    mean, deviation = moments(values, None, found.low, found.high)
    assert np.isclose(mean, values.mean(), rtol=1e-9, atol=1e-9)
    assert np.isclose(deviation, values.std(), rtol=1e-7, atol=1e-7)


def test_moments_of_huge_numbers_are_finite():
    assert moments(np.array([1e300, -1e300]), None, -1e300, 1e300) == (0, pytest.approx(1e300))


def test_moments_between_bounds():
    assert moments(np.array([-5.0, 0.0, 2.0, 100.0]), None, -2.0, 2.0) == (0.5, pytest.approx(np.std([-2, 0, 2, 2])))


def test_a_column_of_mostly_one_value_is_judged_by_the_others():
    found = spread(np.repeat([0.0, 1.0, 2.0, 1e6], [80, 10, 9, 1]))
    assert found.median == 0
    assert found.reach == FAR_OUT * 2


@given(
    hnp.arrays(np.float64, 12, elements=st.integers(-4, 4).map(float)),
    hnp.arrays(np.int64, 12, elements=st.integers(1, 4)),
)
def test_a_weight_is_a_repeated_row(values, times):
    weights, rows = times.astype(np.float64), np.repeat(values, times)
    weighted, repeated = spread(values, weights), spread(rows)
    assert weighted == repeated
    bounds = repeated.low, repeated.high
    assert np.allclose(moments(values, weights, *bounds), moments(rows, None, *bounds))
