"""Batch and layer normalization of every backend against the formulas in float64, and the law of their bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.common import close, random, wide
from dlcore.backends import get_backend
from dlcore.backends.contract import CHUNK_ROWS, NORMALIZATIONS

native = pytest.importorskip("dlcore.backends.native")

#: Rows and columns: parts of vectors, several of them, more rows than one chunk of a sum.
SHAPES = [(1, 1), (2, 3), (7, 16), (5, 17), (33, 64), (9, 130), (CHUNK_ROWS + 7, 5), (2 * CHUNK_ROWS, 70)]
AXIS = {"batch": 0, "layer": 1}


def moments(backend, kind, x):
    count = x.shape[1 - AXIS[kind]]
    mean, variance = np.full(count, np.nan, x.dtype), np.full(count, np.nan, x.dtype)
    backend.normalization_moments(kind, x, mean, variance)
    return mean, variance


def expected_standard(kind, x, mean, inverse):
    return (wide(x) - np.expand_dims(wide(mean), AXIS[kind])) * np.expand_dims(wide(inverse), AXIS[kind])


def expected_gradient(kind, dy, x, mean, inverse, gamma):
    axis, standard = AXIS[kind], expected_standard(kind, x, mean, inverse)
    h = wide(dy) * (1 if gamma is None else wide(gamma))
    dx = h - h.mean(axis=axis, keepdims=True) - standard * (h * standard).mean(axis=axis, keepdims=True)
    return dx * np.expand_dims(wide(inverse), axis), (wide(dy) * standard).sum(axis=0), wide(dy).sum(axis=0)


def case(rng, dtype, kind, m, n):
    x, dy = random(rng, dtype, m, n) + dtype(3), random(rng, dtype, m, n)
    count = (n, m)[AXIS[kind]]
    mean, inverse = random(rng, dtype, count), rng.uniform(0.5, 2, count).astype(dtype)
    return x, dy, mean, inverse, random(rng, dtype, n), random(rng, dtype, n)


@pytest.mark.parametrize("kind", NORMALIZATIONS)
@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_moments(backend, dtype, rng, kind, m, n):
    x = random(rng, dtype, m, n) + dtype(3)
    mean, variance = moments(backend, kind, x)
    terms = x.shape[AXIS[kind]]
    close(mean, wide(x).mean(axis=AXIS[kind]), dtype, terms + 4, scale=np.abs(wide(x)).mean(axis=AXIS[kind]))
    distances = (wide(x) - np.expand_dims(wide(mean), AXIS[kind])) ** 2
    close(variance, distances.mean(axis=AXIS[kind]), dtype, terms + 8)


@pytest.mark.parametrize("kind", NORMALIZATIONS)
@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_forward(backend, dtype, rng, kind, m, n):
    x, _, mean, inverse, gamma, beta = case(rng, dtype, kind, m, n)
    standard = expected_standard(kind, x, mean, inverse)
    for scale in (None, gamma):
        for shift in (None, beta):
            y = np.full_like(x, np.nan)
            backend.normalization_forward(kind, x, mean, inverse, scale, shift, y)
            expected = standard * (1 if scale is None else wide(scale)) + (0 if shift is None else wide(shift))
            size = np.abs(wide(x)).max() * 2 * np.abs(wide(gamma)).max() + np.abs(wide(beta)).max() + 10
            close(y, expected, dtype, 4, scale=size)


@pytest.mark.parametrize("kind", NORMALIZATIONS)
@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_backward(backend, dtype, rng, kind, m, n):
    x, dy, mean, inverse, gamma, _ = case(rng, dtype, kind, m, n)
    for scale in (None, gamma):
        expected = expected_gradient(kind, dy, x, mean, inverse, scale)
        dx, dgamma, dbeta = np.full_like(x, np.nan), *np.full((2, n), np.nan, dtype)
        backend.normalization_backward(kind, dy, x, mean, inverse, scale, dx, dgamma, dbeta)
        standard = np.abs(expected_standard(kind, x, mean, inverse))
        close(dgamma, expected[1], dtype, m + 8, scale=(np.abs(wide(dy)) * standard).sum(axis=0))
        close(dbeta, expected[2], dtype, m + 8, scale=np.abs(wide(dy)).sum(axis=0))
        size = np.abs(wide(dy)).max() * (1 + standard.max() ** 2) * np.abs(wide(gamma)).max() * 2 + 1
        close(dx, expected[0], dtype, (m, n)[AXIS[kind]] + 16, scale=size)
        again = np.full((2, n), np.nan, dtype)
        backend.normalization_backward(kind, dy, x, mean, inverse, scale, None, *again)
        np.testing.assert_array_equal(again, [dgamma, dbeta])


@pytest.mark.parametrize("kind", NORMALIZATIONS)
def test_the_gradient_is_that_of_the_formula(backend, rng, kind):
    """With the true moments: by differences, nothing in common with the derivation."""
    x, dy, _, _, gamma, beta = case(rng, np.float64, kind, 6, 5)

    def value(x):
        mean, variance = moments(backend, kind, x)
        y = np.empty_like(x)
        backend.normalization_forward(kind, x, mean, 1 / np.sqrt(variance + 0.1), gamma, beta, y)
        return (y * dy).sum()

    mean, variance = moments(backend, kind, x)
    dx = np.empty_like(x)
    backend.normalization_backward(kind, dy, x, mean, 1 / np.sqrt(variance + 0.1), gamma, dx, *np.empty((2, 5)))
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = 1e-6
        assert dx[place] == pytest.approx((value(x + step) - value(x - step)) / 2e-6, rel=1e-6, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NORMALIZATIONS), st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_one_result_on_every_instruction_set(kind, m, n, seed):
    """And a row or a column alone is what it is among others."""
    if get_backend().name != "native":
        pytest.skip("the compiled core is not there")
    backend, before, seen = get_backend(), native.active_isa(), set()
    x, dy, mean, inverse, gamma, beta = case(np.random.default_rng(seed), np.float32, kind, m, n)
    try:
        for isa in native.available_isas():
            if isa == "x86_64_v2":  # no fma
                continue
            native.force_isa(isa)
            y, dx, sums = np.empty_like(x), np.empty_like(x), np.empty((2, n), np.float32)
            backend.normalization_forward(kind, x, mean, inverse, gamma, beta, y)
            backend.normalization_backward(kind, dy, x, mean, inverse, gamma, dx, *sums)
            found = moments(backend, kind, x)
            seen.add(b"".join(array.tobytes() for array in (y, dx, sums, *found)))
            alone = x[:1] if kind == "layer" else np.ascontiguousarray(x[:, :1])
            for part, whole in zip(moments(backend, kind, alone), found, strict=True):
                assert part[0] == whole[0]
    finally:
        native.force_isa(before)
    assert len(seen) <= 1


def test_the_core_refuses_what_it_would_read_beyond():
    core = pytest.importorskip("dlcore._core")
    x, n = np.zeros((3, 4)), np.zeros(4)
    with pytest.raises(ValueError, match="no normalization group"):
        core.normalization_moments("group", x, n, n)
    with pytest.raises(ValueError, match="mean has 4 elements, not 3"):
        core.normalization_moments("layer", x, n, n)
    with pytest.raises(TypeError, match="gamma has another dtype"):
        core.normalization_forward("batch", x, n, n, n.astype(np.float32), None, x.copy())
    with pytest.raises(ValueError, match="dx has 12 elements, not 8"):
        core.normalization_backward("batch", x[:2], x[:2], n, n, None, x.copy(), n.copy(), n.copy())
