"""The environment in which a comparison is fair: NumPy at its best, everyone on as many threads."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

#: They pin NumPy's OpenBLAS to an old kernel or a wrong cache size, and slow it.
HANDICAPS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

#: How each contestant, and what it calls, is told its number of threads. All are read once, at an import.
THREAD_COUNTS = (
    "DLCORE_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def fair(environment: Mapping[str, str], threads: int) -> dict[str, str]:
    """A copy of ``environment`` without NumPy's handicaps and with ``threads`` threads for every contestant."""
    changed = {name: value for name, value in environment.items() if name not in HANDICAPS}
    changed.update(dict.fromkeys(THREAD_COUNTS, str(threads)))
    return changed


def restart_fairly(threads: int) -> None:
    """Run this same command line again, in the fair environment, in place of this process.

    NumPy reads its environment when it is imported, and by the time a command line is parsed that has happened.
    Nothing is done if the environment is fair already, which is so after the restart. The user's own environment
    does not change.
    """
    environment = fair(os.environ, threads)
    if environment != dict(os.environ):
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)
