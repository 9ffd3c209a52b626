"""A model that does nothing but be watched, and a net that trains."""

from __future__ import annotations

import numpy as np

from dlcore import Sequential, layers, optimizers, utils

X = np.random.default_rng(0).standard_normal((10, 2)).astype(np.float32)
Y = X[:, :1] * 2


def net(optimizer="adam"):
    utils.set_random_seed(1)
    model = Sequential([layers.Dense(3, "tanh", input_shape=(2,)), layers.Dense(1)])
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


class FakeModel:
    """Weights count the epochs; files are lists of what was asked for."""

    def __init__(self, learning_rate=0.5):
        self.optimizer = optimizers.SGD(learning_rate)
        self.stop_training = False
        self.weights = 0
        self.saved = []

    def get_weights(self):
        return [self.weights]

    def set_weights(self, weights):
        (self.weights,) = weights

    def save(self, path, overwrite=True):
        self.saved.append(("model", path))

    def save_weights(self, path, overwrite=True):
        self.saved.append(("weights", path))


def follow(callback, values, name="val_loss", model=None):
    """Tell a callback of epochs with these values; the epochs that took place, and the model."""
    model = model or FakeModel()
    callback.set_model(model)
    callback.on_train_begin({})
    epoch = -1
    all_logs = []
    for epoch, value in enumerate(values):
        model.weights = epoch
        callback.on_epoch_begin(epoch, {})
        all_logs.append({} if value is None else {name: value})
        callback.on_epoch_end(epoch, all_logs[-1])
        if model.stop_training:
            break
    callback.on_train_end({})
    return epoch + 1, model, all_logs
