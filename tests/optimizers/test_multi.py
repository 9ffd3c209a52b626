"""Several optimizers, each for variables of its own."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from dlcore import optimizers
from dlcore.optimizers import SGD, Adam, LossScaleOptimizer, MultiOptimizer, OptimizerMap, RMSprop
from dlcore.variable import Variable


def variable(path, value=1.0):
    owner, _, name = path.rpartition("/")
    made = Variable([value], name=name)
    made.owner = owner
    return made


def test_the_map_matches_whole_paths():
    adam, sgd, rest = Adam(), SGD(), RMSprop()
    optimizer_map = OptimizerMap(rest, {"encoder/first": adam})
    optimizer_map["encoder/.*"] = sgd
    assert optimizer_map["encoder/first"] is adam
    assert optimizer_map(variable("encoder/second/kernel")) is sgd
    assert optimizer_map["encoder"] is rest
    assert optimizer_map(Variable(1.0)) is rest
    assert list(optimizer_map) == ["encoder/first", "encoder/.*"]
    assert ("encoder/.*" in optimizer_map, "encoder" in optimizer_map, len(optimizer_map)) == (True, False, 2)
    optimizer_map[".*kernel"] = adam
    with pytest.raises(ValueError, match="'encoder/kernel' has more than one optimizer"):
        optimizer_map["encoder/kernel"]
    del optimizer_map[".*kernel"]
    assert optimizer_map["encoder/kernel"] is sgd


def test_what_the_map_refuses():
    optimizer_map = OptimizerMap(SGD(), {"a": Adam()})
    for key, value, match in [
        ("a", SGD(), "'a' has an optimizer already"),
        (3, SGD(), "key must be a string"),
        ("b", "sgd", "must be an Optimizer"),
        ("b", LossScaleOptimizer(SGD()), "optimizer cannot be LossScaleOptimizer."),
        ("b", MultiOptimizer(optimizer_map), "optimizer cannot be MultiOptimizer."),
    ]:
        with pytest.raises(ValueError, match=match):
            optimizer_map[key] = value
    with pytest.raises(TypeError, match="default_optimizer"):
        OptimizerMap("sgd")
    with pytest.raises(TypeError, match="optimizer_map must be a dict"):
        OptimizerMap(SGD(), [("a", SGD())])


def three():
    variables = [variable("one/kernel", 2.0), variable("two/kernel", 3.0), variable("other/kernel", 4.0)]
    optimizer_map = OptimizerMap(SGD(0.0), {"one/.*": SGD(0.1), "two/.*": SGD(1.0)})
    return MultiOptimizer(optimizer_map), variables


def test_each_takes_its_own_steps():
    multi, variables = three()
    multi.apply([[1.0]] * 3, variables)
    np.testing.assert_allclose([float(v) for v in variables], [1.9, 2.0, 4.0], rtol=1e-6)
    assert multi.iterations == 1
    assert [int(o.iterations) for o in multi.optimizers] == [1, 1, 1]
    multi.apply([[1.0]], variables[1:2])
    assert [int(o.iterations) for o in multi.optimizers] == [1, 2, 1]
    assert len(multi.variables) == 2 + 3 * 2
    with pytest.raises(ValueError, match="unknown variable 'stranger'"):
        multi.apply([[1.0]], [variable("stranger")])


def test_a_callable_chooses():
    adam, sgd = Adam(0.5), SGD(0.01)
    multi = MultiOptimizer(lambda v: adam if "one" in v.path else sgd)
    variables = [variable("one/kernel"), variable("two/kernel"), variable("one/bias")]
    multi.apply([[1.0]] * 3, variables)
    assert multi.optimizers == [adam, sgd]
    np.testing.assert_allclose([float(v) for v in variables], [0.5, 0.99, 0.5], rtol=1e-5)
    with pytest.raises(ValueError, match="LossScaleOptimizer cannot be used inside an MultiOptimizer"):
        MultiOptimizer(lambda v: LossScaleOptimizer(SGD())).build(variables)
    with pytest.raises(ValueError, match="must be an Optimizer"):
        MultiOptimizer(lambda v: None).build(variables)


def test_stateless_steps():
    multi, variables = three()
    multi.build(variables)
    state = [v.numpy() for v in multi.variables]
    weights, after = multi.stateless_apply(state, [[1.0]] * 3, [v.numpy() for v in variables])
    np.testing.assert_allclose([float(w) for w in weights], [1.9, 2.0, 4.0], rtol=1e-6)
    assert after[0] == 1
    assert [float(v) for v in variables] == [2, 3, 4]
    assert multi.iterations == 0
    multi.set_weights(after)
    assert [int(o.iterations) for o in multi.optimizers] == [1, 1, 1]


def test_there_is_no_learning_rate():
    multi, _ = three()
    with pytest.raises(AttributeError, match="ask each of its optimizers"):
        _ = multi.learning_rate
    with pytest.raises(AttributeError, match="on each of its optimizers"):
        multi.learning_rate = 0.1


def test_loss_scaling():
    inner, v = SGD(0.1, loss_scale_factor=2.0), variable("a", 2.0)
    multi = MultiOptimizer(OptimizerMap(inner), loss_scale_factor=5.0)
    assert (multi.scale_loss(2.0), inner.loss_scale_factor) == (10, 5)
    multi.apply([[10.0]], [v])
    assert v == pytest.approx(1.8)
    outer = LossScaleOptimizer(multi, initial_scale=10.0)
    assert (multi.loss_scale_factor, inner.loss_scale_factor, outer.scale_loss(2.0)) == (None, None, 20)
    outer.apply([[10.0]], [v])
    assert v == pytest.approx(1.7)


def test_averages_at_the_end():
    one, two = variable("one", 2.0), variable("two", 2.0)
    averaging = SGD(1.0, use_ema=True, ema_momentum=0.5)
    multi = MultiOptimizer(OptimizerMap(SGD(1.0), {"one": averaging}))
    for _ in range(2):
        multi.apply([[1.0], [1.0]], [one, two])
    multi.finalize_variable_values([one, two])
    assert (float(one), float(two)) == (0.5, 0)


def test_configs_and_copies():
    multi, variables = three()
    multi.build(variables)
    config = json.loads(json.dumps(optimizers.serialize(multi)))
    again = optimizers.deserialize(config)
    assert again.get_config() == multi.get_config()
    again.build(variables)
    again.apply([[1.0]] * 3)
    np.testing.assert_allclose([float(v) for v in variables], [1.9, 2.0, 4.0], rtol=1e-6)
    assert copy.deepcopy(multi).get_config() == multi.get_config()
    assert MultiOptimizer.from_config(multi.get_config()).get_config() == multi.get_config()


def test_only_a_map_or_a_function_chooses():
    with pytest.raises(TypeError, match="optimizer_map must be an OptimizerMap or a function of a variable"):
        MultiOptimizer([(SGD(), [])])


def test_shown_even_if_it_cannot_be_described():
    def choose(variable):
        return SGD()

    assert repr(MultiOptimizer(choose)).startswith("<MultiOptimizer")
    assert repr(optimizers.schedules.ExponentialDecay(0.5, 2, 0.25)).startswith("<ExponentialDecay {'initial_learn")
