"""When a training ends, what it notes, and what stops it: scikit-learn's rules."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import dlcore
from dlcore import callbacks
from dlcore.estimators import MLPClassifier, MLPRegressor

from .problems import blobs, rings, waves

BOTH = pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])


def test_it_stops_when_the_loss_no_longer_improves():
    x, y = rings()
    for patience in (2, 7):
        model = MLPClassifier(solver="sgd", tol=0.01, n_iter_no_change=patience, max_iter=3000, random_state=0)
        model.fit(x, y)
        losses = np.array(model.loss_curve_)
        best = np.minimum.accumulate(np.concatenate([[np.inf], losses]))[:-1]
        stale = losses > best - 0.01
        assert stale[-(patience + 1) :].all()
        assert not stale[-(patience + 2)]
        assert model.best_loss_ == losses.min()


def test_it_warns_when_the_epochs_did_not_suffice():
    x, y = rings()
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(3\) reached"):
        model = MLPClassifier(max_iter=3, random_state=0).fit(x, y)
    assert model.n_iter_ == 3
    with pytest.warns(ConvergenceWarning, match=r"lbfgs failed to converge after 2 iteration"):
        model = MLPClassifier(max_iter=2, solver="lbfgs", random_state=0).fit(x, y)
    assert model.n_iter_ == 2


def test_the_recipe_has_an_end_of_its_own():
    x, y = rings()
    model = MLPClassifier(n_iter_no_change=math.inf, random_state=0).fit(x, y)
    assert model.n_iter_ == 48  # epochs of 150 rows in batches of 16, for 450 whole batches
    assert float(model.model_.optimizer.learning_rate) < 1e-4


@BOTH
def test_early_stopping_gives_the_best_weights_back(cls):
    x, y = rings(300)
    model = cls(early_stopping=True, validation_fraction=0.2, random_state=0).fit(x, y)
    assert model.best_loss_ is None
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == model.n_iter_
    assert max(model.validation_scores_) == model.best_validation_score_
    from sklearn.model_selection import train_test_split

    _, kept = train_test_split(
        np.arange(300), test_size=0.2, random_state=model._fitted.seed, stratify=y if cls is MLPClassifier else None
    )
    assert model.score(x[kept], y[kept]) == pytest.approx(model.best_validation_score_)


def test_rows_to_validate_with_can_be_brought_along():
    x, y = blobs(300)
    model = MLPClassifier(random_state=0, solver="sgd", max_iter=500, n_iter_no_change=3)
    model.fit(x[:200], y[:200], X_val=x[200:], y_val=y[200:], sample_weight_val=np.ones(100))
    assert model.score(x[200:], y[200:]) == model.best_validation_score_ == max(model.validation_scores_)
    assert model.n_iter_ < 500


@pytest.mark.parametrize(
    ("cls", "rows", "words"), [(MLPRegressor, 3, "too small"), (MLPClassifier, 9, "least populated")]
)
def test_too_few_rows_to_keep_some_apart(cls, rows, words):
    x, y = np.arange(rows)[:, None] / 1.0, np.arange(rows) // (rows - 1)
    with pytest.raises(ValueError, match=words):
        cls(early_stopping=True).fit(x, y)


def test_learning_rates_of_scikit_learn():
    x, y = rings()
    model = MLPClassifier(solver="sgd", learning_rate="invscaling", learning_rate_init=0.1, power_t=0.25, max_iter=4)
    with pytest.warns(ConvergenceWarning):
        model.fit(x, y)
    assert float(model.model_.optimizer.learning_rate) == pytest.approx(0.1 / (4 * 150 + 1) ** 0.25)
    model = MLPClassifier(solver="sgd", learning_rate="adaptive", tol=0.5, max_iter=3000).fit(x, y)
    assert float(model.model_.optimizer.learning_rate) < 1e-6


def test_verbose_prints_a_line_an_epoch(capsys):
    x, y = rings()
    model = MLPClassifier(verbose=True, random_state=0, tol=0.1, n_iter_no_change=2, early_stopping=True).fit(x, y)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("Iteration")] == [
        f"Iteration {i}, loss = {loss:.8f}" for i, loss in enumerate(model.loss_curve_, 1)
    ]
    assert lines[1] == f"Validation score: {model.validation_scores_[0]:f}"
    assert "did not improve more than tol=0.100000 for 2 consecutive epochs. Stopping." in lines[-1]
    with pytest.warns(ConvergenceWarning):
        MLPRegressor(verbose=True, solver="lbfgs", max_iter=5).fit(x, y)
    assert capsys.readouterr().out.startswith("Iteration 1, loss = ")


def test_callbacks_hear_of_epochs_and_can_stop():
    x, y = waves()
    heard = []
    watcher = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: heard.append(sorted(logs)))
    stopper = callbacks.EarlyStopping("val_loss", patience=0, min_delta=10)
    model = MLPRegressor(callbacks=[watcher, stopper], early_stopping=True, random_state=0).fit(x, y)
    assert heard == [["loss", "val_loss", "val_score"]] * model.n_iter_
    assert model.n_iter_ == 2


def test_ctrl_c_leaves_a_model_behind(interruptible):
    def stop(epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt

    x, y = rings()
    model = MLPClassifier(callbacks=callbacks.LambdaCallback(on_epoch_end=stop), random_state=0)
    with pytest.warns(UserWarning, match="interrupted by user"):
        model.fit(x, y)
    assert model.n_iter_ == 3
    assert model.predict(x).shape == y.shape


def test_a_training_that_goes_astray_says_so():
    x, y = waves()
    model = MLPRegressor(solver="sgd", learning_rate_init=1e4, activation="identity", preprocessing=None)
    with pytest.raises(ValueError, match="non-finite parameter weights"):
        model.fit(x, y)
    assert not hasattr(model, "model_")
    model.set_params(early_stopping=True).fit(x, y)
    assert math.isnan(model.validation_scores_[-1])
    assert math.isfinite(model.best_validation_score_)


def test_alpha_is_scikit_learns():
    """The penalty is a part of the loss: alpha / 2 · Σ w² over the weight of a batch's rows."""
    x, y = waves(32)
    still = {"solver": "sgd", "learning_rate_init": 1e-12, "max_iter": 1, "random_state": 0, "shuffle": False}
    with pytest.warns(ConvergenceWarning):
        plain, held = (MLPRegressor(alpha=alpha, **still).fit(x, y) for alpha in (0.0, 3.0))
    squares = sum((w**2).sum() for w in held.coefs_)
    assert held.loss_ - plain.loss_ == pytest.approx(1.5 * squares / 32, rel=1e-4)
    with pytest.warns(ConvergenceWarning):
        heavy = MLPRegressor(alpha=3.0, **still).fit(x, y, sample_weight=np.full(32, 2.0))
    assert heavy.loss_ - plain.loss_ == pytest.approx(0.75 * squares / 32, rel=1e-4)


@pytest.mark.parametrize("state", [3, np.random.RandomState, np.random.default_rng])
def test_random_states_of_every_kind(state):
    x, y = rings()
    first, second = (
        MLPClassifier(random_state=state(3) if callable(state) else state).fit(x, y).predict_proba(x) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, MLPClassifier(random_state=4).fit(x, y).predict_proba(x))


def test_numpys_seed_is_heard_and_the_packages_left_alone():
    from dlcore import random

    x, y = rings()
    before = random.get_state()
    found = []
    for _ in range(2):
        np.random.seed(7)  # noqa: NPY002 - what random_state=None means in scikit-learn
        found.append(MLPClassifier(dropout=0.1, max_iter=2, learning_rate="constant"))
        with pytest.warns(ConvergenceWarning):
            found[-1] = found[-1].fit(x, y).predict_proba(x)
    np.testing.assert_array_equal(*found)
    assert random.get_state() == before


def test_a_batch_larger_than_the_table_is_told_of():
    x, y = rings()
    with pytest.warns(UserWarning, match="larger than sample size"):
        MLPClassifier(batch_size=1000, random_state=0, max_iter=200).fit(x, y)


def test_a_warm_start_keeps_the_best_weights_of_all_fits(tmp_path):
    """A fit that does not beat the best score of those before gives back its weights, from a file as well."""
    x, y = blobs(300)
    model = MLPClassifier(early_stopping=True, warm_start=True, max_iter=30, random_state=0).fit(x, y)
    best, score = [kernel.copy() for kernel in model.coefs_], model.best_validation_score_
    model.save(tmp_path / "model.safetensors")
    for again in (model, dlcore.load_model(tmp_path / "model.safetensors")):
        again.set_params(learning_rate_init=1e-12, learning_rate="constant", max_iter=2, warm_start=True).fit(x, y)
        assert again.best_validation_score_ == score
        assert all(np.array_equal(mine, theirs) for mine, theirs in zip(again.coefs_, best, strict=True))


@pytest.mark.parametrize("factor", [-1.0, float("nan"), "much"])
def test_weights_of_classes_are_checked(factor):
    x, y = blobs(60)
    with pytest.raises((TypeError, ValueError), match="class_weight"):
        MLPClassifier(class_weight={0: factor}, max_iter=2).fit(x, y)
