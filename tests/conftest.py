"""Fixtures every test may ask for: the backends, the instruction sets of the compiled one, and the dtypes."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

import dlcore
from dlcore.backends import BACKENDS, get_backend, unavailable_backends, use_backend
from dlcore.backends.contract import Backend

settings.register_profile(
    "dlcore", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("dlcore")

_MISSING = unavailable_backends()


def _backend_parameters() -> Iterator[Any]:
    """(name, instruction set or None) of every backend; one that does not load here is there to be skipped."""
    for name in BACKENDS:
        if name in _MISSING:
            reason = f"backend {name} is not available: {_MISSING[name]}"
            yield pytest.param((name, None), id=name, marks=pytest.mark.skip(reason=reason))
        elif name == "native":
            from dlcore.backends import native

            for isa in native.available_isas():
                yield pytest.param((name, isa), id=f"{name}-{isa}")
        else:
            yield pytest.param((name, None), id=name)


@pytest.fixture(params=list(_backend_parameters()))
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each backend in turn, the compiled one once with each instruction set; it is the active one meanwhile."""
    name, isa = request.param
    with use_backend(name) as chosen:
        if isa is None:
            yield chosen
        else:
            from dlcore.backends import native

            before = native.active_isa()
            native.force_isa(isa)
            try:
                yield chosen
            finally:
                native.force_isa(before)


@pytest.fixture
def native_core() -> Iterator[None]:
    """The compiled core is the active backend; instruction set and number of threads are put back afterwards."""
    from dlcore.backends import native

    isa, threads = native.active_isa(), dlcore.get_num_threads()
    with use_backend("native"):
        yield
    native.force_isa(isa)
    dlcore.set_num_threads(threads)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> Any:
    """Both floating dtypes."""
    return request.param


@pytest.fixture(scope="session", autouse=True)
def _choose_backend() -> None:
    """Tests that name no backend run on the best one; without the compiled core that is no reason to fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        get_backend()


@pytest.fixture
def rng() -> np.random.Generator:
    """The same numbers in every run."""
    return np.random.default_rng(7)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own handler of Ctrl-C, even where the test runner was started with the signal ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
