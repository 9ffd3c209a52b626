"""The grid's contestants agree, and its command prints a table; ``python -m bench.grid`` is the measurement itself."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_command(tmp_path):
    """It stops if a contestant reaches another loss or predicts something else."""
    rows = "tiny,digits,nine rows,gelu,odd regression"
    run = [sys.executable, "-m", "bench.grid", "--rounds", "1", "--rows", rows, "--picture"]
    picture = tmp_path / "grid.png"
    drawn = importlib.util.find_spec("matplotlib") is not None
    done = subprocess.run([*run, picture] if drawn else run[:-1], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| tiny 4-16-3 b16" in done.stdout
    assert done.stdout.count("| digits 64-128-10") == 3
    assert done.stdout.count("| odd regression 100-300-50-7 b48 tanh mse momentum") == 1
    assert picture.exists() == drawn


def test_the_peak_is_not_zero():
    from bench.grid import peak

    from dlcore.backends import native

    for isa in (None, *native.available_isas()):
        found = peak.gigaflops(isa)
        if found is None:
            pytest.skip("no C compiler")
        assert found > 0.1


def test_the_command_for_threads():
    run = [sys.executable, "-m", "bench.threads", "--rounds", "1", "--rows", "tiny,digits"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("x |") == 2
