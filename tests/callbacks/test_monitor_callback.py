from __future__ import annotations

import operator

import pytest

from dlcore.callbacks import MonitorCallback


def direction(monitor, mode="auto", model=None):
    callback = MonitorCallback(monitor, mode)
    callback.set_model(model)
    callback._set_monitor_op()
    return callback.monitor_op


class Metric:
    def __init__(self, name, direction=None, metrics=()):
        self.name = name
        self._direction = direction
        self.metrics = metrics


class Model:
    metrics = (
        Metric("mine", "up"),
        Metric("yours", "down"),
        Metric("neither"),
        Metric("all", None, [Metric("inner", "up")]),
    )


@pytest.mark.parametrize("monitor", ["loss", "val_loss", "mine", "val_unheard_of"])
def test_a_mode_is_obeyed(monitor):
    assert direction(monitor, "min") is operator.lt
    assert direction(monitor, "max") is operator.gt


def test_auto_follows_the_metric():
    for name, wanted in {
        "loss": operator.lt, "val_loss": operator.lt, "accuracy": operator.gt, "val_acc": operator.gt,
        "mine": operator.gt, "val_mine": operator.gt, "yours": operator.lt, "val_inner": operator.gt,
    }.items():  # fmt: skip
        assert direction(name, model=Model()) is wanted, name


@pytest.mark.parametrize("monitor", ["unheard_of", "neither", "val_"])
def test_auto_refuses_to_guess(monitor):
    with pytest.raises(ValueError, match=f"larger or a smaller '{monitor}' is better.*mode='max' or mode='min'"):
        direction(monitor, model=Model())


def test_an_unknown_mode_is_auto():
    with pytest.warns(UserWarning, match="mode 'best' is unknown"):
        assert MonitorCallback(mode="best").mode == "auto"


@pytest.mark.parametrize(("mode", "sign"), [("max", 1), ("min", -1)])
def test_improvements_exceed_min_delta(mode, sign):
    callback = MonitorCallback(mode=mode, min_delta=-0.5)
    callback._set_monitor_op()
    assert callback.min_delta == 0.5
    assert callback._is_improvement(sign * 0.75, 0)
    assert callback._is_improvement(0.5, None)
    assert not callback._is_improvement(sign * 0.5, 0)
    assert not callback._is_improvement(sign * 0.2, sign * 0.5)
