"""The fair environment: what changes in it, and that a command really runs in it."""

from __future__ import annotations

import os
import subprocess
import sys

from dlcore.cli import environment


def test_handicaps_go_and_threads_are_the_same_for_all():
    given = {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_L2_SIZE": "1", "OMP_NUM_THREADS": "64", "HOME": "/home/me"}
    before = dict(given)
    fair = environment.fair(given, threads=3)
    assert given == before
    assert fair == {"HOME": "/home/me", **dict.fromkeys(environment.THREAD_COUNTS, "3")}
    assert environment.fair(fair, threads=3) == fair


def test_a_fair_environment_needs_no_restart(monkeypatch):
    for name, value in environment.fair({}, threads=2).items():
        monkeypatch.setenv(name, value)
    for name in environment.HANDICAPS:
        monkeypatch.delenv(name, raising=False)

    def refuse(*_):
        raise AssertionError("restarted")

    monkeypatch.setattr(os, "execve", refuse)
    environment.restart_fairly(2)


def test_the_restarted_process_has_the_same_arguments_and_the_fair_environment():
    script = (
        "import os, sys; from dlcore.cli.environment import restart_fairly; restart_fairly(2); "
        "print(sys.argv[1:], os.environ.get('OPENBLAS_CORETYPE'), os.environ['OMP_NUM_THREADS'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "one", "two words"],
        env={**os.environ, "OPENBLAS_CORETYPE": "Haswell"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "['one', 'two words'] None 2\n"
