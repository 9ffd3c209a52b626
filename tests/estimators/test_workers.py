"""One seed, one result: whatever the number of jobs, the kind of worker, or the threads."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score

import dlcore
from dlcore.estimators import MLPClassifier, MLPRegressor

from .problems import blobs, waves

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


SLOW = pytest.mark.slow


@pytest.mark.parametrize("backend", [pytest.param("loky", marks=SLOW), "threading"])
def test_scores_do_not_depend_on_the_jobs(backend):
    x, y = waves()
    model = MLPRegressor(
        random_state=0, dropout=0.1, max_iter=5, learning_rate="constant", early_stopping=True, tol=10.0
    )
    model.set_params(n_iter_no_change=2)
    alone = cross_val_score(model, x, y, cv=4)
    with joblib.parallel_backend(backend, n_jobs=2):
        together = cross_val_score(model, x, y, cv=4, n_jobs=2)
    np.testing.assert_array_equal(together, alone)


def test_a_search_finds_the_same_with_threads():
    x, y = blobs()
    grid = {"hidden_layer_sizes": [(5,), (9, 4)], "weight_decay": [0.0, 0.3]}
    searches = []
    for jobs, kind in ((1, "threading"), (3, "threading")):
        with joblib.parallel_backend(kind, n_jobs=jobs):
            searches.append(GridSearchCV(MLPClassifier(random_state=0), grid, cv=3, scoring="neg_log_loss").fit(x, y))
    first, second = (search.cv_results_["mean_test_score"] for search in searches)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(*(search.predict_proba(x) for search in searches))


def test_many_nets_side_by_side_and_one_asked_by_many():
    x, y = blobs(300)
    alone = [MLPClassifier(random_state=seed).fit(x, y).predict_proba(x) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda seed: MLPClassifier(random_state=seed).fit(x, y).predict_proba(x), range(6)))
        np.testing.assert_array_equal(together, alone)
        model = MLPClassifier(random_state=0).fit(x, y)
        asked = list(pool.map(lambda start: model.predict_proba(x[start : start + 100]), [0, 100, 200] * 20))
    for i, found in enumerate(asked):
        np.testing.assert_array_equal(found, alone[0][100 * (i % 3) : 100 * (i % 3) + 100])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_change_no_bit(threads):
    x, y = blobs(600)
    before = dlcore.get_num_threads()
    try:
        dlcore.set_num_threads(1)
        expected = MLPClassifier(random_state=0).fit(x, y).predict_proba(x)
        dlcore.set_num_threads(threads)
        np.testing.assert_array_equal(MLPClassifier(random_state=0).fit(x, y).predict_proba(x), expected)
    finally:
        dlcore.set_num_threads(before)


@pytest.mark.parametrize("method", ["fork", *(pytest.param(name, marks=SLOW) for name in ("spawn", "forkserver"))])
def test_fitted_models_predict_in_workers(method):
    x, y = blobs()
    model = MLPClassifier(random_state=0).fit(x, y)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        found = pool.submit(model.predict_proba, x).result(timeout=60)
        trained = pool.submit(MLPClassifier(random_state=0).fit, x, y).result(timeout=60)
    np.testing.assert_array_equal(found, model.predict_proba(x))
    np.testing.assert_array_equal(trained.predict_proba(x), model.predict_proba(x))


def test_inside_other_estimators():
    x, y = blobs()
    bag = BaggingClassifier(MLPClassifier(hidden_layer_sizes=(9,)), n_estimators=3, random_state=0).fit(x, y)
    assert bag.score(x, y) > 0.95
    assert (cross_val_predict(MLPClassifier(random_state=0), x, y, cv=3) == y).mean() > 0.95
