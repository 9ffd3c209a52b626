"""The compiled backend: what it was built for, how a target is forced, and that the core guards its own memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from dlcore.backends import contract, network

native = pytest.importorskip("dlcore.backends.native")
core = pytest.importorskip("dlcore._core")


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python with these variables set."""
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_core_and_contract_tell_the_same_of_each_family():
    assert core.manifest() == {
        "activations": {name: spec.needs_input for name, spec in contract.ACTIVATIONS.items()},
        "losses": {name: spec.sparse for name, spec in contract.LOSSES.items()},
        "metrics": {name: spec.ordinal for name, spec in contract.METRICS.items()},
        "updates": {name: len(slots) for name, slots in contract.UPDATES.items()},
    }
    assert [list(family) for family in core.manifest().values()] == [
        list(names) for names in (contract.ACTIVATIONS, contract.LOSSES, contract.METRICS, contract.UPDATES)
    ]


def test_best_available_target_is_active_by_default():
    code = "from dlcore.backends import native; print(native.available_isas()[0] == native.active_isa())"
    assert run(code, DLCORE_ISA="").stdout.strip() == "True"


@pytest.mark.parametrize("isa", native.available_isas())
def test_environment_forces_a_target(isa):
    code = "import dlcore; dlcore.ops.relu([[1.0]]); from dlcore.backends import native; print(native.active_isa())"
    done = run(code, DLCORE_ISA=isa, DLCORE_BACKEND="native")
    assert done.stdout.strip() == isa, done.stderr


def test_forcing_an_unknown_target_fails_and_names_the_available_ones():
    done = run("import dlcore; dlcore.ops.relu([[1.0]])", DLCORE_ISA="x86_64_v9", DLCORE_BACKEND="native")
    assert done.returncode != 0
    assert "DLCORE_ISA" in done.stderr
    assert "x86_64_v9" in done.stderr
    assert native.available_isas()[0] in done.stderr
    with pytest.raises(ValueError, match="not available"):
        native.force_isa("mmx")


def test_import_leaves_denormals_alone():
    assert run("import sys, dlcore._core; print(sys.float_info.min / 2 != 0)").stdout.strip() == "True"


@pytest.mark.parametrize(("variable", "count"), [("DLCORE_NUM_THREADS", 3), ("OMP_NUM_THREADS", 5)])
def test_environment_sets_the_threads(variable, count):
    unset = {"DLCORE_NUM_THREADS": "", "OMP_NUM_THREADS": ""}
    done = run("import dlcore._core as c; print(c.get_num_threads())", **{**unset, variable: str(count)})
    assert done.stdout.strip() == str(count)


def test_default_threads_are_the_processors_this_process_may_use():
    pin = "import os, dlcore._core as c; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    assert run(pin + "print(c.get_num_threads())", DLCORE_NUM_THREADS="", OMP_NUM_THREADS="").stdout.strip() == "1"


@pytest.mark.parametrize("value", ["many", "0", "-2", "1.5", "1025", "99999999999"])
def test_a_thread_count_that_is_none_is_refused(value):
    done = run("import dlcore; dlcore.get_num_threads()", DLCORE_NUM_THREADS=value, DLCORE_BACKEND="native")
    assert done.returncode != 0
    assert f"DLCORE_NUM_THREADS must be a whole number from 1 to 1024; got '{value}'" in done.stderr


class TestTheCoreGuardsItsMemory:
    """Callers are checked above; these are the last line of defence."""

    x = np.zeros((4, 3), np.float32)
    w = np.zeros((3, 2), np.float32)
    y = np.zeros((4, 2), np.float32)

    def test_wrong_dtype(self):
        with pytest.raises(TypeError, match="w has another dtype"):
            core.dense_forward(self.x, self.w.astype(np.float64), None, "relu", 0.0, None, self.y)

    def test_wrong_shape(self):
        with pytest.raises(ValueError, match=r"y has 6 elements, not 8"):
            core.dense_forward(self.x, self.w, None, "relu", 0.0, None, self.y[:3])

    def test_strided(self):
        with pytest.raises(ValueError, match="not C-contiguous"):
            core.dense_forward(self.x.T.copy().T, self.w, None, "relu", 0.0, None, self.y)

    def test_read_only_output(self):
        y = self.y.copy()
        y.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            core.dense_forward(self.x, self.w, None, "relu", 0.0, None, y)

    def test_label_out_of_range(self):
        values = np.zeros(4, np.float32)
        for label in (-1, 2):
            labels = np.array([0, 1, label, 0])
            with pytest.raises(ValueError, match="label outside"):
                core.loss("sparse_categorical_crossentropy", labels, self.y, None, 0.0, 1.0, values, None)

    def test_unknown_name(self):
        with pytest.raises(ValueError, match="unknown activation 'rely'"):
            core.dense_forward(self.x, self.w, None, "rely", 0.0, None, self.y)

    def test_slots_of_another_update(self):
        p, g = np.zeros(5), np.zeros(5)
        with pytest.raises(ValueError, match="needs 2 state arrays, not 1"):
            core.update("adam", p, g, [np.zeros(5)], network.Hyper(0.1))


def test_the_module_exports_its_entry_point_only():
    if not shutil.which("nm"):
        pytest.skip("needs nm")
    command = ["nm", "-D", "--defined-only", core.__file__]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [line.split()[-1] for line in lines] == ["PyInit__core"]
