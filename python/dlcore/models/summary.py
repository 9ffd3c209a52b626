"""A model as a table."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.layers.layer import Layer, Shape


def summary_text(name: str, layers: Sequence[Layer], shapes: Sequence[Shape | None], training: str) -> str:
    """Layers, output shapes and numbers of parameters.

    Parameters
    ----------
    name : str
        The model's.
    layers : sequence of Layer
        Without the input.
    shapes : sequence of tuple or None
        The shape of each layer's output, None where it is not known yet.
    training : str
        How it trains, and why so.
    """
    rows = [("Layer (type)", "Output Shape", "Param #")]
    for layer, shape in zip(layers, shapes, strict=True):
        params = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
        rows.append((f"{layer.name} ({type(layer).__name__})", "?" if shape is None else str(shape), params))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = ["  ".join((row[0].ljust(widths[0]), row[1].ljust(widths[1]), row[2].rjust(widths[2]))) for row in rows]
    rule = "-" * len(lines[0])
    trainable = sum(v.size for layer in layers for v in layer.trainable_weights)
    total = sum(v.size for layer in layers for v in layer.weights)
    size = sum(v.array.nbytes for layer in layers for v in layer.weights)
    return "\n".join(
        [
            f'Model: "{name}"',
            rule,
            lines[0],
            rule,
            *lines[1:],
            rule,
            f"Total params: {total:,} ({_bytes(size)})",
            f"Trainable params: {trainable:,}",
            f"Non-trainable params: {total - trainable:,}",
            f"Trains {training}.",
        ]
    )


def _bytes(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"
