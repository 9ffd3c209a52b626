"""When a step is nothing but a kernel, and that it then is."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.backends import get_backend
from dlcore.optimizers import SGD, Adam, Ftrl, Lamb, LossScaleOptimizer
from dlcore.variable import Variable


class Noisy(Adam):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient * 2, variable, learning_rate)


class Sparing(Adam):
    def _clip_gradients(self, grads):
        return [0.5 * np.asarray(g) for g in grads]


class Undecayed(Adam):
    def _apply_weight_decay(self, variables):
        pass


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(),
        Adam(weight_decay=0.1),
        Ftrl(),
        Adam(0.1, amsgrad=True),
        SGD(clipnorm=1.0),
        SGD(clipvalue=1.0),
        SGD(global_clipnorm=1.0),
        SGD(gradient_accumulation_steps=2),
    ],
)
def test_fusable(optimizer):
    assert optimizer.fusable
    optimizer.build([Variable([1.0])])
    assert optimizer.fusable


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(use_ema=True),
        SGD(loss_scale_factor=2.0),
        Ftrl(learning_rate_power=-0.3),
        Lamb(),
        LossScaleOptimizer(SGD()),
        Noisy(),
        Sparing(),
        Undecayed(),
    ],
)
def test_not_fusable(optimizer):
    assert not optimizer.fusable


def test_exclusions_matter_where_there_is_decay():
    bias, kernel = Variable([1.0], name="bias"), Variable([1.0], name="kernel")
    optimizer = Adam(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    assert not optimizer.fusable
    optimizer.build([kernel])
    assert optimizer.fusable
    optimizer = Adam(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_list=[bias])
    optimizer.build([kernel, bias])
    assert not optimizer.fusable
    optimizer.weight_decay = None
    assert optimizer.fusable


def test_a_step_is_the_kernel_s(rng):
    start, g = rng.standard_normal((3, 5)).astype(np.float32), rng.standard_normal((3, 5)).astype(np.float32)
    variable, optimizer = Variable(start), Adam(0.1, weight_decay=0.2)
    p, slots = start.copy(), [np.zeros_like(start), np.zeros_like(start)]
    for step in (1, 2):
        optimizer.apply([g], [variable])
        get_backend().update("adam", p, g, slots, optimizer.hyper(0.1, step))
    np.testing.assert_array_equal(variable, p)
    for slot, expected in zip(optimizer.slots(variable), slots, strict=True):
        np.testing.assert_array_equal(slot, expected)


def test_a_step_of_one_s_own_around_the_kernel():
    mine, plain = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    Noisy(0.1, weight_decay=0.3).apply([[1.0, -3.0]], [mine])
    Adam(0.1, weight_decay=0.3).apply([[2.0, -6.0]], [plain])
    np.testing.assert_allclose(mine, plain, rtol=1e-6)
    undecayed, adam = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    Undecayed(0.1, weight_decay=0.3).apply([[1.0, 1.0]], [undecayed])
    Adam(0.1).apply([[1.0, 1.0]], [adam])
    np.testing.assert_array_equal(undecayed, adam)


def test_update_step_alone_does_not_decay():
    v, optimizer = Variable([1.0]), SGD(0.5, weight_decay=0.5)
    optimizer.build([v])
    optimizer.update_step([1.0], v, 0.5)
    assert v.tolist() == [0.5]
    assert optimizer.iterations == 0
