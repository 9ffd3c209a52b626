"""What was measured, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dlcore.plots import style

OURS = "native"

#: Row -> contestant -> seconds.
Times = Mapping[str, Mapping[str, float]]


def best_peer(took: Mapping[str, float]) -> str:
    """The fastest that is not dlcore."""
    return min((name for name in took if name not in (OURS, "numba")), key=lambda name: took[name])


def table(title: str, times: Times, flops: Mapping[str, float] | None = None, peak: float | None = None) -> str:
    """A Markdown table in µs, with how much faster the native core is than the best peer, and its share of the peak."""
    names = list(dict.fromkeys(name for took in times.values() for name in took))
    columns = [title, *names, "faster than the best peer"] + (["of the peak"] if flops and peak else [])
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)]]
    for row, took in times.items():
        cells = [_microseconds(took[name]) if name in took else "" for name in names]
        peer = best_peer(took)
        cells.append(f"{took[peer] / took[OURS]:.2f}x ({peer})")
        if flops and peak:
            cells.append(f"{flops[row] / took[OURS] / 1e9 / peak:.0%}")
        lines.append([row, *cells])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(f"| {' | '.join(_aligned(line, widths))} |" for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The cells of a line: the first to the left, the others to the right."""
    for place, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.rjust(width) if place else cell.ljust(width)


def _microseconds(seconds: float) -> str:
    """Three digits, or all before the point."""
    value = seconds * 1e6
    return f"{value:,.{max(0, 2 - len(str(int(value))) + 1)}f}"


def draw(path: Path, panels: Mapping[str, Times]) -> None:
    """A bar for each contestant: how many times the native core's time it takes, on a logarithmic axis."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 2.2 + 0.32 * max(len(times) for times in panels.values())), layout="constrained")
    for axes, (title, times) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        names = list(dict.fromkeys(name for took in times.values() for name in took if name != OURS))
        rows = list(times)
        style.ruled(axes)
        for index, name in enumerate(names):
            present = [(place, took) for place, took in enumerate(times.values()) if name in took]
            shown = [(place, took[name] / took[OURS]) for place, took in present]
            axes.plot(
                [ratio for _, ratio in shown],
                [place for place, _ in shown],
                style.MARKERS[index],
                color=style.COLOURS[index],
                label=name,
            )
        axes.axvline(1, color=style.QUIET, linewidth=1)
        axes.set_xscale("log")
        axes.set_yticks(range(len(rows)), rows)
        axes.invert_yaxis()
        style.named(axes, title, "times the native core's time", "")
        style.legend(axes)
    figure.savefig(path, dpi=120)
