"""The oracle knows every name of the contract, and its parts are right on their own."""

from __future__ import annotations

import numpy as np

from backends import reference
from dlcore.backends import contract, philox, special
from dlcore.backends.plain import activations, losses, updates


def test_it_knows_exactly_the_names_of_the_contract():
    assert list(activations.FORWARD) == list(contract.ACTIVATIONS)
    assert list(activations.BACKWARD) == list(contract.ACTIVATIONS)
    assert list(losses.LOSSES) == list(contract.LOSSES)
    assert list(losses.METRICS) == list(contract.METRICS)
    assert list(updates.UPDATES) == list(contract.UPDATES)


def test_normal_distribution():
    """A few ulp in both tails, to where float64 ends."""
    x = np.concatenate([np.linspace(-37, 9, 20_001), [-0.0, 0.0]])
    cdf, density = special.normal(x)
    assert np.allclose(cdf, reference.normal(x), rtol=4e-15, atol=0)
    wide = x.astype(np.longdouble)
    assert np.allclose(density, np.exp(-wide * wide / 2) / np.sqrt(2 * np.longdouble(np.pi)), rtol=4e-15, atol=0)
    far = special.normal(np.array([-np.inf, -1e300, 1e300, np.inf]))
    assert far[0].tolist() == [0, 0, 1, 1]
    assert far[1].tolist() == [0, 0, 0, 0]


def test_gelu_far_out():
    z = np.array([-np.inf, -1e300, -50, 0, 50, 1e300, np.inf, np.nan])
    with np.errstate(invalid="ignore"):
        assert np.array_equal(special.gelu(z), [0, 0, 0, 0, 50, 1e300, np.inf, np.nan], equal_nan=True)
        assert np.array_equal(special.gelu_slope(z), [0, 0, 0, 0.5, 1, 1, 1, np.nan], equal_nan=True)


def test_philox_words_are_those_of_the_definition():
    for seed, stream in ((0, 0), (2**64 - 1, 2**63 + 5)):
        words = philox.words(seed, stream, 23).tolist()
        assert words == [reference.philox_word(seed, stream, i) for i in range(23)]
    assert philox.words(1, 1, 0).size == 0
