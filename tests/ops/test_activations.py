"""Activations of arrays of any shape."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from backends import reference

from dlcore import ops
from dlcore.backends.contract import ACTIVATIONS
from ops.arrays import F32


def test_every_activation_has_a_function_with_kerass_default():
    for name, spec in ACTIVATIONS.items():
        parameters = inspect.signature(getattr(ops, name)).parameters
        own = [spec.parameter] if spec.parameter else ["axis"] if spec.rowwise else []
        assert list(parameters) == ["x", *(["approximate"] if name == "gelu" else own), "out"]
        if spec.parameter:
            assert parameters[spec.parameter].default == spec.alpha


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_take_any_shape_and_form(backend, dtype, rng, disguise, name):
    alpha = ACTIVATIONS[name].alpha
    for shape in ((5,), (3, 4), (2, 3, 4), (0, 3), (2, 0, 4), *([] if ACTIVATIONS[name].rowwise else [()])):
        x = np.asarray(rng.standard_normal(shape), dtype)
        y = getattr(ops, name)(disguise(x), **({"approximate": False} if name == "gelu" else {}))
        rows = x.astype(float).reshape(math.prod(shape[:-1]), shape[-1] if shape else 1)
        assert y.shape == shape
        assert np.allclose(y, reference.ACTIVATIONS[name](rows, alpha).reshape(shape), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_in_place(backend, dtype, rng, name):
    x = rng.standard_normal((3, 5)).astype(dtype)
    expected = ops.activate(x, name)
    assert ops.activate(x, name, out=x) is x
    assert np.array_equal(x, expected)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_backward(backend, dtype, rng, disguise, name):
    z, dy = rng.standard_normal((3, 5)).astype(dtype), rng.standard_normal((3, 5)).astype(dtype)
    y = ops.activate(z, name)
    dz = ops.activation_backward(disguise(dy), disguise(y), name, z=disguise(z))
    expected = reference.activation_gradient(name, ACTIVATIONS[name].alpha, dy.astype(float), z.astype(float))
    assert np.allclose(dz, expected, rtol=1e-4, atol=1e-5)
    if not ACTIVATIONS[name].rowwise:
        assert ops.activation_backward(dy, y, name, z=z, out=dy) is dy
        assert np.allclose(dy, dz, rtol=1e-5, atol=1e-6)
    if ACTIVATIONS[name].needs_input:
        with pytest.raises(ValueError, match=rf"z must be given: the derivative of {name}"):
            ops.activation_backward(dy, y, name)


def test_unknown_activations_are_refused():
    x = np.ones((2, 2), F32)
    for call in (
        lambda: ops.activate(x, "sigmoyd"),
        lambda: ops.dense(x, x, activation="sigmoyd"),
        lambda: ops.activation_backward(x, x, "sigmoyd"),
    ):
        with pytest.raises(
            ValueError, match=r"Unknown activation 'sigmoyd'. Did you mean 'sigmoid'\? Known: celu, elu"
        ):
            call()


def test_parameters_of_activations_are_checked():
    x = np.ones((2, 2), F32)
    with pytest.raises(ValueError, match=r"alpha must be None: relu has no parameter"):
        ops.activate(x, "relu", alpha=0.1)
    with pytest.raises(ValueError, match=r"alpha must lie in .* got nan"):
        ops.elu(x, float("nan"))
    with pytest.raises(TypeError, match=r"alpha must be a number; got 'a'"):
        ops.leaky_relu(x, "a")
    with pytest.raises(ValueError, match=r"x must have an axis for softmax to run over"):
        ops.softmax(1.0)
    with pytest.raises(ValueError, match=r"y must be given"):
        ops.dense_backward(x, x, x, activation="relu")
    with pytest.raises(ValueError, match=r"y must have shape"):
        ops.activation_backward(x, x[0], "relu")
