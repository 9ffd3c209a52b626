"""Gradients in one call, the Jacobian, and functions that say themselves what their gradient is."""

from __future__ import annotations

import gc
import threading
import tracemalloc

import numpy as np
import pytest

import dlcore
from dlcore import GradientTape, Variable, custom_gradient, gradients, ops, value_and_gradients


def test_of_a_function_that_knows_its_variables():
    w, b = Variable(3.0), Variable(1.0)
    assert gradients(lambda: (w * 2 + b) ** 2, [w, b]) == [28.0, 14.0]
    assert gradients(lambda: w * w, w) == 6.0
    assert gradients(lambda: w * w, {"w": w, "b": b}) == {"w": 6.0, "b": 0.0}
    assert gradients(lambda: w * w, (b,)) == (0.0,)


def test_of_a_function_of_values():
    assert gradients(lambda x, y: x * y, [2, 5.0]) == [5.0, 2.0]
    assert gradients(lambda x: ops.sum(x**3), np.arange(3.0)).tolist() == [0, 3, 12]
    assert gradients(lambda d: d["a"] * d["b"], {"a": 1.0, "b": 2.0}) == {"a": 2.0, "b": 1.0}
    assert gradients(lambda x: x * x, Variable(3.0)) == 6.0
    assert gradients(lambda pair, z: pair[0] * pair[1] * z, [[2.0, 3.0], 4.0]) == [[12.0, 8.0], 6.0]
    assert gradients(lambda x, y=2.0: x * y, 5.0) == 2.0


def test_value_and_gradients():
    value, (dx, dy) = value_and_gradients(lambda x, y: x**2 * y, (3.0, 2.0))
    assert (value, dx, dy) == (18.0, 12.0, 9.0)


def test_of_a_tensor():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
    with pytest.raises(ValueError, match="does not remember how it was computed"):
        gradients(y, x)
    assert gradients(y, [x], tape=tape) == [6.0]


def test_gradients_of_gradients():
    assert gradients(lambda x: gradients(lambda x: gradients(lambda x: x**4, x), x), 2.0) == 48.0
    x = Variable(2.0)
    assert gradients(lambda: gradients(lambda: x**3, x), x) == 12.0


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: gradients(3.0, Variable(1.0)), TypeError, "target must be a function or a Tensor"),
        (lambda: gradients(lambda x, y: x, 1.0), TypeError, "must take the 1 values"),
        (lambda: gradients(lambda: 1.0, [2.0]), TypeError, "must take the 1 values"),
        (lambda: gradients(lambda x: 3.0, 1.0), TypeError, "must compute a Tensor"),
        (lambda: gradients(lambda x: x, "a"), TypeError, "real numbers"),
        (lambda: gradients(lambda x: x, 1.0, tape=GradientTape()), ValueError, "tape must be None"),
        (lambda: value_and_gradients(1.0, 1.0), TypeError, "must be callable"),
    ],
)
def test_mistakes(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_jacobian():
    x, w = Variable([1.0, 2.0, 3.0]), Variable([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    with GradientTape() as tape:
        y = ops.matmul(w, x) ** 2
    dx, dw = tape.jacobian(y, [x, w])
    assert dx.tolist() == [[14.0, 0.0, 28.0], [0.0, 10.0, 10.0]]
    assert dw.shape == (2, 2, 3)
    assert dw[0].tolist() == [[14.0, 28.0, 42.0], [0.0, 0.0, 0.0]]
    with pytest.raises(RuntimeError, match="once"):
        tape.jacobian(y, x)


def test_jacobian_of_what_is_unconnected():
    x, other = Variable([1.0, 2.0]), Variable([1.0])
    with GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.jacobian(y, other) is None
    assert tape.jacobian(y, other, unconnected_gradients="zero").tolist() == [[0.0], [0.0]]
    assert tape.jacobian(y, {"x": x})["x"].tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_hessian():
    x = Variable([1.0, 2.0])
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = x[0] ** 2 * x[1] ** 3
        g = inner.gradient(y, x)
    assert outer.jacobian(g, x).tolist() == [[16.0, 24.0], [24.0, 12.0]]


@custom_gradient
def log1pexp(x):
    e = ops.exp(x)

    def gradient(*args, upstream=None):
        return ops.multiply(args[0] if upstream is None else upstream, 1.0 - 1.0 / ops.add(1, e))

    return ops.log(1 + e), gradient


def test_custom_gradient():
    with np.errstate(over="ignore"):
        assert gradients(log1pexp, 100.0) == 1.0
    x = Variable(0.5, dtype="float64")
    s = 1 / (1 + np.exp(-0.5))
    assert float(gradients(log1pexp, x)) == pytest.approx(s)
    assert float(gradients(lambda x: gradients(log1pexp, x), x)) == pytest.approx(s * (1 - s))


def test_custom_gradient_of_several_arguments_by_name():
    @custom_gradient
    def product(x, y):
        def gradient(*args, upstream):
            x, y = args
            return upstream * y * 10, upstream * x * 10

        return x * y, gradient

    assert gradients(product, [2.0, 3.0]) == [30.0, 20.0]


def test_custom_gradient_needs_one_for_each_argument():
    function = custom_gradient(lambda x, y: (x * y, lambda upstream: upstream))
    with pytest.raises(ValueError, match="must give 2 values"):
        gradients(function, [2.0, 3.0])


def test_each_thread_has_tapes_of_its_own():
    found = {}

    def work(k):
        x = Variable(float(k))
        for _ in range(50):
            found[k] = gradients(lambda: x**3, x)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: 3.0 * k**2 for k in range(4)}


def test_tapes_leave_nothing_behind():
    x = Variable(np.ones(1000))

    def many(n):
        for _ in range(n):
            with GradientTape() as tape:
                y = ops.sum(ops.exp(x) * x)
            tape.gradient(y, x)
        gc.collect()

    many(50)
    tracemalloc.start()
    try:
        many(50)
        before = tracemalloc.get_traced_memory()[0]
        many(1000)
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()


def test_the_front_door_shows_them():
    assert dlcore.gradients is gradients
    assert ops.custom_gradient is dlcore.custom_gradient
