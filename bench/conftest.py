"""The contest: the native and the Numba backend and hand-written NumPy, in the same groups, on one thread each.

    python -m pytest bench                  a quick run, about a minute
    python -m pytest bench --full           more shapes, activations and losses
    python -m pytest bench -k training      one suite or a part of it
    python -m pytest bench --benchmark-disable      only check that the answers are right

Before anything is timed its answer is compared with the hand-written NumPy's in float64.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

# NumPy and Numba read their environment when they are imported, so this comes before. The module is run by its path
# because importing it as a part of dlcore would import NumPy.
_fair = runpy.run_path(str(Path(__file__).parents[1] / "python" / "dlcore" / "cli" / "environment.py"))["fair"]
_environment = _fair(os.environ, threads=1)
if _environment != dict(os.environ):
    if "numpy" in sys.modules:
        raise pytest.UsageError("NumPy was imported before its environment could be made fair; run bench/ on its own")
    os.environ.clear()
    os.environ.update(_environment)

import numpy as np  # noqa: E402

from dlcore.backends import unavailable_backends, use_backend  # noqa: E402

NUMPY = "hand-written NumPy"
_MISSING = unavailable_backends()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="bench: more shapes, activations and losses")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A table `QUICK` or `FULL` of the test's module gives the rows: name -> arguments of the case."""
    if "case" in metafunc.fixturenames:
        module = metafunc.module
        cases = module.QUICK | (module.FULL if metafunc.config.getoption("--full") else {})
        metafunc.parametrize("case", cases.values(), ids=cases.keys())


@pytest.fixture(params=["native", "numba", NUMPY])
def contestant(request: pytest.FixtureRequest) -> Iterator[str]:
    """Who is timed; a backend is active meanwhile."""
    if request.param == NUMPY:
        yield NUMPY
    elif request.param in _MISSING:
        pytest.skip(f"backend {request.param} is not available: {_MISSING[request.param]}")
    else:
        with use_backend(request.param):
            yield request.param


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def compare(benchmark: Any, request: pytest.FixtureRequest, contestant: str) -> Callable[..., None]:
    """Check a contestant's first answer, then time it in the group of its test and case.

    ``ours`` calls dlcore and ``written`` is the hand-written NumPy; ``answer`` gives what either has computed,
    ``expected`` is what it must be after one call, and ``first`` are arguments of that call.
    """

    def run(
        *,
        ours: Callable[..., object],
        written: Callable[..., object],
        answer: Callable[[], Sequence[Any]],
        expected: Sequence[Any],
        first: Mapping[str, Any] | None = None,
        tolerance: float = 1e-4,
    ) -> None:
        call = written if contestant == NUMPY else ours
        call(**(first or {}))
        for got, want in zip(answer(), expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * np.abs(want).max())
        suite = request.module.__name__.removeprefix("bench_")
        benchmark.group = f"{suite}: {request.node.callspec.id.removeprefix(contestant + '-')}"
        benchmark.name = contestant
        benchmark(call)

    return run
