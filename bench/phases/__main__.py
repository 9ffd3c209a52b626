"""The command; see the package's docstring."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dlcore.cli.environment import restart_fairly

if TYPE_CHECKING:
    from dlcore.cli.bench import Case

ROOT = Path(__file__).parents[2]
HEAD = ("training step", "floor", "forward", "back", "update", "of the peak", "step in fit", "of the peak")


def main() -> None:
    """Build, measure and print."""
    args = parsed()
    restart_fairly(1)
    if args.isa:
        os.environ["DLCORE_ISA"] = args.isa
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from bench.grid import peak, rows

    import dlcore
    from dlcore.cli.bench import processor

    best = peak.gigaflops(args.isa)
    if best is None:
        raise SystemExit("the peak is measured by a C program: no compiler was found")
    dlcore.set_num_threads(1)
    print(f"{processor()}; 1 thread; multiply-add peak {best:.0f} GFLOP/s; medians in µs\n")
    print("| " + " | ".join(HEAD) + " |")
    print("| --- |" + " ---: |" * (len(HEAD) - 1))
    with tempfile.TemporaryDirectory() as folder:
        program = built(Path(folder))
        for name, case in rows.TRAINING.items():
            if args.rows and name not in args.rows:
                continue
            phases, whole = kernels(program, case), fitted(case)
            floor = case.flops / best / 1e3
            shares = floor / sum(phases), floor / whole
            cells = [
                f"{name} {case.label}",
                *map(number, [floor, *phases]),
                f"{shares[0]:.0%}",
                number(whole),
                f"{shares[1]:.0%}",
            ]
            print("| " + " | ".join(cells) + " |", flush=True)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m bench.phases", description="Where the time of a training step goes.")
    parser.add_argument("--rows", type=lambda text: text.split(","), metavar="NAMES", help="such as digits,field")
    parser.add_argument("--isa", metavar="NAME", help="the instruction set, such as x86_64_v3 (default: the best)")
    return parser.parse_args()


def built(folder: Path) -> Path:
    """The program that times the kernels."""
    options = ["-DDLCORE_BUILD_PYTHON=OFF", "-DDLCORE_BUILD_BENCH=ON", "-DCMAKE_BUILD_TYPE=Release"]
    for command in (["cmake", "-S", str(ROOT), "-B", str(folder), *options], ["cmake", "--build", str(folder), "-j"]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder / "bench" / "phases" / "phases"


def kernels(program: Path, case: Case) -> list[float]:
    """Microseconds of the forward pass, the way back and the update."""
    command = [str(program), str(case.batch_size), *map(str, case.sizes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(line) for line in done.stdout.split()]


def fitted(case: Case) -> float:
    """Microseconds of a step through ``Sequential.fit``, shuffling, loss and accuracy included."""
    import numpy as np

    from dlcore.cli.contest import classifier

    steps = min(2000, max(2, int(2e10 / case.flops)))
    rng = np.random.default_rng(0)
    x = rng.random((steps * case.batch_size, case.sizes[0]), dtype=np.float32)
    y = rng.integers(0, case.sizes[-1], len(x))
    net = classifier(case.sizes)
    times = []
    for _ in range(8):
        start = time.perf_counter()
        net.fit(x, y, batch_size=case.batch_size, verbose=0)
        times.append((time.perf_counter() - start) / steps)
    return statistics.median(times[1:]) * 1e6


def number(microseconds: float) -> str:
    """At most four digits."""
    return f"{microseconds:.3g}" if microseconds < 1000 else f"{microseconds:,.0f}"


if __name__ == "__main__":
    main()
