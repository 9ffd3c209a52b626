from __future__ import annotations

import numpy as np
import pytest

from dlcore import losses
from dlcore.autodiff import GradientTape, Tensor
from dlcore.backends.contract import LOSSES
from dlcore.variable import Variable

CLASSES = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SmoothL1",
    "SparseCategoricalCrossentropy",
]

P = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
T = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def smoothed(t, s, target):
    return t * (1 - s) + s * target


def huber(d, delta):
    return np.where(np.abs(d) <= delta, 0.5 * d * d, delta * np.abs(d) - 0.5 * delta**2)


#: (loss, y_true, y_pred, the value of each sample in plain NumPy).
ORACLE = [
    (losses.CategoricalCrossentropy(), T, P, -np.log([0.5, 0.3])),
    (losses.CategoricalCrossentropy(), T, 4 * P, -np.log([0.5, 0.3])),
    (losses.CategoricalCrossentropy(from_logits=True), T, P, -np.log(softmax(P)[[0, 1], [1, 2]])),
    (losses.CategoricalCrossentropy(label_smoothing=0.3), T, P, -(smoothed(T, 0.3, 1 / 3) * np.log(P)).sum(axis=1)),
    (losses.SparseCategoricalCrossentropy(), [1, 2], P, -np.log([0.5, 0.3])),
    (losses.SparseCategoricalCrossentropy(from_logits=True), [1, 2], P, -np.log(softmax(P)[[0, 1], [1, 2]])),
    (losses.SparseCategoricalCrossentropy(), [[1], [2]], P, -np.log([0.5, 0.3])),
    (losses.BinaryCrossentropy(), T, P, -(T * np.log(P) + (1 - T) * np.log(1 - P)).mean(axis=1)),
    (
        losses.BinaryCrossentropy(from_logits=True),
        T,
        P,
        (np.maximum(P, 0) - P * T + np.log1p(np.exp(-np.abs(P)))).mean(axis=1),
    ),
    (
        losses.BinaryCrossentropy(label_smoothing=0.2),
        T,
        P,
        -(smoothed(T, 0.2, 0.5) * np.log(P) + (1 - smoothed(T, 0.2, 0.5)) * np.log(1 - P)).mean(axis=1),
    ),
    (losses.MeanAbsoluteError(), T, P, np.abs(P - T).mean(axis=1)),
    (losses.MeanSquaredError(), T, P, np.square(P - T).mean(axis=1)),
    (losses.Huber(), 3 * T, P, huber(P - 3 * T, 1.0).mean(axis=1)),
    (losses.Huber(delta=0.4), T, P, huber(P - T, 0.4).mean(axis=1)),
    (losses.SmoothL1(), 3 * T, P, huber(P - 3 * T, 1.0).mean(axis=1)),
    (losses.SmoothL1(beta=0.4), T, P, huber(P - T, 0.4).mean(axis=1) / 0.4),
]


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(("loss", "y_true", "y_pred", "values"), ORACLE)
def test_values_and_reductions(loss, y_true, y_pred, values):
    weights = np.array([0.5, 3.0])
    for reduction, plain, weighted in [
        ("none", values, values * weights),
        (None, values, values * weights),
        ("sum", values.sum(), (values * weights).sum()),
        ("sum_over_batch_size", values.mean(), (values * weights).mean()),
        ("mean", values.mean(), (values * weights).mean()),
        ("mean_with_sample_weight", values.mean(), (values * weights).sum() / weights.sum()),
    ]:
        for dtype, tolerance in [("float32", 1e-5), ("float64", 1e-6)]:
            again = type(loss).from_config({**loss.get_config(), "reduction": reduction, "dtype": dtype})
            found = again(y_true, y_pred)
            assert isinstance(found, Tensor)
            assert found.dtype == dtype
            np.testing.assert_allclose(found, plain, rtol=tolerance)
            np.testing.assert_allclose(again(y_true, y_pred, sample_weight=weights), weighted, rtol=tolerance)
            np.testing.assert_allclose(again(y_true, y_pred, weights[:, None]), weighted, rtol=tolerance)


@pytest.mark.parametrize("name", CLASSES)
def test_configs(name):
    loss = getattr(losses, name)(reduction="sum", name="mine")
    assert loss.get_config()["reduction"] == "sum"
    again = losses.deserialize(losses.serialize(loss))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    assert loss.kind in LOSSES


def test_default_names_are_keras_s():
    assert losses.Huber().name == "huber_loss"
    assert losses.MeanSquaredError().name == "mean_squared_error"


@pytest.mark.parametrize(
    ("alias", "function"),
    [
        ("mse", losses.mean_squared_error),
        ("MSE", losses.mean_squared_error),
        ("mean_squared_error", losses.mean_squared_error),
        ("mae", losses.mean_absolute_error),
        ("bce", losses.binary_crossentropy),
        ("huber", losses.huber),
        ("categorical_crossentropy", losses.categorical_crossentropy),
    ],
)
def test_get(alias, function):
    assert losses.get(alias) is function
    assert losses.serialize(function) == function.__name__
    assert isinstance(losses.as_object(alias), losses.KernelLoss)


def test_get_classes_and_configs():
    assert isinstance(losses.get("MeanSquaredError"), losses.MeanSquaredError)
    assert losses.get({"class_name": "Huber", "config": {"delta": 2.0}}).delta == 2.0
    assert losses.get(None) is None
    with pytest.raises(ValueError, match="Did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")


def test_custom_losses():
    class Cubed(losses.Loss):
        def call(self, y_true, y_pred):
            return losses.mean_absolute_error(y_true, y_pred) ** 3

    assert Cubed()([[1.0]], [[3.0]]) == 8.0
    assert Cubed(name="c").get_config() == {"name": "c", "reduction": "sum_over_batch_size"}
    wrapped = losses.LossFunctionWrapper(losses.huber, delta=0.5, reduction="sum")
    assert wrapped([[0.0], [0.0]], [[1.0], [1.0]]) == 0.75
    assert wrapped.name == "huber"
    assert losses.as_object(lambda y, p: p - y)([1.0], [3.0]) == 2.0
    with pytest.raises(NotImplementedError, match="must define call"):
        losses.Loss()([1.0], [1.0])


def test_gradients_flow_to_the_prediction():
    p = Variable(P)
    with GradientTape() as tape:
        loss = losses.MeanSquaredError(dtype="float64")(T, p, sample_weight=[1.0, 2.0])
    np.testing.assert_allclose(tape.gradient(loss, p), 2 * (P - T) / 3 / 2 * [[1], [2]])
    with GradientTape() as tape:
        loss = losses.MeanSquaredError()(T, p)  # computed in float32, as Keras does
    gradient = tape.gradient(loss, p)
    assert gradient.dtype == "float64"
    np.testing.assert_allclose(gradient, 2 * (P - T) / 3 / 2, rtol=1e-6)


def test_more_axes_and_fewer():
    values = losses.mean_squared_error(np.zeros((2, 3, 4)), np.ones((2, 3, 4)))
    assert values.shape == (2, 3)
    assert losses.mean_squared_error([0.0, 0.0], [1.0, 3.0]) == 5.0
    assert losses.sparse_categorical_crossentropy([[0, 1]], np.full((1, 2, 4), 0.25)).shape == (1, 2)
    assert losses.sparse_categorical_crossentropy(1, [0.25, 0.75]) == pytest.approx(-np.log(0.75))
    assert losses.mean_absolute_error([1.0, 2.0], [[1.0], [4.0]]).tolist() == [0.0, 2.0]
    assert losses.mean_absolute_error([[1.0], [2.0]], [[1.0], [4.0]]).tolist() == [0.0, 2.0]
    assert losses.MeanSquaredError()(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


def test_functions_keep_the_prediction_s_dtype():
    assert losses.mean_squared_error([[1]], np.array([[2.0]])).dtype == "float64"
    assert losses.mean_squared_error(np.array([[1.0]]), np.float32([[2.0]])).dtype == "float32"
    assert losses.mean_squared_error([[1]], [[2]]).dtype == "float32"


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: losses.MeanSquaredError()([[1.0, 2.0]], [[1.0]]), ValueError, "y_true must have the shape of y_pred"),
        (lambda: losses.CategoricalCrossentropy()([1, 2], P), ValueError, "sparse categorical"),
        (lambda: losses.SparseCategoricalCrossentropy()([1, 3], P), ValueError, r"\[0, 3\).*found 1 to 3"),
        (lambda: losses.SparseCategoricalCrossentropy()([1.5, 2], P), ValueError, "fractions"),
        (lambda: losses.SparseCategoricalCrossentropy()(T, P), ValueError, "a label a sample"),
        (lambda: losses.MeanSquaredError()(1.0, 2.0), ValueError, "at least one axis"),
        (lambda: losses.MeanSquaredError(reduction="median"), ValueError, "Unknown reduction 'median'"),
        (lambda: losses.Huber(delta=0.0), ValueError, "delta"),
        (lambda: losses.SmoothL1(beta=-1.0), ValueError, "beta"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=1.5), ValueError, "label_smoothing"),
        (lambda: losses.categorical_crossentropy(T, P, label_smoothing=-0.1), ValueError, "label_smoothing"),
        (lambda: losses.categorical_crossentropy(T, P, axis=0), ValueError, "axis"),
        (lambda: losses.CategoricalCrossentropy(axis=0), ValueError, "axis"),
        (lambda: losses.SparseCategoricalCrossentropy(ignore_class=1), NotImplementedError, "sample_weight"),
        (lambda: losses.sparse_categorical_crossentropy([0, 1], P, ignore_class=1), NotImplementedError, "sample_w"),
        (lambda: losses.MeanSquaredError(dtype="int32"), ValueError, "dtype"),
        (lambda: losses.MeanSquaredError()(T, P, sample_weight=[1, 2, 3]), ValueError, "sample_weight"),
        (lambda: losses.MeanSquaredError()(T, P, sample_weight=["a", "b"]), TypeError, "sample_weight"),
    ],
)
def test_bad_input(call, error, match):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize("wrong", [None, [["1"]], [[1j]], [[None]], "a"])
def test_what_holds_no_numbers(wrong):
    for loss in (losses.MeanSquaredError(), losses.mean_squared_error, losses.SparseCategoricalCrossentropy()):
        with pytest.raises(TypeError, match=r"^y_true must hold real numbers"):
            loss(wrong, [[1.0]])
        with pytest.raises(TypeError, match=r"^y_pred must hold real numbers"):
            loss([[0.0]], wrong)
    with pytest.raises(ValueError, match=r"^y_true has masked entries"):
        losses.MeanSquaredError()(np.ma.array([[1.0]], mask=[[True]]), [[1.0]])


@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (2, 3, 0)])
def test_nothing_to_predict(shape):
    for loss in (losses.mean_squared_error, losses.categorical_crossentropy, losses.binary_crossentropy):
        assert np.array_equal(loss(np.zeros(shape), np.zeros(shape)), np.zeros(shape[:-1]))
