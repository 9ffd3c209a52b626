"""Nets and data to run in processes, and a process to run them in."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

import dlcore


def network(*sizes: int) -> dlcore.Sequential:
    dlcore.utils.set_random_seed(3)
    layers = [dlcore.layers.Input((sizes[0],))]
    layers += [dlcore.layers.Dense(units, activation="tanh") for units in sizes[1:-1]]
    net = dlcore.Sequential([*layers, dlcore.layers.Dense(sizes[-1])])
    net.compile("adam", "mse")
    return net


def data(rows: int, inputs: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((rows, inputs)).astype(np.float32), rng.standard_normal((rows, outputs)).astype(
        np.float32
    )


def fitted(rows: int = 600) -> bytes:
    net = network(64, 256, 8)
    net.fit(*data(rows, 64, 8), batch_size=300, epochs=1, verbose=0)
    return b"".join(w.tobytes() for w in net.get_weights())


def run(code: str, *before: str, timeout: float = 300, **environment: str) -> list[str]:
    """What a Python process of its own prints, line by line; ``before`` is a command that ends by running it."""
    usual = {"DLCORE_BACKEND": "native", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*before, sys.executable, "-c", code]
    known = {**os.environ, **usual, **environment}
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
