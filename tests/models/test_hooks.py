"""The formula of the commonest penalty finds what the tape finds."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.models import hooks
from dlcore.regularizers import L2
from dlcore.variable import Variable


class Taped(L2):
    """A class of one's own, which only the tape knows."""


@pytest.mark.parametrize("l2", [1e-6, 0.01, 0.37])
def test_the_l2_penalty_is_the_tapes_to_the_last_bit(l2, dtype, rng):
    def variables(cls):
        draw = np.random.default_rng(3)
        made = [Variable(draw.standard_normal(shape).astype(dtype)) for shape in ((64, 100), (100,), (100, 7))]
        made[0].regularizer, made[2].regularizer = cls(l2), cls(2 * l2)
        return made

    for wanted in (True, False):
        value, gradients = hooks.penalty(variables(L2))(wanted)
        taped, expected = hooks.penalty(variables(Taped))(wanted)
        assert value == taped
        assert len(gradients) == len(expected)
        for found, other in zip(gradients, expected, strict=True):
            assert (found is None) == (other is None)
            assert found is None or np.array_equal(found, other)


def test_without_regularizers_there_is_no_penalty():
    assert hooks.penalty([Variable(1.0)]) is None
