"""The distributions of random first values."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy import stats

from dlcore import initializers
from dlcore.initializers import VarianceScaling, compute_fans

SHAPE = (300, 200)


@pytest.mark.parametrize(
    ("name", "stddev", "limit"),
    [
        ("RandomUniform", 0.1 / np.sqrt(12), 0.05),
        ("RandomNormal", 0.05, np.inf),
        ("TruncatedNormal", 0.05 * 0.8796, 0.1),
        ("GlorotUniform", np.sqrt(2 / 500), np.sqrt(6 / 500)),
        ("GlorotNormal", np.sqrt(2 / 500), 2 * np.sqrt(2 / 500) / 0.8796),
        ("HeUniform", np.sqrt(2 / 300), np.sqrt(6 / 300)),
        ("HeNormal", np.sqrt(2 / 300), 2 * np.sqrt(2 / 300) / 0.8796),
        ("LecunUniform", np.sqrt(1 / 300), np.sqrt(3 / 300)),
        ("LecunNormal", np.sqrt(1 / 300), 2 * np.sqrt(1 / 300) / 0.8796),
        ("VarianceScaling", np.sqrt(1 / 300), 2 * np.sqrt(1 / 300) / 0.8796),
    ],
)
def test_spread(name, stddev, limit):
    values = getattr(initializers, name)(seed=0)(SHAPE, dtype="float64")
    assert abs(values.mean()) < 4 * stddev / np.sqrt(values.size)
    assert values.std() == pytest.approx(stddev, rel=0.01)
    assert np.abs(values).max() <= limit * 1.0001


@pytest.mark.parametrize(
    ("initializer", "distribution"),
    [
        (initializers.RandomUniform(-1, 3, seed=1), stats.uniform(-1, 4)),
        (initializers.RandomNormal(2, 0.5, seed=1), stats.norm(2, 0.5)),
        (initializers.TruncatedNormal(2, 0.5, seed=1), stats.truncnorm(-2, 2, 2, 0.5)),
        (VarianceScaling(8, "fan_out", "uniform", seed=1), stats.uniform(-np.sqrt(0.12), 2 * np.sqrt(0.12))),
        (VarianceScaling(8, "fan_out", "untruncated_normal", seed=1), stats.norm(0, 0.2)),
        (VarianceScaling(10, "fan_avg", "normal", seed=1), stats.truncnorm(-2, 2, 0, 0.2 / 0.87962566)),
    ],
)
def test_distributions(initializer, distribution):
    values = initializer(SHAPE, dtype="float64").ravel()
    assert stats.kstest(values, distribution.cdf).pvalue > 0.01


def test_fans():
    assert compute_fans((3, 4)) == (3, 4)
    assert compute_fans((5,)) == (5, 5)
    assert compute_fans(()) == (1, 1)
    assert compute_fans((2, 3, 4)) == (6, 8)
    assert compute_fans((512, 8, 64), input_axes=[0], output_axes=[1, 2]) == (512, 512)
    assert compute_fans((512, 8, 64), input_axes=[0]) == (4096, 32768)


def test_axes_count_the_fans():
    values = VarianceScaling(2.0, seed=1, input_axes=[0], output_axes=[1, 2])((32, 4, 160))
    assert values.std() == pytest.approx(np.sqrt(2 / 32), rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": -1.0}, "Argument `scale` must be positive float"),
        ({"scale": np.nan}, "Argument `scale` must be positive float"),
        ({"mode": "fan"}, "Invalid `mode` argument: fan.*fan_avg"),
        ({"distribution": "cauchy"}, "Invalid `distribution` argument: cauchy.*untruncated_normal"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        VarianceScaling(**arguments)


# --- Orthogonal ---


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (40, 7), (7, 40), (3, 4, 6), (2, 3, 17), (128, 128), (0, 3)])
def test_orthogonal(shape):
    values = initializers.Orthogonal(gain=3, seed=1)(shape, dtype="float64")
    assert values.shape == shape
    matrix = values.reshape(-1, shape[-1])
    rows, columns = matrix.shape
    product = matrix.T @ matrix if rows >= columns else matrix @ matrix.T
    np.testing.assert_allclose(product, 9 * np.eye(min(rows, columns)), rtol=0, atol=1e-11)


def test_orthogonal_matrices_are_those_of_qr():
    """All equally likely: Q of a normal matrix, with the signs that make the diagonal of R positive."""
    from dlcore import streams

    a = streams.normal(streams.Stream(4), 60 * 20).reshape(60, 20)
    q, r = np.linalg.qr(a)
    expected = q * np.sign(np.diag(r))
    np.testing.assert_allclose(initializers.Orthogonal(seed=4)((60, 20), "float64"), expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(initializers.Orthogonal(seed=4)((20, 60), "float64"), expected.T, rtol=0, atol=1e-13)


def test_orthogonal_matrices_are_the_same_bits_everywhere():
    values = initializers.Orthogonal(seed=1)((70, 50), "float64")
    assert (
        hashlib.sha256(values.tobytes()).hexdigest()
        == "5283878067fad2a62ca475a1acca36eeeed12893e701640f1fe4c54ea05e3f03"
    )


def test_orthogonal_wants_a_matrix():
    with pytest.raises(ValueError, match="at least two-dimensional"):
        initializers.Orthogonal()((5,))
