"""Quartiles and moments against NumPy, and weights against repeated rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.tables.spread import FAR_OUT, moments, spread

VALUES = st.floats(-1e300, 1e300) | st.integers(-3, 3).map(float) | st.just(np.nan)


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 20)), elements=VALUES))
def test_order_statistics_are_numpys(columns):
    found = spread(columns)
    for i, column in enumerate(columns):
        values = column[~np.isnan(column)]
        assert found.filled[i] == len(values)
        if not len(values):
            assert (found.low[i], found.median[i], found.high[i], found.reach[i]) == (0,) * 4
            continue
        assert (found.low[i], found.high[i]) == (values.min(), values.max())
        assert np.isclose(found.median[i], _quantile(values, 0.5), rtol=1e-12, atol=0)
        distances = np.abs(values - found.median[i])
        distances = distances[distances > 0]
        expected = FAR_OUT * _quantile(distances, 0.75) if len(distances) else 0
        assert np.isclose(found.reach[i], expected, rtol=1e-12, atol=0)


def _quantile(values, q):
    """NumPy's, in halves, which cannot overflow."""
    return 2 * np.quantile(values / 2, q, method="averaged_inverted_cdf")


@given(hnp.arrays(np.float64, (3, 30), elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
def test_moments_are_numpys(columns):
    columns[:, 0] = 1.0
    found = spread(columns)
    mean, deviation = moments(columns, None, found.low, found.high)
    assert np.allclose(mean, np.nanmean(columns, axis=1), rtol=1e-9, atol=1e-9)
    assert np.allclose(deviation, np.nanstd(columns, axis=1), rtol=1e-7, atol=1e-7)


def test_moments_of_huge_numbers_are_finite():
    mean, deviation = moments(np.array([[1e300, -1e300]]), None, np.array([-1e300]), np.array([1e300]))
    assert mean[0] == 0
    assert deviation[0] == pytest.approx(1e300)


def test_moments_of_nothing():
    mean, deviation = moments(np.full((1, 3), np.nan), None, np.zeros(1), np.zeros(1))
    assert (mean[0], deviation[0]) == (0, 0)


def test_a_column_of_mostly_one_value_is_judged_by_the_others():
    column = np.repeat([0.0, 1.0, 2.0, 1e6], [80, 10, 9, 1])
    found = spread(column[None])
    assert found.median[0] == 0
    assert found.reach[0] == FAR_OUT * 2


@given(
    hnp.arrays(np.float64, (2, 12), elements=st.integers(-4, 4).map(float) | st.just(np.nan)),
    hnp.arrays(np.int64, 12, elements=st.integers(1, 4)),
)
def test_a_weight_is_a_repeated_row(columns, times):
    weights = times.astype(np.float64)
    weighted, repeated = spread(columns, weights), spread(np.repeat(columns, times, axis=1))
    for key in ("low", "median", "high", "reach"):
        assert (getattr(weighted, key) == getattr(repeated, key)).all()
    bounds = repeated.low, repeated.high
    assert np.allclose(moments(columns, weights, *bounds), moments(np.repeat(columns, times, axis=1), None, *bounds))
