"""The Numba backend's kernels on disk: shared by processes, gone with their sources, and done without."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dlcore

numba = pytest.importorskip("numba")

from dlcore.backends.jit.compilation import kernel  # noqa: E402

# The finders are Python's own, without the one of an editable install, so that the folder decides which dlcore it is.
PREAMBLE = """
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder]
sys.path.insert(0, {folder!r})
import numpy as np
from dlcore import ops
x, w, b = np.float32([[1, -2, 3]]), np.eye(3, dtype=np.float32), np.zeros(3, np.float32)
"""


def run(code: str, cache: Path, folder: Path = Path(dlcore.__file__).parents[1], **environment: str) -> str:
    """What a process prints that keeps its kernels in ``cache`` and takes dlcore from ``folder``."""
    environment = {**os.environ, "DLCORE_BACKEND": "numba", "NUMBA_CACHE_DIR": str(cache), **environment}
    command = [sys.executable, "-c", PREAMBLE.format(folder=str(folder)) + code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


@pytest.fixture
def package(tmp_path):
    """A copy of dlcore's Python part to change; the folder it is in."""
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
    shutil.copytree(Path(dlcore.__file__).parent, tmp_path / "python" / "dlcore", ignore=ignored)
    return tmp_path / "python"


def test_processes_do_not_mistake_each_others_kernels(tmp_path):
    """Numba counts the functions a process compiles and puts the number into their symbols: processes count alike."""
    run("ops.dense(x, w, b, 'softmax')", tmp_path)
    run("ops.dense(x, w, b, 'leaky_relu'), ops.dense(x, w, b, 'relu')", tmp_path)
    printed = run("ops.dense(x, w, b, 'relu'); print(ops.dense(x, w, b, 'softmax')[0].tolist())", tmp_path)
    assert list(tmp_path.rglob("*.nbc"))
    assert json.loads(printed) == pytest.approx([0.118500, 0.005900, 0.875601], abs=1e-6)


def test_an_edit_reaches_the_kernels_of_other_files(package, tmp_path):
    code = "print(ops.dense(x, w, b, 'sigmoid')[0, 0])"
    assert float(run(code, tmp_path / "cache", package)) == pytest.approx(0.731059, abs=1e-6)
    with (package / "dlcore" / "backends" / "jit" / "scalars.py").open("a", encoding="utf-8") as file:
        file.write("\n\n@kernel\ndef sigmoid(x):\n    return 7.0\n")
    before = set((tmp_path / "cache").rglob("*.nbc"))
    assert float(run(code, tmp_path / "cache", package)) == 7
    assert before
    assert not any(file.exists() for file in before)


def test_kernels_work_where_no_folder_is_writeable(package, tmp_path):
    """A file stands wherever Numba would make one, which stops root too."""
    taken = tmp_path / "taken"
    taken.touch()
    (package / "dlcore" / "backends" / "jit" / "__pycache__").touch()
    homes = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"), str(taken))
    assert run("print(ops.relu(x).tolist())", taken, package, **homes) == "[[1.0, 0.0, 3.0]]\n"
    assert not list(tmp_path.rglob("*.nbc"))


def test_closures_of_one_factory_have_names_of_their_own():
    def factory(name):
        @kernel
        def function(x):
            return x / 2 if name == "half" else x

        return function

    names = {factory(name).__qualname__ for name in ("half", "same")}
    assert len(names) == 2
    assert names == {factory(name).__qualname__ for name in ("half", "same")}
