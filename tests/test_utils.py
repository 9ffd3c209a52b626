from __future__ import annotations

import random

import numpy as np
import pytest

import dlcore
from dlcore import utils


def test_one_seed_one_net():
    def weights():
        utils.set_random_seed(5)
        model = dlcore.Sequential([dlcore.layers.Dense(4, input_shape=(3,)), dlcore.layers.Dense(2, "relu")])
        return model.get_weights()

    for a, b in zip(weights(), weights(), strict=True):
        assert np.array_equal(a, b)


def test_python_and_numpy_are_seeded_too():
    utils.set_random_seed(5)
    a = random.random(), np.random.random()  # noqa: NPY002
    utils.set_random_seed(5)
    assert (random.random(), np.random.random()) == a  # noqa: NPY002


def test_to_categorical():
    one_hot = utils.to_categorical([0, 2, 1], 4)
    assert one_hot.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    assert utils.to_categorical(np.array([[1], [0]])).tolist() == [[0, 1], [1, 0]]
    assert utils.to_categorical(np.array([[1, 0]])).shape == (1, 2, 2)
    assert utils.to_categorical([1.0, 0.0]).shape == (2, 2)


@pytest.mark.parametrize("labels", [[-1, 0], [0, 3], [0.5]])
def test_labels_out_of_range(labels):
    with pytest.raises(ValueError, match="x must hold"):
        utils.to_categorical(labels, 3)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: utils.to_categorical(None), "x must hold real numbers"),
        (lambda: utils.to_categorical(["1"]), "x must hold real numbers"),
        (lambda: utils.to_categorical([0], 2.5), "num_classes must be an integer"),
        (lambda: utils.to_categorical([0], "3"), "num_classes must be an integer"),
    ],
)
def test_what_is_no_number(call, match):
    with pytest.raises(TypeError, match=match):
        call()


def test_nan_is_no_label():
    with pytest.raises(ValueError, match="x must hold whole numbers"):
        utils.to_categorical([np.nan, 1.0])


def test_numpy_integers_are_seeds():
    utils.set_random_seed(np.int64(5))
    a = random.random()
    utils.set_random_seed(5)
    assert random.random() == a
