"""scikit-learn's own checks, all of them: no failure is expected."""

from __future__ import annotations

import warnings

import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from dlcore.estimators import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.filterwarnings("ignore:Stochastic Optimizer:sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:lbfgs failed to converge:sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning"),
]


@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_every_check_passes(estimator, check):
    check(estimator)


#: Other ways to train; the slowest checks fit 200 times.
VARIANTS = [
    MLPClassifier(preprocessing=None, learning_rate_init=0.01),
    MLPRegressor(preprocessing=None, learning_rate_init=0.02),
    MLPClassifier(solver="lbfgs", max_iter=100),
    MLPRegressor(solver="lbfgs", max_iter=100),
    MLPClassifier(class_weight="balanced"),
    MLPRegressor(loss="huber"),
]


@pytest.mark.slow
@pytest.mark.parametrize("estimator", VARIANTS, ids=repr)
def test_other_ways_to_train_pass_too(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_estimator(estimator, on_skip=None)


STOCHASTIC = {
    MLPClassifier: ("check_classifiers_train", "check_classifiers_classes", "check_class_weight_classifiers"),
    MLPRegressor: ("check_regressors_train", "check_regressors_int"),
}
BOTH = ("check_sample_weight_equivalence_on_dense_data", "check_fit_idempotent", "check_dict_unchanged")
CASES = [(cls, name) for cls, names in STOCHASTIC.items() for name in (*names, *BOTH)]


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "name"), CASES, ids=lambda case: getattr(case, "__name__", case))
def test_the_checks_pass_with_any_seed(cls, name, monkeypatch):
    """They set the random state to 0 themselves."""
    for seed in range(100):
        monkeypatch.setattr(
            estimator_checks, "set_random_state", lambda est, random_state=0, s=seed: est.set_params(random_state=s)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            getattr(estimator_checks, name)(cls.__name__, cls())
