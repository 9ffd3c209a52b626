from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from dlcore import portable


def ulps(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.max(np.abs(found - expected) / np.spacing(np.abs(expected))))


def test_log():
    x = np.concatenate([np.geomspace(1e-300, 1e300, 20001), np.linspace(0.5, 2, 20001), [5e-324, np.pi]])
    expected = np.array([math.log(v) for v in x])
    keep = expected != 0
    assert portable.log(np.ones(1)) == 0
    assert ulps(portable.log(x)[keep], expected[keep]) <= 4


def test_exp():
    x = np.concatenate([np.linspace(-700, 700, 20001), np.linspace(-1, 1, 20001), [0.0]])
    assert ulps(portable.exp(x), np.array([math.exp(v) for v in x])) <= 2
    assert np.array_equal(portable.exp(np.array([-800.0, -np.inf, 800.0, np.inf])), [0, 0, np.inf, np.inf])


@pytest.mark.parametrize("base", [0.0, 1e-7, 0.1, 0.5, 0.96, 1.0, 1.5])
def test_power(base):
    exponents = np.array([0, 0.25, 1, 1.5, 2, 10, 33.3, 1000])
    expected = np.array([base**e for e in exponents])
    np.testing.assert_allclose(portable.power(base, exponents), expected, rtol=1e-13)


def test_whole_powers_are_products():
    assert portable.power(0.1, np.array([1.0, 2.0])).tolist() == [0.1, 0.1 * 0.1]
    assert portable.power(1e-7, np.array([1.0])) == 1e-7
    assert portable.power(2.0, np.array([5000.0])) == np.inf
    assert portable.power(0.5, np.array([1e300])) == 0


def test_the_normal_quantile():
    p = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 10001), np.geomspace(1e-300, 0.1, 1001), [0.5]])
    normal = statistics.NormalDist()
    expected = np.array([normal.inv_cdf(v) for v in p])
    np.testing.assert_allclose(portable.normal_quantile(p), expected, rtol=1e-13, atol=1e-15)


def test_the_bits_are_pinned():
    """The same on every machine: these were computed once."""
    x = np.array([0.1, 0.7, 1.3, 42.0])
    assert [v.hex() for v in portable.log(x).tolist()] == LOG
    assert [v.hex() for v in portable.exp(x).tolist()] == EXP
    assert [v.hex() for v in portable.normal_quantile(np.array([1e-9, 0.01, 0.3, 0.9])).tolist()] == QUANTILE


LOG = ["-0x1.26bb1bbb55515p+1", "-0x1.6d3c324e13f4fp-2", "0x1.0ca937be1b9ddp-2", "0x1.de6bf542e3d2dp+1"]
EXP = ["0x1.1aec7b35a00d4p+0", "0x1.01c2a61268987p+1", "0x1.d5ab83615f8b4p+1", "0x1.8232558201159p+60"]
QUANTILE = ["-0x1.7fdc11f44b5a7p+2", "-0x1.29c5c4630ff0ep+1", "-0x1.0c7e39582c5fap-1", "0x1.4813c36e26d33p+0"]


def test_powers_that_are_negative_or_undefined():
    """They end, too: once both were halved for ever."""
    powers = portable.power(0.5, np.array([-2.0, -0.5, -np.inf, np.nan, np.inf]))
    np.testing.assert_allclose(powers, [4, np.sqrt(2), np.inf, np.nan, 0], rtol=1e-15)
    assert portable.power(0.0, np.array([-1.0])) == np.inf


def test_powers_of_many():
    x = np.concatenate([np.linspace(0, 3, 1001), [1e-300, 1e100]])
    for exponent in (0.0, 0.5, 1.0, 2.0, 2.5, 0.01):
        np.testing.assert_allclose(portable.raised(x, exponent), x**exponent, rtol=1e-12)
    assert np.isnan(portable.raised(np.array([np.nan]), 0.5))


def test_cosine():
    x = np.linspace(-4, 4, 8001)
    assert np.max(np.abs(portable.cos_pi(x) - np.cos(np.pi * x))) < 2e-15
    exact = portable.cos_pi(np.array([0.0, 0.5, 1.0, 1.5, 2.0, 1e6]))
    assert exact.tolist() == [1, 0, -1, 0, 1, 1]
    assert np.isnan(portable.cos_pi(np.array([np.nan])))


def test_the_bits_of_the_cosine():
    found = portable.cos_pi(np.array([0.1, 0.3, 0.7, 0.9]))
    assert [v.hex() for v in found.tolist()] == COSINE


COSINE = ["0x1.e6f0e134454ffp-1", "0x1.2cf2304755a5ep-1", "-0x1.2cf2304755a5dp-1", "-0x1.e6f0e13445500p-1"]
