"""The law: in an engine, op by op, or on the tape, a training gives the same bits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dlcore import GradientTape, Sequential, layers, losses, metrics, ops, optimizers, utils
from dlcore.models.logits import activated, loss_of
from dlcore.models.runners import EngineRunner, StepRunner

from .problem import LABELS, ONE_HOT, WEIGHT, X, same_weights


class Same(layers.Layer):
    def call(self, inputs):
        return inputs


class Observed(metrics.Metric):
    """A metric that no kernel sums."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        pass

    def result(self):
        return 0.0


def runner_of(model):
    form, _ = model._form(X, LABELS if isinstance(model.loss, losses.SparseCategoricalCrossentropy) else ONE_HOT)
    model.build((None, 4))
    return type(model._runner(form, None))


def three_ways(last, loss, optimizer=lambda: "adam", dtype="float32", first=None):
    """A model for the engine, op by op, and on the tape."""
    for way in ("engine", "op by op", "tape"):
        utils.set_random_seed(3)
        options = {"dtype": dtype, **(first or {})}
        between = [Same(dtype=dtype)] if way == "tape" else []
        model = Sequential([layers.Dense(5, "tanh", **options), *between, layers.Dense(3, last, dtype=dtype)])
        model.compile(optimizer(), loss, metrics=[Observed()] if way == "op by op" else [])
        yield model


def check_the_law(models, y, sample_weight=None, **options):
    ran = [
        (m.fit(X, y, sample_weight=sample_weight, epochs=3, batch_size=8, verbose=0, **options).history, m)
        for m in models
    ]
    (history, first), *others = ran
    for found, model in others:
        assert same_weights(model, first)
        assert found["loss"] == pytest.approx(history["loss"], rel=1e-6)
        mine, expected = (m.evaluate(X, y, verbose=0, return_dict=True)["loss"] for m in (model, first))
        assert mine == pytest.approx(expected, rel=1e-6)
        assert np.array_equal(model.predict(X), first.predict(X))


PAIRS = [
    ("softmax", losses.CategoricalCrossentropy(), ONE_HOT),
    ("softmax", losses.CategoricalCrossentropy(label_smoothing=0.1, reduction="sum"), ONE_HOT),
    ("softmax", losses.SparseCategoricalCrossentropy(), LABELS),
    ("sigmoid", losses.BinaryCrossentropy(label_smoothing=0.2), ONE_HOT),
    ("softmax", losses.KLDivergence(), ONE_HOT),
    ("sigmoid", losses.CategoricalCrossentropy(), ONE_HOT),
    (None, losses.SparseCategoricalCrossentropy(from_logits=True), LABELS),
    ("relu", losses.Huber(), ONE_HOT),
]


@pytest.mark.parametrize(("last", "loss", "y"), PAIRS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sample_weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_losses(last, loss, y, dtype, sample_weight):
    models = list(three_ways(last, loss, dtype=dtype))
    assert [runner_of(model) for model in models] == [EngineRunner, EngineRunner, StepRunner]
    check_the_law(models, y, sample_weight)


def test_everything_at_once():
    """Regularizer, constraint, clipping, accumulation, averages, decay, and a loss of one's own."""

    def optimizer():
        return optimizers.Adam(
            0.01, use_ema=True, ema_momentum=0.9, gradient_accumulation_steps=2, clipnorm=1.0, weight_decay=0.01
        )

    first = {"kernel_regularizer": "l2", "bias_constraint": "non_neg"}
    models = three_ways("softmax", lambda y, p: ops.mean((y - p) ** 2), optimizer, first=first)
    check_the_law(models, ONE_HOT)


def test_layers_frozen_between_trainings():
    """Frozen for a while, with no new compile: the optimizer's state of a layer waits for it."""
    models = list(three_ways("softmax", losses.CategoricalCrossentropy(), lambda: optimizers.SGD(0.1, momentum=0.9)))
    for model in models:
        model.build((None, 4))
    for trainable in (True, False, True):
        before = [model.get_weights() for model in models]
        for model in models:
            model.layers[0].trainable = trainable
        check_the_law(models, ONE_HOT)
        for model, weights in zip(models, before, strict=True):
            assert np.array_equal(model.get_weights()[0], weights[0]) is not trainable


# --- Through the logits ---


def test_saturated_probabilities_have_gradients():
    """Where the softmax is 0 and 1 to the last bit, its crossentropy is the logits' difference."""
    for between in ([], [Same()]):
        model = Sequential([layers.Input((1,)), *between, layers.Dense(2, "softmax")])
        model.compile(optimizers.SGD(1.0), "sparse_categorical_crossentropy")
        model.set_weights([np.array([[100.0, -100.0]]), np.zeros(2)])
        assert model.evaluate(np.ones((1, 1)), [1], verbose=0) == pytest.approx(200)
        assert model.train_on_batch(np.ones((1, 1)), [1]) == pytest.approx(200)
        assert np.allclose(model.get_weights()[0], [[99, -99]])


def test_only_what_an_activation_gave_is_taken_for_it():
    """A layer on top, however little it does, keeps the probabilities what they are."""
    x, loss = ops.convert_to_tensor([[100.0, -100.0]]), losses.SparseCategoricalCrossentropy()
    dense = layers.Dense(2, "softmax", kernel_initializer="identity")
    assert float(loss_of(loss, [1], activated(lambda: dense(x)), None)) == pytest.approx(200)
    clipped = float(loss([1], dense(x)))
    assert clipped == pytest.approx(-np.log(1e-7), rel=1e-4)
    for other in (lambda: dense(x) + 0, lambda: (dense(x), layers.Activation("sigmoid")(x))[0]):
        assert float(loss_of(loss, [1], activated(other), None)) == pytest.approx(clipped)
    assert float(loss_of(losses.MeanSquaredError(), [[0.0, 1.0]], activated(lambda: dense(x)), None)) == 1


def test_gradients_toward_the_output_are_those_of_the_loss():
    """Outside of a model's own steps nothing is fused: what is asked for is found."""
    x, loss = ops.convert_to_tensor(X[:, :3]), losses.CategoricalCrossentropy()
    with GradientTape() as tape:
        tape.watch(x)
        p = ops.softmax(x)
        value = loss(ONE_HOT, p)
    assert np.abs(tape.gradient(value, p).numpy()).max() > 0


def test_the_loss_keeps_what_it_is():
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)
    twin = loss.as_in_engines("float64", of_logits=True)
    assert (twin.dtype, twin.from_logits, twin.kind) == ("float64", True, "categorical_crossentropy_logits")
    assert (loss.dtype, loss.from_logits, loss.kind) == ("float32", False, "categorical_crossentropy")
    assert loss.as_in_engines("float32", of_logits=False) is loss


# --- Cut in two, watched, continued ---


def deep(**options):
    utils.set_random_seed(3)
    model = Sequential(
        [
            layers.Dense(8, "relu", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.GaussianNoise(0.1),
            layers.Dense(3, "softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy", **options)
    return model


def test_a_training_cut_in_two_or_looked_into():
    whole = deep()
    whole.fit(X, ONE_HOT, epochs=4, batch_size=8, verbose=0)
    cut = deep()
    cut.fit(X, ONE_HOT, epochs=2, batch_size=8, verbose=0)
    cut.evaluate(X, ONE_HOT, verbose=0)
    cut.predict(X)
    cut.fit(X, ONE_HOT, epochs=4, initial_epoch=2, batch_size=8, verbose=0, validation_data=(X, ONE_HOT))
    assert same_weights(whole, cut)


def test_batches_from_an_iterator_are_the_same_batches():
    batches = [(X[i : i + 8], ONE_HOT[i : i + 8]) for i in range(0, 50, 8)]
    for make in (deep, lambda: next(three_ways("softmax", "categorical_crossentropy"))):
        whole, fed = make(), make()
        whole.fit(X, ONE_HOT, epochs=2, batch_size=8, shuffle=False, verbose=0)
        fed.fit(itertools.cycle(batches), epochs=2, steps_per_epoch=7, verbose=0)
        assert same_weights(whole, fed)


def test_training_and_inference_differ_where_they_should():
    model = deep()
    model.fit(X, ONE_HOT, epochs=2, verbose=0)
    p = model.predict(X)
    assert np.array_equal(p, model(X).numpy())
    penalty = 0.01 * float(np.sum(model.get_weights()[0] ** 2))
    expected = penalty - np.log(p[np.arange(len(p)), LABELS]).mean()
    assert model.evaluate(X, ONE_HOT, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert not np.allclose(p, model(X, training=True).numpy())
