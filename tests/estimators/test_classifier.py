"""MLPClassifier: labels of all kinds, weights, losses, and what else it offers beyond scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss

from dlcore import losses, optimizers
from dlcore.estimators import MLPClassifier

from .problems import blobs, rings


def fitted(problem=blobs, **arguments):
    x, y = problem()
    return x, y, MLPClassifier(random_state=0, **arguments).fit(x, y)


@pytest.mark.parametrize("problem", [rings, blobs])
def test_the_defaults_learn_and_end(problem):
    x, y, model = fitted(problem)
    assert model.score(x, y) > 0.95
    assert model.n_iter_ < model.max_iter
    assert len(model.loss_curve_) == model.n_iter_
    assert model.t_ == model.n_iter_ * len(x)
    assert "in an engine, an epoch in one call" in model.model_.how_it_trains()


@pytest.mark.parametrize("labels", [(-1, 1), ("no", "yes"), (False, True), (2.0, 7.0), ("a", None)[:1]])
def test_labels_are_what_they_were(labels):
    x, numbers = rings()
    y = np.array([labels[i % len(labels)] for i in numbers])
    model = MLPClassifier(random_state=0).fit(x, y)
    np.testing.assert_array_equal(model.classes_, np.unique(y))
    assert model.predict(x).dtype == y.dtype
    assert model.score(x, y) > 0.95
    assert model.predict_proba(x).shape == (len(x), len(labels))


def test_probabilities_are_exact_and_never_zero():
    x, y, model = fitted()
    far = np.vstack([x, 1e6 * x])
    p = model.predict_proba(far)
    assert p.dtype == np.float64
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-15)
    assert (p > 0).all()
    assert np.isfinite(model.predict_log_proba(far)).all()
    assert log_loss(y, model.predict_proba(x)) == pytest.approx(model.loss_, rel=0.5)


def test_multilabel():
    x, letters = blobs(classes=4)
    y = np.column_stack([letters < "c", letters == "a", letters > "b"]).astype(int)
    model = MLPClassifier(random_state=0).fit(x, y)
    assert model.score(x, y) > 0.95
    assert model.predict(x).dtype.kind == "i"
    np.testing.assert_array_equal(model.classes_, [0, 1, 2])
    np.testing.assert_array_equal(model.predict_proba(x) > 0.5, model.predict(x))
    with pytest.raises(ValueError, match="several labels"):
        MLPClassifier(loss="categorical_crossentropy").fit(x, y)


@pytest.mark.parametrize("y", [[[1, 2], [2, 3], [3, 1]], [0.5, 1.5, 2.5]])
def test_other_targets_are_refused(y):
    with pytest.raises(ValueError, match=r"Multioutput|Unknown label type"):
        MLPClassifier().fit([[1.0], [2.0], [3.0]], y)


ALL_LOSSES = [
    "log_loss", "focal", "hinge", "squared_hinge", "categorical_hinge", "mse", "kl_divergence",
    "categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy",
    losses.CategoricalCrossentropy(label_smoothing=0.1), losses.CategoricalFocalCrossentropy(gamma=1.0),
    losses.CategoricalCrossentropy(from_logits=True), losses.CategoricalGeneralizedCrossEntropy(), "dice",
]  # fmt: skip


@pytest.mark.parametrize("problem", [rings, blobs])
@pytest.mark.parametrize("loss", ALL_LOSSES, ids=lambda loss: getattr(loss, "name", loss))
def test_any_loss(loss, problem):
    x, y, model = fitted(problem, loss=loss, batch_size=30)
    assert model.score(x, y) > 0.9
    if hasattr(model, "predict_proba"):
        p = model.predict_proba(x)
        np.testing.assert_allclose(p.sum(axis=1), 1)
        np.testing.assert_array_equal(model.classes_[p.argmax(axis=1)], model.predict(x))
    else:
        assert "hinge" in loss


def test_a_loss_of_ones_own_sees_a_column_a_class():
    shapes = set()

    def brier(y_true, y_pred):
        shapes.add((y_true.shape[1], y_pred.shape[1]))
        return ((y_true - y_pred) ** 2).sum(axis=-1)

    x, y, model = fitted(loss=brier)
    assert shapes == {(3, 3)}
    assert model.score(x, y) > 0.95


def test_class_weight():
    x, y = blobs(seed=3)
    rng = np.random.default_rng(0)
    x = x + rng.standard_normal(x.shape)  # so that classes overlap
    plain = MLPClassifier(random_state=0).fit(x, y)
    lifted = MLPClassifier(random_state=0, class_weight={"b": 20.0}).fit(x, y)
    assert (lifted.predict(x) == "b").sum() > (plain.predict(x) == "b").sum() + 10
    weight = np.where(y == "b", 20.0, 1.0)
    by_row = MLPClassifier(random_state=0).fit(x, y, sample_weight=weight)
    np.testing.assert_array_equal(lifted.predict_proba(x), by_row.predict_proba(x))
    few = np.concatenate([np.flatnonzero(y != "c"), np.flatnonzero(y == "c")[:5]])
    balanced = MLPClassifier(random_state=0, class_weight="balanced").fit(x[few], y[few])
    counts = {label: np.mean(y[few] == label) for label in "abc"}
    by_hand = MLPClassifier(random_state=0, class_weight={k: 1 / (3 * v) for k, v in counts.items()}).fit(
        x[few], y[few]
    )
    np.testing.assert_allclose(balanced.predict_proba(x), by_hand.predict_proba(x), rtol=1e-3, atol=1e-5)
    for bad in ("even", 3):
        with pytest.raises(ValueError, match="class_weight must be 'balanced', a dict"):
            MLPClassifier(class_weight=bad).fit(x, y)


def test_class_weight_of_multilabel_rows():
    x, letters = blobs()
    y = np.column_stack([letters == "a", letters == "b"]).astype(int)
    assert MLPClassifier(random_state=0, class_weight="balanced").fit(x, y).score(x, y) > 0.95


def test_a_weight_is_a_number_of_rows():
    x, y = blobs(40)
    weight = np.random.default_rng(0).integers(0, 4, len(x))
    weighted = MLPClassifier(random_state=0, batch_size=8).fit(x, y, sample_weight=weight)
    order = np.random.default_rng(1).permutation(weight.sum())
    repeated = MLPClassifier(random_state=0, batch_size=8).fit(
        x.repeat(weight, axis=0)[order], y.repeat(weight, axis=0)[order]
    )
    np.testing.assert_array_equal(weighted.predict_proba(x), repeated.predict_proba(x))
    assert weighted.loss_curve_ == repeated.loss_curve_


def test_partial_fit_needs_the_classes_once_and_learns():
    x, y = blobs()
    model = MLPClassifier(random_state=0)
    with pytest.raises(ValueError, match="classes must be passed"):
        model.partial_fit(x, y)
    for start in range(0, 1500, 30):
        part = np.arange(start, start + 30) % len(x)
        model.partial_fit(x[part], y[part], classes=list("abc") if start == 0 else None)
    assert model.score(x, y) > 0.95
    assert model.n_iter_ == 1
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit(x, y, classes=list("abd"))
    with pytest.raises(ValueError, match="classes not in"):
        model.partial_fit(x[:1], ["z"])
    assert not hasattr(MLPClassifier(solver="lbfgs"), "partial_fit")


def test_warm_start_goes_on():
    x, y = blobs()
    model = MLPClassifier(random_state=0, warm_start=True, max_iter=100, learning_rate="constant").fit(x, y)
    before, seen = model.loss_, model.t_
    model.fit(x, y)
    assert model.loss_curve_[-1] == model.loss_ < before
    assert model.t_ > seen
    with pytest.raises(ValueError, match="warm_start can only be used where"):
        model.fit(x[:2], y[:2])


@pytest.mark.parametrize(
    "arguments",
    [
        {"solver": "adamw", "learning_rate": "constant"},
        {"solver": "rmsprop"},
        {"solver": optimizers.Lion(0.003)},
        {"learning_rate": optimizers.schedules.ExponentialDecay(0.02, 100, 0.9)},
        {"activation": "gelu"},
        {"activation": "logistic", "hidden_layer_sizes": (20, 20)},
        {"hidden_layer_sizes": 30, "alpha": 0.01},
        {"dropout": 0.2, "max_iter": 15},
        {"normalization": "batch", "max_iter": 15},
        {"normalization": "layer", "dropout": 0.1, "max_iter": 10},
        {"shuffle": False},
        {"solver": "lbfgs"},
        {"preprocessing": None},
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_other_ways_to_train(arguments):
    x, y, model = fitted(blobs, **arguments)
    assert model.score(x, y) > 0.95
    again = clone(model).fit(x, y)
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))


def test_without_hidden_layers_it_is_linear():
    x, _, model = fitted(hidden_layer_sizes=(), preprocessing=None)
    assert len(model.coefs_) == 1
    logits = x @ model.coefs_[0] + model.intercepts_[0]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(x), shares, rtol=1e-5)


def test_weights_can_be_looked_at_and_set():
    x, y, model = fitted(preprocessing=None)
    other = MLPClassifier(preprocessing=None, random_state=5, max_iter=1, learning_rate="constant")
    with pytest.raises(AttributeError, match="not fitted"):
        _ = other.coefs_
    with pytest.warns(match="Maximum iterations"):
        other.fit(x, y)
    other.coefs_, other.intercepts_ = model.coefs_, model.intercepts_
    np.testing.assert_array_equal(other.predict_proba(x), model.predict_proba(x))
    with pytest.raises(ValueError, match="coefs_ must hold arrays of the shapes"):
        other.coefs_ = model.coefs_[:1]


def test_weights_set_before_the_first_fit_are_where_it_begins():
    x, y, model = fitted(preprocessing=None)
    other = MLPClassifier(solver="sgd", learning_rate_init=1e-9, momentum=0.0)
    other.coefs_, other.intercepts_ = model.coefs_, model.intercepts_
    other.partial_fit(x, y, classes=list("abc"))
    np.testing.assert_allclose(other.predict_proba(x), model.predict_proba(x), rtol=1e-4)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        MLPClassifier().predict([[1.0]])
    with pytest.raises(NotFittedError):
        MLPClassifier().save("nowhere")
