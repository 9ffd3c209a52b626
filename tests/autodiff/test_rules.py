"""Every rule against differences, to second order, in float64 on every backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dlcore import autodiff
from dlcore.autodiff import GradientTape, Tensor
from dlcore.autodiff.tracer import OPERATIONS
from dlcore.backends.contract import ACTIVATIONS
from dlcore.variable import Variable

pytestmark = pytest.mark.usefixtures("backend")

STEP = 1e-5


def differences(function: Callable[..., Any], inputs: list[np.ndarray], which: int) -> np.ndarray:
    """The gradient of the sum of the function's elements by central differences."""
    gradient = np.zeros_like(inputs[which])
    for place in np.ndindex(gradient.shape):
        values = []
        for sign in (1, -1):
            moved = [x.copy() for x in inputs]
            moved[which][place] += sign * STEP
            values.append(np.sum(np.asarray(function(*(Tensor(x) for x in moved)))))
        gradient[place] = (values[0] - values[1]) / (2 * STEP)
    return gradient


def check(function: Callable[..., Any], *inputs: Any, order: int = 2) -> None:
    """Gradients with respect to every input equal differences; so do the gradients of a weighted sum of them."""
    arrays = [np.array(x, np.float64) for x in inputs]
    variables = [Variable(x) for x in arrays]
    with GradientTape() as tape:
        result = function(*variables)
    for i, gradient in enumerate(tape.gradient(result, variables)):
        assert gradient.shape == arrays[i].shape
        np.testing.assert_allclose(gradient, differences(function, arrays, i), rtol=1e-6, atol=1e-8)
    if order == 1:
        return

    def slope(*values: Any) -> Any:
        with GradientTape() as inner:
            inner.watch(values)
            result = function(*values)
        gradients = inner.gradient(result, list(values), unconnected_gradients="zero")
        total = gradients[0].array.sum() * 0
        for k, g in enumerate(gradients):
            total = autodiff.reduce_sum(g * np.cos(np.arange(g.size) + k).reshape(g.shape)) + total
        return total

    with GradientTape() as outer:
        total = slope(*variables)
    second = outer.gradient(total, variables, unconnected_gradients="zero")
    for i, gradient in enumerate(second):
        np.testing.assert_allclose(gradient, differences(slope, arrays, i), rtol=1e-5, atol=1e-7)


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
    "where": (lambda x, y: autodiff.where(np.array(A) > 0, x * y, x**3), (A, B)),
    "where, broadcast": (lambda x, y: autodiff.where(np.array(ROW) > 0, x * x, y * y), (A, 0.7)),
    "maximum": (lambda x, y: autodiff.maximum(x * x, y), (A, B)),
    "maximum, number": (lambda x: autodiff.maximum(x, 0) ** 2, (A,)),
    "clip": (lambda x: autodiff.clip(x, -1, 1) * x, (A,)),
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


def test_every_operation_is_checked_above():
    """The operations that the cases and their gradients carry out are all there are."""
    seen = set()

    class Spy:
        def tracks(self, value):
            return True

        def record(self, record):
            seen.add(record.name)

    from dlcore.autodiff.tracer import active_recorders

    active_recorders().append(Spy())
    try:
        for function, inputs in CASES.values():
            check(function, *inputs)
        check(lambda x: autodiff.activation(x, "tanh"), A)
        kind = "mean_squared_error"
        check(lambda p: autodiff.loss(np.array(A), p, kind, 0.0), B)
    finally:
        active_recorders().pop()
    assert seen == set(OPERATIONS)


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
