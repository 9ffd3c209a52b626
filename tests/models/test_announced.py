"""Callbacks hear of every batch, or of as many at a time as steps_per_execution says."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import callbacks
from dlcore.models.announced import announced
from dlcore.models.feeds import Segment
from models.problem import LABELS, ONE_HOT, X, net, same_weights

STEP = Segment((np.zeros((4, 1)), None, None), None, 4)


class Calls(callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.heard = []

    def on_train_batch_begin(self, batch, logs=None):
        self.heard.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.heard.append(("end", batch, round(logs["loss"], 4)))

    def on_test_batch_end(self, batch, logs=None):
        self.heard.append(("test", batch))

    def on_predict_batch_end(self, batch, logs=None):
        self.heard.append(("predict", batch, len(logs["outputs"])))


def calls_of(segments, at_once, first=0, stop_at=None):
    heard = []

    def end(batch):
        heard.append(-batch)

    def stopped():
        return stop_at is not None and len(heard) >= stop_at

    heard.extend("step" for _ in announced(segments, at_once, heard.append, end, stopped, first))
    return heard


def test_every_batch():
    assert calls_of([STEP] * 2, 1, first=5) == [5, "step", -5, 6, "step", -6]
    assert calls_of([], 1) == []


def test_several_at_a_time():
    assert calls_of([STEP] * 3, 2, first=1) == [1, "step", "step", -2, 3, "step", -4]
    two = STEP._replace(batch=2)
    assert calls_of([two, two], 2, first=1) == [1, "step", -2, 3, "step", -4]


def test_stopping_leaves_out_the_rest():
    assert calls_of([STEP] * 3, 1, stop_at=2) == [0, "step", -0]


@pytest.mark.parametrize("loss", ["mse", lambda y, p: ((y - p) ** 2).mean(axis=-1)])
@pytest.mark.parametrize("given", ["arrays", "batches"])
def test_a_training_is_the_same(loss, given):
    """Whether callbacks hear of each batch, of three at a time or of none: 50 rows in batches of 8 are 7 steps."""
    rows = [(X[i : i + 8], ONE_HOT[i : i + 8]) for i in range(0, 50, 8)]
    models, calls = [], []
    for at_once in (None, 1, 3):
        models.append(net(loss=loss, metrics=["mae"], steps_per_execution=at_once or 1))
        calls.append(Calls())
        data = (X, ONE_HOT) if given == "arrays" else (iter(rows * 2),)
        heard = [] if at_once is None else [calls[-1]]
        steps = None if given == "arrays" else 7
        models[-1].fit(*data, batch_size=8, shuffle=False, epochs=2, steps_per_epoch=steps, callbacks=heard, verbose=0)
    assert same_weights(models[0], models[1])
    assert same_weights(models[0], models[2])
    assert [call[:2] for call in calls[2].heard] == [
        (kind, batch) for _ in range(2) for group in (0, 3, 6) for kind, batch in (("begin", group), ("end", group + 2))
    ]
    ends = [call for call in calls[1].heard if call[0] == "end"]
    assert [call[1] for call in ends] == [*range(7)] * 2
    assert [call[2] for call in calls[2].heard if call[0] == "end"] == [ends[i][2] for i in (2, 5, 6, 9, 12, 13)]


def test_evaluation_and_prediction():
    model, calls = net(steps_per_execution=3), Calls()
    model.evaluate(X, LABELS, batch_size=8, callbacks=[calls], verbose=0)
    model.predict(X, batch_size=8, callbacks=[calls])
    assert calls.heard == [
        *(("test", batch) for batch in (2, 5, 8)),
        *(("predict", batch, rows) for batch, rows in ((2, 24), (5, 24), (8, 2))),
    ]


@pytest.mark.parametrize("wrong", [0, -1, 1.5, None, True])
def test_how_many_must_be_a_number(wrong):
    with pytest.raises((ValueError, TypeError), match="steps_per_execution"):
        net(steps_per_execution=wrong)
