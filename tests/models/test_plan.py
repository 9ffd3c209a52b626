from __future__ import annotations

import numpy as np
import pytest

from dlcore import constraints, layers, losses, metrics, optimizers, regularizers
from dlcore.backends import get_backend
from dlcore.backends.contract import LOSSES
from dlcore.backends.network import Totals
from dlcore.engine import StepwiseEngine
from dlcore.models import plan
from dlcore.models.compiled import compiled
from dlcore.models.outline import outline


def built(*stack):
    shape = (None, 4)
    for layer in stack:
        layer.build_once(shape)
        shape = layer.compute_output_shape(shape)
    return outline(stack)


def goal_of(loss="mse", chosen=(), weighted=(), y=(5, 3)):
    return compiled(loss, list(chosen), list(weighted)).goal(y, (None, y[-1] if len(y) > 1 else 3))


def planned(loss="mse", activation="linear", chosen=(), optimizer=None, shape=None, **options):
    shape = shape or built(layers.Dense(3, activation))
    return plan.training_plan(get_backend(), shape, goal_of(loss, chosen, **options), optimizer or optimizers.SGD())


@pytest.mark.parametrize("kind", [kind for kind, spec in LOSSES.items() if spec.fuses])
def test_output_activation_and_loss_become_one(kind):
    spec = LOSSES[kind]
    made = planned(kind, spec.fuses).spec
    assert made.loss == spec.fused
    assert made.fused_output
    assert made.layers[-1].activation == spec.fuses
    for activation in ("linear", "softmax" if spec.fuses == "sigmoid" else "sigmoid"):
        made = planned(kind, activation).spec
        assert made.loss == kind
        assert not made.fused_output


def test_logits_are_not_fused_again():
    for activation in ("linear", "softmax"):
        made = planned(losses.CategoricalCrossentropy(from_logits=True), activation).spec
        assert (made.loss, made.fused_output) == ("categorical_crossentropy_logits", False)


def test_parameters_reach_the_kernel():
    assert planned(losses.Huber(delta=0.3)).spec.loss_parameter == 0.3
    assert planned(losses.CategoricalCrossentropy(label_smoothing=0.1), "softmax").spec.loss_parameter == 0.1
    assert planned(optimizer=optimizers.Adam(amsgrad=True)).spec.update == "adam_amsgrad"
    made = planned(chosen=[metrics.BinaryAccuracy(threshold=0.3)])
    assert made.spec.metrics == (("binary_accuracy", 0.3),)


def test_logs_and_the_state_of_metrics():
    made = planned(chosen=["mae"])
    totals = Totals(2, 10, 20.0, (1.0,))
    assert made.logs(totals) == {"loss": 2.0, "mae": 0.1}
    made.finish(totals)
    assert float(made.summed[0].result()) == pytest.approx(0.1)
    assert made.logs(Totals(0, 0, 0.0, ()))["loss"] == 0


def mine(y_true, y_pred):
    return (y_true - y_pred) ** 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"loss": losses.MeanSquaredError(reduction="sum")}, "not a mean"),
        ({"loss": mine}, "the loss has no kernel"),
        ({"optimizer": optimizers.SGD(use_ema=True)}, "SGD does more"),
        ({"chosen": [metrics.AUC(name="area")]}, "metric 'area' has no kernel"),
        ({"weighted": ["mae"]}, "metric 'mae' is weighted"),
        ({"dense": {"kernel_constraint": constraints.NonNeg()}}, "constrained"),
        ({"dense": {"kernel_regularizer": regularizers.OrthogonalRegularizer()}}, "neither L1 nor L2"),
        ({"dense": {"trainable": False}}, "frozen"),
    ],
)
def test_detours_go_op_by_op_and_say_why(arguments, reason):
    options = dict(arguments)
    shape = built(layers.Dense(3, **options.pop("dense", {})))
    assert isinstance(planned(shape=shape, **options).engine, StepwiseEngine)
    optimizer = options.pop("optimizer", optimizers.SGD())
    (found,) = plan.detours(shape, goal_of(**options), optimizer)
    assert reason in found


def test_the_plain_case_takes_no_detour():
    shape = built(layers.Dense(3, kernel_regularizer="l2", bias_regularizer="l1"))
    assert plan.detours(shape, goal_of(chosen=["mae"]), optimizers.Adam()) == []
    assert plan.detours(shape, goal_of(), optimizers.Adam(clipnorm=1.0, gradient_accumulation_steps=2)) == []
    mean = planned(losses.MeanSquaredError(reduction="mean")).engine
    assert type(mean) is type(planned().engine)


def test_state_of_the_optimizer_is_bound():
    shape = built(layers.Dense(3, "tanh"), layers.Dense(2, use_bias=False))
    optimizer = optimizers.Adam()
    made = planned(y=(5, 2), shape=shape, optimizer=optimizer)
    data = np.ones((2, 4), np.float32), np.ones((2, 2), np.float32), None, None, 2
    made.engine.train(*data, optimizer.hyper(0.0, 1), optimizer.rates(1), None)
    assert np.any(optimizer.slots(shape.stages[1].kernel)[0])
    with pytest.raises(ValueError, match=r"[Uu]nknown variable"):
        planned(y=(5, 2), shape=built(layers.Dense(2)), optimizer=optimizer)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"chosen": ["sparse_categorical_accuracy"]}, "takes integer labels, but the loss 'mean_squared_error'"),
        (
            {"loss": "sparse_categorical_crossentropy", "chosen": ["mae"], "y": (5,)},
            "takes targets like the prediction, but the loss 'sparse_categorical_crossentropy' takes integer labels",
        ),
        ({"loss": losses.MeanSquaredError("none")}, "reduction"),
        ({"loss": None}, "without a loss"),
    ],
)
def test_what_cannot_be_planned(arguments, match):
    with pytest.raises(ValueError, match=match):
        planned(**arguments)
