"""Fitted models in other threads and processes: pickled, copied, loaded; they predict and train the same bits."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import dlcore
from dlcore import layers, losses, optimizers

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

RNG = np.random.default_rng(0)
X = RNG.standard_normal((90, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 90)


def fused() -> dlcore.Sequential:
    """A fitted model that an engine trains."""
    dlcore.utils.set_random_seed(1)
    model = dlcore.Sequential([layers.Input((6,)), layers.Dense(40, "gelu"), layers.Dense(3, "softmax")])
    model.compile(optimizers.AdamW(0.01), losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
    return model


def taped() -> dlcore.Sequential:
    """A fitted model with layers that no engine runs, one of them random."""
    dlcore.utils.set_random_seed(1)
    model = dlcore.Sequential(
        [
            layers.Input((6,)),
            layers.BatchNormalization(),
            layers.Dense(40, "relu"),
            layers.Dropout(0.3),
            layers.Dense(3),
        ]
    )
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
    return model


def outcome(model: dlcore.Sequential) -> tuple[bytes, bytes]:
    """Predictions, and the weights after more training: in a worker, or here."""
    before = model.predict(X, verbose=0).tobytes()
    dlcore.utils.set_random_seed(7)
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    return before, b"".join(weight.tobytes() for weight in model.get_weights())


def of_file(path: str) -> tuple[bytes, bytes]:
    return outcome(dlcore.load_model(path))


def of_pickle(data: bytes) -> tuple[bytes, bytes]:
    return outcome(pickle.loads(data))


def predicted(model: dlcore.Sequential) -> bytes:
    return model.predict(X, verbose=0).tobytes()


@pytest.fixture(params=[fused, taped])
def made(request):
    return request.param


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_go_on_as_the_model_does(made, protocol):
    model = made()
    data = pickle.dumps(model, protocol)
    expected = outcome(model)
    assert outcome(pickle.loads(data)) == expected


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy], ids=["deep", "shallow"])
def test_copies(made, copied):
    model = made()
    other = copied(model)
    assert predicted(other) == predicted(model)
    if copied is copy.deepcopy:
        expected = outcome(model)
        assert predicted(other) == expected[0]
        assert outcome(other) == expected


@pytest.mark.parametrize("method", ["fork", pytest.param("spawn", marks=pytest.mark.slow), "forkserver"])
def test_worker_processes(tmp_path, method):
    models = [fused(), taped()]
    for i, model in enumerate(models):
        model.save(tmp_path / f"{i}")
    pickled = [pickle.dumps(model) for model in models]
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        results = [
            list(pool.map(outcome, models)),
            list(pool.map(of_pickle, pickled)),
            list(pool.map(of_file, [str(tmp_path / f"{i}") for i in range(2)])),
        ]
        back = list(pool.map(_fitted_there, ["fused", "taped"]))
    expected = [outcome(model) for model in models]
    assert results == [expected] * 3
    fresh = [fused(), taped()]
    assert [predicted(model) for model in back] == [predicted(model) for model in fresh]


def _fitted_there(name: str) -> dlcore.Sequential:
    return getattr(sys.modules[__name__], name)()


def test_threads_share_a_model_and_train_their_own(made):
    model = made()
    expected = predicted(model)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(predicted, [model] * 12)) == {expected}
        copies = [copy.deepcopy(model) for _ in range(3)]
        assert set(pool.map(predicted, copies)) == {expected}


def test_threads_save_and_load_at_once(tmp_path):
    model = fused()
    expected = predicted(model)

    def save_and_load(i: int) -> bytes:
        path = tmp_path / f"{i % 2}.safetensors"  # two threads write each file
        model.save(path)
        return predicted(dlcore.load_model(path))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(save_and_load, range(12))) == {expected}
