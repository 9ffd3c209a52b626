"""The few operations that exports know, and a model as a list of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.layers.shapes import Shape


class Affine(NamedTuple):
    """x · kernel + bias over the last axis; kernel (inputs, units)."""

    kernel: Array
    bias: Array | None


class Activated(NamedTuple):
    """An activation of :data:`dlcore.backends.contract.ACTIVATIONS` with its parameter."""

    kind: str
    alpha: float


class Ramp(NamedTuple):
    """relu with all its arguments: x above the threshold, ``top`` at most, slope · (x - threshold) elsewhere."""

    threshold: float
    top: float
    slope: float


class Arithmetic(NamedTuple):
    """x and an array, joined by "add", "subtract", "multiply" or "divide"; the array is stretched to a row."""

    operation: str
    operand: Array


class Slopes(NamedTuple):
    """relu(x) - slopes · relu(-x)."""

    slopes: Array


class Lookup(NamedTuple):
    """The row of a table for each number."""

    table: Array


class Reshaped(NamedTuple):
    """A row in another shape."""

    row: Shape


class Transposed(NamedTuple):
    """The axes of a row in another order, counted from 0."""

    order: tuple[int, ...]


class Repeated(NamedTuple):
    """Each row several times, along a new first axis of it."""

    times: int


class Standardized(NamedTuple):
    """x, less its mean if ``centered``, over the root of its mean square + epsilon along some axes of a row."""

    axes: tuple[int, ...]
    epsilon: float
    centered: bool


class UnitLength(NamedTuple):
    """x over its Euclidean length, or ``least`` if that is smaller, along some axes of a row."""

    axes: tuple[int, ...]
    least: float


Stage = (
    Affine
    | Activated
    | Ramp
    | Arithmetic
    | Slopes
    | Lookup
    | Reshaped
    | Transposed
    | Repeated
    | Standardized
    | UnitLength
)


class Step(NamedTuple):
    """A stage, the layer it belongs to, and the shapes of a row before and after it."""

    layer: str
    stage: Stage
    before: Shape
    after: Shape


class Stages(NamedTuple):
    """A model as a file can say it: the shape of a row of its input, the dtype it computes in, and the steps."""

    row: Shape
    dtype: np.dtype[Any]
    steps: list[Step]

    @property
    def out(self) -> Shape:
        """The shape of a row of the output."""
        return self.steps[-1].after if self.steps else self.row


def after(stage: Stage, row: Shape) -> Shape:
    """The shape of a row after a stage."""
    if isinstance(stage, Affine):
        return (*row[:-1], stage.kernel.shape[1])
    if isinstance(stage, Lookup):
        return (*row, stage.table.shape[1])
    if isinstance(stage, Reshaped):
        return stage.row
    if isinstance(stage, Transposed):
        return tuple(row[axis] for axis in stage.order)
    return (stage.times, *row) if isinstance(stage, Repeated) else row
