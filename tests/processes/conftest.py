"""The compiled backend, and afterwards as many threads as before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import dlcore
from dlcore.backends import use_backend


@pytest.fixture(autouse=True)
def _native() -> Iterator[None]:
    pytest.importorskip("dlcore._core")
    threads = dlcore.get_num_threads()
    with use_backend("native"):
        yield
        dlcore.set_num_threads(threads)
