"""Several optimizers at once, each for variables of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from dlcore.optimizers.loss_scale import LossScaleOptimizer
from dlcore.optimizers.optimizer import Optimizer
from dlcore.optimizers.serialization import deserialize, serialize
from dlcore.variable import Variable


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Optimizers by the paths of variables: an exact path, or a regular expression that matches all of it.

    Parameters
    ----------
    default_optimizer : Optimizer
        For variables whose path nothing matches.
    optimizer_map : dict of str to Optimizer, optional
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"default_optimizer must be an Optimizer; got {default_optimizer!r}")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"optimizer_map must be a dict; got {optimizer_map!r}")
        self._default_optimizer = default_optimizer
        self._optimizer_map: dict[str, Optimizer] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """For variables whose path nothing matches."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        """The optimizer of a path.

        Raises
        ------
        ValueError
            If more than one regular expression matches.
        """
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        matching = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ValueError(f"variable {key!r} has more than one optimizer: {matching} match")
        return self._optimizer_map[matching[0]] if matching else self._default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str):
            raise ValueError(f"key must be a string; got {key!r}")
        if key in self._optimizer_map:
            raise ValueError(f"{key!r} has an optimizer already: {self._optimizer_map[key]!r}")
        _check_inner(optimizer, "optimizer cannot be {}.")
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __contains__(self, key: object) -> bool:
        return key in self._optimizer_map

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __call__(self, variable: Variable) -> Optimizer:
        """The optimizer of a variable."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "default_optimizer": serialize(self._default_optimizer),
            "optimizer_map": {key: serialize(optimizer) for key, optimizer in self._optimizer_map.items()},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> OptimizerMap:
        """The map that ``get_config`` described. Optimizers that are given as objects are taken as they are."""

        def opened(optimizer: Any) -> Any:
            return deserialize(optimizer, custom_objects) if isinstance(optimizer, Mapping) else optimizer

        named = {key: opened(optimizer) for key, optimizer in config["optimizer_map"].items()}
        return cls(opened(config["default_optimizer"]), named)


class MultiOptimizer(Optimizer):
    """Hands each variable to an optimizer of its own.

    There is no learning rate: set those of :attr:`optimizers`.

    Parameters
    ----------
    optimizer_map : OptimizerMap, or callable (variable) -> Optimizer
        A callable must give the same object for variables that share an optimizer.
    loss_scale_factor : float, optional
        Of all the optimizers, whatever they had.
    name : str, optional
        Default: ``multi_optimizer``, numbered.
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        if not callable(optimizer_map):
            raise TypeError(f"optimizer_map must be an OptimizerMap or a function of a variable; got {optimizer_map!r}")
        self._optimizer_map = optimizer_map
        self._inner_optimizers: list[Optimizer] = []
        self._var_to_optimizer_idx: dict[Variable, int] = {}
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in [*optimizer_map._optimizer_map.values(), optimizer_map.default_optimizer]:
                self._place(optimizer)

    def _place(self, optimizer: Optimizer) -> int:
        """Where an optimizer stands among :attr:`optimizers`, which it joins if it is new."""
        for i, known in enumerate(self._inner_optimizers):
            if known is optimizer:
                return i
        optimizer.loss_scale_factor = self.loss_scale_factor
        self._inner_optimizers.append(optimizer)
        return len(self._inner_optimizers) - 1

    def build(self, variables: Sequence[Variable]) -> None:
        """Choose an optimizer for each variable and build them all; later calls change nothing."""
        if self.built:
            return
        chosen = [self._optimizer_map(variable) for variable in variables]
        for optimizer in chosen:
            _check_inner(optimizer, "{} cannot be used inside an MultiOptimizer.")
        self._var_to_optimizer_idx = {v: self._place(found) for v, found in zip(variables, chosen, strict=True)}
        for i, own in self._shares(variables).items():
            self._inner_optimizers[i].build_once(own)
        super().build(variables)

    def _var_key(self, variable: Variable) -> Variable:
        return variable

    def _shares(self, variables: Sequence[Variable]) -> dict[int, list[Variable]]:
        """The variables of each optimizer that has any."""
        shares: dict[int, list[Variable]] = {}
        for variable in variables:
            shares.setdefault(self._var_to_optimizer_idx[variable], []).append(variable)
        return shares

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers at work: those of the map in its order, the default one last."""
        return self._inner_optimizers

    @property
    def variables(self) -> list[Variable]:
        """Its own, then those of each optimizer."""
        return [*super().variables, *(v for optimizer in self._inner_optimizers for v in optimizer.variables)]

    @property
    def learning_rate(self) -> Any:
        """There is none."""
        raise AttributeError("MultiOptimizer has no learning_rate: ask each of its optimizers")

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        raise AttributeError(f"MultiOptimizer has no learning_rate: set {learning_rate!r} on each of its optimizers")

    @property
    def loss_scale_factor(self) -> float | None:
        """That of all the optimizers."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        for optimizer in self._inner_optimizers:
            optimizer.loss_scale_factor = value
        self._loss_scale_factor = value

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Take one step of every optimizer; see :meth:`Optimizer.apply`."""
        grads = list(grads)
        if not grads:
            return
        variables = self._checked(grads, trainable_variables)
        if not self.built:
            self.build_once(variables)
        for variable in variables:
            self._get_variable_index(variable)
        gradients = dict(zip(variables, grads, strict=True))
        for i, own in self._shares(variables).items():
            self._inner_optimizers[i].apply([gradients[v] for v in own], own)
        self._iterations.array += 1

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """What each optimizer does at the end of training with its own variables."""
        for i, own in self._shares(var_list).items():
            self._inner_optimizers[i].finalize_variable_values(own)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "optimizer_map": serialize(self._optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Optimizer:
        """The optimizer that ``get_config`` described."""
        arguments = dict(config)
        if isinstance(arguments["optimizer_map"], (str, dict)):
            arguments["optimizer_map"] = deserialize(arguments["optimizer_map"], custom_objects)
        return cls(**arguments)


def _check_inner(optimizer: object, message: str) -> None:
    """Refuse what cannot be one of several optimizers."""
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"a variable's optimizer must be an Optimizer; got {optimizer!r}")
    if isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
        raise ValueError(message.format(type(optimizer).__name__))
