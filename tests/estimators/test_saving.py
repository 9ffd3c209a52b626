"""Estimators in files, and as pickles: what comes back predicts the same bits and trains on alike."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

import dlcore
from dlcore import files, losses, optimizers
from dlcore.estimators import MLPClassifier, MLPRegressor

from .problems import blobs, waves


def returned(model, tmp_path, **arguments):
    path = tmp_path / "model.safetensors"
    model.save(path)
    return dlcore.load_model(path, **arguments)


MODELS = [
    MLPClassifier(random_state=0, class_weight={"a": 2.0, "c": 0.5}),
    MLPClassifier(random_state=0, solver="lbfgs", n_iter_no_change=math.inf),
    MLPClassifier(random_state=0, early_stopping=True, loss="focal", dropout=0.1, normalization="batch", max_iter=15),
    MLPClassifier(random_state=0, solver=optimizers.Lion(0.003), alpha=0.01, preprocessing=None),
    MLPClassifier(random_state=0, learning_rate=optimizers.schedules.CosineDecay(0.01, 500), hidden_layer_sizes=[9, 8]),
    MLPRegressor(random_state=0),
    MLPRegressor(random_state=0, loss="quantile", quantile=[0.2, 0.8]),
    MLPRegressor(random_state=0, loss=losses.Huber(3.0), activation="gelu"),
    MLPRegressor(random_state=0, loss="gaussian_nll", early_stopping=True),
]


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_loaded_estimator_is_the_same(model, tmp_path):
    x, y = blobs() if isinstance(model, MLPClassifier) else waves()
    model.fit(x, y)
    for loaded in (returned(model, tmp_path), pickle.loads(pickle.dumps(model))):
        assert type(loaded) is type(model)
        np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
        assert loaded.predict(x).dtype == model.predict(x).dtype
        if isinstance(model, MLPClassifier):
            np.testing.assert_array_equal(loaded.predict_proba(x), model.predict_proba(x))
            np.testing.assert_array_equal(loaded.classes_, model.classes_)
        for name in vars(model):
            if name.endswith("_") and name not in ("model_", "classes_"):
                found, expected = getattr(loaded, name), getattr(model, name)
                assert repr(found) == repr(expected), name
        kept = set(model.get_params()) - {"random_state", "solver", "learning_rate", "loss", "hidden_layer_sizes"}
        assert {name: loaded.get_params()[name] for name in kept} == {name: model.get_params()[name] for name in kept}
        assert loaded.score(x, y) == model.score(x, y)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"solver": "sgd", "learning_rate": "invscaling"}, {"dropout": 0.2}, {"alpha": 0.1, "solver": "rmsprop"}],
    ids=repr,
)
def test_passes_go_on_as_if_never_stopped(arguments, tmp_path):
    x, y = blobs()
    model = MLPClassifier(random_state=0, batch_size=16, **arguments)
    for _ in range(3):
        model.partial_fit(x, y, classes=list("abc"))
    others = [returned(model, tmp_path), pickle.loads(pickle.dumps(model))]
    for each in (model, *others):
        for _ in range(3):
            each.partial_fit(x, y)
    for other in others:
        np.testing.assert_array_equal(other.predict_proba(x), model.predict_proba(x))
        assert other.loss_curve_ == model.loss_curve_
        assert other.t_ == model.t_ == 6 * len(x)


@pytest.mark.parametrize("labels", [[3, 7, 9], ["no", "yes", "Ø"], [0.5, 1.0, 2.0], [True, False, True]])
@pytest.mark.parametrize("kind", [None, object])
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_labels_of_every_kind(labels, kind, tmp_path):
    if labels[0] == 0.5:
        labels = [1.0, 2.0, 4.0]
    x = np.eye(3).repeat(5, axis=0)
    y = np.array(labels, kind).repeat(5)
    if kind is object and not isinstance(labels[0], str):
        y = y.astype(type(labels[0]))  # scikit-learn knows no objects that are numbers
    model = MLPClassifier(random_state=0, max_iter=2, learning_rate="constant", class_weight={labels[0]: 2.0}).fit(x, y)
    loaded = returned(model, tmp_path)
    assert loaded.classes_.dtype == model.classes_.dtype
    np.testing.assert_array_equal(loaded.classes_, model.classes_)
    assert loaded.class_weight == model.class_weight


def test_frames_with_names_and_categories(tmp_path):
    pandas = pytest.importorskip("pandas")
    x, y = blobs()
    frame = pandas.DataFrame({"u": x[:, 0], "v": x[:, 1], "word": np.where(x[:, 0] > 0, "up", "down")})
    frame.loc[3, "u"] = np.nan
    model = MLPClassifier(random_state=0).fit(frame, y)
    loaded = returned(model, tmp_path)
    np.testing.assert_array_equal(loaded.predict_proba(frame), model.predict_proba(frame))
    np.testing.assert_array_equal(loaded.feature_names_in_, ["u", "v", "word"])
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(frame.rename(columns={"u": "w"}))


def test_functions_of_ones_own_must_be_made_known(tmp_path):
    x, y = waves()

    def cubic(y_true, y_pred):
        return abs(y_true - y_pred) ** 3

    model = MLPRegressor(loss=cubic, random_state=0, max_iter=60).fit(x, y)
    loaded = returned(model, tmp_path, custom_objects={"cubic": cubic})
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
    with pytest.raises(ValueError, match="cubic"):
        dlcore.load_model(tmp_path / "model.safetensors")
    model.set_params(loss=lambda t, p: t - p)
    before = (tmp_path / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match="lambda"):
        model.save(tmp_path / "model.safetensors")
    assert (tmp_path / "model.safetensors").read_bytes() == before


def test_the_packages_random_state_stays(tmp_path):
    x, y = blobs()
    model = MLPClassifier(random_state=0).partial_fit(x, y, classes=list("abc"))
    before = dlcore.random.get_state()
    returned(model, tmp_path)
    assert dlcore.random.get_state() == before


def test_without_its_training_a_pass_begins_anew(tmp_path):
    x, y = blobs()
    model = MLPClassifier(random_state=0).partial_fit(x, y, classes=list("abc"))
    loaded = returned(model, tmp_path, compile=False)
    np.testing.assert_array_equal(loaded.predict_proba(x), model.predict_proba(x))
    assert loaded.partial_fit(x, y).t_ == 2 * len(x)


def test_a_file_is_not_overwritten_unasked(tmp_path):
    x, y = blobs()
    path = tmp_path / "model.safetensors"
    model = MLPClassifier(random_state=0).fit(x, y)
    model.save(path)
    with pytest.raises(FileExistsError):
        model.save(path, overwrite=False)


@pytest.mark.parametrize("change", ["estimator", "class_name", "columns", "output", "net", "labels", "layers"])
def test_files_that_lack_something_are_refused(change, tmp_path):
    x, y = blobs()
    path = tmp_path / "model.safetensors"
    MLPClassifier(random_state=0).fit(x, y).save(path)
    contents = files.read(path)
    place = contents.document if change in ("estimator", "layers") else contents.document["estimator"]
    for bad in (None, 3, {}, [["x"]]):
        place[change] = bad
        files.write(
            path, contents.tensors, {k: v for k, v in contents.document.items() if k not in ("sha256", "format")}
        )
        with pytest.raises(ValueError, match=r"cannot be rebuilt|does not hold"):
            dlcore.load_model(path)
