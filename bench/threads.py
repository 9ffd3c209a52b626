"""What threads gain: a training step through ``fit`` on one thread and on several, in turns.

python -m bench.threads                  two threads, all rows of the grid
python -m bench.threads -t 4 --rows field,wide
"""

from __future__ import annotations

import argparse
from typing import Any

from dlcore.cli.environment import restart_fairly


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m bench.threads", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("-t", "--threads", type=int, default=2, metavar="N", help="besides one (default: 2)")
    parser.add_argument("-r", "--rounds", type=int, default=9, metavar="N", help="turns for each (default: 9)")
    parser.add_argument("--rows", default="", metavar="NAMES", help="such as field,wide (default: all)")
    args = parser.parse_args()
    restart_fairly(args.threads)
    from bench.grid.rows import TRAINING

    from dlcore.cli.bench import processor

    print(f"{processor()}; medians of {args.rounds} rounds, in µs\n")
    print(f"| training step | one thread | {args.threads} threads | faster by |")
    print("| --- | ---: | ---: | ---: |")
    for name, net in TRAINING.items():
        if not args.rows or name in args.rows.split(","):
            one, several = timed(net, args.threads, args.rounds)
            print(f"| {name} {net.label} | {one:,.1f} | {several:,.1f} | {one / several:.2f}x |", flush=True)


def timed(net: Any, threads: int, rounds: int) -> tuple[float, float]:
    """Microseconds of a step on one thread and on several."""
    import numpy as np
    from bench.grid.training import network

    import dlcore
    from dlcore.cli.bench import FLOPS, STEPS
    from dlcore.cli.contest import interleaved

    steps = max(1, min(STEPS, int(FLOPS / net.flops)))
    rng = np.random.default_rng(0)
    x = rng.standard_normal((steps * net.batch_size, net.sizes[0])).astype(np.float32)
    y = rng.integers(0, net.sizes[-1], len(x))

    def contestant(count: int) -> Any:
        model = network(net)

        def epoch() -> None:
            dlcore.set_num_threads(count)
            model.fit(x, y, batch_size=net.batch_size, verbose=0)

        return epoch

    seconds = interleaved({"one": contestant(1), "several": contestant(threads)}, rounds, rest=0.0)
    return seconds["one"] / steps * 1e6, seconds["several"] / steps * 1e6


if __name__ == "__main__":
    main()
