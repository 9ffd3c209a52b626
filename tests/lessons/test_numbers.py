"""Every number of the course's table is printed by a lesson; tests/test_course.py has them all, on every backend."""

from __future__ import annotations

import pytest

from dlcore.lessons import find
from dlcore.lessons.player import play

NUMBERS = {
    "losses": ["MAE 1.0", "MSE 0.5", "smooth L1 0.18", "binary cross-entropy 0.51082", "mean     1.176939"],
    "descent": ["step 1: w = 0.900000", "by arithmetic 196 1960", "by training   1960"],
    "chain_rule": ["f  = 0.50", "∂f/∂w  = +0.25", "∂f/∂b  = +0.25", "df/dw = 0.25"],
    "backpropagation": [
        *("0.751365070", "0.772928465", "E       0.298371109"),
        "∂E/∂w5 = 0.74136507 · 0.186815602 · 0.593269992 = 0.082167041",
        *("w1⁺ = 0.149780716", "w2⁺ = 0.19956143", "w3⁺ = 0.24975114", "w4⁺ = 0.299502287"),
        *("w5⁺ = 0.35891648", "w6⁺ = 0.408666186", "w7⁺ = 0.511301270", "w8⁺ = 0.561370121"),
    ],
    "momentum_to_adam": [
        *("momentum  steps [0.1  0.18]", "Nesterov  steps [0.19   0.2349]", "2023-01-01", "0.9046537"),
        *("0.6837724 0.4988708", "0.9000010 0.8004144"),
    ],
    "schedules": [
        *("0: 0.50", "100,000: 0.50", "100,001: 0.10", "110,000: 0.10", "110,001: 0.05"),
        *("exponential   1e-08", "inverse time  0.099999990"),
    ],
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_lesson_prints_the_course_s_numbers(name, tmp_path, capsys):
    pieces = list(play(find(name), tmp_path))
    assert len(pieces) == len(find(name).cells) + 1
    assert pieces[-1] == ""
    printed = capsys.readouterr().out
    for number in NUMBERS[name]:
        assert number in printed, number


def test_the_hand_and_the_kernels_agree(tmp_path, capsys):
    """The step of the fourth lesson, worked out in NumPy, to the last digit shown."""
    list(play(find("backpropagation"), tmp_path))
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if "by hand" in line]
    assert len(lines) == 8
    assert all(line[2] == line[-1] for line in lines)


def test_a_rate_that_falls_finds_the_line(tmp_path, capsys):
    list(play(find("schedules"), tmp_path))
    losses = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines() if ", loss " in line]
    constant, falling = losses
    assert falling < constant / 1.5
