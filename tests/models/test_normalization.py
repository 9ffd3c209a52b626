"""BatchNormalization and LayerNormalization in engines: the bits of the tape, on threads, in use, frozen."""

from __future__ import annotations

import numpy as np
import pytest

import dlcore
from dlcore import layers, optimizers, regularizers
from dlcore.backends import available_backends, use_backend
from dlcore.backends.network import DenseSpec, NormalizationSpec
from dlcore.models.outline import outline

ROWS, CLASSES = 700, 5


def data(rows=ROWS, dtype=np.float32):
    rng = np.random.default_rng(0)
    return (3 + 2 * rng.standard_normal((rows, 20))).astype(dtype), rng.integers(0, CLASSES, rows)


def classic(dtype="float32"):
    return [
        layers.Dense(30, use_bias=False, dtype=dtype),
        layers.BatchNormalization(dtype=dtype),
        layers.Activation("relu", dtype=dtype),
    ]


#: What comes before the last Dense.
STACKS = {
    "classic": classic,
    "after the activation": lambda: [
        layers.Dense(30, "relu"),
        layers.BatchNormalization(),
        layers.Dropout(0.3, seed=1),
    ],
    "first": lambda: [layers.BatchNormalization(), layers.Dense(33, "tanh")],
    "rows": lambda: [layers.Dense(33), layers.LayerNormalization(), layers.Activation("gelu")],
    "rows first": lambda: [layers.LayerNormalization(epsilon=1e-6), layers.Dense(70, "mish")],
    "bare": lambda: [
        layers.Dense(17),
        layers.BatchNormalization(center=False, scale=False, momentum=0.5),
        layers.Dense(40, "softplus"),
        layers.LayerNormalization(center=False),
        layers.LayerNormalization(scale=False),
    ],
    "deep": lambda: [*classic(), *classic(), layers.LayerNormalization(), *classic()],
    "softmax": lambda: [layers.Dense(9), layers.BatchNormalization(), layers.Activation("softmax")],
    "float64": lambda: classic("float64"),
}


class Taped(dlcore.Sequential):
    """Has a call of its own, so it trains by differentiable operations."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training, mask)


def built(stack, kind=dlcore.Sequential, metrics=("accuracy",), optimizer=None, last="softmax"):
    dlcore.utils.set_random_seed(7)
    made = STACKS[stack]() if isinstance(stack, str) else stack()
    dtype = made[0].dtype
    model = kind([layers.Input((20,)), *made, layers.Dense(CLASSES, last, dtype=dtype)])
    model.compile(optimizer or optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def state(model):
    return [weight.tobytes() for weight in model.get_weights()]


def trained(stack, batch_size=48, epochs=2, rows=ROWS, **how):
    model = built(stack, **how)
    model.fit(*data(rows), batch_size=batch_size, epochs=epochs, verbose=0)
    return model


@pytest.mark.parametrize("stack", STACKS)
def test_in_an_engine_op_by_op_and_on_the_tape(stack):
    """One result: weights, moving statistics, what is predicted."""
    engine = trained(stack)
    stepwise = trained(stack, metrics=("accuracy", dlcore.metrics.SparseTopKCategoricalAccuracy(2)))
    taped = trained(stack, kind=Taped)
    if dlcore.backends.get_backend().name == "native":
        assert engine.how_it_trains() == "in an engine, an epoch in one call"
    assert "op by op" in stepwise.how_it_trains()
    assert "batch by batch" in taped.how_it_trains()
    assert state(engine) == state(stepwise) == state(taped)
    x = data()[0]
    np.testing.assert_array_equal(engine.predict(x), stepwise.predict(x))
    np.testing.assert_array_equal(engine.predict(x), np.asarray(taped(x)))
    assert engine.history.history["loss"] == pytest.approx(taped.history.history["loss"], rel=1e-6)


@pytest.mark.usefixtures("native_core")
@pytest.mark.parametrize("stack", ["classic", "first", "bare", "deep"])
@pytest.mark.parametrize("batch_size", [350, 1100, 2700])
def test_threads_and_instruction_sets(stack, batch_size):
    """Also where a batch has several chunks, which is no window of its own where it is normalized."""
    native = pytest.importorskip("dlcore.backends.native")
    seen = set()
    for isa in native.available_isas():
        if isa == "x86_64_v2":  # no fma
            continue
        native.force_isa(isa)
        for threads in (1, 2, 3, 8):
            dlcore.set_num_threads(threads)
            seen.add(b"".join(state(trained(stack, batch_size, rows=2700))))
    assert len(seen) == 1


@pytest.mark.usefixtures("native_core")
def test_large_batches_op_by_op():
    """Windows of a layer normalization, chunks by threads, and whole batches."""
    for stack in ("classic", "rows", "deep"):
        seen = set()
        for threads in (1, 2):
            dlcore.set_num_threads(threads)
            seen.add(b"".join(state(trained(stack, 1500, rows=2700))))
        metrics = ("accuracy", dlcore.metrics.SparseTopKCategoricalAccuracy(2))
        seen.add(b"".join(state(trained(stack, 1500, rows=2700, metrics=metrics))))
        assert len(seen) == 1


SHAPED = {
    "clipped": lambda: optimizers.Adam(0.01, global_clipnorm=0.5),
    "gathered": lambda: optimizers.SGD(0.1, momentum=0.9, gradient_accumulation_steps=3),
    "decayed": lambda: optimizers.AdamW(0.01, clipvalue=0.1),
}


@pytest.mark.parametrize("name", SHAPED)
def test_what_is_done_to_gradients(name):
    def stack():
        return [
            layers.Dense(30, kernel_regularizer="l2"),
            layers.BatchNormalization(gamma_regularizer=regularizers.L1L2(1e-3, 1e-2), beta_regularizer="l1"),
            layers.Activation("relu"),
            layers.LayerNormalization(gamma_regularizer="l2"),
        ]

    metrics = ("accuracy", dlcore.metrics.SparseTopKCategoricalAccuracy(2))
    for batch_size in (48, 700):
        engine = trained(stack, batch_size, optimizer=SHAPED[name]())
        stepwise = trained(stack, batch_size, optimizer=SHAPED[name](), metrics=metrics)
        assert state(engine) == state(stepwise)
        assert engine.evaluate(*data(), verbose=0)[:2] == stepwise.evaluate(*data(), verbose=0)[:2]


@pytest.mark.parametrize("name", available_backends())
def test_moving_statistics_follow_those_of_the_batches(name):
    x, y = data(96)
    with use_backend(name):
        model = built(lambda: [layers.BatchNormalization(momentum=0.8)])
        model.fit(x, y, batch_size=32, shuffle=False, verbose=0)
        mean, variance = np.zeros(20), np.ones(20)
        for batch in np.split(x.astype(np.float64), 3):
            mean = mean * 0.8 + batch.mean(axis=0) * 0.2
            variance = variance * 0.8 + batch.var(axis=0) * 0.2
        layer = model.layers[0]
        np.testing.assert_allclose(layer.moving_mean.numpy(), mean, rtol=2e-6)
        np.testing.assert_allclose(layer.moving_variance.numpy(), variance, rtol=2e-6)
        before = state(model)
        model.evaluate(x, y, verbose=0)
        model.predict(x)
        assert state(model) == before
        (kernel, bias) = model.layers[1].get_weights()
        gamma, beta = layer.gamma.numpy(), layer.beta.numpy()
        logits = ((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta) @ kernel + bias
        expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(model.predict(x), expected, rtol=1e-5)


@pytest.mark.parametrize("name", available_backends())
def test_training_learns_what_scaling_alone_cannot(name):
    """Columns of sizes from a thousandth to a thousand: without a normalization this net stays where it began."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((600, 20)).astype(np.float32)
    y = (x[:, :4].sum(axis=1) > 0).astype(np.int64)
    x *= 10.0 ** rng.integers(-3, 4, 20)
    with use_backend(name):
        model = built(lambda: [layers.BatchNormalization(momentum=0.9, epsilon=1e-12), layers.Dense(16, "relu")])
        model.fit(x, y, epochs=12, verbose=0)
        assert model.evaluate(x, y, verbose=0)[1] > 0.9


@pytest.mark.parametrize("name", available_backends())
@pytest.mark.parametrize("stack", ["classic", "first"])
def test_a_frozen_normalization_uses_what_it_has(name, stack):
    """As in Keras: the moving statistics, which stay, in training too."""
    results = []
    with use_backend(name):
        for kind in (dlcore.Sequential, Taped):
            model = trained(stack, kind=kind)
            (normalization,) = (layer for layer in model.layers if isinstance(layer, layers.BatchNormalization))
            normalization.trainable = False
            before = [weight.tobytes() for weight in normalization.get_weights()]
            model.fit(*data(), epochs=1, verbose=0)
            assert [weight.tobytes() for weight in normalization.get_weights()] == before
            results.append(model.get_weights())
            if kind is dlcore.Sequential:
                assert "a weight is frozen; a normalization is frozen" in model.how_it_trains()
            normalization.trainable = True
            model.fit(*data(), epochs=1, verbose=0)
            assert [weight.tobytes() for weight in normalization.get_weights()] != before
    for ours, taped in zip(*results, strict=True):
        np.testing.assert_allclose(ours, taped, rtol=1e-4, atol=1e-6)


def test_a_frozen_normalization_without_weights():
    model = built("bare")
    assert model.how_it_trains() == "in an engine, an epoch in one call"
    model.layers[1].trainable = False
    assert "because a normalization is frozen" in model.how_it_trains()
    moving = model.layers[1].moving_mean.numpy().copy()
    model.fit(*data(), verbose=0)
    np.testing.assert_array_equal(model.layers[1].moving_mean.numpy(), moving)


@pytest.mark.parametrize("stack", ["classic", "rows first", "deep", "float64"])
def test_a_row_alone_is_the_row_in_any_batch(stack):
    model = trained(stack)
    x = data(dtype=model.layers[0].dtype)[0]
    whole, predict = model.predict(x), model.predictor()
    for rows in (slice(0, 1), slice(7, 8), slice(13, 30), slice(699, 700)):
        np.testing.assert_array_equal(model.predict(x[rows]), whole[rows])
        np.testing.assert_array_equal(predict(x[rows]), whole[rows])
    np.testing.assert_array_equal(predict(x[5]), whole[5])
    model.fit(*data(), verbose=0)  # a predictor sees what training changes
    np.testing.assert_array_equal(predict(x[5]), model.predict(x)[5])


def test_a_training_cut_in_two_is_one_training(tmp_path):
    whole = trained("deep", epochs=4)
    model = trained("deep", epochs=2)
    model.save(tmp_path / "model.dlcore")
    again = dlcore.models.load_model(tmp_path / "model.dlcore")
    again.epochs_trained = 2
    model.fit(*data(), batch_size=48, epochs=2, verbose=0)
    again.fit(*data(), batch_size=48, epochs=2, verbose=0)
    assert state(model) == state(whole)
    assert state(again) == state(whole)


def test_the_chain():
    found = outline(
        [
            layers.Input((4,)),
            layers.Flatten(),
            layers.LayerNormalization(epsilon=1e-5),
            layers.Dense(3),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Dropout(0.25),
            layers.Dense(2),
        ]
    )
    assert found.chain == (
        NormalizationSpec("layer", 0, 1e-5),
        DenseSpec(3),
        NormalizationSpec("batch", 3, 1e-3, 0.9, "relu"),
        DenseSpec(2, dropout=0.25),
    )
    assert found.normalizes
    assert found.flattens


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        ([layers.Dense(3), layers.BatchNormalization(axis=0), layers.Dense(2)], "another axis than the last"),
        ([layers.Dense(3), layers.LayerNormalization(axis=[0, 1]), layers.Dense(2)], "another axis than the last"),
        ([layers.Dense(3), layers.Dropout(0.5), layers.BatchNormalization(), layers.Dense(2)], "right after a Dropout"),
        ([layers.BatchNormalization()], "no Dense layer"),
        ([layers.Dense(3), layers.LayerNormalization(dtype="float64")], "several dtypes"),
        ([layers.Dense(3), layers.BatchNormalization(activity_regularizer="l2")], "activity_regularizer"),
        ([layers.BatchNormalization(), layers.Rescaling(0.5), layers.Dense(3)], "has no kernel"),
    ],
)
def test_what_no_engine_can_run_says_why(stack, reason):
    with pytest.raises(NotImplementedError, match=reason):
        outline(stack)


def test_rows_of_more_axes_go_by_the_tape():
    """Their last axis is normalized, before they are made flat."""
    model = dlcore.Sequential([layers.BatchNormalization(), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).standard_normal((32, 3, 4)).astype(np.float32)
    model.fit(x, np.ones((32, 1), np.float32), verbose=0)
    assert "have 3 axes, not 2" in model.how_it_trains()
    assert model.layers[0].moving_mean.shape == (4,)


def test_a_batch_of_one_row_and_one_that_is_left_over():
    """The variance of one row is 0."""
    for stack in ("classic", "deep"):
        metrics = ("accuracy", dlcore.metrics.SparseTopKCategoricalAccuracy(2))
        engine, stepwise = trained(stack, 1, rows=33), trained(stack, 1, rows=33, metrics=metrics)
        assert state(engine) == state(stepwise)
        assert state(trained(stack, 32, rows=33)) == state(trained(stack, 32, rows=33, metrics=metrics))
        assert np.isfinite(engine.predict(data()[0])).all()
