"""How kernels are compiled and kept on disk, so that nothing found there is ever the wrong code.

Numba names machine code after the function's module and ``__qualname__``, and takes what it finds on disk for fresh as
long as the file that the function stands in is unchanged. Neither is enough. Closures that one factory makes share a
name, so code that two processes wrote can be mistaken for each other in a third; and a kernel holds the code and the
constants of other files too. So a kernel's name here also says which closure it is and which sources it comes from:
wherever Numba keeps its cache (``NUMBA_CACHE_DIR``, ``__pycache__``, the user's cache folder), what does not belong is
not found. It would never be read again, so it is deleted; the folder holds the code of nothing but these kernels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def _digest_of_sources() -> str:
    """Sixteen digits for the sources of all backends: the kernels, and the constants that they share with others."""
    digest = hashlib.sha256()
    for package in ("dlcore.backends", "dlcore.backends.jit"):
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


_SOURCES = _digest_of_sources()


def kernel(function: F) -> F:
    """Compile the function at its first call, without the GIL, and keep the machine code on disk if possible.

    What the function closes over must be strings: they become part of its name.
    """
    closed_over = [cell.cell_contents for cell in function.__closure__ or ()]
    function.__qualname__ = ".".join([function.__qualname__, *closed_over, _SOURCES])
    options: Any = {"nogil": True, "error_model": "numpy"}
    try:
        compiled = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no folder for the cache is writeable
        compiled = numba.njit(**options)(function)
    else:
        _delete_code_of_other_sources(compiled.stats.cache_path)
    return cast(F, compiled)


@cache  # once a folder
def _delete_code_of_other_sources(folder: str) -> None:
    for file in Path(folder).glob("*.nb[ic]"):
        if _SOURCES not in file.name:
            with suppress(OSError):  # another process was faster, or has it open; Numba bears both
                file.unlink()
