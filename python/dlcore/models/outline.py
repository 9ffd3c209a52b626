"""A stack of layers as an engine sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.backends.contract import Array, Parameters, Statistics
from dlcore.backends.network import DenseSpec, LayerSpec
from dlcore.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LayerNormalization,
    Normalization,
    Rescaling,
)
from dlcore.models import data
from dlcore.variable import Variable

_SCALING = (Normalization, Rescaling)
_NORMALIZING = (BatchNormalization, LayerNormalization)

#: A layer that engines run, with weights or statistics of its own.
Stage = Dense | BatchNormalization | LayerNormalization


class Outline(NamedTuple):
    """The layers as an engine sees them, known before any weight is made.

    ``stages`` are those with weights; ``drops`` are what drops their inputs in training, None where nothing does;
    ``flattens`` says that rows of any shape are taken, as one axis; ``scaling`` are the layers that bring the data to
    scale, with all that comes between them and the first of these.
    """

    chain: tuple[LayerSpec, ...]
    stages: tuple[Stage, ...]
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
        return self.stages[0].built

    @property
    def inputs(self) -> int | None:
        """Columns of the input; None before the first layer is built."""
        first = self.stages[0]
        if not first.built:
            return None
        if isinstance(first, Dense):
            return len(first.kernel.array)
        assert first.input_spec is not None
        (length,) = first.input_spec.axes.values()
        return int(length)

    def features(self, x: Any, name: str = "x") -> Array:
        """The input as the first layer takes it; see :func:`dlcore.models.data.features`."""
        if self.scaling:
            x = self._scaled(data.dense(name, x), name)
        return data.features(x, self.inputs, self.dtype, self.stages[0].name, name, self.flattens)

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

    @property
    def normalizes(self) -> bool:
        """Whether there is a normalization among the stages."""
        return any(isinstance(layer, _NORMALIZING) for layer in self.stages)

    def pairs(self) -> list[tuple[Variable | None, Variable | None]]:
        """Of each stage kernel and bias, or gamma and beta; nothing before it is built."""
        return [_pair(layer) if layer.built else (None, None) for layer in self.stages]

    def parameters(self) -> list[Parameters]:
        """Their arrays."""
        return [(None if w is None else w.array, None if b is None else b.array) for w, b in self.pairs()]

    def statistics(self) -> list[Statistics | None]:
        """Moving mean and variance of the stages that have them."""
        return [
            (layer.moving_mean.array, layer.moving_variance.array) if isinstance(layer, BatchNormalization) else None
            for layer in self.stages
        ]

    def specs(self) -> tuple[LayerSpec, ...]:
        """The chain as a training runs it, with what may have been set since: rates of dropout, what is frozen."""
        return tuple(
            spec._replace(dropout=float(drop.rate) if drop else 0.0)
            if isinstance(spec, DenseSpec)
            else spec._replace(units=spec.units or self.inputs or 0, frozen=not layer.trainable)
            for spec, layer, drop in zip(self.chain, self.stages, self.drops, strict=True)
        )

    def learning(self) -> list[Variable]:
        """The weights that training changes, in the order of the layers."""
        return [
            weight
            for layer, pair in zip(self.stages, self.pairs(), strict=True)
            for weight in pair
            if weight is not None and not self.stays(layer, weight)
        ]

    @staticmethod
    def stays(layer: Stage, weight: Variable | None) -> bool:
        """Whether training leaves a weight alone."""
        return weight is not None and not (layer.trainable and weight.trainable)


def _pair(layer: Stage) -> tuple[Variable | None, Variable | None]:
    return (layer.kernel, layer.bias) if isinstance(layer, Dense) else (layer.gamma, layer.beta)


def outline(layers: Sequence[Layer]) -> Outline:
    """The outline of a stack of layers.

    Raises
    ------
    NotImplementedError
        If there is a layer that engines cannot run, no Dense layer, or more than one dtype.
    """
    chain: list[LayerSpec] = []
    stages: list[Stage] = []
    drops: list[Dropout | None] = []
    drop: Dropout | None = None
    before: list[Layer] = []
    for layer in layers:
        if not _speaks_for_itself(type(layer)):
            raise NotImplementedError(f"layer {layer.name!r} ({type(layer).__name__}) has a call of its own")
        if layer.activity_regularizer is not None:
            raise NotImplementedError(f"layer {layer.name!r} has an activity_regularizer")
        layer.describe(chain)
        if not stages and isinstance(layer, (Flatten, *_SCALING)):
            before.append(layer)
        if isinstance(layer, Stage):
            stages.append(layer)
            drops.append(drop)
            drop = None
        elif isinstance(layer, Dropout) and layer.seed_generator is not None:
            drop = layer
    if not any(isinstance(layer, Dense) for layer in stages):
        raise NotImplementedError("there is no Dense layer")
    if drop is not None:
        raise NotImplementedError(f"layer {drop.name!r} comes after the last Dense")
    dtypes = {layer.dtype for layer in (*stages, *drops) if layer is not None}
    if len(dtypes) > 1:
        raise NotImplementedError(f"the layers have several dtypes: {sorted(dtypes)}")
    flattens = any(isinstance(layer, Flatten) for layer in before)
    scaling = tuple(before) if any(isinstance(layer, _SCALING) for layer in before) else ()
    return Outline(tuple(chain), tuple(stages), tuple(drops), flattens, scaling, np.dtype(dtypes.pop()))


def _speaks_for_itself(kind: type[Layer]) -> bool:
    """Whether what ``describe`` says holds: no class has put a ``call`` of its own over it."""
    owners = [next(owner for owner in kind.__mro__ if name in vars(owner)) for name in ("describe", "call")]
    return issubclass(*owners)
