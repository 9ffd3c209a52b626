"""Tables as people have them: frames, categories, gaps, outliers, sparse matrices; weights through pipelines."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
import sklearn
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dlcore.estimators import MLPClassifier, MLPRegressor
from dlcore.estimators import rows as rows_module
from dlcore.estimators.rows import Rows, merged
from dlcore.tables import FeatureEncoder

from .problems import blobs, rings, waves

pandas = pytest.importorskip("pandas")


def people(rows=300, seed=0):
    """A frame of everything, and two classes that need the category, the gap and the number."""
    rng = np.random.default_rng(seed)
    frame = pandas.DataFrame(
        {
            "income": np.exp(rng.normal(10, 1, rows)),
            "town": rng.choice(["Oslo", "Bergen", "Voss"], rows),
            "size": pandas.Categorical(rng.choice(["S", "M"], rows)),
            "since": pandas.Timestamp("2020-01-01") + pandas.to_timedelta(rng.integers(0, 999, rows), "D"),
            "member": rng.random(rows) < 0.5,
        }
    )
    y = np.where((frame["town"] == "Oslo") ^ (frame["size"] == "M"), "yes", "no")
    gaps = rng.random(rows) < 0.2
    frame.loc[gaps, "income"] = np.nan
    return frame, np.where(gaps, "yes", y)


def test_a_frame_of_everything_is_learned_from():
    frame, y = people()
    model = MLPClassifier(random_state=0).fit(frame[:200], y[:200])
    assert model.score(frame[200:], y[200:]) > 0.9
    np.testing.assert_array_equal(model.feature_names_in_, frame.columns)
    assert model.n_features_in_ == 5
    assert model.coefs_[0].shape[0] > 5
    unknown = frame[200:].assign(town="Narvik")
    assert set(model.predict(unknown)) <= {"yes", "no"}
    assert cross_validate(model, frame, y, cv=3)["test_score"].mean() > 0.85
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[["town", "income", "size", "since"]])
    with pytest.raises(ValueError, match="could not convert string"):
        MLPClassifier(preprocessing=None).fit(frame[["town"]], y)


def test_targets_as_series_and_regression_on_frames():
    frame, y = people()
    target = pandas.Series((y == "yes") * 10.0 + 500, index=frame.index[::-1])
    assert MLPRegressor(random_state=0).fit(frame, target).score(frame, target) > 0.8


def test_arrays_of_text_and_numbers():
    x, y = blobs()
    mixed = np.empty((len(x), 3), object)
    mixed[:, :2], mixed[:, 2] = x, y
    assert MLPClassifier(random_state=0).fit(mixed, y).score(mixed, y) == 1


def test_gaps_are_learned_from_or_refused():
    x, y = rings(300)
    x[::7, 0] = np.nan
    assert MLPClassifier(random_state=0).fit(x, y).score(x, y) > 0.85
    with pytest.raises(ValueError, match="contains NaN"):
        MLPClassifier(preprocessing=None).fit(x, y)
    x[0, 0] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        MLPClassifier().fit(x, y)


def test_an_outlier_ruins_nothing():
    x, y = waves()
    x = np.vstack([x, [[1e9, -1e12, 1e15]]])
    y = np.append(y, y.mean())
    assert MLPRegressor(random_state=0).fit(x, y).score(x[:-1], y[:-1]) > 0.9


def test_an_encoder_of_ones_own_choice():
    x, y = rings()
    given = FeatureEncoder(scaling="minmax", clip=None)
    model = MLPClassifier(preprocessing=given, random_state=0).fit(x, y)
    assert not given.is_fitted
    np.testing.assert_allclose(model._fitted.columns.transform(x).max(axis=0), 1)


@pytest.mark.parametrize("container", [scipy.sparse.csr_matrix, scipy.sparse.csc_array, scipy.sparse.coo_array])
@pytest.mark.parametrize("preprocessing", ["auto", None])
def test_sparse_tables(container, preprocessing, monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 30)) * (rng.random((300, 30)) < 0.2)
    y = (x[:, :10].sum(axis=1) > x[:, 10:20].sum(axis=1)).astype(int)
    arguments = {"random_state": 0, "preprocessing": preprocessing}
    small = MLPClassifier(**arguments).fit(container(x), y)
    np.testing.assert_array_equal(small.predict_proba(x), MLPClassifier(**arguments).fit(x, y).predict_proba(x))
    monkeypatch.setattr(rows_module, "FITS_DENSE", 0)
    large = MLPClassifier(**arguments).fit(container(x), y)
    assert large.score(container(x), y) > 0.95
    np.testing.assert_array_equal(large.predict_proba(container(x)), large.predict_proba(x))


def test_weights_find_their_way():
    x, y = rings()
    weight = np.where(y == 1, 5.0, 1.0)
    direct = MLPClassifier(random_state=0).fit(StandardScaler().fit_transform(x), y, sample_weight=weight)
    with sklearn.config_context(enable_metadata_routing=True):
        model = MLPClassifier(random_state=0).set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        pipe = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), model).fit(
            x, y, sample_weight=weight
        )
        np.testing.assert_array_equal(pipe.predict_proba(x), direct.predict_proba(StandardScaler().fit_transform(x)))
        scored = cross_validate(model, x, y, params={"sample_weight": weight}, cv=3)
        assert np.isfinite(scored["test_score"]).all()


def test_equal_rows_become_one():
    x = np.array([[1.0, 0.0], [2.0, 3.0], [1.0, -0.0], [2.0, 3.0]])
    y = np.array([0, 1, 0, 0])
    one = merged(Rows(x, y, None))
    assert one.length == 3
    assert sorted(zip(map(tuple, one.x.tolist()), one.y.tolist(), one.weight.tolist(), strict=True)) == [
        ((1.0, 0.0), 0, 2.0),
        ((2.0, 3.0), 0, 1.0),
        ((2.0, 3.0), 1, 1.0),
    ]
    assert merged(Rows(x[:2], y[:2], None)).weight is None
    large = Rows(np.zeros((rows_module.SMALL_TABLE, 2)), np.zeros(rows_module.SMALL_TABLE), None)
    assert merged(large) is large


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.ones(3), "sample_weight.shape"),
        (np.ones((150, 1)), "must be 1D"),
        (-np.ones(150), "Negative"),
        (np.zeros(150), "at least one non-zero"),
        (np.full(150, np.nan), "NaN"),
    ],
)
def test_bad_weights(weight, words):
    x, y = rings()
    with pytest.raises(ValueError, match=words):
        MLPClassifier().fit(x, y, sample_weight=weight)
