"""Optimizer steps, a look for NaN, running averages and permutations of every backend against float64."""

from __future__ import annotations

import numpy as np
import pytest

from backends import reference
from backends.common import SIZES, random, wide
from dlcore.backends.contract import UPDATES
from dlcore.backends.network import Hyper


@pytest.mark.parametrize("weight_decay", [0.0, 0.01])
@pytest.mark.parametrize("name", UPDATES)
def test_update(backend, dtype, rng, name, weight_decay):
    for shape in [(n,) for n in SIZES] + [(3, 5), (17, 33), (), (2, 3, 4)]:
        p, g = random(rng, dtype, *shape), random(rng, dtype, *shape)
        slots = [np.full(shape, 0.1, dtype) for _ in UPDATES[name]]
        expected_p, expected_slots = wide(p), [wide(slot) for slot in slots]
        for step in (1, 2, 3):
            hyper = Hyper(0.1, 0.9, 0.9, 0.999, 0.9, 1e-7, weight_decay, step, 0.05, 0.1, 0.02, 0.3)
            before = g.copy()
            if "centered" in name:
                slots[0] += 1  # the mean of squares exceeds the square of the mean
                expected_slots[0] = expected_slots[0] + 1
            backend.update(name, p, g, slots, hyper)
            expected_p, expected_slots = reference.update(name, expected_p, wide(g), expected_slots, hyper)
            # Keras computes 1 - beta^t in the variable's dtype, which costs float32 some digits of the step.
            rtol, atol = (1e-12, 1e-14) if dtype is np.float64 else (1e-5, 1e-5)
            assert np.allclose(p, expected_p, rtol, atol)
            for slot, expected in zip(slots, expected_slots, strict=True):
                assert np.allclose(slot, expected, rtol, atol)
            assert np.array_equal(g, before)


@pytest.mark.parametrize("name", UPDATES)
def test_state_settles_every_sixteenth_step(backend, dtype, name):
    """What decayed into the denormals is zero from then on; everything else is as it was."""
    smallest = np.finfo(dtype).smallest_normal
    before = np.array([smallest / 2, -smallest / 4, smallest, -smallest, 0.5, 0, np.nan], dtype)
    settling, not_yet = ([np.tile(before, (3, 7)) for _ in UPDATES[name]] for _ in range(2))
    p = np.zeros((3, 49), dtype)
    for step, slots in ((32, settling), (31, not_yet)):
        # No decay of the state and no gradient: only a step that settles changes it.
        hyper = Hyper(0.1, 1.0, 1.0, 1.0, 1.0, 1e-7, step=step)
        with np.errstate(all="ignore"):
            backend.update(name, p.copy(), np.zeros_like(p), slots, hyper)
    for settled, kept in zip(settling, not_yet, strict=True):
        assert np.any((kept != 0) & (np.abs(kept) < smallest))
        np.testing.assert_array_equal(settled, np.where(np.abs(kept) < smallest, 0, kept))


# --- numbers, series and randomness ---


def test_all_finite(backend, dtype, rng):
    """One number that is not finite is found wherever it stands; the largest ones are finite, if not their sum."""
    for shape in [(n,) for n in SIZES] + [(0,), (), (3, 5), (2, 3, 4)]:
        x = random(rng, dtype, *shape)
        assert backend.all_finite(x)
        assert backend.all_finite(np.full(shape, np.finfo(dtype).max))
        for place in np.ndindex(*shape):
            for odd in (np.nan, np.inf, -np.inf):
                changed = x.copy()
                changed[place] = odd
                assert not backend.all_finite(changed)


@pytest.mark.parametrize("bias_correction", [False, True])
def test_weighted_average(backend, dtype, rng, bias_correction):
    for n in SIZES:
        for beta in (0.0, 0.9, 0.999):
            y, out = random(rng, dtype, n), np.full(n, np.nan, dtype)
            backend.weighted_average(y, beta, bias_correction, out)
            expected = [
                sum((1 - beta) * beta ** (t - s) * y[s] for s in range(t + 1))
                / (1 - beta ** (t + 1) if bias_correction else 1)
                for t in range(n)
            ]
            assert np.allclose(out, np.array(expected), rtol=1e-4 if dtype is np.float32 else 1e-10, atol=1e-6)


def test_permutation(backend):
    for seed, stream in ((0, 0), (1, 2), (2**64 - 1, 2**64 - 1), (2**40 + 3, 2**33)):
        for n in (*SIZES, 1000):
            out = np.full(n, -1, np.int64)
            backend.permutation(seed, stream, out)
            assert out.tolist() == reference.permutation(seed, stream, n)


def test_philox_known_answer():
    """The first block of Random123's published test vectors for philox4x32 with ten rounds."""
    words = [reference.philox_word(0, 0, i) for i in range(4)]
    assert words == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
