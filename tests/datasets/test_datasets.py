"""Data sets for examples: shapes, seeds, and that the points lie where the docstrings say."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore
from dlcore import datasets, streams

CLASSES = {"spirals": 3, "moons": 2, "circles": 2, "xor": 2, "blobs": 3}
CURVES = ("line", "sine")
MAKERS = (*CLASSES, *CURVES, "temperatures")


def digest(*arrays):
    together = hashlib.sha256()
    for array in arrays:
        together.update(np.ascontiguousarray(array).view(np.uint8).tobytes())
    return together.hexdigest()[:16]


def values(name, **kwargs):
    """The numbers that a maker draws."""
    return np.concatenate([np.ravel(part).astype(np.float64) for part in getattr(datasets, name)(**kwargs)])


@pytest.fixture(autouse=True)
def _restore():
    before = streams.get_state()
    yield
    streams.set_state(before)


def test_every_maker_is_tested():
    functions = {name for name in datasets.__all__ if name[0].islower()}
    assert functions == {*MAKERS, "two_two_two"}


@pytest.mark.parametrize("name", CLASSES)
@settings(max_examples=15, deadline=None)
@given(n_samples=st.integers(1, 300), seed=st.integers(0, 2**32 - 1))
def test_points_with_classes(name, n_samples, seed):
    x, y = getattr(datasets, name)(n_samples, seed=seed)
    assert (x.dtype, x.shape) == (np.float32, (n_samples, 2))
    assert (y.dtype, y.shape) == (np.int64, (n_samples,))
    assert np.isfinite(x).all()
    parts = 4 if name == "xor" else CLASSES[name]  # xor shares its rows among four corners
    counts = np.bincount(y, minlength=CLASSES[name])
    assert len(counts) == CLASSES[name]
    assert counts.max() - counts.min() <= parts // CLASSES[name]


@pytest.mark.parametrize("name", CURVES)
def test_points_on_curves(name):
    x, y = getattr(datasets, name)(50)
    assert (x.dtype, x.shape, y.dtype, y.shape) == (np.float32, (50, 1), np.float32, (50,))
    assert np.abs(x).max() < 1


@pytest.mark.parametrize("name", MAKERS)
def test_what_a_seed_decides(name):
    first = values(name, seed=5)
    assert np.array_equal(first, values(name, seed=5))
    assert not np.array_equal(first, values(name, seed=6))
    assert np.array_equal(values(name), values(name, seed=0))
    dlcore.utils.set_random_seed(3)
    drawn = [values(name, seed=None) for _ in range(2)]
    assert not np.array_equal(*drawn)
    dlcore.utils.set_random_seed(3)
    assert np.array_equal(drawn[0], values(name, seed=None))
    generator = dlcore.random.SeedGenerator(5)
    assert not np.array_equal(values(name, seed=generator), values(name, seed=generator))


def test_other_numbers_than_the_initializers_of_the_same_seed():
    own = datasets.draws.Draws(5).normal(100)
    for other in (dlcore.initializers.RandomNormal(0, 1, seed=5)((100,)), dlcore.random.normal((100,), seed=5)):
        assert not np.allclose(own, other, atol=1e-3)


def test_the_values_are_the_same_everywhere():
    """Digests of what was drawn when this was written: no change of NumPy, libm or dlcore may change them."""
    assert {name: digest(*getattr(datasets, name)(seed=1)) for name in MAKERS} == KNOWN


KNOWN = {
    "spirals": "f35aea83814ceb09",
    "moons": "772b7821d4a26a1f",
    "circles": "728506d0e6ec6e5b",
    "xor": "8695404305cd5b74",
    "blobs": "c13b0724f15bd42d",
    "line": "248ab54de220f202",
    "sine": "0ff8fda217ce65ef",
    "temperatures": "643ecf19e07c137b",
}


def test_spirals_lie_on_their_arms():
    x, y = datasets.spirals(200, n_classes=4, noise=0, turns=1.5)
    radius = np.hypot(*x.T)
    assert radius.min() > 0.1
    assert radius.max() < 1
    angle = np.arctan2(x[:, 1], x[:, 0])
    expected = 2 * np.pi * (y / 4 + 1.5 * radius)
    np.testing.assert_allclose(np.exp(1j * angle), np.exp(1j * expected), atol=1e-5)


def test_moons_lie_on_half_circles():
    x, y = datasets.moons(200, noise=0)
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, atol=1e-6)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1, atol=1e-6)
    assert upper[:, 1].min() > 0
    assert lower[:, 1].max() < 0.5


def test_circles_have_their_radii():
    x, y = datasets.circles(200, noise=0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y, 0.3, 1), atol=1e-6)


def test_xor_without_noise_is_the_table():
    x, y = datasets.xor(4, noise=0)
    assert sorted(map(tuple, np.column_stack([x, y]).astype(int).tolist())) == [
        (0, 0, 0),
        (0, 1, 1),
        (1, 0, 1),
        (1, 1, 0),
    ]


def test_blobs_stand_on_the_circle():
    x, y = datasets.blobs(5000, n_classes=5, noise=0.1)
    for label in range(5):
        heap = x[y == label]
        np.testing.assert_allclose(
            heap.mean(axis=0), [np.cos(0.4 * np.pi * label), np.sin(0.4 * np.pi * label)], atol=0.02
        )
        np.testing.assert_allclose(heap.std(axis=0), 0.1, atol=0.01)


def test_curves_without_noise_are_the_formulas():
    x, y = datasets.line(100, slope=3, intercept=-2, noise=0)
    np.testing.assert_allclose(y, 3 * x[:, 0] - 2, atol=1e-6)
    x, y = datasets.sine(100, periods=2.5, noise=0)
    np.testing.assert_allclose(y, np.sin(2.5 * np.pi * x[:, 0]), atol=1e-6)


def test_noise_has_its_deviation():
    x, y = datasets.line(20000, noise=0.5)
    assert (y - 2 * x[:, 0] - 1).std() == pytest.approx(0.5, rel=0.03)


def test_a_year_of_temperatures():
    dates, celsius = datasets.temperatures()
    assert (dates[0], dates[-1]) == (np.datetime64("2023-01-01"), np.datetime64("2023-12-31"))
    assert (celsius.dtype, celsius.shape) == (np.float32, (365,))
    assert celsius.mean() == pytest.approx(10, abs=1.5)
    months = dates.astype("datetime64[M]").astype(int) % 12
    assert celsius[months == 6].mean() > celsius[months == 0].mean() + 12


def test_the_seasons_follow_the_calendar():
    dates, celsius = datasets.temperatures(800, start="2024-03-01", noise=0, mean=5, amplitude=4)
    day = (dates - dates.astype("datetime64[Y]")).astype(int)
    np.testing.assert_allclose(celsius, 5 - 4 * np.cos(2 * np.pi * (day - 19) / 365.25), rtol=1e-5)
    assert str(dates[celsius.argmin()])[5:] == "01-20"


def test_weather_lasts():
    weather = datasets.temperatures(20000, amplitude=0, mean=0, noise=2, correlation=0.8).celsius
    assert weather.std() == pytest.approx(2, rel=0.05)
    assert np.corrcoef(weather[:-1], weather[1:])[0, 1] == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_two_two_is_the_example_worked_by_hand(dtype):
    x, y, weights, learning_rate = datasets.two_two_two(dtype)
    assert {array.dtype.name for array in (x, y, *weights)} == {dtype}
    net = dlcore.Sequential(
        [dlcore.layers.Input((2,)), *(dlcore.layers.Dense(2, "sigmoid", dtype=dtype) for _ in range(2))]
    )
    net.set_weights(weights)
    net.compile(dlcore.optimizers.SGD(learning_rate), loss="mse")
    np.testing.assert_allclose(net.predict(x, verbose=0), [[0.75136507, 0.772928465]], atol=1e-7)
    net.fit(x, y, verbose=0)
    assert net.get_weights()[2][0, 0] == pytest.approx(0.35891648, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "arguments", "error", "message"),
    [
        ("spirals", {"n_classes": 1}, ValueError, "n_classes must lie between 2"),
        ("spirals", {"turns": "many"}, TypeError, "turns must be a number"),
        ("moons", {"n_samples": 0}, ValueError, "n_samples must lie between 1"),
        ("moons", {"n_samples": 2.5}, TypeError, "n_samples must be an integer"),
        ("circles", {"factor": 1}, ValueError, r"factor must lie in \(0, 1\)"),
        ("xor", {"noise": -1}, ValueError, "noise must lie in"),
        ("blobs", {"noise": float("nan")}, ValueError, "noise must lie in"),
        ("line", {"seed": "now"}, TypeError, "seed must be an int"),
        ("sine", {"seed": -1}, ValueError, "seed must be in"),
        ("temperatures", {"start": "yesterday, or so"}, ValueError, "start must be a date"),
        ("temperatures", {"start": None}, ValueError, "start must be a date"),
        ("temperatures", {"correlation": 1}, ValueError, r"correlation must lie in \(-1, 1\)"),
        ("two_two_two", {"dtype": "int8"}, ValueError, "dtype must be one of float32, float64"),
    ],
)
def test_what_is_refused_draws_nothing(name, arguments, error, message):
    before = streams.get_state()
    with pytest.raises(error, match=message):
        getattr(datasets, name)(**{"seed": None, **arguments} if name != "two_two_two" else arguments)
    assert streams.get_state() == before
