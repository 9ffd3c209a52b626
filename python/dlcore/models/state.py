"""A model's state as arrays with readable names, and back: all of it, or nothing changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.layers import Layer
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.optimizers import Optimizer

#: What the names of an optimizer's arrays begin with.
OPTIMIZER = "optimizer/"


class Drawer(NamedTuple):
    """What is kept of one layer: arrays by name."""

    place: str
    arrays: dict[str, Array]


def parts(model: Any) -> list[Layer]:
    """The layers that hold all the variables of a model; the model itself if it has some beside those of its layers."""
    layers: list[Layer] = list(getattr(model, "layers", None) or ())
    inside = {id(variable) for layer in layers for variable in variables_of(layer).values()}
    return layers if all(id(weight) in inside for weight in model.weights) else [model]


def unique(names: Iterable[str]) -> list[str]:
    """The names, the second one alike with _1 behind it, and so on."""
    taken: dict[str, int] = {}
    result: list[str] = []
    for name in names:
        candidate = name
        while candidate in taken:
            taken[name] += 1
            candidate = f"{name}_{taken[name]}"
        taken[candidate] = 0
        result.append(candidate)
    return result


def variables_of(layer: Layer) -> dict[str, Variable]:
    """The variables of a layer by name: its weights, then what else it keeps."""
    found = {id(variable): variable for variable in (*layer.weights, *layer.variables)}.values()
    return dict(zip(unique(variable.name for variable in found), found, strict=True))


def has_own_format(layer: Layer) -> bool:
    """Whether a layer's class says itself what is kept of it."""
    return getattr(type(layer), "save_own_variables", None) is not getattr(Layer, "save_own_variables", None)


def drawer_of(layer: Layer) -> Drawer:
    """What is kept of a layer."""
    place = layer.name if layer.name + "/" != OPTIMIZER else f"layer {layer.name}"
    if not has_own_format(layer):
        return Drawer(place, {name: variable.array for name, variable in variables_of(layer).items()})
    store: dict[str, Any] = {}
    layer.save_own_variables(store)  # type: ignore[attr-defined]
    return Drawer(place, {str(name): np.asarray(value) for name, value in store.items()})


def filled(layers: Iterable[Layer]) -> list[tuple[Layer, Drawer]]:
    """The layers of which something is kept, with that."""
    return [(layer, drawer) for layer in layers if (drawer := drawer_of(layer)).arrays]


def optimizer_variables(optimizer: Optimizer, layers: Iterable[Layer]) -> dict[str, Variable]:
    """An optimizer's variables by name: "iteration", "dense/kernel/momentum".

    A state array is called ``dense_kernel_momentum`` if the variable it belongs to has the path ``dense/kernel``; the
    first one of that name belongs to the first such variable, and so on.
    """
    places = [
        (str(variable.path).replace("/", "_"), f"{layer.name}/{name}")
        for layer in layers
        for name, variable in variables_of(layer).items()
        if any(variable is weight for weight in layer.trainable_weights)
    ]
    counts: Counter[str] = Counter()
    names = []
    for variable in optimizer.variables:
        nth = counts[variable.name]
        counts[variable.name] += 1
        owners = [(own, place) for own, place in places if variable.name.startswith(own + "_")]
        if nth < len(owners):
            own, place = owners[nth]
            names.append(f"{place}/{variable.name[len(own) + 1 :]}")
        else:
            names.append(variable.name)
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

    def layers(self, layers: Iterable[Layer], given: Sequence[Drawer]) -> None:
        """Take in what was kept of all layers, found by name where the names agree, else by order.

        Raises
        ------
        ValueError
            If layers or arrays are missing or left over, or a shape differs.
        """
        mine = filled(layers)
        if len(mine) != len(given):
            raise ValueError(
                f"{self._source} holds the weights of {len(given)} layers ({_listed(d.place for d in given)}); the "
                f"model has {len(mine)} layers with weights ({_listed(d.place for _, d in mine)})"
            )
        by_place = {drawer.place: drawer for drawer in given}
        if by_place.keys() == {drawer.place for _, drawer in mine}:
            given = [by_place[drawer.place] for _, drawer in mine]
        for (layer, _), drawer in zip(mine, given, strict=True):
            if has_own_format(layer):
                self._stores.append((layer, drawer.arrays))
            else:
                self._layer(layer, drawer.arrays)

    def _layer(self, layer: Layer, arrays: Mapping[str, Array]) -> None:
        variables = variables_of(layer)
        if len(variables) != len(arrays):
            raise ValueError(
                f"layer {layer.name!r} has {len(variables)} weights ({_listed(variables)}); "
                f"{self._source} holds {len(arrays)} ({_listed(arrays)})"
            )
        names = variables if variables.keys() == arrays.keys() else arrays
        for (key, variable), name in zip(variables.items(), names, strict=True):
            self._pair(f"{key!r} of layer {layer.name!r}", variable, arrays[name])

    def optimizer(self, optimizer: Optimizer, layers: Iterable[Layer], given: Mapping[str, Array]) -> None:
        """Take in the arrays of an optimizer, which must be built.

        Raises
        ------
        ValueError
            If some are missing or left over, or a shape differs.
        """
        mine = optimizer_variables(optimizer, layers)
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
                layer.load_own_variables(arrays)  # type: ignore[attr-defined]
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
