"""What no built-in covers, written in Python: it trains in fit, and comes out as the mathematics says."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import Model, Sequential, constraints, layers, losses, metrics, ops, optimizers, regularizers, utils
from dlcore.autodiff import GradientTape
from dlcore.models.runners import EngineRunner, StepRunner

from .problem import LABELS, ONE_HOT, ROWS, WEIGHT, X, net, same_weights

SGD = {"optimizer": "sgd", "metrics": []}


def fitted(model, y=ONE_HOT, **arguments):
    model.fit(X, y, **{"verbose": 0, "epochs": 2, **arguments})
    return model


def runner_of(model, y=ONE_HOT):
    form, _ = model._form(X, y)
    return EngineRunner if type(form).__name__ == "EngineForm" else StepRunner


def close(model, twin, **tolerance):
    for p, q in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(p, q, **{"rtol": 1e-5, "atol": 1e-6, **tolerance})


# --- Losses ---


def squared(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


class Squared(losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)


@pytest.mark.parametrize(
    "loss", [squared, Squared(), Squared(reduction="sum"), Squared("mine", "mean_with_sample_weight")]
)
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_a_loss(backend, loss, weight):
    model = fitted(net("linear", loss=loss, **SGD), sample_weight=weight)
    same = losses.MeanSquaredError(reduction=getattr(loss, "reduction", "sum_over_batch_size"))
    twin = fitted(net("linear", loss=same, **SGD), sample_weight=weight)
    close(model, twin)
    assert runner_of(model) is EngineRunner
    assert model.history.history["loss"] == pytest.approx(twin.history.history["loss"], rel=1e-5)
    assert model.evaluate(X, ONE_HOT, verbose=0) == pytest.approx(twin.evaluate(X, ONE_HOT, verbose=0), rel=1e-5)


def test_a_loss_of_targets_of_any_shape():
    """Here the targets are intervals: two numbers for each output."""

    def outside(y_true, y_pred):
        below, above = y_true[:, :, 0] - y_pred, y_pred - y_true[:, :, 1]
        return ops.sum(ops.maximum(below, 0) + ops.maximum(above, 0), axis=-1)

    model = net("linear", loss=outside, optimizer=optimizers.Adam(0.05), metrics=[])
    y = np.stack([ONE_HOT - 0.1, ONE_HOT + 0.1], axis=-1)
    history = model.fit(X, y, epochs=30, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0] / 3


# --- Activations and layers ---


def test_an_activation():
    def scaled_tanh(x):
        return ops.tanh(x * 1.0)

    def build(activation):
        utils.set_random_seed(3)
        model = Sequential([layers.Dense(6, activation, input_shape=(4,)), layers.Dense(3)])
        model.compile("sgd", "mse")
        return fitted(model)

    model, twin = build(scaled_tanh), build("tanh")
    close(model, twin)
    assert (runner_of(model), runner_of(twin)) == (StepRunner, EngineRunner)


class Scaled(layers.Layer):
    """y = x · scale, a scale a column."""

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale


def test_a_layer():
    utils.set_random_seed(3)
    model = Sequential([layers.Dense(6, "tanh", input_shape=(4,)), Scaled(), layers.Dense(3)])
    model.compile(optimizers.SGD(0.1), "mse", metrics=["mae"])
    kernel, bias, scale, kernel_2, bias_2 = (w.astype(np.float64) for w in model.get_weights())
    hidden = np.tanh(X @ kernel + bias)
    error = 2 * (hidden * scale @ kernel_2 + bias_2 - ONE_HOT) / ONE_HOT.size
    expected = scale - 0.1 * ((error @ kernel_2.T) * hidden).sum(axis=0)
    model.fit(X, ONE_HOT, batch_size=ROWS, verbose=0)
    np.testing.assert_allclose(model.get_weights()[2], expected, rtol=1e-5)
    assert runner_of(model) is StepRunner
    history = model.fit(X, ONE_HOT, epochs=20, verbose=0, validation_split=0.2)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    predicted = model.predict(X)
    assert np.array_equal(predicted, model(X).numpy())
    assert model.evaluate(X, ONE_HOT, verbose=0)[0] == pytest.approx(np.mean((predicted - ONE_HOT) ** 2), rel=1e-5)


def test_an_identity_layer_changes_nothing():
    """Through the tape and through the engine: the same kernels, the same bits."""

    class Same(layers.Layer):
        def call(self, inputs):
            return inputs

    def build(*extra):
        utils.set_random_seed(3)
        model = Sequential([layers.Dense(6, "tanh", input_shape=(4,)), *extra, layers.Dense(3)])
        model.compile("adam", "mse")
        return fitted(model, epochs=3)

    model, twin = build(Same()), build()
    assert (runner_of(model), runner_of(twin)) == (StepRunner, EngineRunner)
    assert same_weights(model, twin)
    assert np.array_equal(model.predict(X), twin.predict(X))


def test_a_layer_that_adds_a_loss():
    class Small(layers.Layer):
        def call(self, inputs):
            self.add_loss(10 * ops.mean(ops.square(inputs)))
            return inputs

    def build(*extra):
        utils.set_random_seed(3)
        model = Sequential([layers.Dense(3, input_shape=(4,)), *extra])
        model.compile(optimizers.SGD(0.05), "mse")
        return fitted(model, epochs=20)

    small, plain = build(Small()), build()
    assert np.abs(small.predict(X)).mean() < np.abs(plain.predict(X)).mean() / 2
    loss = small.evaluate(X, ONE_HOT, batch_size=ROWS, verbose=0)
    p = small.predict(X)
    assert loss == pytest.approx(np.mean((p - ONE_HOT) ** 2) + 10 * np.mean(p**2), rel=1e-5)
    alone = Sequential([layers.Dense(3, input_shape=(4,)), Small()])
    alone.compile("sgd")
    assert alone.fit(X, verbose=0).history["loss"][0] > 0


def test_training_reaches_the_layers():
    class Phase(layers.Layer):
        def call(self, inputs, training=False):
            return inputs * 0.0 if training else inputs

    model = Sequential([Phase(), layers.Dense(3)])
    model.compile(optimizers.SGD(0.0), "mse")
    assert model.fit(X, ONE_HOT, verbose=0).history["loss"][0] == pytest.approx(1 / 3, rel=1e-5)
    assert model.evaluate(X, ONE_HOT, verbose=0) != pytest.approx(1 / 3, rel=1e-2)


# --- Metrics ---


class Worst(metrics.Metric):
    def __init__(self, name="worst", **options):
        super().__init__(name=name, **options)
        self.largest = self.add_variable((), "zeros", name="largest")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = np.abs(np.asarray(y_true) - np.asarray(y_pred)).max()
        self.largest.assign(np.maximum(self.largest, error))

    def result(self):
        return self.largest.value


def biggest(y_true, y_pred):
    return ops.max(ops.abs(y_true - y_pred), axis=-1)


@pytest.mark.usefixtures("backend")
def test_metrics():
    auc = metrics.AUC(name="auc")
    model = net("sigmoid", loss="binary_crossentropy", metrics=[Worst(), biggest, auc, "mae"], weighted_metrics=["mae"])
    p = model.predict(X)
    found = model.evaluate(X, ONE_HOT, verbose=0, return_dict=True, sample_weight=WEIGHT)
    error = np.abs(p - ONE_HOT)
    assert found["worst"] == pytest.approx(error.max(), rel=1e-6)
    assert found["biggest"] == pytest.approx(error.max(axis=1).mean(), rel=1e-5)
    assert found["mae"] == pytest.approx(error.mean(), rel=1e-5)
    assert found["weighted_mae"] == pytest.approx(np.average(error.mean(axis=1), weights=WEIGHT), rel=1e-5)
    auc.reset_state()
    auc.update_state(ONE_HOT, p)
    assert found["auc"] == pytest.approx(float(auc.result()), rel=1e-6)
    assert list(found) == ["loss", "worst", "biggest", "auc", "mae", "weighted_mae"]
    history = model.fit(X, ONE_HOT, batch_size=ROWS, verbose=0)
    assert history.history["worst"][0] == pytest.approx(found["worst"], rel=1e-6)
    assert [m.name for m in model.metrics] == ["loss", "worst", "biggest", "auc", "mae", "mae"]
    assert model.metrics_names == list(found)


# --- Regularizers and constraints ---


class Pull(regularizers.Regularizer):
    """Toward 1."""

    def __call__(self, x):
        return 0.1 * ops.sum(ops.square(x - 1.0))


@pytest.mark.parametrize("regularizer", ["l2", regularizers.L1L2(0.02, 0.03), Pull()])
@pytest.mark.usefixtures("backend")
def test_regularizers(regularizer):
    utils.set_random_seed(3)
    model = Sequential([layers.Dense(3, kernel_regularizer=regularizer, input_shape=(4,)), layers.Dense(3)])
    model.compile(optimizers.SGD(0.1), "mse")
    before = [w.copy() for w in model.get_weights()]
    loss = losses.MeanSquaredError()
    with GradientTape() as tape:
        penalty = regularizers.get(regularizer)(model.layers[0].kernel)
        value = loss(ONE_HOT, model(X)) + penalty
    gradients = tape.gradient(value, model.trainable_weights)
    assert model.evaluate(X, ONE_HOT, batch_size=ROWS, verbose=0) == pytest.approx(float(value), rel=1e-5)
    history = model.fit(X, ONE_HOT, batch_size=ROWS, verbose=0)
    assert history.history["loss"][0] == pytest.approx(float(value), rel=1e-5)
    for p, q, g in zip(model.get_weights(), before, gradients, strict=True):
        np.testing.assert_allclose(p, q - 0.1 * g.numpy(), rtol=1e-4, atol=1e-6)
    assert runner_of(model) is EngineRunner
    assert float(model.losses[0]) == pytest.approx(float(regularizers.get(regularizer)(model.layers[0].kernel)))


class AtMost(constraints.Constraint):
    def __call__(self, w):
        return ops.clip(w, -0.2, 0.2)


@pytest.mark.parametrize("constraint", [AtMost(), constraints.MaxNorm(0.5), "non_neg"])
@pytest.mark.usefixtures("backend")
def test_constraints(constraint):
    model = Sequential([layers.Dense(3, kernel_constraint=constraint, input_shape=(4,)), layers.Dense(3)])
    model.compile(optimizers.Adam(0.1), "mse")
    fitted(model)
    kernel = model.get_weights()[0]
    if isinstance(constraint, AtMost):
        assert np.abs(kernel).max() <= np.float32(0.2)
    elif constraint == "non_neg":
        assert kernel.min() >= 0
    else:
        assert np.linalg.norm(kernel, axis=0).max() <= 0.5 + 1e-5
    assert runner_of(model) is EngineRunner


# --- Models ---


class Residual(Model):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = layers.Dense(8, "relu"), layers.Dense(4)
        self.head = layers.Dense(3, "softmax")

    def call(self, inputs, training=False):
        return self.head(inputs + self.outer(self.inner(inputs)))


def test_a_model_of_its_own():
    utils.set_random_seed(1)
    model = Residual()
    model.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, LABELS, epochs=40, verbose=0)
    assert history.history["accuracy"][-1] > 0.9
    assert len(model.trainable_weights) == 6
    assert model.predict(X).shape == (ROWS, 3)
    assert model.evaluate(X, LABELS, verbose=0, return_dict=True)["accuracy"] > 0.9
    utils.set_random_seed(1)
    again = Residual()
    again.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    again.fit(X, LABELS, epochs=40, verbose=0)
    assert same_weights(model, again)


class Own(Sequential):
    def train_step(self, data):
        x, y = data
        with GradientTape() as tape:
            loss = ops.mean(ops.square(self(x, training=True) - y))
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return {"my_loss": loss}


def test_a_train_step_of_its_own():
    utils.set_random_seed(3)
    model = Own([layers.Dense(6, "tanh", input_shape=(4,)), layers.Dense(3)])
    model.compile(optimizers.SGD(0.1), "mse")
    history = model.fit(X, ONE_HOT, batch_size=ROWS, epochs=3, verbose=0, shuffle=False)
    utils.set_random_seed(3)
    twin = Sequential([layers.Dense(6, "tanh", input_shape=(4,)), layers.Dense(3)])
    twin.compile(optimizers.SGD(0.1), "mse")
    expected = twin.fit(X, ONE_HOT, batch_size=ROWS, epochs=3, verbose=0, shuffle=False)
    close(model, twin)
    assert history.history["my_loss"] == pytest.approx(expected.history["loss"], rel=1e-5)


class OwnLoss(Sequential):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        return 3 * ops.mean(ops.square(y_pred - y))


def test_a_loss_computed_by_the_model():
    model = OwnLoss([layers.Dense(3, input_shape=(4,))])
    model.compile(optimizers.SGD(0.0), metrics=["mse"])
    history = model.fit(X, ONE_HOT, verbose=0).history
    assert history["loss"][0] == pytest.approx(3 * history["mse"][0], rel=1e-5)


def test_models_in_models():
    utils.set_random_seed(3)
    inner = Sequential([layers.Dense(6, "tanh"), layers.Dense(5, "relu")])
    model = Sequential([layers.Input((4,)), inner, layers.Dense(3)])
    assert len(model.weights) == 6
    model.compile("adam", "mse")
    before = inner.get_weights()
    history = model.fit(X, ONE_HOT, epochs=5, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert not np.array_equal(before[0], inner.get_weights()[0])


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("optimizer", ["sgd", "lamb"])
def test_a_training_that_diverges_warns_of_nothing(optimizer):
    class Steep(layers.Layer):
        def call(self, inputs):
            return ops.exp(inputs * 100)

    x = 10 * np.ones((8, 3))
    for parts in ([layers.Dense(4, "relu")], [layers.Dense(4), Steep()]):
        model = Sequential([layers.Input((3,)), *parts, layers.Dense(1)])
        model.compile(optimizers.get({"class_name": optimizer, "config": {"learning_rate": 1e30}}), "mse")
        history = model.fit(x, x[:, :1], epochs=4, verbose=0, validation_data=(x, x[:, :1]))  # warnings are errors here
        model.predict(x)
        assert not np.all(np.array(history.history["loss"]) < 1e10)
