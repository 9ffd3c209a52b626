"""Which backend computes: the compiled core, Numba or NumPy, behind one contract.

The environment variable ``DLCORE_BACKEND`` forces one of them. Without it the first that loads of native, numba,
numpy is taken, at its first use, and a fall from native is said once. Importing this package loads none of them.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from dlcore.backends.contract import Backend

__all__ = ["BACKENDS", "available_backends", "get_backend", "set_backend", "unavailable_backends", "use_backend"]

#: Every backend, best first. Each is a module of this package whose ``load()`` returns a Backend or raises
#: ImportError with the reason.
BACKENDS = ("native", "numba", "numpy")

_REMEDIES = {
    "numba": "Reinstall dlcore where a C++ compiler is at hand to get the compiled core.",
    "numpy": "Reinstall dlcore where a C++ compiler is at hand to get the compiled core, "
    "or at least run: pip install 'dlcore[numba]'.",
}


class _Choice:
    """The active backend, None before its first use."""

    active: Backend | None = None


_lock = threading.RLock()
_loaded: dict[str, Backend] = {}
_choice = _Choice()


def get_backend() -> Backend:
    """The active backend, chosen at the first call.

    Raises
    ------
    ValueError
        If ``DLCORE_BACKEND`` holds no backend's name.
    ImportError
        If ``DLCORE_BACKEND`` names a backend that cannot be loaded; the message says why.

    Warns
    -----
    RuntimeWarning
        Once, if the compiled core cannot be loaded and another backend stands in.
    """
    active = _choice.active
    return _select() if active is None else active


def set_backend(name: str) -> None:
    """Compute with the backend called ``name`` from now on, in every thread.

    Parameters
    ----------
    name
        "native", "numba" or "numpy".

    Raises
    ------
    ValueError
        If there is no backend of that name.
    ImportError
        If it cannot be loaded; the message says why. The active backend stays.
    """
    _choice.active = _load(name, "the backend")


@contextmanager
def use_backend(name: str) -> Iterator[Backend]:
    """Compute with the backend called ``name`` inside a ``with`` block, in every thread; see :func:`set_backend`."""
    before = _choice.active
    set_backend(name)
    try:
        yield get_backend()
    finally:
        _choice.active = before


def available_backends() -> tuple[str, ...]:
    """The names of the backends that load here, best first. Loads each of them."""
    missing = unavailable_backends()
    return tuple(name for name in BACKENDS if name not in missing)


def unavailable_backends() -> dict[str, str]:
    """The names of the backends that do not load here, each with the reason. Loads every other."""
    reasons = {name: _why_not(name) for name in BACKENDS}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def _select() -> Backend:
    with _lock:
        if _choice.active is not None:
            return _choice.active
        forced = os.environ.get("DLCORE_BACKEND")
        if forced:
            active = _choice.active = _load(forced, "DLCORE_BACKEND")
            return active
        reasons: dict[str, str] = {}
        for name in BACKENDS:
            reason = _why_not(name)
            if reason is None:
                break
            reasons[name] = reason
        active = _choice.active = _load(name, "the backend")
        if reasons:
            warnings.warn(
                f"dlcore computes on its {name} backend: {_listed(reasons)}. {_REMEDIES[name]} "
                f"Setting DLCORE_BACKEND={name} accepts this backend and silences the warning.",
                RuntimeWarning,
                stacklevel=_level_of_the_user(),
            )
        return active


def _load(name: str, source: str) -> Backend:
    if name not in BACKENDS:
        raise ValueError(f"{source} must be one of {', '.join(BACKENDS)}; got {name!r}")
    with _lock:
        if name not in _loaded:
            try:
                _loaded[name] = importlib.import_module(f"{__name__}.{name}").load()
            except ImportError as error:
                raise ImportError(f"{source} {name!r} cannot be loaded: {error}") from error
        return _loaded[name]


def _level_of_the_user() -> int:
    """How far up the stack, seen from the caller, the code stands that is not dlcore's."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "dlcore":
        frame, level = frame.f_back, level + 1
    return level


def _why_not(name: str) -> str | None:
    """Why the backend does not load, or None if it does."""
    try:
        _load(name, "the backend")
    except ImportError as error:
        return str(error.__cause__ or error)
    return None


def _listed(reasons: dict[str, str]) -> str:
    return "; ".join(f"{name} is not available ({reason})" for name, reason in reasons.items())
