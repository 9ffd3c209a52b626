from __future__ import annotations

import functools

import numpy as np
import pytest

from dlcore import activations
from dlcore.backends.contract import ACTIVATIONS

X = np.float32([[-2.0, -0.5, 0.0], [0.3, 1.0, 3.0]])


def test_every_activation_of_the_contract_has_its_function():
    for name in (name for name in ACTIVATIONS if name != "gelu_tanh"):  # that is gelu(approximate=True)
        function = activations.get(name)
        assert function.__name__ == name
        assert activations.serialize(function) == name
        assert activations.deserialize(name) is function
        assert function(X).shape == X.shape


@pytest.mark.usefixtures("backend")
def test_values():
    np.testing.assert_allclose(activations.relu(X), np.maximum(X, 0))
    np.testing.assert_allclose(activations.leaky_relu(X, negative_slope=0.1), np.where(X > 0, X, 0.1 * X), rtol=1e-6)
    np.testing.assert_allclose(activations.elu(X, alpha=2.0), np.where(X > 0, X, 2 * np.expm1(X)), rtol=1e-6)
    np.testing.assert_allclose(activations.softmax(X), np.exp(X) / np.exp(X).sum(1, keepdims=True), rtol=1e-6)
    np.testing.assert_allclose(activations.sigmoid(0.0), 0.5)
    np.testing.assert_allclose(activations.tanh([[[0.5]]]), [[[np.tanh(0.5)]]], rtol=1e-6)
    assert np.array_equal(activations.linear(X), X)


def test_names():
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    assert activations.get(np.tanh) is np.tanh
    with pytest.raises(ValueError, match="Did you mean 'sigmoid'"):
        activations.get("sigmiod")


def test_kernels():
    assert activations.kernel_of(activations.leaky_relu) == ("leaky_relu", 0.2)
    assert activations.kernel_of(functools.partial(activations.leaky_relu, negative_slope=0.1)) == ("leaky_relu", 0.1)
    assert activations.kernel_of(functools.partial(activations.relu, negative_slope=0.1)) is None
    assert activations.kernel_of(np.tanh) is None


def test_what_is_not_supported_says_so():
    with pytest.raises(NotImplementedError, match="approximate"):
        activations.gelu(X, approximate=True)
    with pytest.raises(ValueError, match="axis"):
        activations.softmax(X, axis=0)


def test_bad_input():
    for wrong in (None, "a", X + 1j, np.array([["1"]])):
        with pytest.raises(TypeError, match="must hold real numbers"):
            activations.relu(wrong)
    with pytest.raises(ValueError, match="negative_slope must lie in"):
        activations.leaky_relu(X, np.nan)
    with pytest.raises(TypeError, match="alpha must be a number"):
        activations.elu(X, "2")


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_nothing_at_all(shape):
    for function in (activations.relu, activations.gelu, activations.softmax):
        assert function(np.zeros(shape)).shape == shape
