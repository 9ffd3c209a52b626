"""What holds while a layer is called, for the layers it calls in turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dlcore.autodiff.tracer import active_recorders


class _Calls(threading.local):
    def __init__(self) -> None:
        #: The path of the layer being called; empty outside.
        self.path = ""
        #: The training flag of the innermost call that was given one.
        self.training: bool | None = None


calls = _Calls()


@contextmanager
def call_of(name: str, training: bool | None) -> Iterator[None]:
    """The block in which a layer of that name runs."""
    path, before = calls.path, calls.training
    calls.path = f"{path}/{name}" if path else name
    if training is not None:
        calls.training = training
    try:
        yield
    finally:
        calls.path, calls.training = path, before


@contextmanager
def unwatched() -> Iterator[None]:
    """A block that no tape records."""
    recorders = active_recorders()
    held = recorders[:]
    recorders.clear()
    try:
        yield
    finally:
        recorders[:] = held
