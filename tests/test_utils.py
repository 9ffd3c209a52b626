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


def test_pad_sequences():
    sequences = [[1], [2, 3], [4, 5, 6]]
    assert utils.pad_sequences(sequences).tolist() == [[0, 0, 1], [0, 2, 3], [4, 5, 6]]
    assert utils.pad_sequences(sequences, value=-1).tolist() == [[-1, -1, 1], [-1, 2, 3], [4, 5, 6]]
    assert utils.pad_sequences(sequences, padding="post").tolist() == [[1, 0, 0], [2, 3, 0], [4, 5, 6]]
    assert utils.pad_sequences(sequences, maxlen=2).tolist() == [[0, 1], [2, 3], [5, 6]]
    assert utils.pad_sequences(sequences, maxlen=2, truncating="post").tolist() == [[0, 1], [2, 3], [4, 5]]
    vectors = utils.pad_sequences([[[1.5, 2]], []], dtype="float32")
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[[1.5, 2]], [[0, 0]]]
    assert utils.pad_sequences([]).shape == (0, 0)


@pytest.mark.parametrize(
    ("sequences", "more", "message"),
    [
        ([1, 2], {}, "list of iterables"),
        ([[1]], {"padding": "left"}, "padding must be 'pre' or 'post'"),
        ([[1]], {"truncating": "left"}, "truncating must be 'pre' or 'post'"),
        ([[[1, 2]], [[1]]], {}, "one shape"),
    ],
)
def test_what_pad_sequences_refuses(sequences, more, message):
    with pytest.raises(ValueError, match=message):
        utils.pad_sequences(sequences, **more)


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    assert np.allclose(utils.normalize(x), [[0.6, 0.8], [0, 0]])
    assert np.allclose(utils.normalize(x, axis=0), [[1, 1], [0, 0]])
    assert np.allclose(utils.normalize(x, order=1), [[3 / 7, 4 / 7], [0, 0]])
    assert np.allclose(utils.normalize([[3, 4]]), [[0.6, 0.8]])


def test_data_sets_have_their_older_name():
    assert utils.Sequence is utils.PyDataset
