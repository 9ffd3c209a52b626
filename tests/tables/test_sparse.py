"""Sparse matrices: never dense as a whole, scaled without being centered."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.preprocessing import MaxAbsScaler

from dlcore.tables import FeatureEncoder

RNG = np.random.default_rng(5)
X = sp.random(60, 8, 0.2, format="csr", random_state=RNG, data_rvs=lambda n: RNG.normal(3, 2, n))


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csr_array])
def test_every_format_stays_sparse(form, kind):
    encoder = FeatureEncoder()
    x = kind(X).asformat(form)
    found = encoder.fit_transform(x)
    assert sp.issparse(found)
    assert found.format == "csr"
    assert found.dtype == np.float32
    assert np.array_equal(found.toarray(), encoder.transform(X.toarray()))
    assert (x != X).nnz == 0


def test_minmax_is_sklearns_max_abs():
    found = FeatureEncoder(scaling="minmax", clip=None, dtype="float64").fit_transform(X)
    assert np.allclose(found.toarray(), MaxAbsScaler().fit_transform(X).toarray())


def test_robust_brings_the_typical_number_to_1():
    x = X.copy()
    x.data[0] = 1e9
    found = FeatureEncoder(clip=None, dtype="float64").fit_transform(x).tocsc()
    for j in range(8):
        sizes = np.abs(found[:, [j]].data)
        assert np.sort(sizes)[(len(sizes) - 1) // 2] == pytest.approx(1)
    assert np.abs(FeatureEncoder().fit_transform(x).data).max() <= 3


def test_standard_brings_the_mean_square_to_1():
    found = FeatureEncoder(scaling="standard", clip=None, dtype="float64").fit_transform(X).tocsc()
    for j in range(8):
        assert np.mean(np.square(found[:, [j]].data)) == pytest.approx(1)


def test_as_dense_it_gives_what_the_dense_matrix_gives():
    dense = FeatureEncoder()
    expected = dense.fit_transform(X.toarray())
    assert np.array_equal(FeatureEncoder(sparse="dense").fit_transform(X), expected)
    assert np.array_equal(dense.transform(X), expected)


def test_weights_are_repeated_rows():
    times = RNG.integers(0, 4, 60)
    for scaling in ("robust", "standard", "minmax", None):
        encoder = FeatureEncoder(scaling=scaling)
        weighted = encoder.fit(X, sample_weight=times).transform(X).toarray()
        repeated = encoder.fit(X[np.repeat(np.arange(60), times)]).transform(X).toarray()
        assert np.allclose(weighted, repeated, atol=1e-6)


def test_odd_entries():
    x = sp.csr_matrix(([1.0, 1.0, 0.0, np.nan, 4.0], ([0, 0, 1, 1, 2], [0, 0, 0, 1, 1])), shape=(3, 3))
    encoder = FeatureEncoder(clip=None)
    found = encoder.fit_transform(x)
    assert found.toarray().tolist() == [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert [column["missing"] for column in encoder.describe()] == [0, 1, 0]
    assert encoder.fit_transform(sp.csr_matrix((2, 2))).toarray().tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match=r"infinity .*column 1"):
        encoder.fit(X).transform(sp.csr_matrix(([np.inf], ([2], [1])), shape=(3, 8)))


def test_categories_are_refused():
    with pytest.raises(ValueError, match="a sparse X has columns of numbers only"):
        FeatureEncoder(categorical_features=[0]).fit(X)


def test_the_whole_is_never_dense():
    """Two million rows and columns would not fit into any memory."""
    n = 2_000_000
    x = sp.csr_matrix((np.ones(50), (np.arange(50), np.arange(50) * 3)), shape=(n, 150))
    found = FeatureEncoder().fit_transform(x)
    assert found.shape == (n, 150)
    assert found.nnz == 50
