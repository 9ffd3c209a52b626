"""One table in many forms: the same columns, whatever holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.tables import FeatureEncoder
from dlcore.tables.intake import Coded, read

from .frames import every_kind

FRAME = pd.DataFrame({"a": [1.0, 2.5, np.nan, 4.0], "b": ["x", "y", "x", None], "c": [True, False, True, True]})
ROWS = [[1.0, "x", True], [2.5, "y", False], [np.nan, "x", True], [4.0, None, True]]


def _structured() -> np.ndarray:
    array = np.empty(4, [("a", ">f4"), ("b", object), ("c", bool)])
    for i, row in enumerate(ROWS):
        array[i] = tuple(row)
    return array


FORMS = {
    "rows": ROWS,
    "tuples": tuple(map(tuple, ROWS)),
    "objects": np.array(ROWS, object),
    "objects in columns": np.asfortranarray(np.array(ROWS, object)),
    "structured": _structured(),
    "records": _structured().view(np.recarray),
    "masked structure": np.ma.array(_structured(), mask=[(0, 0, 0), (0, 0, 0), (1, 0, 0), (0, 1, 0)]),
    "dict": {"a": [1.0, 2.5, None, 4.0], "b": np.array(["x", "y", "x", None], object), "c": FRAME["c"]},
    "nullable": FRAME.convert_dtypes(),
    "pyarrow": FRAME.convert_dtypes(dtype_backend="pyarrow"),
    "category": FRAME.astype({"b": "category"}),
    "NA": FRAME.astype({"b": "string"}).assign(a=pd.Series([1.0, 2.5, pd.NA, 4.0], dtype=object)),
    "other index": FRAME.set_axis([5, 5, 7, 1], axis=0),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_gives_the_same_features(form):
    expected = FeatureEncoder().fit_transform(FRAME)
    encoder = FeatureEncoder().fit(FORMS[form])
    assert np.array_equal(encoder.transform(FORMS[form]), expected)
    assert np.array_equal(FeatureEncoder().fit(FRAME).transform(FORMS[form]), expected)
    named = hasattr(FORMS[form], "columns") or "struct" in form or form in ("records", "dict")
    assert hasattr(encoder, "feature_names_in_") == named
    if named:
        assert encoder.feature_names_in_.tolist() == ["a", "b", "c"]


class Table:
    """What polars' frames and pyarrow's tables have in common."""

    def to_pandas(self) -> pd.DataFrame:
        return FRAME


def test_tables_that_can_become_pandas_frames():
    assert np.array_equal(FeatureEncoder().fit_transform(Table()), FeatureEncoder().fit_transform(FRAME))
    pyarrow = pytest.importorskip("pyarrow")
    arrow = pyarrow.Table.from_pandas(FRAME)
    assert np.array_equal(FeatureEncoder().fit_transform(arrow), FeatureEncoder().fit_transform(FRAME))


@pytest.mark.parametrize("kind", ["U", "S", "T"])
def test_arrays_of_text_are_categories(kind):
    if kind == "T" and not hasattr(np.dtypes, "StringDType"):
        pytest.skip("NumPy has no such dtype yet")
    x = np.array([["a", "1"], ["b", "1"], ["a", "2"], ["b", "2"]]).astype(kind)
    assert FeatureEncoder().fit(x).get_feature_names_out().tolist() == ["x0=a", "x0=b", "x1=1", "x1=2"]


def test_masked_numbers_are_missing():
    x = np.ma.array([[1, 2], [3, 4], [5, 9]], mask=[[0, 0], [1, 0], [0, 0]])
    expected = FeatureEncoder().fit_transform(np.array([[1, 2], [np.nan, 4], [5, 9]]))
    assert np.array_equal(FeatureEncoder().fit_transform(x), expected)
    text = np.ma.array([["a"], ["b"], ["a"], ["b"]], mask=[[0], [0], [0], [1]])
    assert read(text).column(0).tolist() == ["a", "b", "a", None]


def test_categories_with_codes_are_not_spelled_out():
    column = read(FRAME.astype({"b": "category"})).column(1)
    assert isinstance(column, Coded)
    assert column.codes.tolist() == [0, 1, 0, -1]


def test_durations_are_seconds_and_periods_dates():
    frame = pd.DataFrame({"d": pd.to_timedelta(["1h", None]), "p": pd.period_range("2020-01", periods=2, freq="M")})
    table = read(frame)
    assert table.column(0)[0] == 3600
    assert np.isnan(table.column(0)[1])
    assert table.column(1).tolist() == pd.to_datetime(["2020-01-01", "2020-02-01"]).to_pydatetime().tolist()


def test_times_are_those_on_the_wall():
    there = pd.DataFrame({"t": pd.date_range("2020-01-01", periods=5, freq="5h", tz="Asia/Tokyo")})
    here = pd.DataFrame({"t": pd.date_range("2020-01-01", periods=5, freq="5h")})
    assert np.array_equal(FeatureEncoder().fit_transform(there), FeatureEncoder().fit_transform(here))


NUMBERS = st.sampled_from(["f2", "f4", "f8", ">f4", ">f8", "g", "i1", ">i4", "i8", "u1", "u8", "?"])


@given(st.data(), NUMBERS, st.sampled_from(["C", "F", "strided", "reversed", "read-only", "unaligned"]))
def test_every_dtype_and_order_means_its_numbers(data, dtype, order):
    values = data.draw(hnp.arrays(np.int8, (5, 3), elements=st.integers(0, 1) if dtype == "?" else st.integers(0, 99)))
    x = values.astype(dtype)
    if x.dtype.kind == "f":
        x[data.draw(st.integers(0, 4)), 1] = np.nan
    expected = FeatureEncoder().fit_transform(x.astype(np.float64))
    if order == "F":
        x = np.asfortranarray(x)
    elif order == "strided":
        x = np.repeat(np.repeat(x, 2, axis=0), 3, axis=1)[::2, ::3]
    elif order == "reversed":
        x = x[::-1, ::-1].copy()[::-1, ::-1]
    elif order == "unaligned":
        x = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape)
    x.flags.writeable = False
    before = x.tobytes()
    found = FeatureEncoder().fit_transform(x)
    assert np.array_equal(found, expected)
    assert found.flags.c_contiguous
    assert x.tobytes() == before


CELLS = st.none() | st.text(max_size=2) | st.integers(-3, 3) | st.booleans() | st.floats(-9, 9) | st.just(float("nan"))


@given(st.lists(CELLS | st.datetimes(), min_size=1, max_size=12))
def test_any_column_can_be_learned(cells):
    column = np.empty((len(cells), 1), object)
    column[:, 0] = cells
    encoder = FeatureEncoder(min_frequency=1).fit(column)
    found = encoder.transform(column)
    assert np.isfinite(found).all()
    if encoder.describe()[0]["kind"] == "category":
        assert (found.sum(axis=1) == 1).all()  # every row is in one category, or missing
    assert np.array_equal(encoder.transform(column[::-1]), found[::-1])


def test_the_frame_is_left_as_it_was():
    frame = every_kind()
    before = frame.copy(deep=True)
    FeatureEncoder().fit_transform(frame)
    pd.testing.assert_frame_equal(frame, before)
