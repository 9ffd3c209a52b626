"""Processors this machine is not, played by qemu: older x86-64 ones, and aarch64 with NEON."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlcore.backends import native

pytest.importorskip("dlcore._core")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

TRAIN = """
import hashlib, sys
sys.path[:] = PATH
import numpy as np, dlcore
from dlcore.backends import native
dlcore.utils.set_random_seed(1)
net = dlcore.Sequential([dlcore.layers.Input((8,)), dlcore.layers.Dense(16, "tanh"), dlcore.layers.Dense(1)])
net.compile("adam", "mse")
x = (np.arange(1600) * 37 % 101 / 64).astype(np.float32).reshape(200, 8)
net.fit(x, x[:, :1], epochs=3, verbose=0)
print(native.active_isa(), hashlib.sha256(b"".join(w.tobytes() for w in net.get_weights())).hexdigest())
"""


def needs(*programs: str) -> None:
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


def output(command: list[str], **environment: str) -> list[str]:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.mark.parametrize(("cpu", "isa"), [("Nehalem", "x86_64_v2"), ("Haswell", "x86_64_v3")])
def test_an_older_processor_trains_to_the_bits_of_its_instruction_set(cpu, isa):
    needs("qemu-x86_64-static")
    if isa not in native.available_isas():
        pytest.skip(f"this processor lacks {isa}")
    code = TRAIN.replace("PATH", repr(sys.path))
    emulated = ["qemu-x86_64-static", "-cpu", cpu, str(Path(sys.executable).resolve()), "-c", code]
    # NumPy's own kernels chosen by OPENBLAS_CORETYPE may be too new for the emulated processor.
    seen = output(emulated, DLCORE_BACKEND="native", DLCORE_ISA="", OPENBLAS_CORETYPE="")
    here = output([sys.executable, "-c", code], DLCORE_BACKEND="native", DLCORE_ISA=isa)
    assert seen[-1].split()[0] == isa
    assert seen[-1] == here[-1]


def test_a_processor_too_old_is_told_so():
    needs("qemu-x86_64-static")
    if platform.machine() != "x86_64":
        pytest.skip("this processor is another kind")
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\ntry:\n    import dlcore._core\nexcept ImportError as e:\n    print(e)"
    )
    emulated = ["qemu-x86_64-static", "-cpu", "Conroe", str(Path(sys.executable).resolve()), "-c", code]
    assert output(emulated) == ["this processor lacks the instructions dlcore's core needs (SSE4.2)"]


@pytest.fixture(scope="module")
def aarch64(tmp_path_factory):
    """A function that compiles one of tests/cpp for NEON and runs it; and the folder of its objects."""
    needs("aarch64-linux-gnu-g++", "qemu-aarch64-static")
    folder = tmp_path_factory.mktemp("aarch64")
    flags = ["-static", "-std=c++17", "-O2", "-ffp-contract=off", "-march=armv8-a", "-pthread"]
    folders = [f"-I{ROOT / 'cpp'}", f"-I{ROOT / 'tests' / 'cpp'}"]

    def run(test: str, sources: list[Path], *arguments: str, defines: tuple[str, ...] = ()) -> list[str]:
        program = folder / test
        source = ROOT / "tests" / "cpp" / f"{test}.cpp"
        files = [str(path) for path in (source, *sources)]
        output(["aarch64-linux-gnu-g++", *flags, *folders, *defines, *files, "-o", str(program)])
        return output(["qemu-aarch64-static", str(program), *arguments])

    return run


def core_sources() -> list[Path]:
    sources = [path for pattern in ("runtime", "engine") for path in sorted((ROOT / "cpp" / pattern).glob("*.cpp"))]
    return [*sources, ROOT / "cpp" / "targets" / "neon.cpp"]


@pytest.mark.parametrize("test", ["test_kernels", "test_engine"])
def test_neon_passes_the_cores_tests(aarch64, test):
    """That of the engine knows the bits to which nets train on every processor with fma."""
    assert aarch64(test, core_sources())[-1].endswith(" 0 failed")


def test_neon_computes_the_functions_of_x86_64_v3_to_the_bit(aarch64, tmp_path):
    needs("g++")
    if "x86_64_v3" not in native.available_isas():
        pytest.skip("this processor lacks x86_64_v3")
    neon = aarch64("test_math", [], "--hash", defines=('-DDLCORE_VEC_HEADER="simd/vec_neon.hpp"',))
    flags = [
        "-std=c++17",
        "-O2",
        "-ffp-contract=off",
        "-march=x86-64-v3",
        '-DDLCORE_VEC_HEADER="simd/vec_x86_64_v3.hpp"',
    ]
    source = ROOT / "tests" / "cpp" / "test_math.cpp"
    program = tmp_path / "test_math"
    output(["g++", *flags, f"-I{ROOT / 'cpp'}", str(source), "-lquadmath", "-o", str(program)])
    assert output([str(program), "--hash"]) == neon
