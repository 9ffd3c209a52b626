"""What becomes of numbers, categories and dates; what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from dlcore.tables import FeatureEncoder

from .frames import every_kind

RNG = np.random.default_rng(3)


# --- Numbers ---


def test_without_outliers_robust_is_the_standard_scaler():
    x = RNG.normal(size=(200, 3)) * [1, 1e6, 1e-6] + [0, 1e7, 5]
    expected = StandardScaler().fit_transform(x)
    for scaling in ("robust", "standard"):
        found = FeatureEncoder(scaling=scaling, clip=None, dtype="float64").fit_transform(x)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9)
    found = FeatureEncoder(scaling="minmax", clip=None, dtype="float64").fit_transform(x)
    assert np.allclose(found, MinMaxScaler().fit_transform(x), rtol=1e-9, atol=1e-9)


def test_outliers_hardly_move_the_others():
    x = RNG.normal(size=(1000, 1))
    clean = FeatureEncoder().fit_transform(x)
    with_outliers = np.vstack([x, [[1e9]] * 20])
    found = FeatureEncoder().fit_transform(with_outliers)
    assert np.abs(found[:1000] - clean).max() < 0.8
    assert found[1000:].max() <= 3
    assert np.abs(FeatureEncoder(scaling="standard", clip=None).fit_transform(with_outliers)[:1000]).max() < 0.2


def test_clip_bends_and_keeps_the_order():
    encoder = FeatureEncoder(scaling=None, clip=2.0)
    x = np.array([[-1e300], [-4.0], [0.0], [1.0], [4.0], [1e300]])
    found = encoder.fit(x[1:5]).transform(x)[:, 0]
    assert found.tolist() == pytest.approx([-2, -4 / 5**0.5, 0, 1 / 1.25**0.5, 4 / 5**0.5, 2])
    assert (np.diff(found) > 0).all()


def test_columns_of_mostly_zeros_stay_near():
    x = np.zeros((1000, 2))
    x[0, 0] = 255
    x[:50, 1] = RNG.integers(1, 256, 50)
    found = FeatureEncoder().fit_transform(x)
    assert np.abs(found).max() <= 3
    assert (found[1:, 0] == found[1, 0]).all()
    assert found[0, 0] > 2


def test_constant_columns_and_empty_ones_are_0_whatever_comes():
    x = np.array([[7.0, np.nan, 0.1 + 0.2], [7.0, np.nan, 0.3]])
    encoder = FeatureEncoder().fit(x)
    assert encoder.transform(x).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert encoder.transform([[1e9, 5.0, 3.0]]).tolist() == [[0, 0, 0]]
    assert encoder.describe()[0]["text"] == "constant, so it became 0"


@pytest.mark.parametrize("huge", [1e150, 1e-150, 1e299, 1e-299])
def test_magnitudes_do_not_matter(huge):
    x = RNG.normal(size=(100, 2))
    assert np.allclose(FeatureEncoder().fit_transform(x * huge), FeatureEncoder().fit_transform(x), atol=1e-6)


def test_missing_numbers_become_the_median_and_are_marked():
    x = RNG.normal(size=(60, 3))
    x[::7, 1] = np.nan
    encoder = FeatureEncoder(clip=None, scaling=None, dtype="float64").fit(x)
    assert encoder.get_feature_names_out().tolist() == ["x0", "x1", "x1=(missing)", "x2"]
    found = encoder.transform(x)
    imputed = SimpleImputer(strategy="median", add_indicator=True).fit_transform(x)
    assert np.allclose(found[:, [0, 1, 3, 2]], imputed)
    late = np.array([[np.nan, 1.0, 2.0]])  # a gap where there was none before
    assert encoder.transform(late).tolist() == [[np.median(x[:, 0]), 1.0, 0.0, 2.0]]
    assert FeatureEncoder(indicators=False).fit(x).n_features_out_ == 3


def test_sums_beyond_every_bound_are_no_matter():
    found = FeatureEncoder().fit(np.eye(2)).transform(np.full((9, 2), 1e308))
    assert (found == 3).all()
    with pytest.raises(ValueError, match="too large for dtype"):
        FeatureEncoder(clip=None).fit(np.eye(2)).transform([[1e308, 0.0]])


# --- Categories ---


def test_categories_are_one_hot_as_in_sklearn():
    frame = pd.DataFrame({"a": list("xyzxyz"), "b": pd.Categorical(list("uvuvuv")), "c": [1.0, 2, 3, 4, 5, 6]})
    found = FeatureEncoder().fit_transform(frame)
    assert np.array_equal(found[:, :5], OneHotEncoder(sparse_output=False).fit_transform(frame[["a", "b"]]))


def test_unknown_and_missing_categories():
    encoder = FeatureEncoder().fit([["a"], ["a"], ["b"], ["b"]])
    assert encoder.transform([["c"], [None], ["b"]]).tolist() == [[0, 0], [0, 0], [0, 1]]
    encoder = FeatureEncoder().fit([["a"], ["a"], [None], ["c"], ["d"], ["e"]])
    assert encoder.get_feature_names_out().tolist() == ["x0=a", "x0=(other)", "x0=(missing)"]
    assert encoder.transform([["a"], ["c"], ["never seen"], [None]]).tolist() == [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 0, 1],
    ]


def test_many_categories_share_the_last_feature():
    column = [[f"c{i}"] for i in range(10) for _ in range(10 - i)]
    encoder = FeatureEncoder(max_categories=4, min_frequency=1).fit(column)
    assert encoder.get_feature_names_out().tolist() == ["x0=c0", "x0=c1", "x0=c2", "x0=(other)"]
    oracle = OneHotEncoder(max_categories=4, sparse_output=False).fit(column)
    assert np.array_equal(encoder.transform(column), oracle.transform(column))
    assert FeatureEncoder(max_categories=10).fit(column).n_features_out_ == 10
    assert FeatureEncoder(min_frequency=0.15).fit(column).n_features_out_ == 3  # 55 rows: at least 8.25 of them
    rare = FeatureEncoder().fit(column).get_feature_names_out().tolist()
    assert rare[-1] == "x0=c9"  # a single rare one keeps its name


def test_a_column_of_names_is_left_out():
    encoder = FeatureEncoder().fit(pd.DataFrame({"id": ["a", "b", "c"], "x": [1.0, 2, 3]}))
    assert encoder.get_feature_names_out().tolist() == ["x"]
    assert "left out" in encoder.describe()[0]["text"]


def test_a_category_is_known_by_its_text_too():
    """A file whose column held "1", "2" and "x" may hold but 1 and 2 another time: they are read as numbers then."""
    encoder = FeatureEncoder().fit(pd.DataFrame({"a": ["1", "2", "x"] * 2}))
    later = encoder.transform(pd.DataFrame({"a": [1.0, 2.0, np.nan]}))
    assert later.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    encoder = FeatureEncoder(categorical_features=[0]).fit([[1], [2], [1], [2]])
    assert encoder.transform([["1"], ["2"]]).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("chosen", [["b"], [1], [-1], [False, True], np.array([False, True]), pd.Index(["b"])])
def test_which_columns_are_categories_can_be_said(chosen):
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [7, 8, 7, 8]})
    encoder = FeatureEncoder(categorical_features=chosen).fit(frame)
    assert encoder.get_feature_names_out().tolist() == ["a", "b=7", "b=8"]
    matrix = FeatureEncoder(categorical_features=[1]).fit(frame.to_numpy())
    assert np.array_equal(matrix.transform(frame.to_numpy()), encoder.transform(frame))


def test_text_is_a_category_even_if_it_is_digits():
    assert FeatureEncoder().fit([["1"], ["2"], ["1"], ["2"]]).n_features_out_ == 2
    assert FeatureEncoder(categorical_features=None).fit([["1"], ["2.5"]]).n_features_out_ == 1


# --- Dates ---


def test_dates_are_a_number_and_phases():
    frame = pd.DataFrame({"t": pd.date_range("2024-01-01", periods=400, freq="D")})
    encoder = FeatureEncoder(clip=None, dtype="float64").fit(frame)
    names = ["t", *(f"t={wave} of {cycle}" for cycle in ("year", "week") for wave in ("sin", "cos"))]
    assert encoder.get_feature_names_out().tolist() == names
    found = encoder.transform(frame)
    assert np.allclose(found[:, 0], StandardScaler().fit_transform(np.arange(400.0)[:, None])[:, 0])
    angle = 2 * np.pi * frame["t"].dt.day_of_week.to_numpy() / 7
    assert np.allclose(found[:, 3], np.sin(angle), atol=1e-9)
    assert np.allclose(found[:, 4], np.cos(angle), atol=1e-9)
    assert np.allclose(found[0, 1:3], [0, 1])  # the first of January
    hours = pd.DataFrame({"t": pd.date_range("2024-01-01", periods=50, freq="h")})
    assert "t=sin of day" in FeatureEncoder().fit(hours).get_feature_names_out()


def test_missing_dates_and_dates_of_any_year():
    dates = np.array([["2020-01-01"], ["NaT"], ["9999-12-31"], ["1500-06-01"]], "datetime64[D]")
    encoder = FeatureEncoder().fit(dates)
    found = encoder.transform(dates)
    assert np.isfinite(found).all()
    assert found[:, 1].tolist() == [0, 1, 0, 0]
    assert found[1, 2:].tolist() == [0, 0, 0, 0]
    assert np.array_equal(encoder.transform(dates.astype(str).astype(object)[[0, 2]]), found[[0, 2]])


# --- Everything ---


def test_a_frame_of_every_kind():
    frame = every_kind()
    encoder = FeatureEncoder()
    found = encoder.fit_transform(frame)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous
    assert np.isfinite(found).all()
    assert found.shape == (100, encoder.n_features_out_) == (100, len(encoder.get_feature_names_out()))
    assert len(set(encoder.get_feature_names_out())) == encoder.n_features_out_
    kinds = {column["name"]: column["kind"] for column in encoder.describe()}
    assert {name for name, kind in kinds.items() if kind == "category"} == {
        "text",
        "object",
        "category",
        "interval",
        "id",
    }
    assert {name for name, kind in kinds.items() if kind == "date"} == {"date", "zone"}
    rows = np.vstack([encoder.transform(frame.iloc[i : i + 1]) for i in range(len(frame))])
    assert np.array_equal(rows, found)


def test_columns_are_found_by_name():
    frame = every_kind()
    encoder = FeatureEncoder().fit(frame)
    other = frame[frame.columns[::-1]].assign(more="x")
    assert np.array_equal(encoder.transform(other), encoder.transform(frame))
    with pytest.raises(ValueError, match="yet now missing:\n- text\n"):
        encoder.transform(frame.drop(columns="text"))
    with pytest.raises(ValueError, match="X has 2 features, but FeatureEncoder is expecting 13 features as input"):
        encoder.transform([[1, 2]])


def test_weights_are_repeated_rows():
    frame = every_kind(60)
    times = np.arange(60) % 4
    weighted = FeatureEncoder().fit(frame, sample_weight=times)
    repeated = FeatureEncoder().fit(frame.loc[np.repeat(frame.index, times)])
    assert weighted.get_feature_names_out().tolist() == repeated.get_feature_names_out().tolist()
    assert np.allclose(weighted.transform(frame), repeated.transform(frame), atol=1e-6)
    with pytest.raises(ValueError, match="finite numbers, 0 or more"):
        FeatureEncoder().fit(frame, sample_weight=-times)
    with pytest.raises(ValueError, match=r"shape \(60,\)"):
        FeatureEncoder().fit(frame, sample_weight=[1.0])


def test_no_rows_give_no_rows():
    assert FeatureEncoder().fit(every_kind()).transform(every_kind().iloc[:0]).shape[0] == 0


def test_names_of_features_for_columns_without_names():
    encoder = FeatureEncoder().fit(np.eye(2))
    assert encoder.get_feature_names_out(["p", "q"]).tolist() == ["p", "q"]
    with pytest.raises(ValueError, match="length equal to number of features"):
        encoder.get_feature_names_out(["p"])
    with pytest.raises(ValueError, match="not equal to feature_names_in_"):
        FeatureEncoder().fit(pd.DataFrame({"a": [1, 2]})).get_feature_names_out(["b"])
