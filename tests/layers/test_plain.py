from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from dlcore import activations, autodiff, layers, losses
from dlcore.autodiff import GradientTape, Tensor

X = np.float32([[1.0, -2.0], [3.0, 0.0]])


def test_identity():
    assert np.array_equal(layers.Identity()(X), X)
    assert layers.Identity()(np.array([1, 2])).dtype.kind == "i"
    _, b = layers.Identity()([X, X * 2])
    assert np.array_equal(b, 2 * X)
    assert layers.Identity().compute_output_shape([(2, 3), (4,)]) == [(2, 3), (4,)]
    layers.Identity().describe([])


def test_activity_regularization():
    layer = layers.ActivityRegularization(l1=0.1, l2=0.2)
    assert np.array_equal(layer(X), X)
    assert float(layer.losses[0]) == pytest.approx((0.1 * 6 + 0.2 * 14) / 2)
    layer(2 * X)
    assert len(layer.losses) == 1


def test_masking():
    x = np.float32([[[0, 0], [1, 0]], [[0, 2], [np.nan, 0]]])
    layer = layers.Masking()
    assert layer.compute_mask(x).tolist() == [[False, True], [True, True]]
    assert np.array_equal(layer(x)[0], x[0])
    sevens = layers.Masking(7.0)
    assert np.array_equal(sevens(np.float32([[[7, 7], [7, 1]]])), [[[0, 0], [7, 1]]])


def squared(x, power=2):
    return x**power


def test_lambda():
    layer = layers.Lambda(squared, arguments={"power": 3})
    assert np.array_equal(layer(X), X**3)
    assert layer.compute_output_shape((None, 4)) == (None, 4)
    again = layers.Lambda.from_config(layer.get_config(), custom_objects={"squared": squared})
    assert np.array_equal(again(X), X**3)
    flat = layers.Lambda(lambda x: autodiff.reduce_sum(x, axis=-1))
    assert flat.compute_output_shape((None, 4)) == (None,)
    assert np.array_equal(copy.copy(flat)(X), [-1, 3])
    assert np.array_equal(layers.Lambda.from_config(flat.get_config())(X), [-1, 3])


def test_lambda_differentiates_and_hears_of_training():
    seen = []

    def told(x, training=None, mask=None):
        seen.append((training, mask is not None))
        return x * x

    x = Tensor(X)
    layer = layers.Lambda(told)
    with GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True, mask=np.ones(2, bool))
    assert np.array_equal(tape.gradient(y, x), 2 * X)
    assert seen == [(True, True)]


def test_lambda_shapes_and_masks():
    twice = layers.Lambda(lambda x: x, output_shape=(6,), mask=np.array([True, False]))
    assert twice.compute_output_shape((5, 3)) == (5, 6)
    assert twice.compute_mask(X).tolist() == [True, False]
    assert twice.supports_masking
    assert layers.Lambda(abs, output_shape=lambda s: s[:1]).compute_output_shape((5, 3)) == (5,)
    assert layers.Lambda(abs, mask=lambda x, mask: mask).compute_mask(X, 3) == 3
    with pytest.raises(NotImplementedError, match="specify the `output_shape`"):
        layers.Lambda(lambda x: x.nothing).compute_output_shape((2, 3))


def test_code_is_never_run():
    config = {"name": "l", "function": {"class_name": "__lambda__", "config": {"code": "4wAAAA=="}}}
    with pytest.raises(ValueError, match="arbitrary code is disallowed"):
        layers.Lambda.from_config(config)
    with pytest.raises(TypeError, match="must be callable"):
        layers.Lambda(3)


def test_a_lambda_of_a_function_of_the_package_can_be_saved():
    for function in (activations.gelu, losses.mean_squared_error):
        layer = layers.Lambda(function)
        again = layers.deserialize(json.loads(json.dumps(layers.serialize(layer))))
        assert again.function is function
