"""The house keeps its shape: arrows between rooms, sizes of files, what an import costs, who gets compiler flags."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "python" / "dlcore"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: The rooms from the bottom up. A room may import what stands in the rows below it, and itself.
FLOORS = (
    ("floats", "markup", "naming", "portable", "pydataset", "registry"),
    ("labels", "streams"),
    ("checks", "initializers"),
    ("backends", "datasets", "utils"),
    ("config", "engine", "files", "tables"),
    ("autodiff",),
    ("ops", "variable"),
    ("explain",),
    ("activations", "constraints", "losses", "optimizers", "random", "regularizers"),
    ("metrics",),
    ("layers",),
    ("callbacks", "handover"),
    ("models",),
    ("backend", "compat", "estimators", "plots", "saving"),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def room_of(module: str) -> str:
    """`dlcore.losses.base` lives in `losses`; the package itself in ``""``."""
    return module.split(".")[1] if "." in module else ""


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports when it runs, at its top or inside a function."""
    for node in ast.iter_child_nodes(tree):
        if is_type_checking(node):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def own_imports(path: Path) -> set[str]:
    return {name for name in imports(ast.parse(path.read_text("utf-8"))) if name.split(".")[0] == "dlcore"}


def test_the_imports_reader_sees_all_kinds():
    source = """
import dlcore.ops
from dlcore import losses
if TYPE_CHECKING:
    from dlcore import cli
def late():
    from dlcore.models import Sequential
"""
    assert set(imports(ast.parse(source))) == {
        "dlcore.ops",
        "dlcore",
        "dlcore.losses",
        "dlcore.models",
        "dlcore.models.Sequential",
    }


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_downwards(path):
    room = room_of(module_name(path))
    if room == "":
        return  # the package's front door shows every room
    assert room in FLOOR, f"{room} is a new room: say in tests/test_layout.py which floor it is on"
    rooms = {room_of(name) for name in own_imports(path)} & FLOOR.keys() - {room}
    upwards = {other for other in rooms if FLOOR[other] >= FLOOR[room]}
    assert not upwards, f"{module_name(path)} imports from {upwards}, on its own floor or above"


@pytest.mark.parametrize("backend", ["native", "numba", "numpy"])
def test_no_backend_imports_another(backend):
    own = {"native": {"native"}, "numba": {"numba", "jit"}, "numpy": {"numpy", "plain"}}
    others = {f"dlcore.backends.{name}" for names in own.values() for name in names - own[backend]}
    for name in own[backend]:
        path = PACKAGE / "backends" / name
        for module in [*path.rglob("*.py"), path.with_suffix(".py")]:
            assert not module.exists() or not own_imports(module) & others


@pytest.mark.parametrize("helper", ["contract", "philox", "special"])
def test_what_the_backends_share_imports_none_of_them(helper):
    names = own_imports(PACKAGE / "backends" / f"{helper}.py")
    assert not names & {f"dlcore.backends.{name}" for name in ("native", "numba", "numpy", "jit", "plain")}


@pytest.mark.parametrize("module", ["tape", "tracer"])
def test_the_tape_knows_no_numerics(module):
    """Rules register with it from outside."""
    rooms = {room_of(name) for name in own_imports(PACKAGE / "autodiff" / f"{module}.py")}
    assert rooms <= {"autodiff", "floats", "markup"}


def test_only_the_native_backend_knows_the_compiled_module():
    users = {module_name(path) for path in MODULES if any("_core" in name for name in own_imports(path))}
    assert users == {"dlcore.backends.native"}


def test_only_the_bindings_know_python():
    users = {
        path.relative_to(ROOT / "cpp").parts[0]
        for path in (ROOT / "cpp").rglob("*.[ch]pp")
        if re.search(r"#include\s*[<\"](pybind11|Python\.h)", path.read_text("utf-8"))
    }
    assert users == {"bindings"}


#: The C++ rooms from the bottom up; `manifest.hpp` is for all.
CPP_FLOOR = {room: i for i, room in enumerate(("manifest.hpp", "simd", "kernels", "targets", "runtime", "engine"))}
CPP_FLOOR["bindings"] = len(CPP_FLOOR)


@pytest.mark.parametrize("room", [room for room in CPP_FLOOR if room != "manifest.hpp"])
def test_includes_point_downwards(room):
    for path in (ROOT / "cpp" / room).glob("*.[ch]pp"):
        for included in re.findall(r'#include "([^"]+)"', path.read_text("utf-8")):
            other = included.split("/")[0]
            assert other in CPP_FLOOR, f"{path}: includes are written from cpp/ on, got {included}"
            assert CPP_FLOOR[other] <= CPP_FLOOR[room], f"{path} includes {included}"
            assert other != "targets" or room == "targets", f"{path}: targets are linked, never included"


def test_only_targets_get_instruction_set_flags():
    """In what is shipped, flags like -march stand in variables that only the files in targets/ are compiled with."""
    shipped = (ROOT / "CMakeLists.txt", ROOT / "cpp" / "CMakeLists.txt")
    lines = [line.strip() for path in shipped for line in path.read_text("utf-8").splitlines()]
    flagged = [line for line in lines if re.search(r"(?<![\w-])-m[a-z]", line)]
    assert flagged, "the targets have flags"
    for line in flagged:
        assert re.fullmatch(r"set\(DLCORE_FLAGS_\w+ [^)]*\)", line), f"instruction-set flags outside targets: {line}"
    handed_on = "set(DLCORE_FLAGS_${target} ${DLCORE_FLAGS_${target}} PARENT_SCOPE)"
    used = [line for line in lines if "${DLCORE_FLAGS_" in line and line != handed_on]
    assert len(used) == 1
    (call,) = re.findall(r"set_source_files_properties\(([^)]*DLCORE_FLAGS_[^)]*)\)", "\n".join(lines))
    assert call.split()[0] == "targets/${target}.cpp"


def test_no_fast_math_anywhere():
    for path in (ROOT / "CMakeLists.txt", *(ROOT / "cpp").rglob("*")):
        if path.suffix in (".txt", ".hpp", ".cpp", ".cmake"):
            assert not re.search(r"(?<!no-)fast-math|-Ofast|funsafe-math", path.read_text("utf-8")), path


SOURCES = [
    path
    for folder in ("cpp", "python", "tests", "bench")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".pyi", ".cpp", ".hpp", ".h", ".txt")
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_have_one_subject(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400


#: What `import dlcore` must leave alone: optional packages, and what is slow to import.
HEAVY = ("numba", "llvmlite", "scipy", "sklearn", "matplotlib", "pandas", "tqdm", "safetensors", "argparse")


def fresh_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A new interpreter, which may keep what it compiles: imports are to be timed, not the compiler."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=120, env=environment
    )


def test_the_import_pulls_in_nothing_heavy():
    before = "import json, sys; import numpy; before = set(sys.modules); import dlcore; "
    loaded = json.loads(fresh_python("-c", before + "print(json.dumps(sorted(set(sys.modules) - before)))").stdout)
    assert "dlcore" in loaded
    assert not {name.split(".")[0] for name in loaded} & set(HEAVY)


def test_the_import_costs_less_than_80_ms_over_numpy():
    """The best of several: whatever else the machine does only adds."""
    timed = "import time, numpy; start = time.perf_counter(); import dlcore; print(time.perf_counter() - start)"
    assert min(float(fresh_python("-c", timed).stdout) for _ in range(5)) < 0.080


def test_the_import_keeps_denormals():
    """-ffast-math at link would flush them to zero for the whole process."""
    check = "import sys, dlcore, dlcore.backends; dlcore.backends.get_backend(); assert sys.float_info.min / 2 != 0"
    fresh_python("-W", "ignore", "-c", check)
