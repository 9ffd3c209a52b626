from __future__ import annotations

import pytest

from dlcore import layers
from dlcore.backends.contract import DenseSpec
from dlcore.models.outline import outline


def test_a_stack_of_dense_layers():
    stack = [layers.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2, use_bias=False), layers.Activation("softmax")]
    found = outline(stack)
    assert found.chain == (DenseSpec(3, "relu"), DenseSpec(2, "softmax", use_bias=False))
    assert found.dense == (stack[1], stack[2])
    assert (found.units, found.inputs, found.dtype) == (2, None, "float32")
    stack[1].build_once((None, 4))
    assert found.inputs == 4


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        ([layers.Input((3,))], "no Dense layer"),
        ([layers.Dense(2), layers.Dense(2, dtype="float64")], "several dtypes"),
        ([layers.Dense(2, activation=lambda x: x * 2)], "activation"),
    ],
)
def test_what_no_engine_can_run_says_why(stack, reason):
    with pytest.raises(NotImplementedError, match=reason):
        outline(stack)
