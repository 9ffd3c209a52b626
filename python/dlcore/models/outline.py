"""A stack of layers as an engine sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.backends.contract import Array, DenseSpec
from dlcore.layers import Dense, Dropout, Flatten, Layer, Normalization, Rescaling
from dlcore.models import data
from dlcore.variable import Variable

_SCALING = (Normalization, Rescaling)


class Outline(NamedTuple):
    """The layers as an engine sees them, known before any weight is made.

    ``dense`` are those with weights; ``drops`` are what drops their inputs in training, None where nothing does;
    ``flattens`` says that rows of any shape are taken, as one axis; ``scaling`` are the layers that bring the data to
    scale, with all that comes between them and the first Dense.
    """

    chain: tuple[DenseSpec, ...]
    dense: tuple[Dense, ...]
    drops: tuple[Dropout | None, ...]
    flattens: bool
    scaling: tuple[Layer, ...]
    dtype: np.dtype[Any]

    @property
    def units(self) -> int:
        """Columns of the output."""
        return self.chain[-1].units

    @property
    def built(self) -> bool:
        """Whether the first layer knows how many columns the input has."""
        return self.dense[0].built

    @property
    def inputs(self) -> int | None:
        """Columns of the input; None before the first layer is built."""
        first = self.dense[0]
        return first.kernel.shape[0] if first.built else None

    def features(self, x: Any, name: str = "x") -> Array:
        """The input as the first layer takes it; see :func:`dlcore.models.data.features`."""
        if self.scaling:
            x = self._scaled(data.dense(name, x), name)
        return data.features(x, self.inputs, self.dtype, self.dense[0].name, name, self.flattens)

    def _scaled(self, x: Array, name: str) -> Array:
        rows: Any = x[:, np.newaxis] if x.ndim == 1 else x
        for layer in self.scaling:
            shape = rows.shape
            with np.errstate(all="ignore"):  # what becomes infinite is refused
                try:
                    rows = layer(rows)
                except ValueError as error:
                    raise ValueError(f"{name}: layer {layer.name!r} cannot take the shape {shape}: {error}") from error
            if isinstance(layer, _SCALING) and rows.shape != shape:
                raise ValueError(
                    f"{name}: layer {layer.name!r} has other statistics than rows of {name}; found {x.shape}"
                )
        return np.asarray(rows)

    def parameters(self) -> list[tuple[Array, Array | None]]:
        """The arrays of each layer."""
        return [(layer.kernel.array, None if layer.bias is None else layer.bias.array) for layer in self.dense]

    def learning(self) -> list[Variable]:
        """The weights that training changes, in the order of the layers."""
        return [
            weight
            for layer in self.dense
            if layer.built and layer.trainable
            for weight in (layer.kernel, layer.bias)
            if weight is not None and weight.trainable
        ]

    @staticmethod
    def stays(layer: Dense, weight: Variable | None) -> bool:
        """Whether training leaves a weight alone."""
        return weight is not None and not (layer.trainable and weight.trainable)


def outline(layers: Sequence[Layer]) -> Outline:
    """The outline of a stack of layers.

    Raises
    ------
    NotImplementedError
        If there is a layer that engines cannot run, no Dense layer, or more than one dtype.
    """
    chain: list[DenseSpec] = []
    drops: list[Dropout | None] = []
    drop: Dropout | None = None
    before: list[Layer] = []
    for layer in layers:
        if not _speaks_for_itself(type(layer)):
            raise NotImplementedError(f"layer {layer.name!r} ({type(layer).__name__}) has a call of its own")
        if layer.activity_regularizer is not None:
            raise NotImplementedError(f"layer {layer.name!r} has an activity_regularizer")
        layer.describe(chain)
        if not drops and isinstance(layer, (Flatten, *_SCALING)):
            before.append(layer)
        if isinstance(layer, Dense):
            drops.append(drop)
            drop = None
        elif isinstance(layer, Dropout) and layer.seed_generator is not None:
            drop = layer
    if not drops:
        raise NotImplementedError("there is no Dense layer")
    if drop is not None:
        raise NotImplementedError(f"layer {drop.name!r} comes after the last Dense")
    dense = tuple(layer for layer in layers if isinstance(layer, Dense))
    dtypes = {layer.dtype for layer in (*dense, *drops) if layer is not None}
    if len(dtypes) > 1:
        raise NotImplementedError(f"the layers have several dtypes: {sorted(dtypes)}")
    flattens = any(isinstance(layer, Flatten) for layer in before)
    scaling = tuple(before) if any(isinstance(layer, _SCALING) for layer in before) else ()
    return Outline(tuple(chain), dense, tuple(drops), flattens, scaling, np.dtype(dtypes.pop()))


def _speaks_for_itself(kind: type[Layer]) -> bool:
    """Whether what ``describe`` says holds: no class has put a ``call`` of its own over it."""
    owners = [next(owner for owner in kind.__mro__ if name in vars(owner)) for name in ("describe", "call")]
    return issubclass(*owners)
