"""Arguments are checked whenever they are set."""

from __future__ import annotations

import pytest

from dlcore.optimizers import Adam, Optimizer, RMSprop
from dlcore.optimizers.settings import Setting, count, flag, real, real_or_none, settings_of


class Machine:
    speed = real(0, 2)
    limit = real_or_none(0, open_low=True)
    wheels = count(3)
    loud = flag()


def test_values_pass_a_check():
    machine = Machine()
    machine.speed, machine.limit, machine.wheels, machine.loud = 1, None, 4, 1
    assert (machine.speed, machine.limit, machine.wheels, machine.loud) == (1.0, None, 4, True)
    machine.limit = 3
    assert machine.limit == 3.0
    for name, value, error in [
        ("speed", 2, ValueError),
        ("speed", "1", TypeError),
        ("limit", 0, ValueError),
        ("wheels", 2, ValueError),
        ("wheels", 3.5, TypeError),
    ]:
        with pytest.raises(error, match=f"{name} must"):
            setattr(machine, name, value)
    assert machine.speed == 1
    assert isinstance(Machine.speed, Setting)


def test_what_is_not_set_yet():
    with pytest.raises(AttributeError, match=r"Machine has no speed yet: call super\(\).__init__\(\) first"):
        _ = Machine().speed
    assert not hasattr(Machine(), "speed")


def test_settings_are_listed_from_the_base_on():
    assert settings_of(Machine) == ("speed", "limit", "wheels", "loud")
    assert settings_of(Adam)[: len(settings_of(Optimizer))] == settings_of(Optimizer)
    assert settings_of(RMSprop)[-4:] == ("rho", "momentum", "epsilon", "centered")


def test_arguments_stay_settable():
    optimizer = Adam()
    optimizer.beta_1 = 0.5
    assert optimizer.hyper(0.1, 1).beta_1 == 0.5
    assert optimizer.get_config()["beta_1"] == 0.5
    with pytest.raises(ValueError, match=r"beta_1 must lie in \[0, 1\); got 1.0"):
        optimizer.beta_1 = 1.0
    assert optimizer.beta_1 == 0.5
