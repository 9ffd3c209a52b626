"""The default floating type, the small number of all formulas, and what this installation is made of."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from typing import TextIO

import numpy as np

from dlcore.floats import floatx, set_floatx

__all__ = ["backend", "epsilon", "floatx", "set_floatx", "show_config"]


def epsilon() -> float:
    """The number that keeps losses and norms from 0 and 1: 1e-7, Keras's default. Kernels have it built in."""
    from dlcore.backends.contract import EPSILON

    return EPSILON


def backend() -> str:
    """The name of the active backend: "native", "numba" or "numpy"."""
    from dlcore.backends import get_backend

    return get_backend().name


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
    # Named at run time: what chooses among the backends is the only one to import them.
    built = {} if "native" in missing else importlib.import_module("dlcore.backends.native").build_info()
    return [
        ("dlcore", __version__),
        ("backend", backend.name),
        ("threads", f"{backend.get_num_threads()} of {os.cpu_count()} CPUs"),
        *(("core: " + name, value) for name, value in built.items()),
        *((name + " backend", "not available: " + reason) for name, reason in missing.items()),
        ("numpy", np.__version__),
        ("python", f"{platform.python_version()} ({platform.python_implementation()})"),
        ("platform", platform.platform()),
        *((name, os.environ[name]) for name in sorted(os.environ) if name.startswith("DLCORE_")),
    ]
