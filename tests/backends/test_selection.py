"""Which backend is taken, what is said about it, and that choosing costs nothing before the first use."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings

import pytest

from dlcore import backends
from dlcore.backends import BACKENDS, available_backends, get_backend, set_backend, unavailable_backends, use_backend


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python with these variables set, and no other of dlcore's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DLCORE_")}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def fresh(monkeypatch):
    """As if nothing had been chosen or loaded yet."""
    monkeypatch.setattr(backends, "_choice", backends._Choice())
    monkeypatch.setattr(backends, "_loaded", {})
    monkeypatch.delenv("DLCORE_BACKEND", raising=False)


@pytest.fixture
def without(monkeypatch, fresh):
    """Make backends fail to load: ``without(native="reason")``."""
    real = backends.importlib.import_module

    def take_away(**reasons):
        def import_module(module):
            name = module.rpartition(".")[2]
            if name in reasons:
                raise ImportError(reasons[name])
            return real(module)

        monkeypatch.setattr(backends.importlib, "import_module", import_module)

    return take_away


PRINT_NAME = "from dlcore.backends import get_backend; print(get_backend().name)"


@pytest.mark.parametrize("name", available_backends())
def test_environment_forces_a_backend(name):
    assert run(PRINT_NAME, DLCORE_BACKEND=name).stdout.strip() == name


def test_default_is_the_best_available():
    assert run(PRINT_NAME).stdout.strip() == available_backends()[0]


def test_unknown_name_in_the_environment_is_refused():
    done = run(PRINT_NAME, DLCORE_BACKEND="cuda")
    assert done.returncode == 1
    assert "ValueError: DLCORE_BACKEND must be one of native, numba, numpy; got 'cuda'" in done.stderr


def test_importing_loads_no_backend():
    code = "import sys, dlcore.ops; print({'numba', 'llvmlite', 'scipy', 'dlcore._core'} & set(sys.modules))"
    assert run(code).stdout.strip() == "set()"


def test_a_forced_backend_that_is_missing_fails_with_its_reason(without, monkeypatch):
    without(numba="no module named numba")
    monkeypatch.setenv("DLCORE_BACKEND", "numba")
    with pytest.raises(ImportError, match="DLCORE_BACKEND 'numba' cannot be loaded: no module named numba"):
        get_backend()


@pytest.mark.skipif("numba" not in available_backends(), reason="Numba is not installed")
def test_the_fall_to_numba_is_said_once(without):
    without(native="built without a compiler")
    with pytest.warns(RuntimeWarning, match="native is not available .built without a compiler.") as caught:
        assert get_backend().name == "numba"
    assert "DLCORE_BACKEND=numba" in str(caught[0].message)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert get_backend().name == "numba"


def test_the_fall_to_numpy_names_the_extra(without):
    without(native="built without a compiler", numba="no module named numba")
    with pytest.warns(RuntimeWarning, match=r"numba is not available .no module named numba.*dlcore\[numba\]"):
        assert get_backend().name == "numpy"
    assert unavailable_backends() == {"native": "built without a compiler", "numba": "no module named numba"}
    assert available_backends() == ("numpy",)


def test_a_forced_backend_falls_silently(without, monkeypatch):
    without(native="built without a compiler")
    monkeypatch.setenv("DLCORE_BACKEND", "numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert get_backend().name == "numpy"


def test_errors_that_are_no_missing_backend_are_not_swallowed(without, monkeypatch):
    """A wrong DLCORE_ISA, for one: falling back would hide it."""

    def fail(module):
        raise ValueError("DLCORE_ISA: no such instruction set")

    without()
    monkeypatch.setattr(backends.importlib, "import_module", fail)
    with pytest.raises(ValueError, match="DLCORE_ISA"):
        get_backend()


def test_use_backend_ends_with_its_block():
    before = get_backend()
    with use_backend("numpy") as chosen:
        assert get_backend() is chosen
        assert chosen.name == "numpy"
        with pytest.raises(RuntimeError, match="inside"), use_backend(available_backends()[0]):
            raise RuntimeError("inside")
        assert get_backend() is chosen
    assert get_backend() is before


def test_set_backend_stays(monkeypatch):
    monkeypatch.setattr(backends, "_choice", backends._Choice())
    for name in available_backends():
        set_backend(name)
        assert get_backend().name == name


def test_a_failed_change_changes_nothing(without):
    without(numba="no module named numba")
    with use_backend("numpy"):
        with pytest.raises(ImportError, match="the backend 'numba' cannot be loaded: no module named numba"):
            set_backend("numba")
        with pytest.raises(ValueError, match="must be one of native, numba, numpy; got 'tpu'"):
            set_backend("tpu")
        assert get_backend().name == "numpy"


def test_threads_that_choose_together_get_one_backend(fresh):
    found, start = [], threading.Barrier(8)

    def choose():
        start.wait()
        found.append(get_backend())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        threads = [threading.Thread(target=choose) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1


def test_every_backend_goes_by_its_own_name():
    for name in available_backends():
        with use_backend(name) as chosen:
            assert chosen.name == name
    assert set(available_backends()) | set(unavailable_backends()) == set(BACKENDS)
