"""The wheel, built from the source and used away from it: with a compiler, and without one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

#: What a user would do first, outside the source tree; prints the backend that did it.
FIRST_STEPS = """
import warnings
import numpy as np
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import dlcore
    dlcore.utils.set_random_seed(0)
    x = np.random.default_rng(0).standard_normal((512, 4)).astype("float32")
    y = (x[:, 0] * x[:, 1] > 0).astype("int64")
    net = dlcore.Sequential([
        dlcore.layers.Input((4,)),
        dlcore.layers.Dense(32, activation="relu"),
        dlcore.layers.Dense(2, activation="softmax"),
    ])
    net.compile(optimizer=dlcore.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    net.fit(x, y, epochs=60, verbose=0)
    loss, accuracy = net.evaluate(x, y, verbose=0)
    assert accuracy > 0.9, accuracy
    net.export_c("net.h")
from dlcore.backends import get_backend
print(get_backend().name, len([w for w in caught if issubclass(w.category, RuntimeWarning)]))
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run away from the source tree; what is set for this suite or for a developer does not count there."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("DLCORE_") and k != "PYTHONPATH"}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def pip_wheel(source: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "pip", "wheel", source, "--no-deps", "-w", folder, cwd=folder, **environment)


def build_wheel(source: Path, folder: Path, **environment: str) -> Path:
    done = pip_wheel(source, folder, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("dlcore-*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """A fresh virtual environment with nothing but the wheel and what it needs; returns its interpreter."""
    venv = folder / "venv"
    assert run(sys.executable, "-m", "venv", venv, cwd=folder).returncode == 0
    done = run(venv / "bin" / "python", "-m", "pip", "install", wheel, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return venv / "bin" / "python"


@pytest.fixture(scope="module")
def native(tmp_path_factory) -> tuple[Path, Path]:
    """The wheel with the compiled core, and an interpreter that has it."""
    folder = tmp_path_factory.mktemp("native")
    wheel = build_wheel(ROOT, folder, DLCORE_REQUIRE_NATIVE="1")
    return wheel, install(wheel, folder)


def test_the_wheel_is_small_and_holds_what_it_should(native):
    wheel, _ = native
    assert wheel.stat().st_size < 3_000_000
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("dlcore/_core.") and name.endswith(".so") for name in names)
    assert {"dlcore/py.typed", "dlcore/_core.pyi", "dlcore/cli/__init__.py"} <= set(names)
    assert {f"dlcore/explain/{name}" for name in ("page.html", "page.css", "page.js", "notebook.css")} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    strays = [name for name in names if not name.startswith("dlcore") or name.endswith((".cpp", ".hpp", ".a", ".o"))]
    assert not strays


def test_the_wheel_needs_three_packages(native):
    _, python = native
    listing = run(python, "-m", "pip", "list", "--format=freeze", cwd=python.parent).stdout
    names = {line.split("==")[0] for line in listing.split()}
    assert names - {"pip", "setuptools", "wheel"} == {"dlcore", "numpy", "safetensors", "tqdm"}


def test_the_wheel_works_away_from_the_source(native, tmp_path):
    _, python = native
    done = run(python, "-c", FIRST_STEPS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["native", "0"]


def test_the_installed_commands(native, tmp_path):
    _, python = native
    for command in ([python, "-m", "dlcore"], [python.parent / "dlcore"]):
        done = run(*command, "info", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "native" in done.stdout
    done = run(python, "-m", "dlcore", "demo", cwd=tmp_path)
    assert done.returncode == 1
    assert "pip install 'dlcore[demo]'" in done.stderr
    done = run(python, "-m", "dlcore", "bench", "--rows", "tiny", "--rounds", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "numba backend is left out" in done.stderr
    assert "tiny 4-16-3 b16" in done.stdout


#: The environment in which no C++ compiler works.
NO_COMPILER = {"CC": "/no/such/compiler", "CXX": "/no/such/compiler"}


@pytest.fixture(scope="module")
def fresh_source(tmp_path_factory) -> Path:
    """A copy of the source without build folders, which would remember a compiler that works."""
    copy = tmp_path_factory.mktemp("source") / "dlcore"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("build", ".git", ".*cache", ".venv", "*.so"))
    return copy


def test_without_a_compiler_the_install_still_works(fresh_source, tmp_path):
    wheel = build_wheel(fresh_source, tmp_path, **NO_COMPILER)
    assert wheel.name.endswith("py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")]
    python = install(wheel, tmp_path)
    done = run(python, "-c", FIRST_STEPS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["numba", "1"], "it runs on Numba, and says so once"


def test_without_a_compiler_a_required_core_fails_the_build(fresh_source, tmp_path):
    done = pip_wheel(fresh_source, tmp_path, DLCORE_REQUIRE_NATIVE="1", **NO_COMPILER)
    assert done.returncode != 0
    assert not list(tmp_path.glob("*.whl"))
