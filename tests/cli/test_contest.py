"""Contestants take turns, each is warmed up, and medians are reported."""

from __future__ import annotations

import time

from dlcore.cli import contest


def test_contestants_take_turns(monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    calls = []
    medians = contest.interleaved(
        {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3, budget=0, rest=0
    )
    assert calls == ["a", "a", "b", "b", *"ababab"]
    assert medians == {"a": 1, "b": 1}


def test_a_short_call_is_repeated(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])

    def work():
        clock[0] += 0.01

    assert abs(contest.interleaved({"work": work}, rounds=1, budget=0.05, rest=0)["work"] - 0.01) < 1e-12
    assert abs(clock[0] - 0.07) < 1e-12


def test_the_median_of_uneven_turns(monkeypatch):
    lengths = iter([1.0, 1.0, 2.0, 100.0, 3.0])
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])

    def work():
        clock[0] += next(lengths)

    assert contest.interleaved({"work": work}, rounds=3, budget=1.0, rest=0) == {"work": 3.0}


def test_several_threads_rest_before_each_turn(monkeypatch):
    """The threads of whoever was before would be in the way; who has rested warms up first."""
    done = []
    monkeypatch.setattr(time, "sleep", done.append)
    contestants = {"a": lambda: done.append("a"), "b": lambda: done.append("b")}
    for threads, turns in ((1, ["a", "b"]), (2, [contest.REST, "a", "a", contest.REST, "b", "b"])):
        monkeypatch.setattr(contest.dlcore, "get_num_threads", lambda threads=threads: threads)
        done.clear()
        contest.interleaved(contestants, rounds=2, budget=0)
        assert done == [*"aabb", *turns * 2]
