"""What fit, evaluate and compile show, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, initializers, layers, metrics, optimizers

from .problem import LABELS, ONE_HOT, ROWS, WEIGHT, X, net, same_weights

# --- Showing ---


def test_silent(capfd):
    net().fit(X, LABELS, verbose=0)
    net().evaluate(X, LABELS, verbose=0)
    net().predict(X)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_the_bar_shows_loss_metrics_and_rows_a_second(capfd, verbose):
    net().fit(X, LABELS, epochs=2, validation_split=0.2, verbose=verbose)
    out = capfd.readouterr().out
    assert "Epoch 1/2" in out
    assert "Epoch 2/2: 100%" in out
    assert "40.0/40.0" in out
    assert "rows/s" in out
    for name in ("loss: ", "accuracy: ", "val_loss: ", "val_accuracy: "):
        assert name in out


def test_a_line_an_epoch(capfd):
    net().fit(X, LABELS, epochs=2, verbose=2)
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Epoch 2/2 - ")
    assert "rows/s - loss: " in lines[1]
    net().evaluate(X, LABELS)
    assert capfd.readouterr().out.startswith("loss: ")


def test_a_metric_of_a_number_for_each_class_is_shown(capfd):
    model = net(loss="categorical_crossentropy", metrics=[metrics.F1Score()])
    assert len(model.evaluate(X, ONE_HOT)[1]) == 3
    assert "f1_score: [" in capfd.readouterr().out


# --- Bad input ---


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"batch_size": 0}, ValueError, "^batch_size must be 1 or more"),
        ({"batch_size": -3}, ValueError, "^batch_size"),
        ({"batch_size": 2.5}, TypeError, "^batch_size"),
        ({"validation_batch_size": 0}, ValueError, "^validation_batch_size"),
        ({"epochs": -1}, ValueError, "^epochs must be 0 or more"),
        ({"epochs": 1.5}, TypeError, "^epochs"),
        ({"initial_epoch": -1}, ValueError, "^initial_epoch"),
        ({"verbose": 3}, ValueError, "^verbose"),
        ({"verbose": "loud"}, ValueError, "^verbose"),
        ({"x": X[:0], "y": LABELS[:0]}, ValueError, "^x has no rows"),
        ({"x": X[:, :3]}, ValueError, r"^x: layer 'dense.*' expects shape \(rows, 4\); found \(50, 3\)"),
        ({"x": X * np.nan}, ValueError, "^x contains NaN"),
        ({"y": LABELS[:10]}, ValueError, r"^y must have the shape \(50,\)"),
        ({"y": LABELS + 1}, ValueError, r"^y must hold labels in \[0, 3\)"),
        ({"y": None}, ValueError, "^y is needed"),
        ({"y": ONE_HOT}, ValueError, "use the loss categorical_crossentropy"),
        ({"sample_weight": WEIGHT[:3]}, ValueError, r"^sample_weight must have the shape \(50,\)"),
        ({"sample_weight": WEIGHT * np.inf}, ValueError, "^sample_weight contains NaN or infinity"),
        ({"validation_split": 1.0}, ValueError, "^validation_split"),
        ({"validation_split": -0.1}, ValueError, "^validation_split"),
        ({"validation_split": "0.2"}, TypeError, "^validation_split must be a number"),
        ({"validation_data": 5}, TypeError, r"^validation_data must be \(x, y\)"),
        ({"shuffle": "batch"}, TypeError, "^shuffle must be True or False"),
        ({"shuffle": np.arange(ROWS)}, TypeError, "^shuffle"),
        ({"callbacks": 5}, TypeError, "^callbacks must be a Callback or a list"),
        ({"validation_data": (X,)}, ValueError, "^validation_data"),
        ({"validation_data": (X[:, :2], LABELS)}, ValueError, "^validation x: layer"),
        ({"validation_data": (X, LABELS + 7)}, ValueError, "^validation y must hold labels"),
        ({"callbacks": [print]}, TypeError, "^callbacks"),
    ],
)
def test_bad_fits_change_nothing(arguments, error, match):
    model = net()
    model.fit(X, LABELS, verbose=0)
    before, history = model.get_weights(), model.history
    with pytest.raises(error, match=match):
        model.fit(**{"x": X, "y": LABELS, "verbose": 0, **arguments})
    assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))
    assert model.history is history
    assert model.optimizer.iterations == 2
    assert model.epochs_trained == 1


def test_not_compiled():
    model = Sequential([layers.Dense(3, input_shape=(4,))])
    with pytest.raises(ValueError, match="not compiled"):
        model.fit(X, ONE_HOT)
    with pytest.raises(ValueError, match="not compiled"):
        model.evaluate(X, ONE_HOT)
    assert model.predict(X).shape == (ROWS, 3)
    model.compile("sgd")
    with pytest.raises(ValueError, match="without a loss"):
        model.fit(X, ONE_HOT)
    with pytest.raises(ValueError, match="no layers yet"):
        Sequential().predict(X)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"optimizer": "adan"}, ValueError, "Unknown optimizer 'adan'. Did you mean 'adam'"),
        ({"loss": "mean_square_error"}, ValueError, "Unknown loss .* Did you mean 'mean_squared_error'"),
        ({"metrics": ["acuracy"]}, ValueError, "Unknown metric 'acuracy'"),
        ({"metrics": "accuracy"}, ValueError, "metrics must be a list"),
        ({"optimizer": 3}, ValueError, "optimizer"),
        ({"loss": 3}, TypeError, "loss"),
        ({"metrics": [None]}, TypeError, "a metric must be a name, a Metric"),
        ({"metrics": [5]}, TypeError, "metric must be a name"),
    ],
)
def test_bad_compiles_change_nothing(arguments, error, match):
    model = net()
    optimizer = model.optimizer
    with pytest.raises(error, match=match):
        model.compile(**{"optimizer": "sgd", "loss": "mse", **arguments})
    assert model.optimizer is optimizer
    assert "accuracy" in model.fit(X, LABELS, verbose=0).history


def test_no_epochs():
    model = net()
    before = model.get_weights()
    history = model.fit(X, LABELS, epochs=0, verbose=0)
    assert history.history == {}
    assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize("batch_size", [ROWS, ROWS + 1, 2**31, 2**63 - 1, 2**63, 10**30])
def test_a_batch_is_all_rows_at_most(batch_size):
    model, whole = net(), net()
    model.fit(
        X, LABELS, batch_size=batch_size, verbose=0, validation_data=(X, LABELS), validation_batch_size=batch_size
    )
    whole.fit(X, LABELS, batch_size=ROWS, verbose=0)
    assert same_weights(model, whole)
    assert model.optimizer.iterations == 1
    assert model.evaluate(X, LABELS, batch_size=batch_size, verbose=0) == whole.evaluate(X, LABELS, verbose=0)


def test_bad_rates_change_nothing():
    model = net(optimizer=optimizers.SGD(0.1))
    model.optimizer.learning_rate.assign(np.nan)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"^learning_rate"):
        model.fit(X, LABELS, verbose=0)
    assert model.history is None
    assert not model.optimizer.built
    assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))


def test_targets_that_were_refused_are_forgotten():
    """What "crossentropy" means is settled by the first targets that are good."""
    model = net(loss="crossentropy")
    for bad in (None, LABELS[:3], LABELS + 7):
        with pytest.raises(ValueError, match=r"^y "):
            model.fit(X, bad, verbose=0)
    model.fit(X, ONE_HOT, verbose=0)
    with pytest.raises(ValueError, match="categorical_crossentropy"):
        model.fit(X, LABELS, verbose=0)


def test_a_model_that_cannot_be_built_stays_unbuilt():
    """Once it trained at the second try, without the bias that could not be made."""
    bad = initializers.Constant([1.0, 2.0])
    model = Sequential([layers.Dense(5), layers.Dense(3, bias_initializer=bad)])
    model.compile("sgd", "mse")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"value of shape \(2,\) does not fill the shape \(3,\)"):
            model.fit(X, ONE_HOT, verbose=0)
        assert model.weights == []
        assert not hasattr(model, "input_shape")
    with pytest.raises(ValueError, match="whole numbers above 0"):
        model.predict(np.ones((3, 0)))
