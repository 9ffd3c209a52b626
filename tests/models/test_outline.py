from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, layers
from dlcore.backends.network import DenseSpec
from dlcore.models.outline import outline


def test_a_stack_of_dense_layers():
    stack = [layers.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2, use_bias=False), layers.Activation("softmax")]
    found = outline(stack)
    assert found.chain == (DenseSpec(3, "relu"), DenseSpec(2, "softmax", use_bias=False))
    assert found.stages == (stack[1], stack[2])
    assert (found.units, found.inputs, found.dtype) == (2, None, "float32")
    stack[1].build_once((None, 4))
    assert found.inputs == 4


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        ([layers.Input((3,))], "no Dense layer"),
        ([layers.Dense(2), layers.Dense(2, dtype="float64")], "several dtypes"),
        ([layers.Dense(2, activation=lambda x: x * 2)], "activation"),
        *(
            ([cls(*arguments, activity_regularizer="l2"), layers.Dense(2)], "has an activity_regularizer")
            for cls, *arguments in (
                (layers.Dense, 2),
                (layers.Activation, "relu"),
                (layers.Dropout, 0.5),
                (layers.Flatten,),
                (layers.Identity,),
            )
        ),
    ],
)
def test_what_no_engine_can_run_says_why(stack, reason):
    with pytest.raises(NotImplementedError, match=reason):
        outline(stack)


class Doubled(layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


class Halved(layers.Dropout):
    def call(self, inputs, training=False):
        return inputs / 2


class Named(layers.Dense):
    """Nothing of its own."""


def test_a_call_of_one_s_own_is_not_passed_over():
    x = np.ones((4, 2), np.float32)
    for extra in ([Doubled(2, kernel_initializer="ones")], [layers.Dense(2, kernel_initializer="ones"), Halved(0.5)]):
        with pytest.raises(NotImplementedError, match="has a call of its own"):
            outline(extra)
        model = Sequential([layers.Input((2,)), *extra, layers.Dense(1, kernel_initializer="ones")])
        model.compile("sgd", "mse")
        factor = 2 if len(extra) == 1 else 0.5
        assert model.predict(x).tolist() == [[4 * factor]] * 4
        model.fit(x, np.full((4, 1), 4 * factor), verbose=0)
        assert model.predict(x).tolist() == [[4 * factor]] * 4  # nothing was left to learn
    assert outline([Named(2)]).chain == (DenseSpec(2),)


def test_a_sequential_s_own_call_is_not_passed_over():
    class Shifted(Sequential):
        def call(self, inputs, training=None, mask=None):
            return super().call(inputs, training, mask) + 1

    model = Shifted([layers.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    assert "Shifted defines call itself" in model.how_it_trains()
    assert model.predict(np.ones((3, 2))).tolist() == [[3.0]] * 3
