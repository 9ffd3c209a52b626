from __future__ import annotations

import numpy as np
import pytest

from dlcore import optimizers
from dlcore.callbacks import LearningRateScheduler, ReduceLROnPlateau

from .fake import FakeModel, X, Y, follow, net


class Pair:
    """Two optimizers that train one model."""

    def __init__(self):
        self.optimizers = [optimizers.SGD(0.5, name="a"), optimizers.SGD(0.25, name="b")]


def rates(callback, values, **arguments):
    _, _, logs = follow(callback, values, **arguments)
    return [entry["learning_rate"] for entry in logs]


# --- ReduceLROnPlateau ---


@pytest.mark.parametrize(
    ("arguments", "values", "expected"),
    [
        ({"patience": 1}, [1, 1, 1], [0.5, 0.5, 0.25]),
        ({"patience": 2}, [1, 1, 1, 1, 1], [0.5, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1}, [1, 0.9, 0.8], [0.5, 0.5, 0.5]),
        ({"patience": 1, "min_delta": 0.5}, [1, 0.9, 0.8], [0.5, 0.5, 0.25]),
        ({"patience": 1, "mode": "max"}, [1, 0.9, 2], [0.5, 0.5, 0.25]),
        ({"patience": 1, "cooldown": 2}, [1, 1, 1, 1, 1], [0.5, 0.5, 0.25, 0.25, 0.125]),
        ({"patience": 1, "min_lr": 0.2}, [1, 1, 1, 1], [0.5, 0.5, 0.25, 0.2]),
    ],
)
def test_plateaus(arguments, values, expected):
    assert rates(ReduceLROnPlateau(factor=0.5, **arguments), values) == expected


def test_a_plateau_is_told_of(capsys):
    follow(ReduceLROnPlateau(factor=0.5, patience=1, verbose=1), [1, 1])
    assert capsys.readouterr().out == "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.25.\n"


def test_a_factor_reduces():
    with pytest.raises(ValueError, match=r"does not support a factor >= 1\.0"):
        ReduceLROnPlateau(factor=1)


def test_a_plateau_of_nothing_is_warned_of():
    with pytest.warns(UserWarning, match="'val_loss', which is not available. Available are: mae, learning_rate"):
        follow(ReduceLROnPlateau(), [1], name="mae")


def test_a_schedule_cannot_be_reduced():
    model = FakeModel(optimizers.schedules.ExponentialDecay(0.5, 10, 0.5))
    with pytest.raises(TypeError, match="learning_rate is a schedule"):
        follow(ReduceLROnPlateau(patience=1), [1, 1], model=model)


def test_all_of_several_optimizers_are_reduced(capsys):
    model = FakeModel()
    model.optimizer = Pair()
    _, _, logs = follow(ReduceLROnPlateau(factor=0.5, patience=1, verbose=1), [1, 1, 1], model=model)
    assert logs[-1] == {"val_loss": 1, "learning_rate_a": 0.25, "learning_rate_b": 0.125}
    assert "reducing a learning rate to 0.25" in capsys.readouterr().out


def test_the_rate_becomes_history():
    model = net(optimizers.SGD(0.5))
    callback = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=1e9)
    found = model.fit(X, Y, epochs=3, verbose=0, callbacks=[callback]).history
    assert found["learning_rate"] == [0.5, 0.5, 0.25]
    assert float(model.optimizer.learning_rate) == 0.125


# --- LearningRateScheduler ---


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch: 1 / (epoch + 1),
        lambda epoch, rate: 1 / (epoch + 1),
        lambda epoch: np.float32(1 / (epoch + 1)),
        lambda epoch: np.asarray(1 / (epoch + 1)),
        lambda epoch, rate=None: 1 / (epoch + 1),
    ],
)
def test_schedules(schedule):
    assert rates(LearningRateScheduler(schedule), [0, 0, 0]) == pytest.approx([1, 1 / 2, 1 / 3])


def test_a_schedule_may_follow_the_rate():
    assert rates(LearningRateScheduler(lambda epoch, rate: rate / 2), [0, 0]) == [0.25, 0.125]


def test_a_schedule_object_serves():
    schedule = optimizers.schedules.ExponentialDecay(1.0, 1, 0.5)
    assert rates(LearningRateScheduler(schedule), [0, 0, 0]) == [1, 0.5, 0.25]


def test_the_rate_set_is_told(capsys):
    follow(LearningRateScheduler(lambda epoch: 0.25, verbose=1), [0])
    assert capsys.readouterr().out == "\nEpoch 1: LearningRateScheduler setting learning rate to 0.25.\n"


@pytest.mark.parametrize("bad", [None, 1, "0.1"])
def test_a_schedule_gives_floats(bad):
    with pytest.raises(ValueError, match="output of the `schedule` function should be a float"):
        follow(LearningRateScheduler(lambda epoch: bad), [0])


def test_an_error_within_a_schedule_is_its_own():
    def schedule(epoch, rate):
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        follow(LearningRateScheduler(schedule), [0])


def test_an_optimizer_with_a_schedule_has_no_rate_to_set():
    model = FakeModel(optimizers.schedules.ExponentialDecay(0.5, 10, 0.5))
    with pytest.raises(TypeError, match="learning_rate is a schedule"):
        follow(LearningRateScheduler(lambda epoch: 0.5), [0], model=model)
