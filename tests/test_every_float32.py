"""The elementary functions of float32 on every argument there is: near the exact result, and one on all processors."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dlcore.backends import contract, use_backend

native = pytest.importorskip("dlcore.backends.native")
pytest.importorskip("dlcore._core")

ROOT = Path(__file__).parents[1]
FUSED = [isa for isa in native.available_isas() if isa != "x86_64_v2"]

#: What nets are made of, on all 2^32 arguments; and the rest, on so many that no bit of an argument is always the same.
ON_ALL = ("exp", "log", "tanh", "sigmoid", "erf", "gelu")
ON_SOME = ("expm1", "log1p", "softplus", "normal_cdf", "normal_pdf")
CASES = [(name, 1) for name in ON_ALL] + [(name, 61) for name in ON_SOME]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    before = native.active_isa()
    yield
    native.force_isa(before)


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> Path:
    """The folder of the programs, one for each instruction set."""
    if not (shutil.which("cmake") and shutil.which("ninja")):
        pytest.skip("needs cmake and ninja")
    folder = tmp_path_factory.mktemp("build")
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DDLCORE_BUILD_PYTHON=OFF", "-DDLCORE_BUILD_TESTS=ON"]
    for command in (
        ["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja", *options],
        ["cmake", "--build", str(folder), "--target", *(f"every_float32_{isa}" for isa in FUSED)],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return folder / "tests" / "cpp"


@pytest.mark.parametrize(("name", "step"), CASES)
def test_near_the_exact_result_with_the_same_bits_everywhere(build, name, step):
    """The error is judged on one instruction set: the others are held to its bits, every NaN being one."""
    hashes = []
    for isa in FUSED:
        options = ["--hash"] if hashes else []
        command = [str(build / f"every_float32_{isa}"), *options, str(step), name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (isa, done.stdout, done.stderr)
        hashes.append(done.stdout.split()[-1])
    assert len(set(hashes)) == 1, hashes


@pytest.mark.parametrize("name", [name for name, spec in contract.ACTIVATIONS.items() if not spec.rowwise])
def test_activations_have_the_same_bits_everywhere(name):
    """Value and derivative for every 251st argument; what is no number gives none."""
    step, rows = 251, 1 << 12
    with use_backend("native") as backend:
        for first in range(0, 1 << 32, step * rows * 256):
            bits = (first + np.arange(rows * 256, dtype=np.int64) * step) % (1 << 32)
            z = bits.astype(np.uint32).view(np.float32).reshape(rows, 256)
            seen = set()
            for isa in FUSED:
                native.force_isa(isa)
                y, dz = np.empty_like(z), np.empty_like(z)
                backend.activation_forward(name, 0.7, z, y)
                backend.activation_backward(name, 0.7, np.ones_like(z), z, y, dz)
                assert np.isnan(y[np.isnan(z)]).all()
                for found in (y, dz):
                    found[np.isnan(found)] = np.nan
                seen.add(y.tobytes() + dz.tobytes())
            assert len(seen) == 1
