"""What all optimizers share: steps, clipping, decay, state, configs, refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dlcore import naming, optimizers
from dlcore.autodiff import GradientTape
from dlcore.backends.contract import UPDATES
from dlcore.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, ScheduleFreeAdamW, schedules
from dlcore.variable import Variable
from optimizers.kinds import ALL, KERNELS


def test_keras_s_defaults():
    rates = {cls: float(cls().learning_rate) for cls in ALL}
    assert rates == {**dict.fromkeys(ALL, 0.001), SGD: 0.01, ScheduleFreeAdamW: 0.0025}
    naming.reset()
    assert [cls().name for cls in (SGD, Adam, AdamW, SGD)] == ["sgd", "adam", "adam_w", "sgd_1"]
    assert AdamW().weight_decay == 0.004
    assert SGD(0.1, 0.9, True).kind == "nesterov"


@pytest.mark.parametrize("cls", KERNELS)
def test_state(cls):
    optimizer = cls()
    w, b = Variable(np.ones((2, 3), np.float32), name="w"), Variable(np.float64(1), name="b")
    assert [v.name for v in optimizer.variables] == ["iteration", "learning_rate"]
    optimizer.build([w, b])
    slots = [slot for v in (w, b) for slot in optimizer.slots(v)]
    names = UPDATES[optimizer.kind]
    assert [v.name for v in optimizer.variables[2:]] == [f"{v}_{s}" for v in ("w", "b") for s in names]
    assert all(a is v.array for a, v in zip(slots, optimizer.variables[2:], strict=True))
    for name, slot in zip(names, optimizer.slots(w), strict=True):
        assert slot.shape == (2, 3)
        assert slot.dtype == np.float32
        assert np.all(slot == np.float32(0.1 if name == "accumulator" else 0))


@pytest.mark.parametrize("cls", ALL)
def test_configs(cls):
    optimizer = cls(learning_rate=0.05, clipnorm=1.0)
    again = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizer))))
    assert type(again) is cls
    assert again.get_config() == optimizer.get_config()
    assert again.clipping == optimizer.clipping
    scheduled = cls(learning_rate=schedules.ExponentialDecay(0.1, 10, 0.5))
    again = cls.from_config(scheduled.get_config())
    assert again.learning_rate == 0.1
    assert again.get_config() == scheduled.get_config()


def test_names_in_any_case():
    assert isinstance(optimizers.get("adam"), Adam)
    assert isinstance(optimizers.get("RMSprop"), RMSprop)
    assert isinstance(optimizers.get("sgd"), SGD)
    given = SGD()
    assert optimizers.get(given) is given
    with pytest.raises(ValueError, match="Did you mean 'adam'"):
        optimizers.get("adan")
    assert isinstance(optimizers.get(Adam), Adam)
    assert optimizers.get(None) is None
    for wrong in (print, 3, dict):
        with pytest.raises(ValueError, match="optimizer must be a name, a config or an Optimizer"):
            optimizers.get(wrong)


# --- minimize, apply_gradients, apply ---


def test_minimize_with_a_tape():
    v = Variable(1.0)
    with GradientTape() as tape:
        loss = v * v
    assert SGD(0.1).minimize(loss, [v], tape=tape) == 1
    assert v == pytest.approx(0.8)
    with pytest.raises(ValueError, match="tape is needed"):
        SGD(0.1).minimize(loss, [v])


def test_minimize_watches_what_it_is_given():
    v = Variable(1.0, trainable=False)
    SGD(0.1).minimize(lambda: v * v, v)
    assert v == pytest.approx(0.8)


def test_apply_gradients_returns_the_step_count():
    v = Variable(1.0)
    optimizer = SGD(0.1)
    assert optimizer.apply_gradients([(np.float32(1), v)]) == 1
    assert optimizer.apply_gradients(zip([np.float32(1)], [v], strict=True)).numpy() == 2


def test_clipping_is_applied():
    v = Variable([1.0, 1.0])
    SGD(1.0, clipvalue=0.5).apply([[3.0, -0.25]], [v])
    assert v.tolist() == [0.5, 1.25]
    w = Variable(1.0)
    SGD(1.0, global_clipnorm=1.0).apply([[0.0, 3.0], 4.0], [v, w])
    np.testing.assert_allclose(v, [0.5, 0.65], rtol=1e-6)
    np.testing.assert_allclose(w, 0.2, rtol=1e-6)


def test_gradients_of_none():
    v, w = Variable(1.0, name="v"), Variable(1.0, name="w")
    optimizer = SGD(0.1)
    with pytest.warns(UserWarning, match=r"\['w'\]"):
        optimizer.apply([np.float32(1), None], [v, w])
    assert v == pytest.approx(0.9)
    assert w == 1
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.apply([None, None], [v, w])
    with pytest.raises(ValueError, match="No gradients provided"):
        SGD().minimize(lambda: v * 2, [w])


def test_failed_calls_change_nothing():
    v, w, other = Variable(1.0), Variable([1.0, 2.0]), Variable(5.0, name="other")
    optimizer = Adam(0.1)
    for grads, variables, error, match in [
        ([1.0, [1.0]], [v, w], ValueError, r"shape \(2,\)"),
        ([1.0], [v, w], ValueError, "one a variable"),
        ([1.0], None, ValueError, "trainable_variables is needed"),
        ([None, ["1", "2"]], [v, w], TypeError, "gradient of .* must hold real numbers; got list"),
        ([1.0, np.ones(2, complex)], [v, w], TypeError, "got dtype complex128"),
        ([1.0, np.ma.array([1.0, 2.0], mask=[0, 1])], [v, w], ValueError, "masked"),
        ([1.0, [None, 1.0]], [v, w], TypeError, "real numbers"),
        ([1.0], [np.ones(())], TypeError, "trainable_variables must hold Variables"),
        ([1], [Variable(1, dtype="int64")], TypeError, "trainable_variables must hold Variables of float32 or float64"),
    ]:
        with pytest.raises(error, match=match):
            optimizer.apply(grads, variables)
    with pytest.raises(TypeError, match="must give a Tensor"):
        optimizer.minimize(lambda: 3.0, [v])
    with pytest.raises(TypeError, match="var_list must be a list"):
        optimizer.minimize(lambda: v * 2, None)
    assert not optimizer.built
    optimizer.build([v, w])
    with pytest.raises(ValueError, match="unknown variable 'other'"):
        optimizer.apply([1.0], [other])
    with pytest.raises(ValueError, match="one a variable"):
        optimizer.apply([1.0])
    assert (float(v), w.tolist(), float(other), int(optimizer.iterations)) == (1.0, [1.0, 2.0], 5.0, 0)
    optimizer.apply([1.0, [1.0, 1.0]])
    assert optimizer.iterations == 1


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: SGD(momentum=1.1), "momentum"),
        (lambda: SGD(momentum=-0.1), "momentum"),
        (lambda: Adam(beta_1=1.0), "beta_1"),
        (lambda: Adam(beta_2=-1), "beta_2"),
        (lambda: Adam(epsilon=-1e-7), "epsilon"),
        (lambda: RMSprop(rho=1.5), "rho"),
        (lambda: Adagrad(initial_accumulator_value=-1), "initial_accumulator_value"),
        (lambda: SGD(weight_decay=-0.1), "weight_decay"),
        (lambda: SGD(clipnorm=-1.0), "clipnorm"),
    ],
)
def test_bad_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()


@pytest.mark.parametrize("momentum", ["0.9", True, None])
def test_arguments_that_are_no_numbers(momentum):
    with pytest.raises(TypeError, match="momentum must be a number"):
        SGD(momentum=momentum)


def test_momentum_may_be_one_as_in_keras():
    assert SGD(momentum=1.0).kind == "momentum"
    assert RMSprop(momentum=1.0).kind == "rmsprop_momentum"


def test_an_optimizer_cannot_change_its_kind():
    v, optimizer = Variable(1.0), SGD(0.1)
    optimizer.apply([1.0], [v])
    optimizer.momentum = 0.9
    with pytest.raises(ValueError, match="built as 'sgd' and cannot become 'momentum'"):
        optimizer.apply([1.0], [v])
    assert v == pytest.approx(0.9)


# --- What happens around a step ---


@pytest.mark.parametrize("cls", ALL)
def test_variables_excluded_from_weight_decay(cls):
    def stepped(weight_decay, exclude=lambda o, v: None):
        variables = [Variable(np.full((2, 2), 2.0), name=name) for name in ("kernel", "bias", "scale")]
        optimizer = cls(0.1, weight_decay=weight_decay)
        exclude(optimizer, variables)
        for _ in range(2):  # the average of ScheduleFreeAdamW hides the first decay
            optimizer.apply([np.full((2, 2), 0.1)] * 3, variables)
        return [float(v[0, 0]) for v in variables]

    plain = stepped(0.0)

    def moved(exclude):
        return [abs(a - b) > 1e-5 for a, b in zip(stepped(0.5, exclude), plain, strict=True)]

    assert moved(lambda o, v: None) == [True, True, True]
    assert moved(lambda o, v: o.exclude_from_weight_decay(var_names=["bias", "^sc"])) == [True, False, False]
    assert moved(lambda o, v: o.exclude_from_weight_decay(var_list=[v[0]])) == [False, True, True]


def test_exclusions_are_checked():
    for argument in ("bias", 3):
        with pytest.raises(TypeError, match="var_names must be a list of strings"):
            SGD().exclude_from_weight_decay(var_names=argument)
    with pytest.raises(TypeError, match="var_list must be a list of Variables"):
        SGD().exclude_from_weight_decay(var_list=Variable(1.0).numpy())


def test_clipping_can_be_set_later():
    v, optimizer = Variable([0.0]), SGD(1.0)
    optimizer.apply([[4.0]], [v])
    optimizer.clipvalue = 0.5
    optimizer.apply([[4.0]], [v])
    assert v.tolist() == [-4.5]
    optimizer.clipnorm = 1.0
    with pytest.raises(ValueError, match="Only one of"):
        optimizer.apply([[4.0]], [v])
    assert v.tolist() == [-4.5]
    with pytest.raises(ValueError, match="clipvalue must lie in"):
        optimizer.clipvalue = 0.0
    with pytest.raises(ValueError, match="Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can"):
        SGD(clipvalue=1.0, global_clipnorm=1.0)


def test_loss_scaling():
    v, optimizer = Variable([1.0, 2.0]), SGD(1.0, loss_scale_factor=1024.0)
    assert optimizer.scale_loss(1.0) == 1024
    assert SGD().scale_loss(1.0) == 1
    optimizer.apply([np.array([1.0, 2.0]) * 1024], [v])
    assert v.tolist() == [0, 0]
    w = Variable(1.0)
    optimizer = SGD(0.1, loss_scale_factor=8.0)
    optimizer.minimize(lambda: w * w, [w])
    assert w == pytest.approx(0.8)
    with GradientTape() as tape:
        loss = w * w
    optimizer.minimize(loss, [w], tape)
    assert w == pytest.approx(0.64)


@pytest.mark.parametrize("cls", ALL)
def test_constraints_come_last(cls):
    v = Variable(np.array([0.5, 0.5]))
    v.constraint = lambda w: np.clip(np.asarray(w), 0.45, 0.55)
    optimizer = cls(1.0)
    optimizer.apply([np.array([1.0, -1.0])], [v])
    np.testing.assert_allclose(np.clip(v, 0.45, 0.55), v)
    assert not optimizer.fusable


def test_float64_and_float32_together():
    a, b = Variable(np.float64(1) / 3), Variable(np.float32(1))
    optimizer = Adam(0.1)
    optimizer.apply([np.float32(1), np.float64(1)], [a, b])
    assert (a.dtype, b.dtype) == (np.float64, np.float32)
    np.testing.assert_allclose(a, 1 / 3 - 0.1, rtol=1e-5)


@pytest.mark.parametrize("cls", ALL)
def test_some_of_the_variables(cls):
    v, w = Variable(np.ones((2, 2))), Variable(np.ones((2, 2)))
    optimizer = cls(0.1)
    optimizer.build([v, w])
    optimizer.apply([np.ones((2, 2))], [w])
    assert np.all(v.numpy() == 1)
    assert np.all(w.numpy() < 1)
    optimizer.apply([], [])
    assert optimizer.iterations == 1
