"""What is shown is what training does: the same bytes, whatever the model, and the model left as it was."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import dlcore
from dlcore import layers, optimizers
from dlcore.autodiff import GradientTape
from dlcore.backends.contract import ACTIVATIONS

X = np.random.default_rng(3).standard_normal((7, 5)).astype(np.float32)
LABELS = np.array([0, 1, 2, 2, 1, 0, 1])
ONE_HOT = np.eye(3, dtype=np.float32)[LABELS]


def built(*inner, last="softmax", loss="sparse_categorical_crossentropy", optimizer="adam", **compiling):
    model = dlcore.Sequential([layers.Input((5,)), *inner, layers.Dense(3, activation=last)])
    model.compile(optimizer, loss=loss, **compiling)
    return model


def log_cosh_of_my_own(y_true, y_pred):
    return dlcore.ops.mean(dlcore.ops.log(dlcore.ops.cosh(y_pred - y_true)), axis=-1)


class HalfStep(optimizers.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, 0.5 * learning_rate * gradient)


def frozen():
    model = built(layers.Dense(4, activation="tanh"), layers.Dense(4, activation="relu"))
    model.layers[0].trainable = False
    return model


def frozen_below_dropout():
    model = built(layers.Dense(4, activation="tanh"), layers.Dropout(0.5))
    model.layers[0].trainable = False
    return model


MODELS = {
    "fused softmax": lambda: built(layers.Dense(6, activation="relu"), metrics=["accuracy"]),
    "mean squared error": lambda: built(layers.Dense(6, activation="gelu"), last="sigmoid", loss="mse"),
    "fused sigmoid": lambda: built(last="sigmoid", loss="binary_crossentropy"),
    "label smoothing": lambda: built(loss=dlcore.losses.CategoricalCrossentropy(label_smoothing=0.1)),
    "softmax, not fused": lambda: built(loss="mae"),
    "regularized": lambda: built(layers.Dense(6, kernel_regularizer="l2", bias_regularizer="l1")),
    "constrained": lambda: built(layers.Dense(6, kernel_constraint="non_neg")),
    "clipped": lambda: built(layers.Dense(6), optimizer=optimizers.Adam(0.1, global_clipnorm=0.01)),
    "frozen": frozen,
    "own loss": lambda: built(last="linear", loss=log_cosh_of_my_own),
    "own optimizer": lambda: built(layers.Dense(6, activation="elu"), optimizer=HalfStep(0.1)),
    "sum": lambda: built(loss=dlcore.losses.SparseCategoricalCrossentropy(reduction="sum")),
    "float64": lambda: built(layers.Dense(6, dtype="float64"), layers.Dense(4, dtype="float64")),
    "frozen below dropout": frozen_below_dropout,
    "dropout": lambda: built(layers.Dense(6, activation="relu"), layers.Dropout(0.5)),
    "batch normalization": lambda: built(layers.Dense(6), layers.BatchNormalization(), layers.ReLU()),
    "nested": lambda: built(dlcore.Sequential([layers.Dense(4), layers.LayerNormalization()])),
    "without bias": lambda: built(layers.Dense(6, use_bias=False)),
    "accumulating": lambda: built(optimizer=optimizers.Adam(0.1, gradient_accumulation_steps=2)),
    "moving average": lambda: built(optimizer=optimizers.SGD(0.1, use_ema=True)),
    "loss scaled": lambda: built(optimizer=optimizers.LossScaleOptimizer(optimizers.Adam(0.1))),
    "schedule": lambda: built(optimizer=optimizers.Nadam(optimizers.schedules.ExponentialDecay(0.1, 1, 0.5))),
}


def targets(model):
    sparse = "sparse" in str(model.loss if isinstance(model.loss, str) else getattr(model.loss, "name", ""))
    return LABELS if sparse else ONE_HOT


def state(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [variable.array.tobytes() for variable in variables], dlcore.random.get_state()


@pytest.mark.parametrize("name", MODELS)
def test_the_step_is_the_one_that_training_takes(name):
    dlcore.utils.set_random_seed(5)
    model = MODELS[name]()
    y = targets(model)
    for _ in range(2):  # the second step starts with moments
        step = model.explain_step(X, y)
        assert list(step.parameters)
        history = model.train_on_batch(X, y, return_dict=True)
        # An engine sums the rows' losses in float64, the tape takes their mean in the model's dtype.
        taped = model.how_it_trains().startswith("batch by batch")
        same_way = step.by_kernels != taped
        assert step.logs == (history if same_way else pytest.approx(history, rel=1e-6))
        assert step.loss.total == step.logs["loss"]
        for weight, parameter in zip(model.weights, step.parameters.values(), strict=True):
            assert parameter.after.tobytes() == weight.numpy().tobytes(), parameter.name


@pytest.mark.parametrize("name", MODELS)
def test_the_model_stays_as_it_was(name):
    dlcore.utils.set_random_seed(5)
    model = MODELS[name]()
    y = targets(model)
    model.train_on_batch(X, y)
    before = state(model)
    plan, goal = model._plan, model._goal
    step = model.explain_step(X, y, sample_weight=np.linspace(0, 2, 7))
    assert state(model) == before
    assert (model._plan, model._goal) == (plan, goal)
    assert str(step)
    assert step.to_html()


def test_a_fit_of_one_batch_ends_there_too():
    model = MODELS["fused softmax"]()
    step = model.explain_step(X, LABELS)
    history = model.fit(X, LABELS, epochs=1, shuffle=False, verbose=0).history
    assert history == {name: [value] for name, value in step.logs.items()}
    assert [p.after.tobytes() for p in step.parameters.values()] == [w.numpy().tobytes() for w in model.weights]


@pytest.mark.parametrize("activation", sorted(set(ACTIVATIONS) - {"gelu_tanh"}))
def test_gradients_of_every_activation_are_those_of_the_tape(activation):
    dlcore.utils.set_random_seed(1)
    model = built(layers.Dense(4, activation=dlcore.activations.get(activation)), last="linear", loss="mse")
    step = model.explain_step(X, ONE_HOT)
    with GradientTape() as tape:
        loss = dlcore.losses.MeanSquaredError()(ONE_HOT, model(X, training=True))
    for found, parameter in zip(tape.gradient(loss, model.weights), step.parameters.values(), strict=True):
        np.testing.assert_array_equal(parameter.gradient, np.asarray(found))
    hidden = step.layers[0]
    if hidden.dout_dnet.ndim == 2:
        np.testing.assert_allclose(hidden.dE_dnet, hidden.dE_dout * hidden.dout_dnet, rtol=1e-6, atol=1e-9)
    else:
        np.testing.assert_allclose(
            hidden.dE_dnet, np.einsum("ro,ron->rn", hidden.dE_dout, hidden.dout_dnet), rtol=1e-4, atol=1e-7
        )


def test_the_factors_multiply_to_the_gradient():
    step = MODELS["mean squared error"]().explain_step(X, ONE_HOT)
    for layer in step.layers:
        delta = layer.dE_dout * layer.dout_dnet
        np.testing.assert_allclose(layer.dE_dnet, delta, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(layer.kernel.gradient, layer.dnet_dw.T @ delta, rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(
            layer.net, layer.input @ layer.kernel.before + layer.bias.before, rtol=1e-5, atol=1e-6
        )


def test_fused_with_the_loss_the_gradient_is_the_difference():
    step = MODELS["fused softmax"]().explain_step(X, LABELS)
    last = step.layers[-1]
    assert last.fused
    assert last.dE_dout is None
    np.testing.assert_allclose(last.dE_dnet, (step.prediction - ONE_HOT) / 7, atol=1e-7)
    np.testing.assert_allclose(step["loss/rows"], -np.log(step.prediction[np.arange(7), LABELS]), rtol=1e-5)


def test_the_parts_of_the_loss_add_up():
    weights = np.linspace(0, 2, 7).astype(np.float32)
    step = MODELS["mean squared error"]().explain_step(X, ONE_HOT, sample_weight=weights)
    np.testing.assert_allclose(step["loss/parts"].sum(axis=1), step["loss/rows"], rtol=1e-5)
    assert step["loss/rows"].mean() == pytest.approx(step.loss.total, rel=1e-6)
    np.testing.assert_allclose(step.loss.scale, weights / 7)


def test_penalties_are_told_apart():
    step = MODELS["regularized"]().explain_step(X, LABELS)
    kernel = step.layers[0].kernel
    np.testing.assert_allclose(kernel.gradient - kernel.loss_gradient, 2 * 0.01 * kernel.before, atol=1e-6)
    assert step.loss.penalty == pytest.approx(0.01 * np.square(kernel.before).sum(), rel=1e-5)
    assert "penalty′" in str(step)


def test_class_weights_weigh_rows():
    model = MODELS["fused softmax"]()
    step = model.explain_step(X, LABELS, class_weight={0: 3.0})
    np.testing.assert_array_equal(step.sample_weight, np.where(LABELS == 0, 3, 1))
    assert step.loss.total == model.train_on_batch(X, LABELS, class_weight={0: 3.0})[0]


def test_apply_takes_the_step():
    model = MODELS["dropout"]()
    other = copy.deepcopy(model)
    step = model.explain_step(X, LABELS, apply=True)
    other.train_on_batch(X, LABELS)
    assert state(model)[0] == state(other)[0]
    assert int(model.optimizer.iterations) == step.step == 1


def test_a_model_without_weights_yet_gets_none():
    model = dlcore.Sequential([layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    dlcore.utils.set_random_seed(2)
    step = model.explain_step(X, LABELS)
    assert not model.built
    model.train_on_batch(X, LABELS)
    assert step[f"{model.layers[0].name}/kernel/after"].tobytes() == model.weights[0].numpy().tobytes()


def test_on_the_tape_the_factors_are_there_too():
    step = MODELS["dropout"]().explain_step(X, LABELS)
    assert not step.by_kernels
    hidden, dropout, last = step.layers
    assert (hidden.kind, dropout.kind, last.fused) == ("Dense", "Dropout", True)
    np.testing.assert_allclose(hidden.net, X @ hidden.kernel.before, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(hidden.dE_dnet, hidden.dE_dout * (hidden.net > 0), rtol=1e-6)
    np.testing.assert_allclose(last.dE_dnet, (step.prediction - ONE_HOT) / 7, atol=1e-7)
    np.testing.assert_allclose(hidden.kernel.gradient, X.T @ hidden.dE_dnet, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(dropout.dE_dout, last.dE_dnet @ last.kernel.before.T, rtol=1e-4, atol=1e-6)
    assert set(np.round(dropout.out[hidden.out > 0] / hidden.out[hidden.out > 0], 5)) == {0.0, 2.0}


def test_models_of_one_s_own():
    class Residual(dlcore.Model):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = layers.Dense(4, "relu"), layers.Dense(5)

        def call(self, inputs):
            return inputs + self.outer(self.inner(inputs))

    model = Residual()
    model.compile("sgd", "mse")
    step = model.explain_step(X, X)
    assert [layer.kind for layer in step.layers] == ["Dense", "Dense"]
    model.train_on_batch(X, X)
    assert [p.after.tobytes() for p in step.parameters.values()] == [w.numpy().tobytes() for w in model.weights]


def test_every_backend_explains_its_own_numbers(backend):
    model = MODELS["fused softmax"]()
    step = model.explain_step(X, LABELS)
    model.train_on_batch(X, LABELS)
    assert [p.after.tobytes() for p in step.parameters.values()] == [w.numpy().tobytes() for w in model.weights]


def test_bad_input_changes_nothing():
    model, fresh = MODELS["fused softmax"](), dlcore.Sequential([layers.Dense(1)])
    before = state(model)
    for bad in (lambda: model.explain_step(X, LABELS[:3]), lambda: model.explain_step(X[:, :2], LABELS)):
        with pytest.raises(ValueError, match=r"must have the shape|expects shape"):
            bad()
    with pytest.raises(TypeError, match="one batch"):
        model.explain_step(iter([(X, LABELS)]))
    with pytest.raises(TypeError, match="apply must be True or False"):
        model.explain_step(X, LABELS, apply=1)
    with pytest.raises(ValueError, match="not compiled"):
        fresh.explain_step(X, LABELS)
    assert state(model) == before


def test_unknown_names_list_the_known_ones():
    step = MODELS["fused softmax"]().explain_step(X, LABELS)
    with pytest.raises(KeyError, match="prediction"):
        step["nothing"]
    with pytest.raises(KeyError, match="there are"):
        step.layer("nothing")
