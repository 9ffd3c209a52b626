"""What holds for every layer of the family."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

from dlcore import layers, utils

X = np.float32([[1.0, 2.0, 0.0], [3.0, -4.0, 1.0]])


def double(x):
    return x * 2


#: One of each class, with arguments that are not the defaults, and an input for it.
EACH = [
    (lambda: layers.Dense(4, "relu", use_bias=False, kernel_initializer="he_normal", bias_constraint="non_neg"), X),
    (lambda: layers.Activation("tanh"), X),
    (lambda: layers.ReLU(6.0, 0.1, 0.5), X),
    (lambda: layers.LeakyReLU(0.1), X),
    (lambda: layers.ELU(2.0), X),
    (lambda: layers.PReLU("ones", "l2", shared_axes=[1]), X),
    (lambda: layers.Softmax(axis=0), X),
    (lambda: layers.Dropout(0.2, (None, 1), 5), X),
    (lambda: layers.AlphaDropout(0.2, seed=5), X),
    (lambda: layers.GaussianDropout(0.2, 5), X),
    (lambda: layers.GaussianNoise(0.2, 5), X),
    (lambda: layers.ActivityRegularization(0.1, 0.2), X),
    (lambda: layers.BatchNormalization(1, 0.9, 0.1, gamma_regularizer="l1", moving_mean_initializer="ones"), X),
    (lambda: layers.LayerNormalization(-1, 0.1, center=False, gamma_constraint="unit_norm"), X),
    (lambda: layers.RMSNormalization(1, 0.1), X),
    (lambda: layers.GroupNormalization(3, epsilon=0.1, scale=False), X),
    (lambda: layers.UnitNormalization(0), X),
    (lambda: layers.Embedding(4, 2, "ones", "l2", mask_zero=True), np.array([[0, 3]])),
    (lambda: layers.Flatten("channels_first"), X),
    (lambda: layers.Reshape((1, -1)), X),
    (lambda: layers.Permute((1,)), X),
    (lambda: layers.RepeatVector(2), X),
    (lambda: layers.Identity(), X),
    (lambda: layers.Masking(1.0), X[None]),
    (lambda: layers.Normalization(mean=[1.0, 2.0, 3.0], variance=4.0 * np.ones(3)), X),
    (lambda: layers.Normalization(None, invert=True), X),
    (lambda: layers.Rescaling(np.array([1.0, 2.0, 3.0]), 0.5), X),
]
CLASSES = {type(make()).__name__ for make, _ in EACH}


def test_none_is_forgotten():
    known = {name for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert known - CLASSES == {"InputLayer", "InputSpec", "Lambda", "Layer"}


@pytest.mark.parametrize(("make", "x"), EACH)
def test_configs_and_copies(make, x):
    layer = make()
    again = layers.deserialize(json.loads(json.dumps(layers.serialize(layer))))
    assert type(again) is type(layer)
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())
    y = layer(x)
    assert layer.built
    assert y.dtype == "float32"
    assert layer.compute_output_shape(x.shape) == y.shape
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *y.shape[1:])
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert np.array_equal(twin(x), y)
        assert all(np.array_equal(a, b) for a, b in zip(twin.get_weights(), layer.get_weights(), strict=True))
        for a, b in zip(twin.weights, layer.weights, strict=True):
            assert a is not b
    assert json.dumps(layers.deserialize(layers.serialize(layer)).get_config()) == json.dumps(layer.get_config())


@pytest.mark.parametrize(("make", "x"), EACH)
def test_weights_go_through_a_store(make, x):
    layer = make()
    layer(x)
    store: dict[str, np.ndarray] = {}
    layer.save_own_variables(store)
    assert list(store) == [str(i) for i in range(len(layer.weights))]
    again = layers.deserialize(layers.serialize(layer))
    again.build(layer.get_build_config()["input_shape"]) if layer.get_build_config() else again(x)
    again.load_own_variables({key: value + 1 for key, value in store.items()})
    for weight, value in zip(again.weights, store.values(), strict=True):
        assert np.array_equal(weight, value + 1)
    with pytest.raises(ValueError, match="variables during loading"):
        again.load_own_variables({**store, "more": np.ones(3)})


def test_names():
    utils.clear_session()
    assert layers.Dense(1).name == "dense"
    assert layers.Dense(1).name == "dense_1"
    assert layers.Input((1,)).name == "input_layer"
    assert layers.BatchNormalization().name == "batch_normalization"
    assert layers.ReLU().name == "re_lu"
    with pytest.raises(ValueError, match="cannot contain character `/`"):
        layers.Dense(1, name="a/b")


def test_get():
    assert layers.get(None) is None
    layer = layers.Dense(2)
    assert layers.get(layer) is layer
    assert layers.get({"class_name": "Dense", "config": {"units": 3}}).units == 3
    with pytest.raises(ValueError, match="Did you mean 'Dense'"):
        layers.get({"class_name": "Dens", "config": {}})


def test_unknown_arguments():
    with pytest.raises(ValueError, match=r"Unrecognized keyword arguments passed to Dense: .*unit"):
        layers.Dense(2, unit=3)
    for trainable in ("yes", 1, None):
        with pytest.raises(ValueError, match="Expected `trainable` to be a boolean"):
            layers.Dense(2, trainable=trainable)


def test_keras_describes_dtypes_more_fully():
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}, "registered_name": None}
    assert layers.Dense.from_config({"units": 2, "dtype": policy}).dtype == "float64"
