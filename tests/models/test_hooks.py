"""The formula of the common penalties finds what the tape finds."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.models import hooks
from dlcore.regularizers import L1, L1L2, L2
from dlcore.variable import Variable


def of_ones_own(cls):
    """The same regularizer by a class that only the tape knows."""
    return type("Taped", (cls,), {})


@pytest.mark.parametrize("factor", [1e-6, 0.01, 0.37])
@pytest.mark.parametrize(
    ("cls", "arguments"), [(L1, [1]), (L2, [1]), (L1L2, [1, 2]), (L1L2, [0, 1])], ids=["l1", "l2", "l1l2", "l1l2-of-l2"]
)
def test_the_penalty_s_gradients_are_the_tapes_to_the_last_bit(cls, arguments, factor, dtype):
    def variables(cls):
        draw = np.random.default_rng(3)
        made = [Variable(draw.standard_normal(shape).astype(dtype)) for shape in ((64, 256), (100,), (100, 7))]
        made[0].array[0, :3] = 0, -0.0, np.nan
        made[0].regularizer = cls(*(factor * part for part in arguments))
        made[2].regularizer = cls(*(2 * factor * part for part in arguments))
        return made

    for wanted in (True, False):
        _, gradients = hooks.penalty(variables(cls))(wanted)
        _, expected = hooks.penalty(variables(of_ones_own(cls)))(wanted)
        assert len(gradients) == len(expected)
        for found, other in zip(gradients, expected, strict=True):
            assert (found is None) == (other is None)
            assert found is None or found.tobytes() == other.tobytes()


@pytest.mark.parametrize("regularizer", [L1(0.01), L2(0.02), L1L2(0.01, 0.02)], ids=["l1", "l2", "l1l2"])
def test_the_penalty_is_the_formula_in_float64(regularizer, backend, dtype, rng):
    variables = [Variable(rng.standard_normal(shape).astype(dtype)) for shape in ((300, 256), (70, 5), (9,))]
    for variable in variables:
        variable.regularizer = regularizer
    l1, l2 = (float(dtype(getattr(regularizer, name, 0.0))) for name in ("l1", "l2"))
    wide = [v.array.astype(np.float64) for v in variables]
    expected = sum(l1 * np.abs(w).sum() + l2 * (w**2).sum() for w in wide)
    value, gradients = hooks.penalty(variables)(True)
    assert value == pytest.approx(expected, rel=1e-12)
    for w, gradient in zip(wide, gradients, strict=True):
        np.testing.assert_allclose(gradient, l1 * np.sign(w) + 2 * l2 * w, rtol=4 * np.finfo(dtype).eps)


def test_without_regularizers_there_is_no_penalty():
    assert hooks.penalty([Variable(1.0)]) is None
