"""A contest: several train the same net in turns, so that a drift of the machine falls on all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

import dlcore
from dlcore.cli.handwritten import HandwrittenTrainer


def classifier(sizes: Sequence[int], metrics: Sequence[str] = ()) -> dlcore.Sequential:
    """A net for integer labels: ReLU hidden layers, softmax, cross-entropy, Adam with Keras's defaults.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, classes.
    metrics : sequence of str
        What fit and evaluate report besides the loss.
    """
    layers = dlcore.layers
    net = dlcore.Sequential(
        [
            layers.Input((sizes[0],)),
            *(layers.Dense(units, activation="relu") for units in sizes[1:-1]),
            layers.Dense(sizes[-1], activation="softmax"),
        ]
    )
    net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=list(metrics))
    return net


def handwritten_twin(net: dlcore.Sequential, batch_size: int) -> HandwrittenTrainer:
    """The hand-written trainer of the same net, with copies of its present weights."""
    weights: list[NDArray[Any]] = net.get_weights()
    return HandwrittenTrainer(weights, batch_size)


#: Seconds until the idle threads of a BLAS have stopped to look for work: until then they take half of a processor.
REST = 0.2


def interleaved(
    contestants: Mapping[str, Callable[[], object]], rounds: int, budget: float = 0.05, rest: float | None = None
) -> dict[str, float]:
    """Time every contestant in turn, round after round.

    Parameters
    ----------
    contestants : mapping
        Name -> what is timed. Each is called once before, to warm up.
    rounds : int
        How often each has its turn.
    budget : float
        Seconds that a turn lasts at least: a short call is repeated.
    rest : float, optional
        Seconds of rest before each turn, after which a call warms up again; by default :data:`REST` if dlcore uses
        several threads, else none.

    Returns
    -------
    dict
        Name -> median of the seconds a call took.
    """
    if rest is None:
        rest = REST if dlcore.get_num_threads() > 1 else 0.0
    repeats, times = {}, {}
    for name, call in contestants.items():
        call()
        once = _seconds(call, 1)
        repeats[name], times[name] = max(1, round(budget / once)), list[float]()
    for _ in range(rounds):
        for name, call in contestants.items():
            if rest:
                time.sleep(rest)
                call()
            times[name].append(_seconds(call, repeats[name]))
    return {name: statistics.median(values) for name, values in times.items()}


def _seconds(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats
