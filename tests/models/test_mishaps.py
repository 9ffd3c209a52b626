"""What goes wrong is said, alike on every way, and leaves no wrong numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcore import Sequential, layers
from dlcore.utils import PyDataset

from .problem import LABELS, ONE_HOT, X, net


class Same(layers.Layer):
    def call(self, inputs):
        return inputs


def models(loss="categorical_crossentropy", **options):
    for between in ([], [Same()]):
        model = Sequential([layers.Dense(5, "tanh"), *between, layers.Dense(3, "softmax")])
        model.compile("sgd", loss, **options)
        yield model


def test_a_loss_without_a_gradient():
    """One that leaves the differentiable operations; a regularizer gives the weights somewhere to go."""
    for loss in (lambda y, p: float(np.mean(np.asarray(p))), lambda y, p: 1.0):
        for model in models(loss):
            with pytest.raises(ValueError, match="No gradients provided for any variable"):
                model.fit(X, ONE_HOT, verbose=0)
        penalized = Sequential([layers.Dense(3, kernel_regularizer="l2", input_shape=(4,))])
        penalized.compile("sgd", loss)
        kernel, bias = penalized.get_weights()
        penalized.fit(X, ONE_HOT, verbose=0)
        assert np.all(np.abs(penalized.get_weights()[0]) < np.abs(kernel))
        assert np.array_equal(penalized.get_weights()[1], bias)


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_an_iterator_without_a_batch(method):
    for model in models():
        with pytest.raises(ValueError, match="at least one batch"):
            getattr(model, method)(iter(()), verbose=0)


def test_validation_data_that_run_out():
    """No number is given where nothing was evaluated: a 0 would look like the best loss of all."""
    for model in models():
        with pytest.warns(UserWarning, match="ran out after 0 batches"):
            history = model.fit(X, ONE_HOT, epochs=2, validation_data=iter([(X, ONE_HOT)]), verbose=0).history
        assert history["val_loss"][0] > 0
        assert math.isnan(history["val_loss"][1])


class Batches(PyDataset):
    def __init__(self):
        super().__init__()
        self.asked = []

    @property
    def num_batches(self):
        return 5

    def __getitem__(self, index):
        self.asked.append(index)
        return X[index * 10 : index * 10 + 10], LABELS[index * 10 : index * 10 + 10]


def test_a_data_set_by_numbers_is_shuffled_by_fit_alone():
    data, twin = Batches(), Batches()
    net().fit(data, epochs=3, verbose=0)
    net().fit(twin, epochs=3, verbose=0)
    passes = [data.asked[i : i + 5] for i in (0, 5, 10)]
    assert all(sorted(numbers) == [*range(5)] for numbers in passes)
    assert len({tuple(numbers) for numbers in passes}) > 1
    assert twin.asked == data.asked
    for call in (
        lambda model, data: model.fit(data, shuffle=False, verbose=0),
        lambda model, data: model.evaluate(data, verbose=0),
        lambda model, data: model.predict(data, verbose=0),
    ):
        plain = Batches()
        call(net(), plain)
        assert plain.asked == [*range(5)]


def test_dense_layers_take_more_axes():
    """An engine takes matrices; anything else goes through the tape, also where the first data show the shape."""
    x = np.repeat(X[:, None], 3, axis=1)
    for first in ("fit", "predict"):
        model = Sequential([layers.Dense(2)])
        model.compile("sgd", "mse")
        if first == "predict":
            assert model.predict(x).shape == (50, 3, 2)
        model.fit(x, np.zeros((50, 3, 2)), verbose=0)
        assert model.predict(x).shape == (50, 3, 2)
        assert "3 axes, not 2" in model.how_it_trains()


def test_float64_layers_get_float64_data():
    """Whatever lies between them; a Sequential leaves dtypes to its layers."""
    x = np.random.default_rng(0).standard_normal((5, 4))
    for between in ([], [Same(dtype="float64")]):
        model = Sequential([layers.Dense(3, dtype="float64"), *between])
        kernel = model.predict(x) is not None and model.get_weights()[0]
        assert np.allclose(model.predict(x), x @ kernel, rtol=1e-14, atol=0)
        assert np.array_equal(model(x), model.predict(x))
