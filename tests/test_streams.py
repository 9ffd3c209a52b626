from __future__ import annotations

import numpy as np
import pytest

from dlcore import streams
from dlcore.streams import Stream


@pytest.fixture(autouse=True)
def _restore():
    yield
    streams.set_seed(0)


def test_uniform_numbers_are_a_function_of_the_stream():
    a = streams.uniform(Stream(3, 1), 1000)
    assert np.array_equal(a, streams.uniform(Stream(3, 1), 1000))
    assert np.array_equal(a[:10], streams.uniform(Stream(3, 1), 10))
    for other in (Stream(3, 2), Stream(4, 1), Stream(1, 3)):
        assert not np.any(a == streams.uniform(other, 1000))


def test_the_bits_are_pinned():
    assert streams.uniform(Stream(0), 3).tolist() == UNIFORM
    assert streams.normal(Stream(7, 2), 3).tolist() == NORMAL


def test_uniform_numbers_are_uniform():
    u = streams.uniform(Stream(5), 100_000)
    assert 0 < u.min() < 1e-4
    assert 1 - 1e-4 < u.max() < 1
    counts = np.histogram(u, 20, (0, 1))[0]
    assert np.sum((counts - 5000) ** 2 / 5000) < 45  # χ² with 19 degrees of freedom, p ≈ 0.0007


def test_normal_numbers_are_normal():
    z = streams.normal(Stream(5), 100_000)
    assert abs(z.mean()) < 0.015
    assert abs(z.std() - 1) < 0.01
    assert abs(np.mean(z**4) - 3) < 0.12
    t = streams.normal(Stream(5), 100_000, truncated=True)
    assert np.abs(t).max() < 2
    assert abs(t.std() - 0.8796) < 0.01


def test_set_seed_starts_anew():
    streams.set_seed(11)
    first = [streams.next_stream() for _ in range(3)]
    assert streams.global_seed() == 11
    assert len(set(first)) == 3
    streams.set_seed(11)
    assert [streams.next_stream() for _ in range(3)] == first


def test_without_a_seed_one_is_drawn_once():
    streams._state.seed = None
    drawn = streams.global_seed()
    assert 0 <= drawn < streams.SEED_LIMIT
    assert streams.global_seed() == drawn
    seeds = set()
    for _ in range(8):
        streams._state.seed = None
        seeds.add(streams.global_seed())
    assert len(seeds) > 1


@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (2**32, ValueError), (1.0, TypeError), (True, TypeError)]
)
def test_bad_seeds_change_nothing(seed, error):
    streams.set_seed(11)
    streams.next_stream()
    with pytest.raises(error, match="seed must be"):
        streams.set_seed(seed)
    assert streams.next_stream() == Stream(11, 2)


UNIFORM = [0.011546754286331562, 0.24154919656271823, 0.11142585551493822]
NORMAL = [-0.34100879470827117, -0.2536267378858918, 1.0278864654373103]
