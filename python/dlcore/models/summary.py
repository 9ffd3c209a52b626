"""A model as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dlcore.layers import Dense
from dlcore.layers.layer import Layer, Shape

#: A layer, the shape of its output if that is known, and how deep it is within others.
Entry = tuple[Layer, Shape | None, int]


def summary_text(
    model: Any,
    training: str,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """Layers, output shapes and numbers of parameters.

    Parameters
    ----------
    model : Model
        Its name, layers and weights are shown.
    training : str
        How it trains, and why so.
    line_length, positions, expand_nested, show_trainable, layer_range
        See :meth:`dlcore.Model.summary`.
    """
    entries = list(_entries(model, expand_nested, layer_range))
    rows = [("Layer (type)", "Output Shape", "Param #", "Trainable")]
    rows += [_cells(*entry) for entry in entries]
    columns = 4 if show_trainable else 3
    widths = _widths([row[:columns] for row in rows], line_length, positions)
    lines = ["  ".join(_placed(row[:columns], widths)).rstrip() for row in rows]
    rule = "-" * (sum(widths) + 2 * (columns - 1))
    return "\n".join([f'Model: "{model.name}"', rule, lines[0], rule, *lines[1:], rule, *_totals(model, training)])


def summary_html(model: Any, training: str) -> str:
    """The same for a notebook, with a sketch of the units if the model is small."""
    from dlcore.explain.notebook import model_html

    cells = [_cells(*entry)[:3] for entry in _entries(model, False, None)]
    return model_html(model.name, cells, _totals(model, training), _sizes(model))


def _totals(model: Any, training: str) -> list[str]:
    trainable = sum(v.size for v in model.trainable_weights)
    total = sum(v.size for v in model.weights)
    size = sum(v.array.nbytes for v in model.weights)
    return [
        f"Total params: {total:,} ({_bytes(size)})",
        f"Trainable params: {trainable:,}",
        f"Non-trainable params: {total - trainable:,}",
        f"Trains {training}.",
    ]


def _sizes(model: Any) -> list[tuple[str, int]]:
    """The names and units of the columns to draw: of a stack of dense layers; empty for anything else."""
    dense = [layer for layer in model.layers if isinstance(layer, Dense) and layer.built]
    chained = getattr(model, "_first_shape", None) is not None and dense == model.layers
    if not dense or not chained:
        return []
    return [("input", dense[0].kernel.shape[0]), *((layer.name, layer.units) for layer in dense)]


def _entries(model: Any, nested: bool, names: Sequence[str] | None, depth: int = 0) -> Iterator[Entry]:
    layers, shapes = model.layers, model._shapes()
    first, last = _bounds([layer.name for layer in layers], names)
    for layer, shape in list(zip(layers, shapes, strict=True))[first:last]:
        yield layer, shape, depth
        if nested and hasattr(layer, "_shapes"):
            yield from _entries(layer, nested, None, depth + 1)


def _bounds(names: Sequence[str], given: Sequence[str] | None) -> tuple[int, int]:
    """From the first layer whose name matches one pattern to the last that matches the other."""
    if given is None:
        return 0, len(names)
    if len(given) != 2 or not all(isinstance(pattern, str) for pattern in given):
        raise ValueError(f"layer_range must be two names or patterns of names; got {given!r}")
    first, last = ([i for i, name in enumerate(names) if re.match(pattern, name)] for pattern in given)
    if not first or not last:
        raise ValueError(f"layer_range {list(given)} does not match any layer; there are {list(names)}")
    low, high = sorted((min(first), max(last)))
    return low, high + 1


def _cells(layer: Layer, shape: Shape | None, depth: int) -> tuple[str, str, str, str]:
    prefix = "   " * depth + "└ " if depth else ""
    params = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
    trainable = ("Y" if layer.trainable else "N") if layer.weights else "-"
    return f"{prefix}{layer.name} ({type(layer).__name__})", "?" if shape is None else str(shape), params, trainable


def _widths(rows: Sequence[Sequence[str]], length: int | None, positions: Sequence[float] | None) -> list[int]:
    """As wide as the cells, or as ``line_length`` and ``positions`` say; cells that are longer stick out."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if positions is not None:
        if len(positions) < len(widths):
            raise ValueError(f"positions must hold a number for each of {len(widths)} columns; got {positions!r}")
        ends = [int(p if p > 1 else p * (length or 88)) for p in positions[: len(widths)]]
        widths = [max(end - begin - 2, 1) for begin, end in zip([-2, *ends], ends, strict=False)]
    elif length is not None:
        widths[0] += max(length - sum(widths) - 2 * (len(widths) - 1), 0)
    return widths


def _placed(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
    cells[2] = row[2].rjust(widths[2])
    return cells


def _bytes(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"
