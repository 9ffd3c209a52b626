"""The command; see the package's docstring."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dlcore.cli.environment import restart_fairly

PARTS = ("training", "others", "inference")


def main() -> None:
    """Measure and print."""
    args = parsed()
    restart_fairly(args.threads)
    if args.isa:
        os.environ["DLCORE_ISA"] = args.isa
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: args.threads]))
    import numpy as np
    from bench.grid import inference, peak, report, rows, training

    import dlcore
    from dlcore.cli.bench import processor

    best = peak.gigaflops(args.isa)
    best = best and best * args.threads
    reached = "unknown: no C compiler" if best is None else f"{best:.0f} GFLOP/s"
    print(f"dlcore {dlcore.__version__}, NumPy {np.__version__}, Python {platform.python_version()}")
    print(f"{processor()}; {args.threads} thread(s) for everyone; multiply-add peak {reached}")
    print(f"Medians of {args.rounds} interleaved rounds, in µs.\n")
    panels: dict[str, report.Times] = {}
    for part, title, nets in (("training", "training step", rows.TRAINING), ("others", "other nets", rows.OTHERS)):
        chosen = {name: net for name, net in nets.items() if not args.rows or name in args.rows}
        if part not in args.parts or not chosen:
            continue
        made = available(training.CONTESTANTS, args.peers)
        times = {f"{n} {c.label}": trained(c, made, training.OWN_WEIGHTS, args.rounds) for n, c in chosen.items()}
        flops = {f"{n} {c.label}": float(c.flops) for n, c in chosen.items()}
        print(report.table(title, times, flops, best) + "\n", flush=True)
        if part == "training":
            panels["a training step"] = times
    if "inference" in args.parts:
        sizes = {name: net for name, net in rows.INFERENCE.items() if not args.rows or name in args.rows}
        made = available(inference.CONTESTANTS, args.peers)
        for count in (1, 1024):
            times = {f"{n} {'-'.join(map(str, s))}": predicted(s, count, made, args.rounds) for n, s in sizes.items()}
            products = [sum(i * o for i, o in itertools.pairwise(net)) for net in sizes.values()]
            flops = {name: 2.0 * count * product for name, product in zip(times, products, strict=True)}
            shown = "one row" if count == 1 else f"{count} rows"
            print(report.table(shown, times, flops if count > 1 else None, best) + "\n", flush=True)
            panels[f"prediction of {shown}"] = times
    if args.picture:
        report.draw(args.picture, panels)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m bench.grid", description=(__doc__ or "").partition(";")[0])
    parser.add_argument("-t", "--threads", type=int, default=1, metavar="N", help="of every contestant (default: 1)")
    parser.add_argument(
        "--isa", metavar="NAME", help="dlcore's instruction set, and that of the peak (default: the best)"
    )
    parser.add_argument("-r", "--rounds", type=int, default=5, metavar="N", help="turns for each (default: 5)")
    parser.add_argument("--rows", type=names, default=(), metavar="NAMES", help="such as digits,field (default: all)")
    parser.add_argument("--peers", type=names, default=(), metavar="NAMES", help="such as torch,NumPy (default: all)")
    parser.add_argument("--parts", type=names, default=PARTS, help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the ratios (.png, .svg, .pdf)")
    return parser.parse_args()


def names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(text.split(","))


def available(contestants: Mapping[str, tuple[Any, Sequence[str]]], peers: Sequence[str]) -> dict[str, Any]:
    """The contestants asked for whose packages are installed; the others are named."""
    chosen = {}
    for name, (make, needed) in contestants.items():
        if peers and name not in ("native", *peers):
            continue
        missing = [package for package in needed if importlib.util.find_spec(package) is None]
        if missing:
            print(f"{name} is left out: {', '.join(missing)} not installed", file=sys.stderr)
        else:
            chosen[name] = make
    return chosen


def trained(net: Any, made: Mapping[str, Any], own: Sequence[str], rounds: int) -> dict[str, float]:
    """Seconds of a training step, by contestant; all must reach the same loss first."""
    import numpy as np
    from bench.grid.training import network

    from dlcore.cli.bench import FLOPS, STEPS
    from dlcore.cli.contest import interleaved

    steps = max(1, min(STEPS, int(FLOPS / net.flops)))
    rng = np.random.default_rng(0)
    x = rng.standard_normal((steps * net.batch_size, net.sizes[0])).astype(np.float32)
    if net.loss == "crossentropy":
        y = rng.integers(0, net.sizes[-1], len(x))
    else:
        y = rng.standard_normal((len(x), net.sizes[-1])).astype(np.float32)
    weights = network(net).get_weights()
    contestants: dict[str, Callable[[], object]] = {}
    losses = {}
    for name, make in made.items():
        shuffles = name in ("native", "numba")
        first = make(net, weights, x, y, **({"shuffle": False} if shuffles else {}))
        if first is None:
            continue
        losses[name] = first()
        contestants[name] = make(net, weights, x, y) if shuffles else first
    fair = [loss for name, loss in losses.items() if name not in own]
    if not np.allclose(fair, fair[0], rtol=2e-3):
        raise SystemExit(f"the contestants disagree on the loss of {net.label}: {losses}")
    return {name: seconds / steps for name, seconds in interleaved(contestants, rounds).items()}


def predicted(sizes: Sequence[int], count: int, made: Mapping[str, Any], rounds: int) -> dict[str, float]:
    """Seconds of a prediction, by contestant; all must predict the same."""
    import numpy as np
    from bench.grid import inference

    from dlcore.cli.contest import interleaved

    net = inference.model(sizes)
    x = np.random.default_rng(0).standard_normal((count, sizes[0])).astype(np.float32)
    calls = {name: make(net, x) for name, make in made.items()}
    expected = net.predict(x)
    for name, call in calls.items():
        if not np.allclose(call(), expected, rtol=1e-3, atol=1e-4):
            raise SystemExit(f"{name} predicts something else")
    return interleaved(calls, rounds)


if __name__ == "__main__":
    main()
