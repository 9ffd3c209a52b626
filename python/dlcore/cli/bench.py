"""``dlcore bench``: one training step in the compiled core, in Numba and in hand-written NumPy, on this machine."""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import dlcore
from dlcore.backends import unavailable_backends, use_backend
from dlcore.cli.arguments import add_threads, positive_int
from dlcore.cli.contest import classifier, handwritten_twin, interleaved
from dlcore.cli.errors import CommandError

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands


class Case(NamedTuple):
    """One row of the table: a net and the rows of a step."""

    sizes: tuple[int, ...]
    batch_size: int

    @property
    def flops(self) -> int:
        """Multiplications and additions of a training step (the first layer needs no input gradient)."""
        products = [i * o for i, o in itertools.pairwise(self.sizes)]
        return self.batch_size * (6 * sum(products) - 2 * products[0])

    @property
    def label(self) -> str:
        """Such as ``64-128-10 b32``."""
        return f"{'-'.join(map(str, self.sizes))} b{self.batch_size}"


CASES = {
    "tiny": Case((4, 16, 3), 16),
    "digits": Case((64, 128, 10), 32),
    "tab": Case((32, 64, 64, 2), 64),
    "mnist": Case((784, 128, 10), 32),
}

#: Steps in the epoch that is timed: many, for a call of fit is part of it, but no more work than this.
STEPS, FLOPS = 400, 2e9

NUMPY = "NumPy"


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "bench",
        help="compare the compiled core, Numba and hand-written NumPy on this machine",
        description="Train small nets (ReLU, softmax cross-entropy, Adam, float32; batches shuffled) through "
        "Sequential.fit on each backend and in hand-written NumPy: preallocated, in place, as fast as NumPy "
        "goes. The contestants take turns, so only the ratios of one run count. Before anything is timed, all must "
        "reach the same loss from the same weights. Takes a few seconds, and longer where Numba has to compile first.",
        epilog="example: dlcore bench --rows digits,mnist --rounds 9",
    )
    add_threads(parser)
    parser.add_argument(
        "-r", "--rounds", type=positive_int, default=7, metavar="N", help="turns for each (default: %(default)s)"
    )
    parser.add_argument(
        "--rows",
        type=_case_names,
        default=list(CASES),
        metavar="NAMES",
        help=f"which rows of the table, separated by commas (default: {','.join(CASES)})",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Measure and print the table."""
    missing = unavailable_backends()
    backends = [name for name in ("native", "numba") if name not in missing]
    for name in ("native", "numba"):
        if name in missing:
            print(f"dlcore bench: the {name} backend is left out: {missing[name]}", file=sys.stderr)
    if not backends:
        raise CommandError("neither the native nor the numba backend is available: there is nothing to compare.")
    threads = "1 thread" if args.threads == 1 else f"{args.threads} threads"
    print(f"dlcore {dlcore.__version__}, NumPy {np.__version__}, Python {platform.python_version()}")
    print(f"{processor()}, {os.cpu_count()} CPUs, {threads} for everyone")
    print(f"One training step in µs: the median of {args.rounds} interleaved rounds.\n")
    columns = [*backends, "hand-written NumPy", *(f"{name} is faster by" for name in backends)]
    print(f"| {'net':29} | {' | '.join(columns)} |")
    print(f"| {'-' * 29} | {' | '.join('-' * (len(column) - 1) + ':' for column in columns)} |")
    for key in args.rows:
        took = measure(CASES[key], backends, args.rounds)
        cells = [f"{took[name] * 1e6:.1f}" for name in [*backends, NUMPY]]
        cells += [f"{took[NUMPY] / took[name]:.1f}x" for name in backends]
        padded = [f"{cell:>{len(column)}}" for cell, column in zip(cells, columns, strict=True)]
        print(f"| {f'{key} {CASES[key].label}':29} | {' | '.join(padded)} |", flush=True)


def measure(case: Case, backends: list[str], rounds: int) -> dict[str, float]:
    """Seconds of one training step, by contestant: each backend and "NumPy".

    Raises
    ------
    CommandError
        If the contestants do not agree on the loss of the first epoch, trained on the rows as they lie.
    """
    sizes, batch_size = case
    steps = max(1, min(STEPS, int(FLOPS / case.flops)))
    rng = np.random.default_rng(0)
    x = rng.standard_normal((steps * batch_size, sizes[0])).astype(np.float32)
    y = rng.integers(0, sizes[-1], len(x))

    dlcore.utils.set_random_seed(0)
    weights = classifier(sizes).get_weights()
    losses: dict[str, float] = {}
    contestants: dict[str, Callable[[], object]] = {}
    for name in backends:
        with use_backend(name):
            net = classifier(sizes)
            net.set_weights(weights)
            twin = handwritten_twin(net, batch_size)
            losses[name] = net.fit(x, y, batch_size=batch_size, shuffle=False, verbose=0).history["loss"][0]

        def epoch(name: str = name, net: dlcore.Sequential = net) -> None:
            with use_backend(name):
                net.fit(x, y, batch_size=batch_size, verbose=0)

        contestants[name] = epoch
    losses[NUMPY] = twin.fit(x, y, epochs=1, rng=None)[0]
    if not np.allclose(list(losses.values()), losses[NUMPY], rtol=1e-3):
        raise CommandError(f"the contestants disagree on the loss of {case.label}: {losses}")
    contestants[NUMPY] = lambda: twin.fit(x, y, epochs=1, rng=rng)
    return {name: seconds / steps for name, seconds in interleaved(contestants, rounds).items()}


def _case_names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in CASES]:
        raise argparse.ArgumentTypeError(f"no row is called {unknown[0]!r}; there are {', '.join(CASES)}")
    return names


def processor() -> str:
    """What the machine calls its processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
