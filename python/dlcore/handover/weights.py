"""Weights from elsewhere put into a model: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.layers.state import assign_all
from dlcore.variable import Variable


class Found(NamedTuple):
    """An array that a file holds, by its name there."""

    name: str
    array: Array


class Owner(NamedTuple):
    """A layer that has weights, by its name or path."""

    name: str
    layer: Any
    weights: list[Variable]


def owners(model: Any, above: str = "") -> list[Owner]:
    """The layers that have weights of their own, in order, those of models within in their place.

    Raises
    ------
    ValueError
        If the model is not built.
    """
    if not model.built:
        raise ValueError(f"model {model.name!r} has no weights yet: build it, or call it on data, before it takes some")
    found = []
    for layer in model.layers:
        name = above + layer.name
        own = layer._own_variables()
        if own:
            found.append(Owner(name, layer, own))
        if getattr(layer, "layers", None):
            found.extend(owners(layer, f"{name}/"))
    return found


def put(source: str, pairs: Sequence[tuple[Owner, Sequence[Found]]]) -> None:
    """Assign to each layer what was found for it, in the order of its weights.

    Raises
    ------
    ValueError
        If a layer gets more or fewer arrays than it has weights, or one of another shape; all that does not fit is
        listed, and nothing has changed then.
    """
    wrong = [line for owner, given in pairs if (line := _mismatch(owner, given))]
    if wrong:
        raise ValueError(f"{source} does not fit the model:\n" + "\n".join(wrong))
    variables = [variable for owner, _ in pairs for variable in owner.weights]
    assign_all(variables, [entry.array for _, given in pairs for entry in given], "the model")


def _mismatch(owner: Owner, given: Sequence[Found]) -> str:
    """What does not fit, if anything."""
    if [variable.shape for variable in owner.weights] == [entry.array.shape for entry in given]:
        return ""
    return f"  layer {owner.name!r} has {described_weights(owner)}; found {described(given)}"


def described_weights(owner: Owner) -> str:
    """A layer's weights with their shapes."""
    return ", ".join(f"{variable.name} {variable.shape}" for variable in owner.weights)


def described(given: Sequence[Found]) -> str:
    """Arrays with their shapes."""
    return ", ".join(f"{entry.name} {entry.array.shape}" for entry in given) or "nothing"


def both_sides(mine: Sequence[Owner], given: Sequence[tuple[str, Sequence[Found]]]) -> str:
    """A model's layers and what a file holds, a line each."""
    left = [f"    {owner.name}: {described_weights(owner)}" for owner in mine]
    right = [f"    {name}: {described(entries)}" for name, entries in given]
    return "\n".join(["  the model:", *left, "  the file:", *right])


def floats(array: Array) -> Array:
    """Numbers in the byte order of this machine."""
    result: Array = np.asarray(array, array.dtype.newbyteorder("="), order="C")
    return result
