"""Files of every version that was ever written are read: they are kept in the folder of fixtures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.fixtures.make_model_v1 import X, dense_net, trained_on

import dlcore
from dlcore import files
from dlcore.backends import use_backend

FIXTURES = Path(__file__).parents[1] / "fixtures"
KNOWN = json.loads((FIXTURES / "model-v1.json").read_text("utf-8"))


@pytest.fixture
def _lawful():
    """The compiled core on a target with fma, whose bits are the same everywhere."""
    native = pytest.importorskip("dlcore.backends.native")
    pytest.importorskip("dlcore._core")
    if native.active_isa() == "x86_64_v2":
        pytest.skip("x86-64-v2 has bits of its own")
    with use_backend("native"):
        yield


@pytest.mark.usefixtures("_lawful")
def test_version_1_predicts_and_trains_on_to_the_bit():
    net = dlcore.load_model(FIXTURES / "model-v1.safetensors")
    assert net.predict(X, verbose=0).tobytes().hex() == KNOWN["predictions"]
    assert (net.epochs_trained, int(net.optimizer.iterations)) == (3, 24)
    assert trained_on(net) == KNOWN["trained on"]


@pytest.mark.usefixtures("_lawful")
def test_version_1_weights_alone():
    net = dense_net()
    net.load_weights(FIXTURES / "model-v1.weights.safetensors")
    assert net.predict(X, verbose=0).tobytes().hex() == KNOWN["predictions"]


def test_version_1_is_compiled_as_it_was():
    net = dlcore.load_model(FIXTURES / "model-v1.safetensors")
    assert isinstance(net.optimizer, dlcore.optimizers.AdamW)
    assert isinstance(net.optimizer.get_config()["learning_rate"], dict)
    assert net.evaluate(X, np.arange(60) % 3, verbose=0, return_dict=True).keys() == {"loss", "accuracy", "exact"}


def test_version_1_of_other_layers():
    other = dlcore.load_model(FIXTURES / "layers-v1.safetensors")
    np.testing.assert_allclose(other.predict(X, verbose=0), KNOWN["other predictions"], rtol=2e-5, atol=2e-6)
    assert isinstance(other.loss, dlcore.losses.Huber)
    history = other.fit(X, X[:, :2], epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_the_fixtures_are_of_version_1():
    for name in ("model-v1", "model-v1.weights", "layers-v1"):
        assert files.read(FIXTURES / f"{name}.safetensors").document["format"] == 1
