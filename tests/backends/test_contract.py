"""Every kernel of every backend, on every instruction set and in both dtypes, against float64: dense and activations.

Names come from the contract's tables; a new one fails here until ``reference`` knows it.
"""

from __future__ import annotations

import numpy as np
import pytest

from backends import reference
from backends.common import SHAPES, SIZES, close, random, wide
from dlcore.backends import contract
from dlcore.backends.contract import ACTIVATIONS
from dlcore.backends.network import Hyper


def alphas(name):
    """The default of the activation's parameter, and another value if it has one."""
    spec = ACTIVATIONS[name]
    return (spec.alpha, 0.3) if spec.parameter else (0.0,)


# --- dense ---


def test_products(backend, dtype, rng):
    """Every combination of odd sizes: error within the classic bound for a sum of k products."""
    eps = np.finfo(dtype).eps
    for m in SIZES:
        for k in SIZES:
            for n in SIZES:
                x, w, b, dy = (random(rng, dtype, *s) for s in ((m, k), (k, n), (n,), (m, n)))
                y, dz, dx, dw, db = (np.full(s, np.nan, dtype) for s in ((m, n), (m, n), (m, k), (k, n), (n,)))
                backend.dense_forward(x, w, b, "linear", 0.0, None, y)
                backend.dense_backward(dy, x, w, None, y, "linear", 0.0, dz, dx, dw, db)
                X, W, B, D = wide(x), wide(w), wide(b), wide(dy)
                for got, expected, bound, terms in (
                    (y, X @ W + B, abs(X) @ abs(W) + abs(B), k + 1),
                    (dx, D @ W.T, abs(D) @ abs(W.T), n),
                    (dw, X.T @ D, abs(X.T) @ abs(D), m),
                    (db, D.sum(0), abs(D).sum(0), m),
                ):
                    assert (abs(got - expected) <= (terms + 1) * eps * bound).all(), (m, k, n)
                assert np.array_equal(dz, dy)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_dense_with_activation(backend, dtype, rng, activation):
    """The fused pass is the product, then the activation; its derivative likewise."""
    spec = ACTIVATIONS[activation]
    for m, k, n in ((5, 7, 17), (33, 3, 10), (1, 16, 16), (2, 0, 3)):
        for alpha in alphas(activation):
            x, w, b = (random(rng, dtype, *s) for s in ((m, k), (k, n), (n,)))
            z, y = np.empty((m, n), dtype), np.empty((m, n), dtype)
            backend.dense_forward(x, w, b, activation, alpha, z, y)
            close(z, wide(x) @ wide(w) + wide(b), dtype, 16, scale=10)
            check_activation(activation, alpha, z, y, dtype)
            dy = random(rng, dtype, m, n)
            dz, dx, dw, db = (np.empty(s, dtype) for s in ((m, n), (m, k), (k, n), (n,)))
            kept = z if spec.needs_input else None
            backend.dense_backward(dy, x, w, kept, y, activation, alpha, dz, dx, dw, db)
            check_derivative(activation, alpha, dy, z, dz, dtype)
            scale = np.abs(wide(dz)).sum()
            close(dx, wide(dz) @ wide(w).T, dtype, 16, scale=4 * scale)
            close(dw, wide(x).T @ wide(dz), dtype, 16, scale=4 * scale)
            close(db, wide(dz).sum(0), dtype, 16, scale=scale)


@pytest.mark.parametrize("activation", ["relu", "gelu", "softmax"])
def test_dense_leaves_out_what_is_not_asked_for(backend, dtype, rng, activation):
    x, w, dy = (random(rng, dtype, *s) for s in ((9, 5), (5, 7), (9, 7)))
    zero = np.zeros(7, dtype)
    z, y, plain = (np.empty((9, 7), dtype) for _ in range(3))
    backend.dense_forward(x, w, zero, activation, 0.0, z, y)
    backend.dense_forward(x, w, None, activation, 0.0, None, plain)
    assert np.array_equal(y, plain)
    every, only = [], []
    for wanted in ((True, True, True), (False, True, False), (True, False, True)):
        dz, dx, dw, db = (np.empty(s, dtype) for s in ((9, 7), (9, 5), (5, 7), (7,)))
        given = [array if want else None for array, want in zip((dx, dw, db), wanted, strict=True)]
        backend.dense_backward(dy, x, w, z, y, activation, 0.0, dz, *given)
        results = [dz, *given]
        every = every or results
        only.append(all(r is None or np.array_equal(r, e) for r, e in zip(results, every, strict=True)))
    assert all(only)


# --- activations ---


def check_activation(name, alpha, z, y, dtype):
    scale = {"softmax": 1e-3, "gelu_tanh": 0.05}.get(name, 0.0)  # exp blows up the rounding of its argument
    if name in ("log_softmax", "tanh_shrink"):
        scale = np.abs(wide(z)).max(initial=1)
    close(y, reference.ACTIVATIONS[name](wide(z), float(dtype(alpha))), dtype, 8 + z.shape[1], scale)


def check_derivative(name, alpha, dy, z, dz, dtype):
    expected = reference.activation_gradient(name, float(dtype(alpha)), wide(dy), wide(z))
    # Derivatives found from y lose what y lost by rounding: relative to 1, not to their own size.
    scale = np.abs(wide(dy)).max(initial=1) * max(z.shape[1] if ACTIVATIONS[name].rowwise else 1, 1)
    close(dz, expected, dtype, 16, scale)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(backend, dtype, rng, name):
    spec = ACTIVATIONS[name]
    for m, n in SHAPES:
        for alpha in alphas(name):
            z, dy = random(rng, dtype, m, n, scale=3), random(rng, dtype, m, n)
            y, dz = np.full((m, n), np.nan, dtype), np.full((m, n), np.nan, dtype)
            backend.activation_forward(name, alpha, z, y)
            check_activation(name, alpha, z, y, dtype)
            backend.activation_backward(name, alpha, dy, z if spec.needs_input else None, y, dz)
            check_derivative(name, alpha, dy, z, dz, dtype)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_in_place(backend, dtype, rng, name):
    spec = ACTIVATIONS[name]
    z, dy = random(rng, dtype, 7, 19), random(rng, dtype, 7, 19)
    y, dz = np.empty_like(z), np.empty_like(z)
    backend.activation_forward(name, spec.alpha, z, y)
    same = z.copy()
    backend.activation_forward(name, spec.alpha, same, same)
    assert np.array_equal(same, y)
    if not spec.rowwise:
        backend.activation_backward(name, spec.alpha, dy, z, y, dz)
        backend.activation_backward(name, spec.alpha, dy, z, y, dy)
        assert np.array_equal(dy, dz)


@pytest.mark.parametrize("name", [name for name, spec in ACTIVATIONS.items() if not spec.rowwise])
def test_activation_far_out(backend, dtype, name):
    """Large arguments saturate or grow as they should, and a NaN stays one."""
    z = np.array([[-1e4, -100, -30, -5, -1e-30, 0, 1e-30, 5, 30, 100, 1e4]], dtype)
    y = np.empty_like(z)
    backend.activation_forward(name, 1.0, z, y)
    with np.errstate(over="ignore"):
        expected = reference.ACTIVATIONS[name](wide(z), 1.0)
        large = np.isinf(expected.astype(dtype))
    assert np.isinf(y[large]).all()
    close(y[~large], expected[~large], dtype, 8, scale=1e-4 if name == "gelu_tanh" else 0.0)
    unknown = np.full((1, 17), np.nan, dtype)
    backend.activation_forward(name, 1.0, unknown, unknown)
    assert np.isnan(unknown).all()


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_rowwise_far_out(backend, dtype, name):
    z = np.array([[1e4, 0, -1e4], [-1e4, -1e4, -1e4], [88, 89, 90], [-np.inf, 0, 1]], dtype)
    y = np.empty_like(z)
    backend.activation_forward(name, 0.0, z, y)
    with np.errstate(invalid="ignore"):
        assert np.allclose(y, reference.ACTIVATIONS[name](wide(z), 0.0), rtol=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_by_differences(backend, rng, name):
    """float64: the derivative is that of the activation itself."""
    z, direction, dy = (random(rng, np.float64, 6, 9, scale=1) for _ in range(3))
    y, dz, up, down = (np.empty_like(z) for _ in range(4))
    alpha, h = ACTIVATIONS[name].alpha, 1e-6
    backend.activation_forward(name, alpha, z, y)
    backend.activation_backward(name, alpha, dy, z, y, dz)
    backend.activation_forward(name, alpha, z + h * direction, up)
    backend.activation_forward(name, alpha, z - h * direction, down)
    along = ((up - down) / (2 * h) * dy).sum(axis=1)
    assert np.allclose((dz * direction).sum(axis=1), along, rtol=1e-6, atol=1e-8)


# --- the contract itself ---


def test_unknown_names_are_refused(backend):
    a = np.ones((2, 3), np.float32)
    row = np.empty(2, np.float32)
    for call in (
        lambda: backend.activation_forward("relo", 0.0, a, a.copy()),
        lambda: backend.activation_backward("relo", 0.0, a, a, a, a.copy()),
        lambda: backend.loss("mse", a, a, None, 0.0, 1.0, row, None),
        lambda: backend.metric("acc", a, a, None, 0.0, row),
        lambda: backend.update("adamw", a.copy(), a, [], Hyper(0.1)),
    ):
        with pytest.raises((KeyError, ValueError)):
            call()


def test_repeats_are_identical(backend, dtype, rng):
    x, w, b = (random(rng, dtype, *s) for s in ((33, 65), (65, 31), (31,)))
    results = []
    for _ in range(3):
        y = np.empty((33, 31), dtype)
        backend.dense_forward(x, w, b, "softmax", 0.0, None, y)
        results.append(y.tobytes())
    assert len(set(results)) == 1


def test_threads(backend):
    before = backend.get_num_threads()
    assert before >= 1
    backend.set_num_threads(1)
    assert backend.get_num_threads() == 1
    backend.set_num_threads(before)
    assert backend.get_num_threads() == before


def test_reference_knows_every_name():
    """A name added to the contract needs its mathematics here."""
    assert set(reference.ACTIVATIONS) == set(contract.ACTIVATIONS)
