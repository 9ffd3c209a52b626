"""What an optimizer remembers, and how it is kept."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import initializers
from dlcore.optimizers import SGD, Adam
from dlcore.variable import Variable


def test_adding_variables():
    optimizer, w = SGD(), Variable(np.ones((2, 3), np.float64), name="w")
    a = optimizer.add_variable((2,), "ones", name="a")
    b = optimizer.add_variable((), dtype="int64", name="b")
    c = optimizer.add_variable_from_reference(w, "c", initializers.Constant(3.0))
    d, e = optimizer.add_optimizer_variables([w, a], ["d", "e"], ["zeros", "ones"])
    assert [v.name for v in optimizer.variables[2:]] == ["a", "b", "w_c", "w_d", "w_e", "a_d", "a_e"]
    assert (a.dtype, b.dtype, c.dtype, c.shape) == (np.float32, np.int64, np.float64, (2, 3))
    assert a.tolist() == [1, 1]
    assert np.all(c.numpy() == 3)
    assert [v.tolist()[0] for v in (d[1], e[1])] == [0, 1]
    assert not any(v.trainable for v in optimizer.variables)
    with pytest.raises(ValueError, match="initializer must be one a name: 2; got 1"):
        optimizer.add_optimizer_variables([w], ["d", "e"], ["zeros"])


def test_names_come_from_paths():
    w = Variable([1.0], name="kernel")
    w.owner = "net/dense"
    assert SGD().add_variable_from_reference(w, "speed").name == "net_dense_kernel_speed"


def test_assigning():
    optimizer, v = SGD(), Variable([1.0])
    optimizer.assign(v, [2.0])
    optimizer.assign_add(v, [3.0])
    optimizer.assign_sub(v, [1.0])
    assert v.tolist() == [4]


def test_set_weights():
    x, trained, new = Variable([[1.0, 2.0]]), Adam(), Adam()
    trained.apply([[[1.0, 2.0]]], [x])
    with pytest.raises(ValueError, match="You are calling"):
        new.set_weights(trained.variables)
    new.build([x])
    new.set_weights(trained.variables)
    for a, b in zip(new.variables, trained.variables, strict=True):
        np.testing.assert_array_equal(a, b)
    values = [v.numpy() for v in trained.variables]
    with pytest.raises(ValueError, match="one value for each of 4 variables; got 3"):
        new.set_weights(values[1:])
    values[0], values[3] = 9, np.zeros(3)
    with pytest.raises(ValueError, match=r"shape \(1, 2\) for 'variable.*_velocity'; got \(3,\)"):
        new.set_weights(values)
    assert new.iterations == 1


def test_a_store_of_another_optimizer_is_skipped():
    store = {}
    SGD().save_own_variables(store)
    optimizer = Adam()
    optimizer.build([Variable([1.0])])
    with pytest.warns(UserWarning, match=r"Skipping the state of .adam.*it has 4 variables, and 2 are stored$"):
        optimizer.load_own_variables(store)
    optimizer.save_own_variables(store)
    with pytest.warns(UserWarning, match="the optimizer is not built yet"):
        Adam().load_own_variables(store)


def test_building_twice_changes_nothing():
    v, optimizer = Variable([1.0]), Adam()
    optimizer.build([v])
    before = optimizer.variables
    optimizer.build([v, Variable([2.0])])
    assert all(a is b for a, b in zip(optimizer.variables, before, strict=True))
