from __future__ import annotations

import pytest

from dlcore import losses, metrics, ops
from dlcore.models.compiled import compiled
from dlcore.registry import CustomObjectScope


def goal(loss="mse", chosen=(), y=(5, 3), prediction=(None, 3), weighted=()):
    return compiled(loss, list(chosen), list(weighted)).goal(y, prediction)


@pytest.mark.parametrize(
    ("y", "prediction", "cls"),
    [
        ((5,), (None, 3), metrics.SparseCategoricalAccuracy),
        ((5, 1), (None, 3), metrics.SparseCategoricalAccuracy),
        ((5, 3), (None, 3), metrics.CategoricalAccuracy),
        ((5, 1), (None, 1), metrics.BinaryAccuracy),
        ((5,), (None, 1), metrics.BinaryAccuracy),
    ],
)
@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_accuracy_chooses_as_in_keras(y, prediction, cls, name):
    found = goal(chosen=[name], y=y, prediction=prediction)
    assert type(found.metrics[0]) is cls
    assert found.names == (name,)


@pytest.mark.parametrize(
    ("y", "prediction", "kind"),
    [
        ((5,), (None, 1), "binary_crossentropy"),
        ((5, 1), (None, 1), "binary_crossentropy"),
        ((5,), (None, 3), "sparse_categorical_crossentropy"),
        ((5, 1), (None, 3), "sparse_categorical_crossentropy"),
        ((5, 3), (None, 3), "categorical_crossentropy"),
    ],
)
@pytest.mark.parametrize("name", ["crossentropy", "ce", "CE"])
def test_crossentropy_chooses_as_in_keras(y, prediction, kind, name):
    assert goal(name, y=y, prediction=prediction).loss.kind == kind


def test_names_differ():
    chosen = ["mae", metrics.MeanAbsoluteError(name="error"), "mae", metrics.MeanSquaredError()]
    found = goal(chosen=chosen, weighted=["mae", "mse", "mae"])
    assert found.names == ("mae", "error", "mae_1", "mean_squared_error", "weighted_mae", "mse", "weighted_mae_1")
    assert [m.name for m in found.all_metrics[:3]] == ["mae", "error", "mae"]
    assert found.metrics[1] is chosen[1]
    assert len(found.weighted) == 3


def test_names_of_a_scope_are_understood_at_once():
    def biggest(y_true, y_pred):
        return ops.max(ops.abs(y_true - y_pred), axis=-1)

    with CustomObjectScope({"mine": biggest}):
        kept = compiled("mse", ["mine", "accuracy"], None)
    found = kept.goal((5, 3), (None, 3))
    assert found.metrics[0]._fn is biggest
    assert found.names == ("biggest", "accuracy")


def test_names_differ_whatever_was_given():
    """A name that looks numbered is not taken for the second of its kind."""
    chosen = [metrics.MeanAbsoluteError(name="mae_1"), "mae", "mae"]
    assert goal(chosen=chosen).names == ("mae_1", "mae", "mae_2")


def test_a_list_of_one_loss_is_that_loss():
    loss = losses.Huber()
    assert goal([loss]).loss is loss
    assert goal(None).loss is None


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (("no such loss", None, None), ValueError, "no such loss"),
        ((5, None, None), TypeError, "loss"),
        (("mse", "accuracy", None), ValueError, "metrics must be a list"),
        (("mse", ["no such metric"], None), ValueError, "no such metric"),
        (("mse", None, [5]), TypeError, "metric"),
        (("mse", None, "mae"), ValueError, "weighted_metrics must be a list"),
    ],
)
def test_bad_arguments(arguments, error, match):
    with pytest.raises(error, match=match):
        compiled(*arguments)
