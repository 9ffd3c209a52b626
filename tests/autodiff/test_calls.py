"""Gradients in one call, and gradients of one's own."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest

import dlcore
from dlcore import GradientTape, Variable, custom_gradient, gradients, ops, value_and_gradients
from dlcore.autodiff import Tensor, exp, log


def test_a_function_that_knows_its_variables():
    w, b = Variable(2.0), Variable(1.0)
    assert gradients(lambda: (w * 3.0 + b) ** 2, [w, b]) == [42.0, 14.0]
    assert gradients(lambda: (w * 3.0 + b) ** 2, w) == 42.0
    assert gradients(lambda: w**2, {"w": w, "rest": (b,)}) == {"w": 4.0, "rest": (None,)}
    assert gradients(lambda: w**2, [w, b], unconnected_gradients="zero") == [4.0, 0.0]
    frozen = Variable(3.0, trainable=False)
    assert gradients(lambda: frozen**2, frozen) == 6.0


def test_a_function_of_values():
    assert gradients(lambda x, y: x**2 * y, [3.0, 5.0]) == [30.0, 9.0]
    assert gradients(lambda x, y: x**2 * y, {"y": 5.0, "x": 3.0}) == {"y": 9.0, "x": 30.0}
    assert gradients(lambda x: x**2, 3) == 6.0
    assert gradients(lambda x, y=2.0: x * y, 3.0) == 2.0
    assert gradients(lambda v: v**2, Variable(3.0)) == 6.0
    assert gradients(lambda *values: values[0] * values[1], (3.0, 4.0)) == (4.0, 3.0)
    assert np.array_equal(gradients(np.square, np.float64([1, 2])), [2, 4])
    (pair,) = gradients(lambda v: v[0] * v[1], [[3.0, 4.0]])
    assert pair == [4.0, 3.0]


@pytest.mark.parametrize("value", [2.0, np.float32(2), np.int64(2), Variable(2.0)])
def test_dtype(value):
    assert gradients(lambda x: x * x, value).dtype == "float32"
    assert gradients(lambda x: x * x, np.float64(2)).dtype == "float64"


def test_a_tensor_of_a_tape_that_still_stands():
    x = Variable(3.0)
    with GradientTape(persistent=True) as tape:
        y = x * x
        assert gradients(y, [x]) == [6.0]
    assert gradients(y, x) == 6.0
    assert tape.gradient(y, x) == 6.0
    with GradientTape() as outer, GradientTape() as once:
        z = x**3
    assert gradients(z, x) == 27.0  # by the inner tape, which is spent now
    assert gradients(z, x) == 27.0
    for spent in (once, outer):
        with pytest.raises(RuntimeError, match="once"):
            spent.gradient(z, x)
    with pytest.raises(RuntimeError, match="no tape has recorded how this tensor was computed"):
        gradients(z, x)
    with pytest.raises(RuntimeError, match="no tape"):
        gradients(Tensor(1.0), x)


def test_second_derivatives():
    assert gradients(lambda x: gradients(lambda x: x**4, x), 2.0) == 48.0
    with GradientTape() as tape:
        tape.watch(x := Tensor(2.0))
        slope = gradients(lambda x: exp(x * x), x)
    np.testing.assert_allclose(tape.gradient(slope, x), 18 * math.exp(4), rtol=1e-14)


def test_value_and_gradients():
    found = value_and_gradients(lambda x: x**2, 3.0)
    assert found.value == 9.0
    assert found.gradients == 6.0
    value, (dx,) = value_and_gradients(lambda x: (x, x * x), [3.0])
    assert value == (3.0, 9.0)
    assert dx == 7.0


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (TypeError, "fn must be a function .* got float: 3.0", lambda: gradients(3.0, [1.0])),
        (TypeError, "must take 1 values, .*goes with Variables", lambda: gradients(lambda: 1.0, [1.0])),
        (TypeError, "must take 1 values", lambda: gradients(lambda x, y: x, [1.0])),
        (TypeError, "must take the names z", lambda: gradients(lambda x: x, {"z": 1.0})),
        (TypeError, "must give a Tensor.* got float", lambda: gradients(lambda x: float(x), 1.0)),
        (TypeError, "must give a Tensor.* got list", lambda: gradients(lambda x: [], 1.0)),
        (TypeError, "variables must hold real numbers", lambda: gradients(lambda x: x, "one")),
        (ValueError, "unconnected_gradients must be", lambda: gradients(lambda x: x, 1.0, "nil")),
    ],
)
def test_mistakes(error, message, call):
    with pytest.raises(error, match=message):
        call()


# --- Gradients of one's own ---


@custom_gradient
def log1pexp(x):
    e = exp(x)

    def grad(upstream):
        return upstream * (1 - 1 / (1 + e))

    return log(1 + e), grad


def test_a_gradient_of_one_s_own():
    x = np.array([-1.0, 0.0, 2.0])
    sigmoid = 1 / (1 + np.exp(-x))
    assert isinstance(log1pexp(x), Tensor)
    np.testing.assert_allclose(log1pexp(x), np.log1p(np.exp(x)), rtol=1e-14)
    np.testing.assert_allclose(gradients(log1pexp, x), sigmoid, rtol=1e-14)
    with np.errstate(over="ignore"):
        assert gradients(log1pexp, np.float64(1000)) == 1.0  # the formula alone gives NaN
    second = gradients(lambda x: gradients(log1pexp, x), x)
    np.testing.assert_allclose(second, sigmoid * (1 - sigmoid), rtol=1e-13)
    assert log1pexp.__name__ == "log1pexp"


def test_keras_s_ways_to_take_the_gradient():
    @custom_gradient
    def optional(x):
        def grad(*args, upstream=None):
            if upstream is None:
                (upstream,) = args
            return upstream * 5

        return x * 1, grad

    @custom_gradient
    def required(x, y):
        def grad(x, y, *, upstream):
            return upstream * y, upstream * x

        return x * y, grad

    assert gradients(optional, 2.0) == 5.0
    assert gradients(required, [2.0, 3.0]) == [3.0, 2.0]


def test_several_results_and_arguments():
    calls = []

    @custom_gradient
    def both(x, y, scale=1.0):
        def grad(dsum, dproduct):
            calls.append(1)
            return (dsum + dproduct * y) * scale, dsum + dproduct * x

        return (x + y, x * y), grad

    x, y = Variable(2.0), Variable(5.0)
    with GradientTape(persistent=True) as tape:
        total, product = both(x, y, scale=10)
        result = total * product
    assert tape.gradient(total, [x, y]) == [10.0, 1.0]
    assert tape.gradient(product, [x, y]) == [50.0, 2.0]
    calls.clear()
    assert tape.gradient(result, [x, y]) == [(10 + 7 * 5) * 10, 10 + 7 * 2]
    assert len(calls) == 2  # once a result


def test_arguments_may_have_no_gradient():
    @custom_gradient
    def times(x, n):
        return x * n, lambda upstream: (upstream * n, None)

    assert gradients(times, [2.0, 3.0]) == [3.0, 0.0]
    assert times(2.0, np.arange(3)).tolist() == [0, 2, 4]


def test_gradients_that_do_not_fit():
    @custom_gradient
    def too_few(x, y):
        return x * y, lambda upstream: upstream

    @custom_gradient
    def misshapen(x):
        return x * 1, lambda upstream: upstream * np.ones(3)

    with pytest.raises(ValueError, match="must give 2 gradients, one an argument; got 1"):
        gradients(too_few, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"must have the shape \(\) of argument 0; got \(3,\)"):
        gradients(misshapen, 1.0)


def test_it_is_public():
    assert ops.custom_gradient is dlcore.custom_gradient is custom_gradient
    assert "variables" in inspect.signature(dlcore.gradients).parameters
