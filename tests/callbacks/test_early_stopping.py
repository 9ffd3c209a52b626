from __future__ import annotations

import numpy as np
import pytest

from dlcore.callbacks import EarlyStopping

from .fake import X, Y, follow, net


@pytest.mark.parametrize(
    ("arguments", "values", "epochs"),
    [
        ({}, [1, 0.9, 0.95, 0.1], 3),
        ({}, [1, 2], 2),
        ({}, [0.5, 0.4, 0.3], 3),
        ({"patience": 2}, [1, 0.9, 0.95, 0.93, 0.1], 4),
        ({"patience": 2}, [1, 0.9, 0.95, 0.8, 0.85, 0.86, 0.1], 6),
        ({"mode": "max"}, [1, 2, 1.5], 3),
        ({"min_delta": 0.2}, [1, 0.9], 2),
        ({"min_delta": 0.2}, [1, 0.7, 0.6], 3),
        ({"baseline": 0.5, "patience": 2}, [0.9, 0.8, 0.7, 0.6], 4),
        ({"baseline": 0.5, "patience": 2}, [0.9, 0.4, 0.45, 0.46, 0.1], 4),
        ({"start_from_epoch": 3}, [1, 2, 3, 4, 3, 5, 1], 6),
        ({"start_from_epoch": 2, "patience": 1}, [1, 2, 3, 2, 3, 1], 5),
        ({"patience": 1}, [np.nan, np.nan, np.nan], 2),
    ],
)
def test_when_it_stops(arguments, values, epochs):
    callback = EarlyStopping(**arguments)
    assert follow(callback, values)[0] == epochs
    stops = epochs < len(values) or callback.stopped_epoch
    assert callback.stopped_epoch == (epochs - 1 if stops else 0)


def test_what_it_remembers():
    callback = EarlyStopping(patience=3)
    follow(callback, [1, 0.5, 0.6, 0.7])
    assert (callback.best, callback.best_epoch, callback.wait, callback.stopped_epoch) == (0.5, 1, 2, 0)
    assert callback.best_weights is None
    follow(callback, [2])
    assert (callback.best, callback.best_epoch, callback.wait) == (2, 0, 0)


@pytest.mark.parametrize("values", [[1, 0.5, 0.6, 0.7], [1, 0.5, 0.6]])
def test_the_best_weights_come_back(values):
    callback = EarlyStopping(patience=2, restore_best_weights=True)
    model = follow(callback, values)[1]
    assert model.weights == 1
    assert callback.best_weights == [1]


def test_the_best_weights_of_those_that_miss_the_baseline():
    callback = EarlyStopping(baseline=0.1, patience=3, restore_best_weights=True)
    assert follow(callback, [0.5, 0.4, 0.45, 0.6])[1].weights == 1


def test_weights_of_a_training_that_was_all_nan():
    assert follow(EarlyStopping(patience=1, restore_best_weights=True), [np.nan] * 3)[1].weights == 0


def test_messages(capsys):
    follow(EarlyStopping(verbose=1, restore_best_weights=True), [1, 0.5, 0.6])
    assert capsys.readouterr().out == (
        "Epoch 3: early stopping\nRestoring model weights from the end of the best epoch: 2.\n"
    )
    follow(EarlyStopping(), [1, 0.5, 0.6])
    assert capsys.readouterr().out == ""


def test_a_missing_metric_is_warned_of():
    with pytest.warns(UserWarning, match="'val_loss', which is not available. Available are: loss"):
        follow(EarlyStopping(), [1], name="loss")
    with pytest.warns(UserWarning, match="Available are: none"):
        follow(EarlyStopping(), [None])


def test_in_a_training():
    model = net()
    callback = EarlyStopping("loss", patience=2, restore_best_weights=True, min_delta=1e9)
    assert not callback.wants_batches
    found = model.fit(X, Y, epochs=20, verbose=0, callbacks=[callback])
    assert found.epoch == [0, 1, 2]
    first = net()
    first.fit(X, Y, epochs=1, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), model.get_weights(), strict=True))
