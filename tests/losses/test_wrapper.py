"""Losses of a function, losses that are kernels, and how losses are found by name."""

from __future__ import annotations

import inspect
import pickle

import numpy as np
import pytest

from dlcore import losses, metrics
from dlcore.backends.contract import LOSSES
from losses.cases import P, T

FUNCTIONS = [name for name in losses.__all__ if inspect.isfunction(getattr(losses, name))]
CLASSES = [
    name
    for name in losses.__all__
    if inspect.isclass(getattr(losses, name)) and name not in ("KernelLoss", "Loss", "LossFunctionWrapper")
]
#: Names that a loss object has by default, where it is not that of its function.
DEFAULT_NAMES = {"Huber": "huber_loss"}


def test_every_function_has_its_class():
    plain = set(FUNCTIONS) - {"deserialize", "get", "serialize"}
    assert {getattr(losses, name)().fn.__name__ for name in CLASSES} == plain
    for name in plain:
        made = losses.as_object(name)
        assert type(made).__name__ in CLASSES
        assert made.fn is losses.get(name) is getattr(losses, name)
        assert made.name == DEFAULT_NAMES.get(type(made).__name__, name)


@pytest.mark.parametrize("name", CLASSES)
def test_constructors(name):
    """Reduction, name and dtype are Keras's, and arguments are the function's, with its defaults."""
    cls = getattr(losses, name)
    parameters = inspect.signature(cls).parameters
    assert [parameters[n].default for n in ("reduction", "dtype")] == ["sum_over_batch_size", None]
    of_function = inspect.signature(cls().fn).parameters
    for argument in set(parameters) - {"reduction", "name", "dtype"}:
        assert parameters[argument].default == of_function[argument].default
        assert getattr(cls(), argument) == parameters[argument].default


#: Keras's order, by position.
ORDER = {
    "MeanSquaredError": "reduction name dtype",
    "Huber": "delta reduction name dtype",
    "CosineSimilarity": "axis reduction name dtype",
    "BinaryCrossentropy": "from_logits label_smoothing axis reduction name dtype",
    "CategoricalCrossentropy": "from_logits label_smoothing axis reduction name dtype",
    "SparseCategoricalCrossentropy": "from_logits ignore_class reduction axis name dtype",
    "BinaryFocalCrossentropy": (
        "apply_class_balancing alpha gamma from_logits label_smoothing axis reduction name dtype"
    ),
    "CategoricalFocalCrossentropy": "alpha gamma from_logits label_smoothing axis reduction name dtype",
    "CategoricalGeneralizedCrossEntropy": "q reduction name dtype",
    "Dice": "reduction name axis dtype",
    "Tversky": "alpha beta reduction name axis dtype",
    "Circle": "gamma margin remove_diagonal reduction name dtype",
}


@pytest.mark.parametrize("name", ORDER)
def test_order_of_arguments(name):
    assert list(inspect.signature(getattr(losses, name)).parameters) == ORDER[name].split()


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("mae", "mean_absolute_error"),
        ("MAE", "mean_absolute_error"),
        ("mape", "mean_absolute_percentage_error"),
        ("MAPE", "mean_absolute_percentage_error"),
        ("msle", "mean_squared_logarithmic_error"),
        ("MSLE", "mean_squared_logarithmic_error"),
        ("bce", "binary_crossentropy"),
        ("BCE", "binary_crossentropy"),
        ("kld", "kl_divergence"),
        ("KLD", "kl_divergence"),
        ("logcosh", "log_cosh"),
    ],
)
def test_aliases(alias, name):
    function = getattr(losses, name)
    assert losses.get(alias) is losses.get(name) is function
    assert losses.serialize(function) == name
    assert losses.deserialize(name) is function
    assert pickle.loads(pickle.dumps(losses.get(alias))) is function


def test_get():
    assert isinstance(losses.get("MeanSquaredError"), losses.MeanSquaredError)
    assert losses.get({"class_name": "Huber", "config": {"delta": 2.0}}).delta == 2.0
    assert losses.get(None) is None
    with pytest.raises(ValueError, match="Did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")
    with pytest.raises(TypeError, match="loss must be a name"):
        losses.get(7)


def distance(y_true, y_pred, power=1):
    return abs(y_true - y_pred) ** power


def test_a_function_as_a_loss():
    wrapped = losses.LossFunctionWrapper(losses.huber, delta=0.5, reduction="sum")
    assert wrapped([[0.0], [0.0]], [[1.0], [1.0]]) == 0.75
    assert wrapped.name == "huber"
    assert wrapped.get_config() == {"name": "huber", "reduction": "sum", "fn": "huber", "delta": 0.5}
    again = losses.deserialize(losses.serialize(wrapped))
    assert again([[0.0], [0.0]], [[1.0], [1.0]]) == 0.75
    assert losses.LossFunctionWrapper(distance)([1.0, 2.0], [[3.0], [4.0]]) == 2.0  # ranks are made equal
    assert losses.as_object(lambda y, p: p - y)([1.0], [3.0]) == 2.0
    assert losses.as_object(distance).get_config()["fn"] == "distance"


def test_custom_objects():
    class Mine(losses.Loss):
        def call(self, y_true, y_pred):
            return y_pred

    config = losses.serialize(Mine(name="m"))
    assert losses.deserialize(config, custom_objects={"Mine": Mine}).name == "m"
    assert losses.deserialize("distance", custom_objects={"distance": distance}) is distance
    with pytest.raises(ValueError, match="Unknown loss 'Mine'"):
        losses.deserialize(config)


def test_kinds_are_kernels_and_each_kernel_is_some_loss_s():
    kinds = {loss.kind for loss in (getattr(losses, name)() for name in CLASSES) if isinstance(loss, losses.KernelLoss)}
    for name in ("CategoricalCrossentropy", "SparseCategoricalCrossentropy", "BinaryCrossentropy"):
        kinds.add(getattr(losses, name)(from_logits=True).kind)
    assert kinds == set(LOSSES)


@pytest.mark.parametrize(
    ("loss", "parameter"),
    [
        (losses.Huber(delta=2), 2.0),
        (losses.SmoothL1(beta=0), 0.0),
        (losses.Quantile(0.3), 0.3),
        (losses.CategoricalGeneralizedCrossEntropy(0.2), 0.2),
        (losses.BinaryCrossentropy(label_smoothing=0.1), 0.1),
        (losses.CategoricalCrossentropy(True, 0.1), 0.1),
        (losses.SparseCategoricalCrossentropy(), 0.0),
        (losses.MeanSquaredError(), 0.0),
    ],
)
def test_the_parameter_of_a_kernel(loss, parameter):
    assert loss.parameter == parameter
    assert isinstance(loss.parameter, float)


class Doubled(losses.MeanSquaredError):
    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) * 2


class Renamed(losses.MeanSquaredError):
    pass


@pytest.mark.parametrize(
    "loss",
    [
        losses.CategoricalCrossentropy(axis=1),
        losses.BinaryCrossentropy(axis=0),
        losses.CosineSimilarity(axis=0),
        losses.SparseCategoricalCrossentropy(ignore_class=0),
        losses.SparseCategoricalCrossentropy(axis=0),
        losses.Quantile([0.1, 0.9]),
        Doubled(),
    ],
)
def test_what_no_kernel_computes_has_no_kind(loss):
    """Such a loss is to be called, not left to an engine."""
    assert isinstance(loss, losses.KernelLoss)
    assert loss.kind is None


def test_subclasses_of_a_kernel_s_loss():
    assert Renamed().kind == "mean_squared_error"
    assert Doubled()(T, P) == pytest.approx(2 * float(losses.MeanSquaredError()(T, P)))
    assert Doubled(reduction=None)(T, P).shape == (2,)
    assert np.isfinite(Doubled()(T, P))


def test_short_names_of_functions():
    assert losses.MSE is losses.mse is losses.mean_squared_error
    assert losses.kld is losses.kl_divergence
    assert losses.logcosh is losses.log_cosh
    assert metrics.mape is metrics.MAPE is metrics.mean_absolute_percentage_error
