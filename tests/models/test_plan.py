from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers, losses, metrics, optimizers
from dlcore.backends import get_backend
from dlcore.backends.contract import LOSSES, Totals
from dlcore.engine import StepwiseEngine
from dlcore.models import plan


def built(*stack):
    shape = (None, 4)
    for layer in stack:
        layer.build_once(shape)
        shape = layer.compute_output_shape(shape)
    return plan.outline(stack)


def planned(loss, activation, units=3, chosen=(), optimizer=None):
    shape = built(layers.Dense(units, activation))
    goal = plan.objective(losses.as_object(loss), chosen, units, np.zeros((5, units)))
    return plan.training_plan(get_backend(), shape, goal, optimizer or optimizers.SGD())


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
    made = planned(losses.CategoricalCrossentropy(from_logits=True), "linear").spec
    assert (made.loss, made.fused_output) == ("categorical_crossentropy_logits", False)
    made = planned(losses.CategoricalCrossentropy(from_logits=True), "softmax").spec
    assert (made.loss, made.fused_output) == ("categorical_crossentropy_logits", False)


def test_parameters_reach_the_kernel():
    assert planned(losses.Huber(delta=0.3), "linear").spec.loss_parameter == 0.3
    assert planned(losses.CategoricalCrossentropy(label_smoothing=0.1), "softmax").spec.loss_parameter == 0.1
    assert planned("mse", "linear", optimizer=optimizers.Adam(amsgrad=True)).spec.update == "adam_amsgrad"
    chosen = [metrics.BinaryAccuracy(threshold=0.3)]
    assert planned("mse", "linear", chosen=chosen).spec.metrics == (("binary_accuracy", 0.3),)


@pytest.mark.parametrize(
    ("loss", "units", "kind"),
    [
        ("sparse_categorical_crossentropy", 3, "sparse_categorical_accuracy"),
        ("sparse_categorical_crossentropy", 1, "sparse_categorical_accuracy"),
        ("categorical_crossentropy", 3, "categorical_accuracy"),
        ("binary_crossentropy", 1, "binary_accuracy"),
        ("binary_crossentropy", 3, "categorical_accuracy"),
        ("mse", 1, "binary_accuracy"),
    ],
)
@pytest.mark.parametrize("name", ["accuracy", "acc", "Accuracy"])
def test_accuracy_chooses_as_in_keras(loss, units, kind, name):
    goal = plan.objective(losses.as_object(loss), [name], units, np.zeros((5, units)))
    assert goal.metrics == ((kind, metrics.get(kind).parameter),)
    assert goal.metric_names == (name,)


@pytest.mark.parametrize(
    ("units", "y", "kind"),
    [
        (1, np.zeros(5), "binary_crossentropy"),
        (3, np.zeros(5), "sparse_categorical_crossentropy"),
        (3, np.zeros((5, 1)), "sparse_categorical_crossentropy"),
        (3, np.zeros((5, 3)), "categorical_crossentropy"),
    ],
)
def test_crossentropy_chooses_as_in_keras(units, y, kind):
    assert plan.objective("crossentropy", (), units, y).loss == kind


def test_metric_names():
    chosen = ["mae", metrics.MeanAbsoluteError(name="error"), "mae", metrics.MeanSquaredError(), "mae"]
    goal = plan.objective(losses.MeanSquaredError(), chosen, 2, np.zeros((5, 2)))
    assert goal.metric_names == ("mae", "error", "mae_1", "mean_squared_error", "mae_2")


def test_logs():
    made = planned("mse", "linear", chosen=["mae"])
    assert made.logs(Totals(2, 10, 20.0, (1.0,))) == {"loss": 2.0, "mae": 0.1}


def test_extras_go_op_by_op():
    for loss, optimizer in [
        (losses.MeanSquaredError(reduction="sum"), optimizers.SGD()),
        (losses.MeanSquaredError(), optimizers.SGD(clipnorm=1.0)),
    ]:
        assert isinstance(planned(loss, "linear", optimizer=optimizer).engine, StepwiseEngine)
    mean = planned(losses.MeanSquaredError(reduction="mean"), "linear").engine
    assert type(mean) is type(planned("mse", "linear").engine)


def test_state_of_the_optimizer_is_bound():
    shape = built(layers.Dense(3, "relu"), layers.Dense(2, use_bias=False))
    optimizer = optimizers.Adam()
    goal = plan.objective(losses.MeanSquaredError(), (), 2, np.zeros((5, 2)))
    made = plan.training_plan(get_backend(), shape, goal, optimizer)
    made.engine.train(
        np.ones((2, 4), np.float32),
        np.ones((2, 2), np.float32),
        None,
        None,
        2,
        optimizer.hyper(0.0, 1),
        optimizer.rates(1),
        None,
    )
    assert np.any(optimizer.slots(shape.dense[1].kernel)[0])
    with pytest.raises(ValueError, match="unknown variable"):
        plan.training_plan(get_backend(), built(layers.Dense(2)), goal, optimizer)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: plan.outline([layers.Input((3,))]), ValueError, "no Dense layer"),
        (lambda: plan.outline([layers.Dense(2), layers.Dense(2, dtype="float64")]), ValueError, "one dtype"),
        (
            lambda: plan.objective(losses.as_object("mse"), ["sparse_categorical_accuracy"], 3, None),
            ValueError,
            "takes integer labels, but the loss 'mean_squared_error' takes targets",
        ),
        (
            lambda: plan.objective(losses.SparseCategoricalCrossentropy(), ["mae"], 3, None),
            ValueError,
            "takes targets like the prediction, but the loss 'sparse_categorical_crossentropy' takes integer labels",
        ),
        (lambda: plan.objective(losses.MeanSquaredError("none"), (), 3, None), ValueError, "reduction"),
        (lambda: plan.objective(losses.MeanSquaredError(), [metrics.Mean()], 3, None), NotImplementedError, "metrics"),
        (lambda: plan.objective(losses.as_object(np.add), (), 3, None), NotImplementedError, "GradientTape"),
    ],
)
def test_what_cannot_be_planned(call, error, match):
    with pytest.raises(error, match=match):
        call()
