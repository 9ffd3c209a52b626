"""The default floating type, and what this installation is made of."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from typing import TextIO

import numpy as np

from dlcore.floats import floatx, set_floatx

__all__ = ["floatx", "set_floatx", "show_config"]


def show_config(file: TextIO | None = None) -> None:
    """Print backend, instruction set, threads, versions and how the core was built.

    Parameters
    ----------
    file : text stream, optional
        Default: standard output.
    """
    width = max(len(name) for name, _ in _facts())
    for name, value in _facts():
        print(f"{name:<{width}}  {value}", file=file or sys.stdout)


def _facts() -> list[tuple[str, str]]:
    """Everything :func:`show_config` prints, as (name, value)."""
    from dlcore import __version__
    from dlcore.backends import get_backend, unavailable_backends

    backend = get_backend()
    missing = unavailable_backends()
    return [
        ("dlcore", __version__),
        ("backend", backend.name),
        ("threads", f"{backend.get_num_threads()} of {os.cpu_count()} CPUs"),
        *(("core: " + name, value) for name, value in _build_info().items()),
        *((name + " backend", "not available: " + reason) for name, reason in missing.items()),
        ("numpy", np.__version__),
        ("python", f"{platform.python_version()} ({platform.python_implementation()})"),
        ("platform", platform.platform()),
        *((name, os.environ[name]) for name in sorted(os.environ) if name.startswith("DLCORE_")),
    ]


def _build_info() -> dict[str, str]:
    """What the compiled core says of itself, instruction set first; nothing where there is none."""
    try:
        native = importlib.import_module("dlcore.backends.native")
    except ImportError:
        return {}
    info: dict[str, str] = native.build_info()
    return info
