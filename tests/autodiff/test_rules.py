"""Every rule against differences, to second order, in float64; those that kernels carry out on every backend."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff.cases import CASES, PRODUCTS, A
from autodiff.differences import check
from dlcore import autodiff
from dlcore.autodiff import GradientTape
from dlcore.autodiff.slopes import SLOPES
from dlcore.autodiff.tracer import OPERATIONS, active_recorders
from dlcore.backends.contract import ACTIVATIONS
from dlcore.variable import Variable


@pytest.mark.parametrize("name", CASES)
def test_functions(name):
    function, inputs = CASES[name]
    check(function, *inputs)


@pytest.mark.parametrize("name", PRODUCTS)
def test_products(backend, name):
    function, inputs = PRODUCTS[name]
    check(function, *inputs)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations(backend, kind):
    check(lambda x: autodiff.activation(x, kind), A)


def test_every_activation_has_its_slope():
    """Softmax and log_softmax, whose derivatives are no slopes, have theirs where the kernels are registered."""
    assert SLOPES.keys() == {kind for kind, spec in ACTIVATIONS.items() if not spec.rowwise}


def test_every_operation_is_checked():
    """The operations that the cases and their gradients carry out, and those of kernels and own rules, are all."""
    seen = set()

    class Spy:
        def tracks(self, value):
            return True

        def record(self, record):
            seen.add(record.name)

    active_recorders().append(Spy())
    try:
        for function, inputs in (CASES | PRODUCTS).values():
            check(function, *inputs)
    finally:
        active_recorders().pop()
    elsewhere = {"activation", "activation_gradient", "loss", "loss_gradient", "custom_gradient"}
    normalizations = {"standardize", "standardize_gradient", "normalize", "normalize_gradient", "normalize_products"}
    of_layers = {*normalizations, "take_rows", "put_rows"}  # registered and checked there
    assert seen | elsewhere | of_layers == set(OPERATIONS) | of_layers


@pytest.mark.parametrize("base", [0.0, -1.0])
def test_powers_at_the_edges(base):
    """0 ** 0 and a negative base with a whole exponent have finite gradients."""
    x, n = Variable(base), Variable(0.0)
    with GradientTape() as tape:
        y = x**n
    assert tape.gradient(y, [x, n]) == [0.0, 0.0]


def test_dense_through_the_tape_has_the_bits_of_the_engine_s_kernels(backend, rng):
    x, w, g = (rng.standard_normal(shape).astype(np.float32) for shape in ((700, 20), (20, 30), (700, 30)))
    b = rng.standard_normal(30).astype(np.float32)
    values = [Variable(v) for v in (x, w, b)]
    with GradientTape() as tape:
        y = autodiff.dense(*values)
    gradients = tape.gradient(y, values, output_gradients=g)
    expected, dz = np.empty_like(g), np.empty_like(g)
    dx, dw, db = np.empty_like(x), np.empty_like(w), np.empty_like(b)
    backend.dense_forward(x, w, b, "linear", 0.0, None, expected)
    backend.dense_backward(g, x, w, None, expected, "linear", 0.0, dz, dx, dw, db)
    assert np.array_equal(y, expected)
    for found, wanted in zip(gradients, (dx, dw, db), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-5)
        if backend.name == "native":
            assert np.array_equal(found, wanted)
