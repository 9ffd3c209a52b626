"""Values, derivatives and borders of the activations of each number alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from backends import reference
from hypothesis import given
from hypothesis import strategies as st

from dlcore import Variable, activations
from dlcore.autodiff import GradientTape
from dlcore.backends.contract import ACTIVATIONS

X = np.float32([[-3.5, -2.0, -0.5, 0.0], [0.3, 1.0, 3.0, 7.0]])
POINTWISE = [
    name for name in activations.__all__ if name in ACTIVATIONS and not ACTIVATIONS[name].rowwise and name != "linear"
]

#: From Keras's documentation.
KNOWN = {
    "relu": ([-10, -5, 0.0, 5, 10], {}, [0, 0, 0, 5, 10]),
    "relu, slope": ([-10, -5, 0.0, 5, 10], {"negative_slope": 0.5}, [-5, -2.5, 0, 5, 10]),
    "relu, max": ([-10, -5, 0.0, 5, 10], {"max_value": 5.0}, [0, 0, 0, 5, 5]),
    "relu, threshold": ([-10, -5, 0.0, 5, 10], {"threshold": 5.0}, [0, 0, 0, 0, 10]),
    "relu, all": (
        [-10, -5, 0.0, 5, 10],
        {"negative_slope": 0.5, "max_value": 5.0, "threshold": 5.0},
        [-7.5, -5, -2.5, 0, 5],
    ),
    "relu6": ([-1, 3, 6, 9], {}, [0, 3, 6, 6]),
    "threshold": ([-1, 0, 0.5, 2], {"threshold": 0.5, "default_value": -3}, [-3, -3, -3, 2]),
    "hard_sigmoid": ([-4, -3, 0, 1.5, 3, 4], {}, [0, 0, 0.5, 0.75, 1, 1]),
    "hard_silu": ([-4, -3, -1, 0, 1.5, 3, 4], {}, [0, 0, -1 / 3, 0, 1.125, 3, 4]),
    "sparse_sigmoid": ([-2, -1, 0, 0.5, 1, 2], {}, [0, 0, 0.5, 0.75, 1, 1]),
    "sparse_plus": ([-2, -1, 0, 0.5, 1, 2], {}, [0, 0, 0.25, 0.5625, 1, 2]),
    "soft_shrink": ([-1, -0.5, 0.2, 0.5, 1], {}, [-0.5, 0, 0, 0, 0.5]),
    "hard_shrink": ([-1, -0.5, 0.2, 0.5, 1], {}, [-1, 0, 0, 0, 1]),
    "hard_tanh": ([-2, -0.5, 2], {}, [-1, -0.5, 1]),
    "squareplus": ([-3, 0, 1.5], {}, [(-3 + math.sqrt(13)) / 2, 1, 2]),
    "softsign": ([-1, 0, 3], {}, [-0.5, 0, 0.75]),
    "gelu, exact": ([1.0], {}, [0.8413447461]),
    "gelu, approximate": ([1.0], {"approximate": True}, [0.8411919906]),
    "selu": ([-1.0, 1.0], {}, [-1.1113307378, 1.0507009874]),
    "celu": ([-1.0, 1.0], {"alpha": 2.0}, [2 * math.expm1(-0.5), 1]),
    "mish": ([1.0], {}, [0.8650983883]),
    "log_sigmoid": ([-1000.0, 0], {}, [-1000, -math.log(2)]),
    "tanh_shrink": ([1.0], {}, [1 - math.tanh(1)]),
    "exponential": ([0, 1.0], {}, [1, math.e]),
}


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("case", KNOWN)
def test_known_values(case):
    x, arguments, expected = KNOWN[case]
    function = getattr(activations, case.split(",")[0])
    np.testing.assert_allclose(function(x, **arguments), expected, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("name", POINTWISE)
@given(
    shape=st.lists(st.integers(0, 3), max_size=4).map(tuple),
    dtype=st.sampled_from(["float16", "float32", "float64", "int32", "bool"]),
)
def test_any_shape_and_dtype(name, shape, dtype):
    x = np.random.default_rng(1).uniform(-4, 4, shape).astype(dtype)
    y = getattr(activations, name)(x)
    assert y.shape == shape
    assert y.dtype == (dtype if dtype.startswith("float") else "float32")
    expected = reference.ACTIVATIONS[name](x.astype(float), ACTIVATIONS[name].alpha)
    tolerance = 2e-3 if dtype == "float16" else 1e-5
    np.testing.assert_allclose(y, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", POINTWISE)
def test_lists_tensors_and_variables(name):
    function = getattr(activations, name)
    expected = np.asarray(function(X))
    np.testing.assert_array_equal(function(X.tolist()), expected)
    np.testing.assert_array_equal(function(Variable(X)), expected)
    np.testing.assert_array_equal(function(activations.linear(X)), expected)


def test_linear_leaves_everything_as_it_is():
    for x in (X, np.arange(4), np.float16([1.5]), np.float64(2)):
        y = activations.linear(x)
        assert y.dtype == x.dtype
        np.testing.assert_array_equal(y, x)


def test_half_precision_keeps_its_dtype_in_gradients_too():
    x = activations.linear(np.float16([-1.0, 0.5]))
    with GradientTape() as tape:
        tape.watch(x)
        y = activations.silu(x) + activations.relu(x, threshold=0.2)
    g = tape.gradient(y, x)
    assert y.dtype == g.dtype == "float16"
    np.testing.assert_allclose(g, [0.0723, 1.7400], rtol=3e-3)


FORMULAS = {
    "relu, max": lambda x: activations.relu(x, max_value=2.5),
    "relu, all": lambda x: activations.relu(x, negative_slope=0.1, max_value=2.5, threshold=0.4),
    "threshold": lambda x: activations.threshold(x, 0.4, -1.0),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_derivatives_of_formulas(name):
    function, x, h = FORMULAS[name], Variable(X.astype(np.float64) + 0.05), 1e-6
    with GradientTape() as tape:
        y = function(x)
    expected = (np.asarray(function(x.numpy() + h)) - np.asarray(function(x.numpy() - h))) / (2 * h)
    np.testing.assert_allclose(tape.gradient(y, x), expected, rtol=1e-6, atol=1e-8)


def test_infinities_and_nan_in_formulas():
    x = Variable(np.float64([-np.inf, np.nan, np.inf, 1.0]))
    with GradientTape() as tape:
        y = activations.relu(x, threshold=0.5)
    np.testing.assert_array_equal(y, [0, np.nan, np.inf, 1])
    np.testing.assert_array_equal(tape.gradient(y, x), [0, 1, 1, 1])
    np.testing.assert_array_equal(activations.threshold(x, 0, 7), [7, np.nan, np.inf, 1])
    np.testing.assert_array_equal(activations.relu(x, max_value=5), [0, np.nan, 5, 1])


def test_bad_input():
    for wrong in (None, "a", X + 1j, np.array([["1"]])):
        with pytest.raises(TypeError, match="must hold real numbers"):
            activations.relu(wrong)
    with pytest.raises(ValueError, match="negative_slope must lie in"):
        activations.leaky_relu(X, np.nan)
    with pytest.raises(TypeError, match="alpha must be a number"):
        activations.elu(X, "2")
    with pytest.raises(ValueError, match="max_value must lie in"):
        activations.relu(X, max_value=np.inf)
    with pytest.raises(TypeError, match="default_value must be a number"):
        activations.threshold(X, 0, None)
