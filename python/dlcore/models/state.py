"""A model's state as arrays with readable names, and back: all of it, or nothing changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.layers import Layer
from dlcore.naming import unique
from dlcore.random import SeedGenerator
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.optimizers import Optimizer

#: What the names of an optimizer's arrays begin with.
OPTIMIZER = "optimizer/"


class Drawer(NamedTuple):
    """What is kept of one layer: arrays by name."""

    place: str
    arrays: dict[str, Array]


def places(model: Layer) -> dict[str, Layer]:
    """Everything in a model that may have variables of its own, by the path of its name: "block/dense"."""
    found: list[tuple[str, Layer]] = []

    def visit(layer: Layer, path: str) -> None:
        for inner in layer._flatten_layers(include_self=False, recursive=False):
            if all(inner is not known for _, known in found):
                found.append((path + inner.name, inner))
                visit(inner, f"{path}{inner.name}/")

    visit(model, "")
    found.append((model.name, model))
    names = unique(f"layer {path}" if (path + "/").startswith(OPTIMIZER) else path for path, _ in found)
    return dict(zip(names, (layer for _, layer in found), strict=True))


def variables_of(layer: Layer) -> dict[str, Variable]:
    """The variables of a layer by name, without those of layers in it: weights, states of random generators."""
    found = [*layer._own_variables(), *(generator.state for generator in layer._held(SeedGenerator))]
    return dict(zip(unique(variable.name for variable in found), found, strict=True))


def has_own_format(layer: Layer) -> bool:
    """Whether a layer's class says itself what is kept of it."""
    return type(layer).save_own_variables is not Layer.save_own_variables


def filled(model: Layer) -> Iterator[tuple[Layer, Drawer]]:
    """The layers of which something is kept, with that."""
    for place, layer in places(model).items():
        arrays = {name: variable.array for name, variable in variables_of(layer).items()}
        if has_own_format(layer):
            store: dict[str, Any] = {}
            layer.save_own_variables(store)
            arrays = {str(name): np.asarray(value) for name, value in store.items()}
        if arrays:
            yield layer, Drawer(place, arrays)


def optimizer_variables(optimizer: Optimizer, model: Layer) -> dict[str, Variable]:
    """An optimizer's variables by name: "iteration", "dense/kernel/momentum".

    A state array of the variable whose path is ``dense/kernel`` is called ``dense_kernel_momentum``; the first one of
    that name belongs to the first such variable, and so on.
    """
    trained = {id(variable) for variable in model.trainable_weights}
    owners: dict[str, list[str]] = {}
    for place, layer in places(model).items():
        for name, variable in variables_of(layer).items():
            if id(variable) in trained:
                owners.setdefault(variable.path.replace("/", "_") + "_", []).append(f"{place}/{name}")
    seen: Counter[str] = Counter()
    names = []
    for variable in optimizer.variables:
        prefix = max((prefix for prefix in owners if variable.name.startswith(prefix)), key=len, default="")
        owner = owners.get(prefix, [])[seen[variable.name] : seen[variable.name] + 1]
        seen[variable.name] += 1
        names.append("/".join([*owner, variable.name.removeprefix(prefix) if owner else variable.name]))
    return dict(zip(unique(names), optimizer.variables, strict=True))


class Restoring:
    """Changes to variables that are collected, checked, and made together.

    Parameters
    ----------
    source : str
        Where the arrays come from, for error messages.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._pairs: list[tuple[Variable, Array]] = []
        self._stores: list[tuple[Layer, dict[str, Array]]] = []

    def layers(self, model: Layer, given: Sequence[Drawer]) -> None:
        """Take in what was kept of a model's layers, found by name where the names agree, else by order.

        Raises
        ------
        ValueError
            If layers or arrays are missing or left over, or a shape differs.
        """
        mine = list(filled(model))
        if len(mine) != len(given):
            raise ValueError(
                f"{self._source} holds the weights of {len(given)} layers ({_listed(d.place for d in given)}); the "
                f"model has {len(mine)} layers with weights ({_listed(d.place for _, d in mine)})"
            )
        by_place = {drawer.place: drawer for drawer in given}
        if by_place.keys() == {drawer.place for _, drawer in mine}:
            given = [by_place[drawer.place] for _, drawer in mine]
        for (layer, own), drawer in zip(mine, given, strict=True):
            if has_own_format(layer):
                self._stores.append((layer, drawer.arrays))
            else:
                self._layer(own.place, variables_of(layer), drawer.arrays)

    def _layer(self, place: str, variables: Mapping[str, Variable], arrays: Mapping[str, Array]) -> None:
        if len(variables) != len(arrays):
            raise ValueError(
                f"layer {place!r} has {len(variables)} weights ({_listed(variables)}); "
                f"{self._source} holds {len(arrays)} ({_listed(arrays)})"
            )
        names = variables if variables.keys() == arrays.keys() else arrays
        for (key, variable), name in zip(variables.items(), names, strict=True):
            self._pair(f"{key!r} of layer {place!r}", variable, arrays[name])

    def optimizer(self, optimizer: Optimizer, model: Layer, given: Mapping[str, Array]) -> None:
        """Take in the arrays of an optimizer, which must be built.

        Raises
        ------
        ValueError
            If some are missing or left over, or a shape differs.
        """
        mine = optimizer_variables(optimizer, model)
        if [_kind(name) for name in mine] != [_kind(name) for name in given]:
            raise ValueError(
                f"{self._source} holds the optimizer state {_listed(given)}; {type(optimizer).__name__} has "
                f"{_listed(mine)}"
            )
        for (name, variable), array in zip(mine.items(), given.values(), strict=True):
            self._pair(f"{name!r} of the optimizer", variable, array)

    def _pair(self, what: str, variable: Variable, array: Array) -> None:
        if array.shape != variable.shape:
            raise ValueError(f"{what} has the shape {variable.shape}; {self._source} holds {array.shape}")
        self._pairs.append((variable, array))

    def carry_out(self) -> None:
        """Make all changes, or none if a layer with a format of its own refuses its arrays."""
        before = [(v, v.array.copy()) for layer, _ in self._stores for v in variables_of(layer).values()]
        try:
            for layer, arrays in self._stores:
                layer.load_own_variables(arrays)
        except BaseException:
            for variable, array in before:
                variable.assign(array)
            raise
        for variable, array in self._pairs:
            variable.assign(array)


def _kind(name: str) -> str:
    """What an array of an optimizer is, whatever the layer is called that it belongs to."""
    return re.sub(r"_\d+$", "", name.rpartition("/")[2])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
