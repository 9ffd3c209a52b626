"""Whatever the rows come as, the batches are the same."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, layers
from dlcore.models import data
from dlcore.models.feeds import Stream
from dlcore.models.forms import AnyForm
from dlcore.models.intake import open_feed, split_rows, validation_parts

sparse = pytest.importorskip("scipy.sparse")
pandas = pytest.importorskip("pandas")

FORM = AnyForm(np.dtype(np.float32))
X = np.where(np.arange(40).reshape(10, 4) % 3 == 0, np.arange(40).reshape(10, 4), 0).astype(np.float32)
Y = np.arange(10)


def on_disk(tmp_path, array):
    path = tmp_path / f"{array.dtype}.bin"
    array.tofile(path)
    return np.memmap(path, array.dtype, "r", shape=array.shape)


def collected(feed):
    x, y, weight = zip(*(segment.data for segment in feed.segments(None, True)), strict=True)
    return np.concatenate(x), np.concatenate(y), None if weight[0] is None else np.concatenate(weight)


@pytest.mark.parametrize(
    "make",
    [
        lambda _: X,
        lambda _: X.tolist(),
        lambda _: X.astype(np.float64),
        lambda _: np.asfortranarray(X),
        lambda _: pandas.DataFrame(X, columns=list("abcd")),
        lambda _: pandas.DataFrame({"a": pandas.array(X[:, 0].astype(int), "Int64"), "b": X[:, 1]}).join(
            pandas.DataFrame(X[:, 2:])
        ),
        lambda _: sparse.csr_matrix(X),
        lambda _: sparse.coo_array(X),
        lambda path: on_disk(path, X),
        lambda path: on_disk(path, X.astype(np.float64)),
        lambda path: on_disk(path, X.astype(np.uint8)),
    ],
)
def test_everything_that_holds_rows(make, tmp_path):
    x, y, weight = collected(open_feed(FORM, make(tmp_path), Y, batch_size=3))
    assert np.array_equal(x, X)
    assert x.dtype in (np.float32, np.uint8)
    assert np.array_equal(y, Y)
    assert weight is None


def test_rows_on_disk_that_need_no_conversion_stay_there(tmp_path):
    x = on_disk(tmp_path, X)
    (segment,) = open_feed(FORM, x, Y, batch_size=3).segments(None, False)
    assert np.shares_memory(segment.data[0], x)


def test_an_order_reaches_rows_on_disk(tmp_path):
    x = on_disk(tmp_path, X.astype(np.float64))
    feed = open_feed(FORM, x, Y, batch_size=3, order=lambda rows: lambda: np.arange(rows)[::-1])
    found = list(feed.segments(None, True))
    assert [len(segment.data[0]) for segment in found] == [3, 3, 3, 1]
    assert np.array_equal(np.concatenate([segment.data[1] for segment in found]), Y[::-1])
    assert np.array_equal(np.concatenate([segment.data[0] for segment in found]), X[::-1])


def test_one_column_of_a_frame_is_one_column():
    column = pandas.Series(X[:, 0])
    assert np.array_equal(collected(open_feed(FORM, column, Y))[0], X[:, :1])
    head, tail = split_rows((column, Y, None), 0.3)
    assert (head[0].shape, tail[0].shape) == ((7, 1), (3, 1))
    assert data.features(column, None, FORM.dtype, "dense").shape == (10, 1)


def test_class_weights_become_sample_weights():
    labels = np.array([0, 1, 2, 1, 0, 0, 2, 1, 1, 0])
    for y, keys in ((labels, (0, 2)), (labels[:, None], ("0", "2")), (np.eye(3)[labels], (0.0, np.int64(2)))):
        weight = collected(open_feed(FORM, X, y, class_weight=dict(zip(keys, (2.0, 0.5), strict=True))))[2]
        assert weight.dtype == np.float32
        assert np.array_equal(weight, np.array([2, 1, 0.5])[labels])
    feed = open_feed(FORM, batches_of([(X[:5], labels[:5]), (X[5:], labels[5:])]), class_weight={1: 3})
    assert np.array_equal(collected(feed)[2], np.where(labels == 1, 3, 1))


def batches_of(batches):
    yield from batches


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"y": Y[:3]}, ValueError, r"y must have 10 rows, as x has; found \(3,\)"),
        ({"sample_weight": Y[:3]}, ValueError, "sample_weight must have 10 rows"),
        ({"x": X[:0], "y": Y[:0]}, ValueError, "x has no rows"),
        ({"x": sparse.csr_matrix((0, 4)), "y": Y[:0]}, ValueError, "x has no rows"),
        ({"x": 5}, ValueError, "x must have rows"),
        ({"x": pandas.DataFrame({"a": ["b"] * 10})}, TypeError, "some columns"),
        ({"x": batches_of([]), "y": Y}, ValueError, "must be part of the batches"),
        ({"class_weight": {0: 1}, "sample_weight": Y}, ValueError, "not both"),
        ({"class_weight": {0: -1}}, ValueError, r"class_weight\[0\]"),
        ({"class_weight": {"cat": 1}}, ValueError, "integer keys: the classes; got 'cat'"),
        ({"class_weight": {0.5: 1}}, ValueError, "integer keys: the classes; got 0.5"),
        ({"class_weight": [1, 2]}, ValueError, "class_weight must be a dict"),
        ({"class_weight": {0: 1}, "y": None}, ValueError, "class_weight needs y"),
        ({"class_weight": {0: 1}, "y": np.zeros((10, 2, 2))}, ValueError, "one label a row"),
        ({"batch_size": 0}, ValueError, "batch_size"),
    ],
)
def test_bad_data(arguments, error, match):
    with pytest.raises(error, match=match):
        open_feed(FORM, **{"x": X, "y": Y, **arguments})


def test_batches_are_checked_as_they_come():
    feed = open_feed(FORM, Stream([(X, Y), (X, Y[:3])]))
    with pytest.raises(ValueError, match="y must have 10 rows"):
        list(feed.segments(None, True))


@pytest.mark.parametrize("kind", [np.asarray, list, sparse.csr_matrix, pandas.DataFrame])
def test_splitting(kind):
    head, tail = split_rows((kind(X), Y, None), 0.3)
    x, y, weight = collected(open_feed(FORM, *tail))
    assert np.array_equal(x, X[7:])
    assert np.array_equal(y, Y[7:])
    assert weight is None
    assert len(collected(open_feed(FORM, *head))[0]) == 7
    with pytest.raises(ValueError, match="leaves nothing"):
        split_rows((kind(X), Y, None), 0.99)


def test_what_cannot_be_split():
    with pytest.raises(ValueError, match="validation_split needs x as an array"):
        split_rows((iter([X]), None, None), 0.3)


def test_validation_parts():
    assert validation_parts((1, 2)) == (1, 2, None)
    assert validation_parts([1, 2, 3]) == (1, 2, 3)
    stream = iter([(X, Y)])
    assert validation_parts(stream) == (stream, None, None)
    with pytest.raises(ValueError, match="got 1 entries"):
        validation_parts((1,))
    with pytest.raises(TypeError, match="validation_data must be"):
        validation_parts(5)


def test_predictions_for_rows_on_disk_and_sparse_rows(tmp_path, monkeypatch):
    """Converted piece by piece; the rows come out as they would have together."""
    model = Sequential([layers.Dense(3, "tanh"), layers.Dense(2)])
    expected = model.predict(X)
    monkeypatch.setattr("dlcore.models.intake.CHUNK_BYTES", 64)
    asked = []
    features = data.features
    monkeypatch.setattr(data, "features", lambda x, *rest: asked.append(x.shape[0]) or features(x, *rest))
    for x in (on_disk(tmp_path, X.astype(np.uint8)), on_disk(tmp_path, X.astype(np.float64)), sparse.csr_matrix(X)):
        asked.clear()
        assert np.array_equal(model.predict(x, batch_size=4), expected)
        assert max(asked) <= 4
