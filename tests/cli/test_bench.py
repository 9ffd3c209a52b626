"""`dlcore bench`: the table, and that its contestants train the same."""

from __future__ import annotations

import re

import pytest

from dlcore.backends import available_backends
from dlcore.cli import bench, main
from dlcore.cli.errors import CommandError

BACKENDS = [name for name in ("native", "numba") if name in available_backends()]
pytestmark = pytest.mark.skipif(not BACKENDS, reason="neither the native nor the numba backend is available")


def test_the_table(capsys):
    assert main(["bench", "--rows", "tiny", "--rounds", "1"]) == 0
    *_, header, rule, row = capsys.readouterr().out.splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert header.count("|") == rule.count("|") == row.count("|") == 3 + 2 * len(BACKENDS)
    assert cells[0] == "tiny 4-16-3 b16"
    times, ratios = cells[1 : 2 + len(BACKENDS)], cells[2 + len(BACKENDS) :]
    for backend_time, ratio in zip(times, ratios, strict=False):
        assert re.fullmatch(r"\d+\.\dx", ratio)
        assert float(ratio[:-1]) == pytest.approx(float(times[-1]) / float(backend_time), rel=0.1, abs=0.06)


def test_contestants_who_disagree_are_not_timed(monkeypatch):
    def broken(self, n):
        return 0.0

    monkeypatch.setattr("dlcore.cli.handwritten.HandwrittenTrainer.step", broken)
    with pytest.raises(CommandError, match="disagree on the loss of 4-16-3 b16"):
        bench.measure(bench.Case((4, 16, 3), 16), BACKENDS[:1], rounds=1)


def test_work_is_counted_without_the_first_input_gradient():
    assert bench.Case((4, 16, 3), 16).flops == 16 * (6 * (4 * 16 + 16 * 3) - 2 * 4 * 16)
