"""A scale that follows what the gradients bear."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dlcore import optimizers
from dlcore.optimizers import SGD, LossScaleOptimizer
from dlcore.variable import Variable

GRADIENT = np.array([1.0, 6.0, 7.0, 2.0])


def test_gradients_are_unscaled():
    v = Variable([1.0, 2.0, 3.0, 4.0])
    optimizer = LossScaleOptimizer(SGD(0.5, loss_scale_factor=100))
    assert optimizer.inner_optimizer.loss_scale_factor is None
    assert optimizer.scale_loss(2.0) == 2.0**16
    optimizer.apply([GRADIENT * 2.0**15], [v])
    assert v.tolist() == [0.5, -1.0, -0.5, 3.0]
    assert optimizer.iterations == 1
    assert not optimizer.fusable
    w = Variable(1.0)
    LossScaleOptimizer(SGD(0.1)).minimize(lambda: w * w, [w])
    assert w == pytest.approx(0.8)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_steps_that_are_not_finite_are_skipped(bad):
    v = Variable([1.0, 2.0])
    optimizer = LossScaleOptimizer(SGD(0.5), initial_scale=400.0)
    for _ in range(4):
        optimizer.apply([[bad, 1.0]], [v])
    assert v.tolist() == [1, 2]
    assert optimizer.scale_loss(1.0) == 25
    assert optimizer.iterations == 0


def test_the_scale_grows():
    v = Variable(GRADIENT)
    optimizer = LossScaleOptimizer(SGD(0.5), initial_scale=2.0, dynamic_growth_steps=2)
    scales = []
    for gradient in [GRADIENT] * 3 + [GRADIENT * np.inf] + [GRADIENT] * 4:
        optimizer.apply([gradient], [v])
        scales.append(optimizer.scale_loss(1.0))
    assert scales == [2, 4, 4, 2, 2, 4, 4, 8]


def test_what_it_passes_on():
    v, inner = Variable([1.0]), SGD(0.5, use_ema=True, ema_momentum=0.5)
    optimizer = LossScaleOptimizer(inner)
    optimizer.learning_rate = 0.25
    assert inner.learning_rate == 0.25
    assert optimizer.learning_rate is inner.learning_rate
    optimizer.build([v])
    names = [found.name for found in optimizer.variables]
    assert names[:5] == ["iteration", "learning_rate", "step_counter", "dynamic_scale", "iteration"]
    optimizer.finalize_variable_values([v])
    assert v == 0
    weights, state = optimizer.stateless_apply([u.numpy() for u in optimizer.variables], [[2.0**15]], [[1.0]])
    assert weights[0] == 0.75
    assert state[2] == 1
    assert optimizer.step_counter == 0


def test_failed_calls_change_nothing():
    v, optimizer = Variable([1.0]), LossScaleOptimizer(SGD(0.5))
    for gradients, variables, match in [
        ([[1.0, 2.0]], [v], "must have its shape"),
        ([None], [v], "No gradients provided"),
        ([[1.0], [1.0]], [v], "one a variable"),
    ]:
        with pytest.raises(ValueError, match=match):
            optimizer.apply(gradients, variables)
    assert optimizer.scale_loss(1.0) == 2.0**15
    with pytest.raises(ValueError, match="trainable_variables is needed"):
        LossScaleOptimizer(SGD()).apply([[1.0]])


def test_configs():
    optimizer = LossScaleOptimizer(SGD(0.5, 0.06), 3.0, 2, name="mine")
    config = json.loads(json.dumps(optimizers.serialize(optimizer)))
    assert sorted(config["config"]) == ["dynamic_growth_steps", "initial_scale", "inner_optimizer", "name"]
    again = optimizers.deserialize(config)
    assert again.get_config() == optimizer.get_config()
    assert LossScaleOptimizer.from_config(optimizer.get_config()).inner_optimizer.momentum == 0.06


def test_arguments_that_belong_inside():
    LossScaleOptimizer(SGD(), dynamic=True, weight_decay=None, ema_momentum=0.99, use_ema=False)
    with pytest.raises(ValueError, match="set `loss_scale_factor` on the inner"):
        LossScaleOptimizer(SGD(), dynamic=False)
    with pytest.raises(ValueError, match="arguments: `foo`, `bar`"):
        LossScaleOptimizer(SGD(), foo=True, bar=3)
    for name, value in [("weight_decay", 0.5), ("use_ema", True), ("gradient_accumulation_steps", 2)]:
        with pytest.raises(ValueError, match=f"`{name}` does nothing here: set it on the `inner_optimizer`"):
            LossScaleOptimizer(SGD(), **{name: value})
    with pytest.raises(TypeError, match="inner_optimizer must be an Optimizer"):
        LossScaleOptimizer("sgd")
