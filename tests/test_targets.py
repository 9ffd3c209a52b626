"""The laws of cpp/targets: who gets instruction-set flags, and what an object for one instruction set may define."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> Path:
    """The targets' objects, compiled as the wheel compiles them."""
    if not (shutil.which("cmake") and shutil.which("ninja") and shutil.which("nm")):
        pytest.skip("needs cmake, ninja and nm")
    folder = tmp_path_factory.mktemp("build")
    configure = ["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"]
    for command in (
        [*configure, "-DCMAKE_BUILD_TYPE=Release", "-DDLCORE_BUILD_PYTHON=OFF"],
        ["cmake", "--build", str(folder), "--target", "dlcore_targets"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return folder


def test_only_targets_get_instruction_set_flags(build):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        flags = entry["command"].split()
        source = Path(entry["file"])
        assert any(flag.startswith("-m") for flag in flags) == (source.parent.name == "targets"), entry
        assert "-ffp-contract=off" in flags
        assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-flto"} & set(flags), entry


def test_no_fast_math_at_link(build):
    rules = (build / "build.ninja").read_text()
    assert "-ffast-math" not in rules
    assert "-Ofast" not in rules


def test_objects_define_their_table_and_nothing_else(build):
    objects = sorted((build / "cpp").rglob("targets/*.o"))
    assert objects
    for path in objects:
        lines = subprocess.run(["nm", "-C", str(path)], check=True, capture_output=True, text=True).stdout.splitlines()
        symbols = [(line.split()[-2] if len(line.split()) > 1 else "", line.split()[-1]) for line in lines]
        outside = {name for kind, name in symbols if kind.isupper() and kind != "U"}
        needed = {name for kind, name in symbols if kind == "U"}
        assert outside == {f"dlcore::table_{path.name.split('.')[0]}"}
        assert not [name for kind, name in symbols if kind in ("W", "V", "u", "w", "v")]  # an inline copy for everyone
        assert needed <= {"memset", "memcpy", "memmove", "_GLOBAL_OFFSET_TABLE_", "__tls_get_addr", "__stack_chk_fail"}


def test_objects_initialise_nothing_at_load(build):
    for path in sorted((build / "cpp").rglob("targets/*.o")):
        headers = subprocess.run(["objdump", "-h", str(path)], check=True, capture_output=True, text=True).stdout
        assert ".init_array" not in headers
        assert ".ctors" not in headers
