"""`dlcore demo`: real digits, an honest split, 97 % or better, a picture."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from dlcore.cli import main

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

from dlcore.cli import demo, picture


@pytest.fixture(scope="module")
def digits():
    return demo.load_digits()


def test_no_row_is_in_two_parts(digits):
    parts = [{row.tobytes() for row in part} for part in (digits.x_train, digits.x_validation, digits.x_test)]
    everything = np.concatenate([digits.x_train, digits.x_validation, digits.x_test])
    assert len(everything) == 1797
    assert sum(map(len, parts)) == len(set.union(*parts)), "a digit is in two parts"


def test_the_parts_are_what_the_network_takes(digits):
    for x, y in zip(digits[::2], digits[1::2], strict=True):
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        assert x.shape == (len(y), 64)
        assert x.min() == 0 and x.max() == 1  # noqa: PT018 - one range
        assert set(y) == set(range(10))


def test_the_demo(tmp_path):
    """As a user runs it, restart into the fair environment included."""
    command = [sys.executable, "-m", "dlcore", "demo", "-o", "curves.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    accuracies = re.search(r"test accuracy\s+([\d.]+)%\s+([\d.]+)%", done.stdout)
    assert all(float(accuracy) >= 97.0 for accuracy in accuracies.groups())
    assert re.search(r"rows per second\s+[\d,]+\s+[\d,]+", done.stdout)
    assert re.search(r"dlcore trains [\d.]+ times as fast as hand-written NumPy", done.stdout)
    assert f"Epoch {demo.EPOCHS}/{demo.EPOCHS}" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("ending", picture.FORMATS)
def test_pictures_in_every_format(ending, tmp_path, digits):
    file = tmp_path / f"picture{ending}"
    curves = {"training": [1.0, 0.5, 0.2], "validation": [1.1, 0.6, 0.4], "training, NumPy": [1.0, 0.6, 0.3]}
    wrong = digits.y_test.copy()
    wrong[:20] = (wrong[:20] + 1) % 10
    picture.draw(file, curves, digits.x_test, digits.y_test, wrong)
    start = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[ending]
    assert file.read_bytes().startswith(start)


def test_a_picture_that_cannot_be_written_is_said_before_the_training(tmp_path, capsys):
    folder = tmp_path / "folder.png"
    folder.mkdir()
    assert main(["demo", "-o", str(folder)]) == 2
    captured = capsys.readouterr()
    assert "is a folder" in captured.err
    assert captured.out == ""
