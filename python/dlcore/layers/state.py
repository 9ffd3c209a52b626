"""What a layer holds: weights, sublayers, metrics and seeds, found wherever its attributes hold them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from dlcore import constraints, initializers, regularizers
from dlcore.checks import several
from dlcore.floats import Array, numbers
from dlcore.metrics import Metric
from dlcore.random import SeedGenerator
from dlcore.variable import Variable

T = TypeVar("T")

_set = object.__setattr__

#: Attributes that hold what is listed by other means, or what need not be the layer's.
_LISTED = frozenset(
    {"_trainable_variables", "_non_trainable_variables", "_losses", "_before", "_init_arguments", "_holders"}
)

#: Types of attributes that hold nothing, which are passed over quickly.
_PLAIN = frozenset({str, int, float, bool, type(None), FunctionType, np.ndarray, np.dtype})

#: Types whose entries belong to a layer as an attribute does.
_CONTAINERS = frozenset({list, tuple, dict})


class Stateful:
    """The half of a layer that knows what belongs to it; :class:`~dlcore.layers.Layer` is the other.

    ``_holders`` remembers which attributes may hold something, until one is set: the question is asked at every step.

    Variables, layers, metrics and seed generators belong to a layer as soon as they are attributes of it, or in lists,
    tuples and dicts that are.
    """

    name: str
    built: bool
    dtype: str
    _trainable: bool
    _trainable_variables: list[Variable]
    _non_trainable_variables: list[Variable]
    _closed: bool

    # --- Finding what belongs to the layer ---

    def _start_state(self) -> None:
        for name in ("_trainable_variables", "_non_trainable_variables"):
            self.__dict__.setdefault(name, [])

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable):
            self._track_variable(value)
        _set(self, name, value)
        self.__dict__["_holders"] = None

    def __delattr__(self, name: str) -> None:
        value = self.__dict__.get(name)
        object.__delattr__(self, name)
        self.__dict__["_holders"] = None
        if isinstance(value, Variable):
            self._untrack_variable(value)

    def _track_variable(self, variable: Variable) -> None:
        self._start_state()
        if any(variable is known for known in (*self._trainable_variables, *self._non_trainable_variables)):
            return
        (self._trainable_variables if variable.trainable else self._non_trainable_variables).append(variable)
        if not self.__dict__.get("_trainable", True):
            variable.trainable = False

    def _untrack_variable(self, variable: Variable) -> None:
        for known in (self._trainable_variables, self._non_trainable_variables):
            known[:] = [one for one in known if one is not variable]

    def _held(self, kind: type[T]) -> Iterator[T]:
        """What the attributes hold of a kind, in their order."""
        attributes = self.__dict__
        names = attributes.get("_holders")
        if names is None:
            names = [name for name, value in attributes.items() if name not in _LISTED and _may_hold(value)]
            attributes["_holders"] = names
        for name in names:
            value = attributes.get(name)
            if isinstance(value, kind):
                yield value
            elif type(value) in _CONTAINERS and value:
                yield from _within(value, kind)

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        """The layers within this one, each once, those within a layer right after it."""
        found: dict[int, Any] = {id(self): self}
        _gather(self, found, recursive)
        return list(found.values())[0 if include_self else 1 :]

    def _own_variables(self) -> list[Variable]:
        """The layer's own weights, without those of layers in it: the trainable ones first."""
        loose = list(self._held(Variable))
        own = [*self._trainable_variables, *self._non_trainable_variables, *loose]
        return list({id(variable): variable for variable in own}.values())

    # --- Making weights ---

    def add_weight(
        self,
        *args: Any,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,  # noqa: ARG002 - Keras's argument; weights are used as they are stored
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: Any = "none",  # noqa: ARG002 - Keras's argument, for several devices
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Make a weight that belongs to the layer. Shape, initializer and dtype may be given by position.

        Parameters
        ----------
        shape : tuple of int
            Default: (), a single number.
        initializer : str or callable, optional
            Default: "glorot_uniform", or "zeros" for types that are not floating.
        dtype : optional
            Default: the layer's.
        trainable : bool
            Whether training changes it.
        regularizer, constraint : str or callable, optional
            See :mod:`dlcore.regularizers`, :mod:`dlcore.constraints`; kept as the weight's ``regularizer`` and
            ``constraint``.
        name : str, optional
            Default: ``variable``, ``variable_1``, …

        Raises
        ------
        ValueError
            If the layer is built already, or a name is unknown.
        """
        if len(args) > 3:
            raise TypeError(f"add_weight() takes at most 3 positional arguments but {len(args)} were given.")
        if args and isinstance(args[0], str):
            raise ValueError(
                f"`name` must be passed as a keyword argument. Use: add_weight(shape=..., name={args[0]!r})"
            )
        given = {"shape": shape, "initializer": initializer, "dtype": dtype}
        for key, value in zip(given, args, strict=False):
            if given[key] is not None:
                raise ValueError(f"`{key}` was passed both positionally and as a keyword argument.")
            given[key] = value
        if overwrite_with_gradient:
            raise ValueError("overwrite_with_gradient is for float8 training, which is not supported")
        if self._closed:
            raise ValueError(
                f"layer {self.name!r} is built: you cannot add new elements of state (variables or sub-layers) to it. "
                f"Make them in `__init__()` or in `build()`"
            )
        kind = np.dtype({"int": "int32", None: self.dtype}.get(given["dtype"], given["dtype"]))
        first = given["initializer"] or ("glorot_uniform" if kind.kind == "f" else "zeros")
        lengths = () if given["shape"] is None else tuple(given["shape"])
        variable = Variable(initializers.get(first), lengths, kind, trainable, name)
        variable.regularizer, variable.constraint = regularizers.get(regularizer), constraints.get(constraint)
        variable.owner = self.path or self.name
        self._track_variable(variable)
        return variable

    def add_variable(self, shape: Sequence[int], initializer: Any, **kwargs: Any) -> Variable:
        """Another name of :meth:`add_weight`."""
        return self.add_weight(shape=shape, initializer=initializer, **kwargs)

    @property
    def path(self) -> str | None:
        """The names of the layers around it and its own, as in "block/dense"; None before it is built."""
        return self.__dict__.get("_path")

    # --- Listing weights ---

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights. Setting it sets it for all layers within."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._trainable_variables:
            variable.trainable = self._trainable
        for layer in self._flatten_layers(include_self=False, recursive=False):
            layer.trainable = value

    @property
    def weights(self) -> list[Variable]:
        """All weights: the layer's own, trainable ones first, then those of the layers within."""
        return weights_of(self._flatten_layers())

    @property
    def variables(self) -> list[Variable]:
        """The weights, and the states of random generators."""
        found: list[Variable] = []
        for layer in self._flatten_layers():
            found += layer._own_variables()
            found += [generator.state for generator in layer._held(SeedGenerator)]
        return _once(found)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return [weight for weight in self.weights if weight.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return [weight for weight in self.weights if not (weight.trainable and self.trainable)]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes: the trainable weights."""
        return [variable for variable in self.variables if variable.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training leaves alone: such weights, and the states of random generators."""
        return [variable for variable in self.variables if not (variable.trainable and self.trainable)]

    @property
    def metrics(self) -> list[Any]:
        """The metrics that the layer and those within hold."""
        return [metric for layer in self._flatten_layers() for metric in layer._held(Metric)]

    @property
    def metrics_variables(self) -> list[Any]:
        """The variables of the metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def count_params(self) -> int:
        """How many numbers the weights hold.

        Raises
        ------
        ValueError
            If the layer is not built.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer {self.name!r}, but the layer isn't built. You can build it "
                f"manually via: `layer.build(input_shape)`."
            )
        return sum(math.prod(weight.shape) for weight in self.weights)

    # --- Values ---

    def get_weights(self) -> list[Array]:
        """Copies of the weights."""
        return [weight.array.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Assign all weights; see :func:`assign_all`."""
        assign_all(self.weights, weights, f"layer {self.name!r}")

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the layer's own weights into a dict, under "0", "1", …; override it to keep something else."""
        for i, variable in enumerate(self._own_variables()):
            store[str(i)] = variable.array.copy()

    def load_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Take the layer's own weights from a dict that :meth:`save_own_variables` filled.

        Raises
        ------
        ValueError
            If they are more or fewer, or a shape does not match. Nothing has changed then.
        """
        own = self._own_variables()
        if len(own) != len(store):
            hint = "" if own or self.built else f" Layer {self.name!r} was never built."
            raise ValueError(
                f"Layer {self.name!r} expected {len(own)} variables, but received {len(store)} variables during "
                f"loading.{hint} Expected: {[variable.name for variable in own]}"
            )
        assign_all(own, [store[str(i)] for i in range(len(own))], f"layer {self.name!r}")


def _gather(layer: Stateful, found: dict[int, Any], recursive: bool) -> None:
    """Add the layers within a layer. A closure that calls itself would keep the model until the next collection."""
    for inner in layer._held(Stateful):
        if id(inner) not in found:
            found[id(inner)] = inner
            if recursive:
                _gather(inner, found, recursive)


def _may_hold(value: Any) -> bool:
    """Whether an attribute's value may be or hold something, now or later."""
    if type(value) is tuple:
        return any(map(_may_hold, value))
    return type(value) not in _PLAIN


def _within(value: Any, kind: type[T]) -> Iterator[T]:
    """What is of a kind in a value: itself, or entries of plain lists, tuples and dicts."""
    if isinstance(value, kind):
        yield value
    elif type(value) in (list, tuple):
        for entry in value:
            yield from _within(entry, kind)
    elif type(value) is dict:
        for entry in value.values():
            yield from _within(entry, kind)


def weights_of(layers: Iterable[Any]) -> list[Variable]:
    """The own weights of all these layers, each once."""
    return _once(variable for layer in layers for variable in layer._own_variables())


def _once(variables: Any) -> list[Variable]:
    return list({id(variable): variable for variable in variables}.values())


def assign_all(variables: Sequence[Variable], values: Sequence[Any], owner: str) -> None:
    """Assign arrays to variables, all or none.

    Raises
    ------
    ValueError
        If there are more or fewer arrays than variables, or a shape does not match.
    """
    arrays = [numbers(f"weights[{i}]", value) for i, value in enumerate(several("weights", values, "a list of arrays"))]
    if len(arrays) != len(variables):
        raise ValueError(f"{owner} has {len(variables)} weights; weights holds {len(arrays)} arrays")
    for i, (variable, array) in enumerate(zip(variables, arrays, strict=True)):
        if array.shape != variable.shape:
            raise ValueError(
                f"weights[{i}] must have the shape {variable.shape} of {variable.name!r} in {owner}; got {array.shape}"
            )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
