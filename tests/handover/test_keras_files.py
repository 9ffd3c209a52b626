"""Models and weights of Keras's, from files that Keras wrote; what it predicted is kept beside them."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import dlcore
from dlcore import layers

h5py = pytest.importorskip("h5py")

FIXTURES = Path(__file__).parents[1] / "fixtures"
OUTPUTS = np.load(FIXTURES / "keras-outputs.npz")
X = OUTPUTS["x"]


def close(found: np.ndarray, wanted: np.ndarray) -> None:
    """To float32's rounding: both sum in orders of their own."""
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["plain", "mixed"])
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_whole_models(name, suffix):
    model = dlcore.load_model(FIXTURES / f"keras-{name}.{suffix}")
    assert isinstance(model, dlcore.Sequential)
    assert model.name == name
    close(model.predict(X, verbose=0), OUTPUTS[name])


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_model_is_compiled_as_it_was_and_trains(suffix):
    model = dlcore.load_model(FIXTURES / f"keras-plain.{suffix}")
    assert isinstance(model.optimizer, dlcore.optimizers.AdamW)
    assert model.optimizer.learning_rate == pytest.approx(0.002)
    assert model.optimizer.get_config()["clipnorm"] == 1.0
    history = model.fit(X, np.arange(16) % 3, epochs=2, verbose=0)
    assert set(history.history) == {"loss", "accuracy", "sparse_top_k_categorical_accuracy"}
    assert model.optimizer.iterations == 2
    assert not dlcore.load_model(FIXTURES / f"keras-plain.{suffix}", compile=False).compiled


@pytest.mark.parametrize("suffix", ["weights.h5", "keras", "h5"])
@pytest.mark.parametrize("name", ["plain", "mixed"])
def test_weights_alone(name, suffix):
    model = dlcore.models.clone_model(dlcore.load_model(FIXTURES / f"keras-{name}.keras"))
    assert not np.allclose(model.predict(X, verbose=0), OUTPUTS[name])
    model.load_weights(FIXTURES / f"keras-{name}.{suffix}")
    close(model.predict(X, verbose=0), OUTPUTS[name])


def test_what_was_loaded_is_saved_as_ours(tmp_path):
    model = dlcore.load_model(FIXTURES / "keras-mixed.keras")
    model.save(tmp_path / "model.safetensors")
    again = dlcore.load_model(tmp_path / "model.safetensors").predict(X, verbose=0)
    assert again.tobytes() == model.predict(X, verbose=0).tobytes()


def test_live_keras_agrees(tmp_path):
    keras = pytest.importorskip("keras", reason="Keras is not installed here")
    net = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(4, activation="mish"), keras.layers.Dense(2)])
    net.save(tmp_path / "net.keras")
    x = np.random.default_rng(0).standard_normal((9, 3)).astype(np.float32)
    close(dlcore.load_model(tmp_path / "net.keras").predict(x, verbose=0), np.asarray(net(x)))


# --- What does not fit ---


def small(*units: int):
    return dlcore.Sequential([layers.Input((5,)), *(layers.Dense(n) for n in units)])


def test_a_file_that_does_not_fit_lists_both_sides():
    model = small(8, 8)
    before = model.get_weights()
    with pytest.raises(ValueError, match="does not hold the weights of the model's layers") as caught:
        model.load_weights(FIXTURES / "keras-plain.weights.h5")
    assert "kernel (5, 8), bias (8,)" in str(caught.value)
    assert "dense_2: dense_2/vars/0 (8, 3), dense_2/vars/1 (3,)" in str(caught.value)
    with pytest.raises(ValueError, match=r"has kernel \(8, 9\), bias \(9,\); found dense_1/vars/0 \(8, 8\)"):
        small(8, 9, 3).load_weights(FIXTURES / "keras-plain.weights.h5")
    assert all((a == b).all() for a, b in zip(model.get_weights(), before, strict=True))


def test_weights_are_no_model():
    with pytest.raises(ValueError, match="holds no whole model but weights"):
        dlcore.load_model(FIXTURES / "keras-plain.weights.h5")


def test_a_model_must_be_built():
    with pytest.raises(ValueError, match="no weights yet"):
        dlcore.Sequential([layers.Dense(2)]).load_weights(FIXTURES / "keras-plain.weights.h5")


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"pip install 'dlcore\[keras-import\]'"):
        dlcore.load_model(FIXTURES / "keras-plain.keras")


# --- Damaged and hostile files ---


def archive(path: Path, **changed: object) -> Path:
    """The archive of the fixture with other members."""
    with zipfile.ZipFile(FIXTURES / "keras-plain.keras") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            new = changed.get(name.split(".")[0], source.read(name))
            if new is not None:
                target.writestr(name, new)
    return path


def config(**changes: object) -> dict:
    with zipfile.ZipFile(FIXTURES / "keras-plain.keras") as source:
        return {**json.loads(source.read("config.json")), **changes}


def test_every_cut_is_refused(tmp_path):
    data = (FIXTURES / "keras-plain.keras").read_bytes()
    for length in [*range(4, 64), *range(64, len(data), 997), len(data) - 1]:
        (tmp_path / "cut.keras").write_bytes(data[:length])
        with pytest.raises(ValueError, match=r"cut\.keras is (damaged|no)"):
            dlcore.load_model(tmp_path / "cut.keras")


def test_flipped_bits_are_refused_or_change_nothing(tmp_path):
    """The archive has a checksum for each member; its dates and the like have none."""
    good = (FIXTURES / "keras-plain.keras").read_bytes()
    path = tmp_path / "flipped.keras"
    refused = 0
    for place in range(0, len(good), 61):
        flipped = bytearray(good)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        try:
            close(dlcore.load_model(path).predict(X, verbose=0), OUTPUTS["plain"])
        except ValueError as error:
            refused += 1
            assert str(path) in str(error)  # noqa: PT017 - either is right
    assert refused > 300


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_classes_that_are_not_known_are_refused(tmp_path, suffix):
    hostile = config()
    hostile["config"]["layers"][1] = {
        "module": "os", "class_name": "system", "config": {"command": "true"}, "registered_name": None,
    }  # fmt: skip
    path = tmp_path / f"bad.{suffix}"
    if suffix == "keras":
        archive(path, config=json.dumps(hostile))
    else:
        path.write_bytes((FIXTURES / "keras-plain.h5").read_bytes())
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = json.dumps(hostile)
    with pytest.raises(ValueError, match="cannot be rebuilt: Unknown layer 'system'"):
        dlcore.load_model(path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"config": "{"}, "no JSON"),
        ({"config": "[" * 100_000}, "no JSON"),
        ({"config": "[]"}, "cannot be rebuilt"),
        ({"config": json.dumps(config(class_name="Functional"))}, "Could not locate class 'Functional'"),
        ({"config": json.dumps(config(class_name="__lambda__"))}, "arbitrary code"),
        ({"config": json.dumps(config(class_name="Dense", config={"units": 3}))}, "only Sequential"),
        ({"config": None}, "holds config.json 0 times"),
        ({"model": None}, "holds model.weights.h5 0 times"),
        ({"model": b"\x89HDF\r\n\x1a\n" + bytes(500)}, "no HDF5 file that can be read"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)  # fmt: skip
def test_archives_of_other_contents(tmp_path, changed, message):
    with pytest.raises(ValueError, match=message):
        dlcore.load_model(archive(tmp_path / "bad.keras", **changed))


def test_a_lambda_layer_is_never_run(tmp_path):
    hostile = config()
    code = {"class_name": "__lambda__", "config": {"code": "YQ==", "defaults": None, "closure": None}}
    hostile["config"]["layers"][1] = {
        "module": "keras.layers", "class_name": "Lambda", "config": {"name": "f", "function": code},
        "registered_name": None,
    }  # fmt: skip
    with pytest.raises(ValueError, match="arbitrary code"):
        dlcore.load_model(archive(tmp_path / "bad.keras", config=json.dumps(hostile)))


def test_a_huge_layer_is_refused_before_memory_is_asked_for(tmp_path):
    hostile = config()
    hostile["config"]["layers"][1]["config"]["units"] = 10**9
    with pytest.raises(ValueError, match="more than the file holds"):
        dlcore.load_model(archive(tmp_path / "bad.keras", config=json.dumps(hostile)))


def test_what_inflates_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("config.json", json.dumps(config()))
        target.writestr("model.weights.h5", bytes(1 << 22))
    with pytest.raises(ValueError, match="would take 4194304 bytes"):
        dlcore.load_model(tmp_path / "bomb.keras")


def rewritten(path: Path, change) -> Path:
    path.write_bytes((FIXTURES / "keras-plain.weights.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def external_link(file) -> None:
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "/x")


def soft_link(file) -> None:
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.SoftLink("/layers/dense_1/vars/0")


def external_data(file) -> None:
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (5, 8), "f4", external=[("/etc/passwd", 0, 160)])


def virtual_data(file) -> None:
    del file["layers/dense/vars/0"]
    layout = h5py.VirtualLayout((5, 8), "f4")
    layout[...] = h5py.VirtualSource("/etc/passwd", "x", (5, 8))
    file.create_virtual_dataset("layers/dense/vars/0", layout)


def announced(file) -> None:
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (10**6, 10**6), "f4", chunks=(1000, 1000))


def text(file) -> None:
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = "words"


def circle(file) -> None:
    file["layers/again"] = file["layers"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (external_link, "is a link, which is not followed"),
        (soft_link, "is a link, which is not followed"),
        (external_data, "lies in another file"),
        (virtual_data, "lies in another file"),
        (announced, "announces more numbers than the file holds"),
        (text, "no numbers"),
        (circle, "folders more than 64 deep"),
    ],
)
def test_what_leads_out_of_an_hdf5_file_is_refused(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        small(8, 8, 3).load_weights(rewritten(tmp_path / "bad.weights.h5", change))
