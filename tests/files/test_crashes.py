"""A save that is killed, or that the disk has no room for: the old file or the new one always loads."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import dlcore
from dlcore import layers

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

FEW, MANY = 10, 200
TIMES = [pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.slow)]


def net(value: float) -> dlcore.Sequential:
    """A model whose weights all have one value, with the state of an optimizer."""
    model = dlcore.Sequential([layers.Input((40,)), layers.Dense(60, "relu"), layers.Dense(3)])
    model.compile("adam", "mse")
    model.optimizer.build_once(model.trainable_weights)
    model.set_weights([np.full(weight.shape, value) for weight in model.get_weights()])
    return model


def value_in(path: Path) -> float:
    """The value of the weights in a file, which must be one."""
    values = {float(v) for weight in dlcore.load_model(path).get_weights() for v in np.unique(weight)}
    assert len(values) == 1
    return values.pop()


def forked(work: Callable[[], None]) -> int:
    """A child process that does the work, and exits with 0 if nothing is raised."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return child


@pytest.mark.parametrize("times", TIMES)
def test_kill_9_during_a_save(tmp_path, times):
    path = tmp_path / "model.safetensors"
    models = [net(1.0), net(2.0)]
    models[0].save(path)

    def save_on_and_on() -> None:
        while True:
            for model in models:
                model.save(path)

    chance = random.Random(0)
    found = set()
    for _ in range(times):
        child = forked(save_on_and_on)
        time.sleep(chance.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found.add(value_in(path))
    assert found <= {1.0, 2.0}
    left = sorted(os.listdir(tmp_path))
    assert left[-1] == path.name
    assert all(name.startswith(".model.safetensors.") and name.endswith(".tmp") for name in left[:-1])


@pytest.mark.parametrize("times", TIMES)
def test_a_limit_on_the_size_of_files_during_a_save(tmp_path, times):
    """The system refuses to write on, as it does on a full disk, after so many bytes."""
    path = tmp_path / "model.safetensors"
    net(1.0).save(path)
    good, new = path.read_bytes(), net(2.0)
    for limit in np.linspace(0, len(good) - 1, times, dtype=int).tolist():

        def save(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            with pytest.raises(OSError, match="File too large") as caught:
                new.save(path)
            assert caught.value.filename == str(path)

        assert os.waitpid(forked(save), 0)[1] == 0
        assert path.read_bytes() == good
        assert os.listdir(tmp_path) == [path.name]
    assert value_in(path) == 1.0
    new.save(path)
    assert value_in(path) == 2.0


@pytest.fixture
def tiny_disk(tmp_path) -> Iterator[Path]:
    """A disk of 64 KiB, where the system lets us make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=10)


def test_a_full_disk_during_a_save(tiny_disk):
    path = tiny_disk / "model.safetensors"
    net(1.0).save(path)
    (tiny_disk / "filler").write_bytes(bytes(8192))
    for _ in range(5):
        with pytest.raises(OSError, match="No space left on device"):
            net(2.0).save(path)
        assert value_in(path) == 1.0
        assert sorted(os.listdir(tiny_disk)) == ["filler", path.name]
    (tiny_disk / "filler").unlink()
    path.unlink()
    net(2.0).save(path)
    assert value_in(path) == 2.0
