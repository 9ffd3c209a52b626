"""Every rule against differences, to second order, in float64 on every backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autodiff.differences import check
from dlcore import autodiff
from dlcore.autodiff import GradientTape, kernels
from dlcore.backends.contract import ACTIVATIONS, LOSSES
from dlcore.variable import Variable

pytestmark = pytest.mark.usefixtures("backend")

A = [[0.3, -1.2, 2.0], [0.7, 1.1, -0.4]]
B = [[1.5, 0.8, -0.6], [0.9, -1.3, 2.2]]
POSITIVE = [[0.3, 1.2, 2.0], [0.7, 1.1, 0.4]]
ROW = [0.5, -0.7, 1.9]

CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "add": (autodiff.add, (A, B)),
    "add, broadcast": (autodiff.add, (A, ROW)),
    "add, scalar": (lambda x, y: x + y, (A, 0.3)),
    "subtract": (autodiff.subtract, (A, B)),
    "subtract, broadcast": (lambda x, y: x - y, (ROW, A)),
    "multiply": (autodiff.multiply, (A, B)),
    "multiply, broadcast": (lambda x, y: x * y, (A, [[0.4], [1.7]])),
    "divide": (autodiff.divide, (A, B)),
    "divide, broadcast": (lambda x, y: x / y, (1.4, A)),
    "negative": (lambda x: -x * x, (A,)),
    "square": (autodiff.square, (A,)),
    "square, as a power": (lambda x: x**2, (A,)),
    "sqrt": (autodiff.sqrt, (POSITIVE,)),
    "exp": (autodiff.exp, (A,)),
    "log": (autodiff.log, (POSITIVE,)),
    "abs": (abs, (A,)),
    "power": (autodiff.power, (POSITIVE, B)),
    "power, number": (lambda x: x**3, (A,)),
    "power of a number": (lambda x: 2.0**x, (A,)),
    "sum": (lambda x: autodiff.reduce_sum(x * x), (A,)),
    "sum, axis": (lambda x: autodiff.reduce_sum(x * x, axis=0), (A,)),
    "sum, negative axis": (lambda x: autodiff.reduce_sum(x * x, axis=-1) ** 3, (A,)),
    "sum, keepdims": (lambda x: x * autodiff.reduce_sum(x, axis=1, keepdims=True), (A,)),
    "sum, two axes": (lambda x: autodiff.reduce_sum(x * x, axis=(0, 1)), (A,)),
    "mean": (lambda x: autodiff.reduce_mean(x * x * x), (A,)),
    "mean, axis": (lambda x: autodiff.reduce_mean(x * x, axis=1) ** 2, (A,)),
    "reshape": (lambda x: autodiff.reshape(x, (3, -1)) * [[1.0, 2.0]] * autodiff.reshape(x, (3, 2)), (A,)),
    "transpose": (lambda x: autodiff.transpose(x) * x.T, (A,)),
    "transpose, axes": (lambda x: autodiff.transpose(autodiff.reshape(x, (1, 2, 3)), (2, 0, 1)) ** 2, (A,)),
    "broadcast_to": (lambda x: autodiff.broadcast_to(x, (4, 2, 3)) ** 2, (A,)),
    "cast": (lambda x: autodiff.cast(x * x, "float64") * x, (A,)),
    "getitem": (lambda x: x[0] * x[1, 2] + x[:, 1][0] ** 2, (A,)),
    "getitem, list": (lambda x: x[[0, 0, 1]] ** 2, (A,)),
    "read": (lambda x: (x.value if isinstance(x, Variable) else x) ** 3, (A,)),
    "matmul": (lambda x, y: (x @ y) ** 2, (A, np.transpose(B))),
    "dense": (lambda x, w, b: autodiff.dense(x, w, b) ** 2, (A, np.transpose(B), [0.2, -0.3])),
    "many uses": (lambda x: x * x + x * autodiff.exp(x) + x, (A,)),
}


@pytest.mark.parametrize("name", CASES)
def test_elementary(name):
    function, inputs = CASES[name]
    check(function, *inputs)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations(kind):
    check(lambda x: autodiff.activation(x, kind), A, order=1 if kind == "gelu" else 2)


def test_an_activation_without_second_derivative_says_so():
    x = Variable(np.array(A))
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = autodiff.activation(x, "gelu")
        g = inner.gradient(y, x)
    with pytest.raises(NotImplementedError, match="gelu has no second derivative"):
        outer.gradient(g, x)


PROBABILITIES = [[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]


@pytest.mark.parametrize("kind", LOSSES)
def test_losses_toward_the_prediction(kind):
    spec = LOSSES[kind]
    y_true = np.array([2, 0]) if spec.sparse else np.array(PROBABILITIES)[::-1].copy()
    y_pred = A if spec.logits or "crossentropy" not in kind else PROBABILITIES
    check(lambda p: kernels.loss(y_true, p, kind, spec.default or 0.05) * [1.0, 3.0], y_pred, order=1)


@pytest.mark.parametrize("kind", ["mean_squared_error", "mean_absolute_error", "huber", "smooth_l1"])
def test_differences_toward_the_targets(kind):
    check(lambda t: kernels.loss(t, np.array(B), kind, 1.0), A, order=1)


def test_a_loss_without_a_derivative_toward_its_targets_says_so():
    t = Variable(np.array(PROBABILITIES))
    with GradientTape() as tape:
        values = kernels.loss(t, np.array(PROBABILITIES), "binary_crossentropy", 0.0)
    with pytest.raises(NotImplementedError, match="y_true"):
        tape.gradient(values, t)


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
