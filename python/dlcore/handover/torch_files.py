"""Weights from PyTorch: a ``state_dict`` in a safetensors file, put into a model of the same layers."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from dlcore import layers
from dlcore.files import read_tensors
from dlcore.floats import Array
from dlcore.handover.weights import Found, Owner, both_sides, owners, put
from dlcore.variable import Variable

#: PyTorch's names of the weights, by ours; those of Dense are transposed.
_NAMES = {
    layers.Dense: {"kernel": "weight", "bias": "bias"},
    layers.Embedding: {"embeddings": "weight"},
    layers.LayerNormalization: {"gamma": "weight", "beta": "bias"},
    layers.RMSNormalization: {"scale": "weight"},
    layers.GroupNormalization: {"gamma": "weight", "beta": "bias"},
    layers.PReLU: {"alpha": "weight"},
    layers.BatchNormalization: {
        "gamma": "weight",
        "beta": "bias",
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
    },
}

#: Beside weights: how many batches a BatchNorm has seen.
_COUNTERS = "num_batches_tracked"

#: Beginnings of files that people take for safetensors files.
_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")

Module = tuple[str, dict[str, Array]]


def load_torch_weights(model: Any, path: str | os.PathLike[str], mapping: Mapping[str, str] | None = None) -> None:
    """Put the weights of a PyTorch ``state_dict`` into a model.

    The file is what ``safetensors.torch.save_file(net.state_dict(), path)`` writes. Linear weights are transposed;
    BatchNorm brings its running statistics. What a state_dict does not hold must be the same already: activations, and
    ``epsilon``, which is 1e-5 in PyTorch's normalizations and 1e-3 in Keras's.

    Parameters
    ----------
    model : Model
        Built.
    path : path
        The file.
    mapping : dict of str to str, optional
        The module of PyTorch for each layer that has weights: ``{"hidden": "layers.0"}``. Default: modules and layers
        of the same names go together; else numbers in the names give the order (as in ``nn.Sequential``, or fc1, fc2),
        and the shapes must leave exactly one way to put the rest.

    Raises
    ------
    ValueError
        If the file is damaged or holds no tensors, modules and layers do not fit together, or in more than one way.
        The message lists both sides; no weight has changed then.
    TypeError
        If a layer has weights for which PyTorch has no module.
    OSError
        If the file cannot be read.
    """
    shown = os.fspath(path)
    with open(shown, "rb") as file:
        if file.read(4).startswith(_PICKLES):
            raise ValueError(
                f"{shown} looks like a pickle, as torch.save writes it; pickles can run code and are not read. In "
                "PyTorch: safetensors.torch.save_file(net.state_dict(), path)"
            )
    mine = owners(model)
    for owner in mine:
        if type(owner.layer) not in _NAMES:
            kind = type(owner.layer).__name__
            raise TypeError(f"layer {owner.name!r} is a {kind}; weights for it are not taken over from PyTorch")
    modules = _modules(read_tensors(path)[0])
    names = _chosen(shown, mine, modules, mapping)
    put(shown, [(owner, _found(owner, name, modules[name])) for owner, name in zip(mine, names, strict=True)])


def _modules(tensors: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """The tensors by the module that they belong to."""
    found: dict[str, dict[str, Array]] = {}
    for name in sorted(tensors):
        module, _, weight = name.rpartition(".")
        if weight != _COUNTERS:
            found.setdefault(module, {})[weight] = tensors[name]
    return found


def _found(owner: Owner, name: str, tensors: Mapping[str, Array]) -> list[Found]:
    """A module's tensors in the order of a layer's weights, brought to its layout; those that it lacks come last."""
    wanted = _NAMES[type(owner.layer)]
    order = [wanted[variable.name] for variable in owner.weights if wanted.get(variable.name) in tensors]
    order += [key for key in tensors if key not in order]
    prefix = f"{name}." if name else ""
    return [Found(prefix + key, _laid_out(owner, key, tensors[key])) for key in order]


def _laid_out(owner: Owner, key: str, array: Array) -> Array:
    if type(owner.layer) is layers.Dense and key == "weight" and array.ndim == 2:
        return np.ascontiguousarray(array.T)
    if type(owner.layer) is layers.PReLU and array.size == 1:
        shape = owner.weights[0].shape
        return np.broadcast_to(array.reshape(()), shape)  # one slope for all
    return array


def _fits(owner: Owner, tensors: Mapping[str, Array]) -> bool:
    given = [entry.array.shape for entry in _found(owner, "", tensors)]
    wanted: Sequence[Variable] = owner.weights
    return given == [variable.shape for variable in wanted] and len(given) == len(tensors)


def _chosen(
    shown: str,
    mine: Sequence[Owner],
    modules: Mapping[str, Mapping[str, Array]],
    mapping: Mapping[str, str] | None,
) -> list[str]:
    """The module of each layer."""

    def sides() -> str:
        found = [(name, [Found(*pair) for pair in tensors.items()]) for name, tensors in modules.items()]
        return both_sides(mine, found)

    if mapping is not None:
        names = {owner.name for owner in mine}
        for what, unknown, known in (
            ("layers", mapping.keys() - names, names),
            ("modules", set(mapping.values()) - modules.keys(), modules.keys()),
        ):
            if unknown:
                raise ValueError(f"mapping names unknown {what} {sorted(unknown)}; there are {sorted(known)}")
        if names - mapping.keys():
            raise ValueError(f"mapping lacks the layers {sorted(names - mapping.keys())}")
        return [mapping[owner.name] for owner in mine]
    if len(mine) != len(modules):
        raise ValueError(f"{shown} holds {len(modules)} modules; the model has {len(mine)} layers:\n{sides()}")
    if {owner.name.replace("/", ".") for owner in mine} == modules.keys():
        return [owner.name.replace("/", ".") for owner in mine]
    chains = _chains(modules)
    ways = _ways(tuple(mine), chains, modules)
    if len(ways) == 1:
        return ways[0]
    problem = "do not fit the model's layers" if not ways else "fit the model's layers in more than one way"
    raise ValueError(f"{shown}: its modules {problem}; say which is which by mapping={{layer: module}}:\n{sides()}")


def _chains(names: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The modules whose names differ in numbers only, in the order of these."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(re.sub(r"\d+", "#", name), []).append(name)
    return tuple(
        tuple(sorted(chain, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])) for chain in found.values()
    )


def _ways(
    mine: Sequence[Owner], chains: Sequence[Sequence[str]], modules: Mapping[str, Mapping[str, Array]]
) -> list[list[str]]:
    """The ways to give each layer a module that fits, chains in their order: none, the only one, or two of them."""

    @cache
    def from_here(at: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
        done = sum(at)
        if done == len(mine):
            return ((),)
        found: list[tuple[str, ...]] = []
        for number, position in enumerate(at):
            if position < len(chains[number]) and _fits(mine[done], modules[chains[number][position]]):
                after = (*at[:number], position + 1, *at[number + 1 :])
                found += [(chains[number][position], *rest) for rest in from_here(after)]
            if len(found) > 1:
                break
        return tuple(found[:2])

    return [list(way) for way in from_here((0,) * len(chains))]
