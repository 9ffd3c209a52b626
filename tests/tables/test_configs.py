"""What was learned, as JSON and back: every bit of it, or a clear error."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.base
from hypothesis import given
from hypothesis import strategies as st

from dlcore import registry, tables
from dlcore.tables import FeatureEncoder, LabelEncoder, TargetScaler

from .frames import every_kind


def through_json(encoder):
    return type(encoder).from_config(json.loads(json.dumps(encoder.get_config(), allow_nan=False)))


WAYS = {
    "config": through_json,
    "room": lambda e: tables.deserialize(json.loads(json.dumps(tables.serialize(e)))),
    "keras": lambda e: registry.deserialize_keras_object(json.loads(json.dumps(registry.serialize_keras_object(e)))),
    "pickle": lambda e: pickle.loads(pickle.dumps(e)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_bit_comes_back(way):
    frame = every_kind()
    encoder = FeatureEncoder(max_categories=5).fit(frame)
    again = WAYS[way](encoder)
    assert again.transform(frame).tobytes() == encoder.transform(frame).tobytes()
    assert again.get_config() == encoder.get_config()
    assert again.get_params() == encoder.get_params()
    assert again.describe() == encoder.describe()
    assert again.get_feature_names_out().tolist() == encoder.get_feature_names_out().tolist()
    assert again.feature_names_in_.tolist() == frame.columns.tolist()
    assert again.n_features_in_ == 13
    for other in (LabelEncoder().fit(["b", "a"]), TargetScaler().fit([0.1, 0.7]), FeatureEncoder(), LabelEncoder()):
        assert WAYS[way](other).get_config() == other.get_config()
        assert WAYS[way](other).is_fitted == other.is_fitted


def test_sparse_and_nameless_ones_come_back():
    for x in (sp.random(9, 4, 0.5, format="csr", random_state=0), np.eye(3)):
        encoder = FeatureEncoder().fit(x)
        found, again = encoder.transform(x), through_json(encoder).transform(x)
        assert type(found) is type(again)
        assert np.array_equal(np.asarray(sp.csr_matrix(found).todense()), np.asarray(sp.csr_matrix(again).todense()))


CELLS = st.text(max_size=3) | st.integers() | st.booleans() | st.floats(-1e9, 1e9) | st.datetimes() | st.none()


@given(st.lists(CELLS, min_size=1, max_size=10), st.lists(st.floats(-1e300, 1e300), min_size=10, max_size=10))
def test_any_category_and_number_comes_back(cells, numbers):
    x = np.empty((len(cells), 2), object)
    x[:, 0], x[:, 1] = cells, numbers[: len(cells)]
    encoder = FeatureEncoder(categorical_features=[0], min_frequency=1).fit(x)
    assert through_json(encoder).transform(x).tobytes() == encoder.transform(x).tobytes()


def test_a_category_with_the_name_of_a_class_stays_a_category():
    @registry.register_keras_serializable("tests", "Paris")
    class Paris:
        def get_config(self):
            return {}

    encoder = FeatureEncoder().fit([["tests>Paris"], ["b"], ["tests>Paris"], ["b"]])
    assert WAYS["keras"](encoder).get_config() == encoder.get_config()


def test_clone_is_sklearns():
    for encoder in (FeatureEncoder(clip=None, categorical_features=[1]), LabelEncoder("multilabel"), TargetScaler()):
        clone = sklearn.base.clone(encoder)
        assert type(clone) is type(encoder)
        assert clone.get_params() == encoder.get_params()
        assert not clone.is_fitted
    assert repr(LabelEncoder()) == "LabelEncoder(labels='auto')"


def test_what_is_set_later_holds_before_and_after_the_way_through_json():
    x = np.random.default_rng(0).normal(size=(20, 2))
    encoder = FeatureEncoder().fit(x).set_params(clip=None, dtype="float64")
    found = encoder.transform(x)
    assert found.dtype == np.float64
    assert np.array_equal(found, FeatureEncoder(clip=None, dtype="float64").fit_transform(x))
    assert np.array_equal(through_json(encoder).transform(x), found)


def test_a_second_fit_forgets_the_first():
    encoder = FeatureEncoder().fit(every_kind())
    encoder.fit(np.eye(2))
    assert not hasattr(encoder, "feature_names_in_")
    assert encoder.n_features_out_ == 2


@pytest.mark.parametrize("encoder", [FeatureEncoder, LabelEncoder, TargetScaler])
def test_configs_that_are_none(encoder):
    for wrong, match in (
        ([], "a config is a dict"),
        ({"speed": 1}, "no parameter 'speed'"),
        ({"fitted": "yes"}, "None or a dict"),
        ({"fitted": {}}, "fitted"),
    ):
        with pytest.raises(ValueError, match=match):
            encoder.from_config(wrong)


NUMBER = {
    "kind": "number", "center": 0.0, "factor": 1.0, "median": 0.0, "low": 0.0, "high": 1.0, "missing": 0,
    "indicator": False,
}  # fmt: skip
CATEGORY = {"kind": "category", "values": ["a", 1], "rare": 0, "missing": 0}
DATE = {"kind": "date", "seconds": NUMBER, "cycles": ["week"]}
GOOD = {"names": ["n", "c", "d"], "sparse": False, "columns": [NUMBER, CATEGORY, DATE]}


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"columns": None}, "columns"),
        ({"columns": []}, "columns"),
        ({"columns": ["number"]}, "whose 'kind' is one of number, category, date"),
        ({"columns": [{"kind": "os.system"}]}, "whose 'kind' is one of"),
        ({"columns": [{"kind": ["number"]}]}, "whose 'kind' is one of"),
        ({"columns": [{**NUMBER, "center": float("nan")}]}, "'center' must be a finite number"),
        ({"columns": [{**NUMBER, "factor": "1"}]}, "'factor' must be a finite number"),
        ({"columns": [{**NUMBER, "factor": 10**400}]}, "'factor' must be a finite number"),
        ({"columns": [{**NUMBER, "median": True}]}, "'median' must be a finite number"),
        ({"columns": [{**NUMBER, "missing": -1}]}, "'missing' must be a count"),
        ({"columns": [{**NUMBER, "indicator": 1}]}, "'indicator' must be true or false"),
        ({"columns": [{**CATEGORY, "values": "ab"}]}, "must be a list of categories"),
        ({"columns": [{**CATEGORY, "values": [["a"]]}]}, "a category is text"),
        ({"columns": [{**CATEGORY, "values": [None]}]}, "a category is text"),
        ({"columns": [{**CATEGORY, "values": [float("inf")]}]}, "a category is text"),
        ({"columns": [{**CATEGORY, "values": [{"date": "soon"}]}]}, "date"),
        ({"columns": [{**CATEGORY, "values": [{"date": "NaT"}]}]}, "a category is text"),
        ({"columns": [{**CATEGORY, "values": ["a", "a"]}]}, "comes twice"),
        ({"columns": [{**CATEGORY, "rare": 1.5}]}, "'rare' must be a count"),
        ({"columns": [{**DATE, "cycles": ["month"]}]}, "'cycles' must be a list of year, week, day"),
        ({"columns": [{**DATE, "cycles": ["week", "week"]}]}, "'cycles' must be a list"),
        ({"columns": [{**DATE, "cycles": [["week"]]}]}, "'cycles' must be a list"),
        ({"columns": [{**DATE, "seconds": 5}]}, "'seconds' must describe a column of numbers"),
        ({"names": ["n"]}, "a name for each of 3 columns"),
        ({"names": ["n", "n", "c"]}, "a name for each of 3 columns"),
        ({"names": ["n", 1, "c"]}, "a name for each of 3 columns"),
        ({"names": "ncd"}, "a name for each of 3 columns"),
        ({"sparse": True}, "without a center"),
        ({"sparse": "no"}, "'sparse'"),
    ],
    ids=repr,
)
def test_hostile_configs(wrong, match):
    assert FeatureEncoder.from_config({"fitted": GOOD}).n_features_out_ == 6
    with pytest.raises(ValueError, match=match):
        FeatureEncoder.from_config({"fitted": {**GOOD, **wrong}})


def test_no_library_is_imported_for_arrays():
    program = """
import sys
import numpy as np
from dlcore.tables import FeatureEncoder, LabelEncoder, TargetScaler
x = [[1.0, "a"], [2.0, "b"], [None, "a"], [2.0, "b"]]
encoder = FeatureEncoder.from_config(FeatureEncoder().fit(x).get_config())
assert encoder.transform(x).shape == (4, 4)
TargetScaler().fit_transform([1.0, 2.0]); LabelEncoder().fit_transform(["a", "b"])
assert not {"pandas", "scipy", "sklearn"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)
