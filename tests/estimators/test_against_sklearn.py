"""The same first weights, the same steps: scikit-learn's own estimators are the oracle, where nothing is random."""

from __future__ import annotations

import inspect
from numbers import Real

import numpy as np
import pytest
from sklearn import neural_network

from dlcore import estimators

from .problems import blobs, rings, waves

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

PLAIN = {"preprocessing": None}


def counts():
    x, y = waves()
    return x, np.floor(y / 20)


def multilabel():
    x, y = blobs(classes=4)
    return x, np.column_stack([y < "c", y == "a", y > "b"]).astype(int)


PROBLEMS = {
    "binary": ("MLPClassifier", rings, {}),
    "multiclass": ("MLPClassifier", blobs, {}),
    "multilabel": ("MLPClassifier", multilabel, {}),
    "regression": ("MLPRegressor", lambda: (waves()[0], waves()[1] / 100), {}),
    "two targets": ("MLPRegressor", lambda: (waves()[0], waves(columns=2)[1] / 100), {}),
    "counts": ("MLPRegressor", counts, {"loss": "poisson"}),
}


def both(name, **arguments):
    kind, make, extra = PROBLEMS[name]
    theirs_class = getattr(neural_network, kind)
    if extra and "loss" not in inspect.signature(theirs_class).parameters:
        pytest.skip("this scikit-learn has no other losses")
    x, y = make()
    theirs = theirs_class(**arguments, **extra).fit(x, y)
    ours = getattr(estimators, kind)(**arguments, **extra, **PLAIN).fit(x, y)
    return theirs, ours


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_steps_of_sgd_are_the_same(name):
    arguments = {"solver": "sgd", "max_iter": 5, "shuffle": False, "batch_size": 25, "learning_rate_init": 0.01}
    theirs, ours = both(name, alpha=0.1, random_state=3, hidden_layer_sizes=(7, 5), **arguments)
    for found, expected in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-5)
    if name not in ("counts", "two targets"):  # scikit-learn's deviance adds what depends on the targets only
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=2e-2)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_loss_that_lbfgs_finds_is_the_same(name):
    arguments = {"solver": "lbfgs", "max_iter": 15, "activation": "tanh", "hidden_layer_sizes": (4,)}
    theirs, ours = both(name, alpha=0.5, random_state=0, **arguments)
    if name not in ("counts", "two targets"):  # whose loss is not what scikit-learn's gradients are of
        np.testing.assert_allclose(ours.loss_, theirs.loss_, rtol=1e-4)
    for found, expected in zip(ours.coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    assert ours.coefs_[0].dtype == np.float64


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_every_argument_is_taken_in_the_same_order(kind):
    theirs = list(inspect.signature(getattr(neural_network, kind)).parameters.values())
    ours = inspect.signature(getattr(estimators, kind)).parameters
    assert [p.name for p in theirs] == [name for name in ours if name in {p.name for p in theirs}]
    better = {"alpha", "learning_rate", "learning_rate_init"}
    for parameter in theirs:
        mine = ours[parameter.name]
        assert mine.kind == parameter.kind
        assert mine.default == parameter.default or parameter.name in better


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_every_fitted_attribute_is_there(kind, solver):
    x, y = rings(60)
    theirs, ours = (
        getattr(home, kind)(solver=solver, max_iter=20, random_state=0).fit(x, y)
        for home in (neural_network, estimators)
    )
    public = {name for name in vars(theirs) if name.endswith("_") and not name.startswith("_")}
    assert {"coefs_", "intercepts_", "n_iter_", "loss_"} < public
    for name in public - {"loss_curve_"}:
        expected, found = getattr(theirs, name), getattr(ours, name)
        same = isinstance(found, Real) if isinstance(expected, Real) else type(found) is type(expected)
        assert same, f"{name}: {found!r} for {expected!r}"
    for name in ("n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(ours, name) == getattr(theirs, name)
    if kind == "MLPClassifier":
        np.testing.assert_array_equal(ours.classes_, theirs.classes_)
