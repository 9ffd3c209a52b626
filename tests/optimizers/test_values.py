"""Values in, values out: stateless steps, stores, copies, pickles."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from dlcore.variable import Variable
from optimizers.kinds import ALL


@pytest.mark.parametrize("cls", ALL)
def test_stateless_apply(cls):
    gradients = [np.ones((2, 2)), np.full(3, 0.5)]
    variables = [Variable(np.full((2, 2), 2.0)), Variable(np.arange(3.0))]
    optimizer = cls(0.1, use_ema=True)
    with pytest.raises(ValueError, match="built"):
        optimizer.stateless_apply([], gradients, variables)
    optimizer.build(variables)
    weights, state = [v.numpy() for v in variables], [v.numpy() for v in optimizer.variables]
    first = optimizer.stateless_apply(state, gradients, weights)
    second = optimizer.stateless_apply(first[1], gradients, first[0])
    for v, before in zip([*variables, *optimizer.variables], [*weights, *state], strict=True):
        np.testing.assert_array_equal(v, before)
    for expected in (first, second):
        optimizer.apply(gradients)
        for v, value in zip([*variables, *optimizer.variables], [*expected[0], *expected[1]], strict=True):
            np.testing.assert_array_equal(v, value)
    with pytest.raises(ValueError, match="optimizer_variables must hold one value for each"):
        optimizer.stateless_apply(state[1:], gradients, weights)
    with pytest.raises(ValueError, match="trainable_variables must hold a value of shape"):
        optimizer.stateless_apply(state, gradients, weights[::-1])


@pytest.mark.parametrize("cls", ALL)
def test_state_can_be_kept(cls):
    def stepped(optimizer, weights, count):
        variables = [Variable(w) for w in weights]
        optimizer.build(variables)
        if store:
            optimizer.load_own_variables(store)
        for _ in range(count):
            optimizer.apply([np.ones((2, 2)), np.full(3, 0.5)])
        return [v.numpy() for v in variables]

    store, start = {}, [np.full((2, 2), 2.0), np.arange(3.0)]
    whole = stepped(cls(0.1), start, 4)
    half = cls(0.1)
    weights = stepped(half, start, 2)
    half.save_own_variables(store)
    assert list(store) == [str(i) for i in range(len(half.variables))]
    for a, b in zip(stepped(cls(0.1), weights, 2), whole, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("cls", ALL)
def test_copies_and_pickles(cls):
    optimizer, v = cls(0.1, weight_decay=0.1), Variable(np.ones((2, 2)), name="v")
    optimizer.exclude_from_weight_decay(var_list=[v])
    optimizer.apply([np.ones((2, 2))], [v])
    for again in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        assert again.get_config() == optimizer.get_config()
        assert all(np.array_equal(a, b) for a, b in zip(again.variables, optimizer.variables, strict=True))
        (own,) = again._trainable_variables
        again.apply([np.ones((2, 2))])
        expected = copy.deepcopy(optimizer)
        expected.apply([np.ones((2, 2))])
        np.testing.assert_array_equal(own, expected._trainable_variables[0])
    assert pickle.loads(pickle.dumps(cls())).get_config()["learning_rate"] == float(cls().learning_rate)
