"""What a layer is: weights, and a function of them and the input."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore import regularizers
from dlcore.autodiff import Tensor, cast
from dlcore.autodiff.tracer import Differentiable, as_tensors
from dlcore.backends.network import LayerSpec
from dlcore.floats import float_dtype
from dlcore.layers.context import call_of, calls, unwatched
from dlcore.layers.given import given_config
from dlcore.layers.input_spec import Shaped, check_input
from dlcore.layers.loss_terms import WithLosses
from dlcore.layers.shapes import (
    Shape,
    arrays_in,
    batch_shape,
    is_shape,
    map_shapes,
    map_structure,
    merged,
    shape_of,
    zeros_of,
)
from dlcore.layers.signature import names_of, shapes_for
from dlcore.layers.state import assign_all
from dlcore.naming import auto_name
from dlcore.random import SeedGenerator

__all__ = ["Layer", "Shape", "assign_all", "batch_shape"]


def _building(build: Callable[..., None]) -> Callable[..., None]:
    """A build method that leaves the layer built, or as it was if it fails."""

    @functools.wraps(build)
    def build_whole(self: Layer, *args: Any, **kwargs: Any) -> None:
        if self._is_building:  # a subclass's build called this one
            build(self, *args, **kwargs)
            return
        self._remember()
        self._is_building = True
        if not self.built:
            del self.built  # so as to see whether the method itself says what it is afterwards
        try:
            build(self, *args, **kwargs)
        except BaseException:
            self.unbuild()
            raise
        finally:
            self._is_building = False
        self._build_input_shape = next(iter((*args, *kwargs.values())), None)
        self.built, self._closed = self.__dict__.get("built", True), True

    return build_whole


class Layer(WithLosses):
    """Base class of the layers.

    Subclasses define ``call(inputs)``, which may also take ``training`` and ``mask``, and ``build(input_shape)`` if
    they have weights (made with :meth:`add_weight`).

    Parameters
    ----------
    activity_regularizer : str or callable, optional
        A penalty on the output, divided by the number of rows and added to :attr:`losses`.
    trainable : bool
        Whether training changes the weights.
    dtype : optional
        Of weights and computation; default ``floatx()``.
    autocast : bool
        Whether floating inputs are brought to the layer's dtype.
    name : str, optional
        Default: the class's name in snake case, numbered.
    input_shape, input_dim, batch_shape : optional
        The shape of one row, its only length, or the shape of the batch; for the first layer of a model.

    Raises
    ------
    ValueError
        If an argument is unknown or not what it should be.
    """

    built = False
    _is_building = False
    _closed = False
    _before: tuple[int, int, list[Any]] = (0, 0, [])
    _init_arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Keep the arguments where ``get_config`` is to find out by itself what they were."""
        self = super().__new__(cls)
        if cls.get_config is Layer.get_config and cls.__init__ is not Layer.__init__:
            self.__dict__["_init_arguments"] = (args, kwargs)
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _building(cls.__dict__["build"])  # type: ignore[method-assign]

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        row, dim, batch = (kwargs.pop(key, None) for key in ("input_shape", "input_dim", "batch_shape"))
        batch = kwargs.pop("batch_input_shape", batch)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}")
        if not isinstance(trainable, bool):
            raise ValueError(f"Expected `trainable` to be a boolean. Received: trainable={trainable!r}")
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ValueError(f"Argument `name` must be a string and cannot contain character `/`. Received: {name!r}")
        self._start_state()
        self._trainable = trainable
        self.dtype = self._checked_dtype(dtype)
        self.autocast = autocast
        self.name = name or auto_name(type(self).__name__)
        row = (dim,) if dim is not None else batch[1:] if batch is not None else row
        self.batch_input_shape: Shape | None = None if row is None else batch_shape(row)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.input_spec: Any = None
        self.supports_masking = type(self).compute_mask is not Layer.compute_mask
        self.built = False
        self._build_input_shape: Any = None
        self._losses = []

    @classmethod
    def _checked_dtype(cls, dtype: Any) -> str:
        if isinstance(dtype, Mapping):  # Keras's description of a dtype policy
            dtype = dtype.get("config", {}).get("name")
        name: str = float_dtype(getattr(dtype, "name", dtype)).name
        return name

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation."""
        return self.dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self.dtype

    # --- What subclasses define ---

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The output, by differentiable operations."""
        raise NotImplementedError(
            f"Layer {type(self).__name__} does not have a `call` method implemented: it must define call(inputs)"
        )

    @_building
    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of this shape; here: those of the layers within, by calling them on zeros."""
        if input_shape is not None and any(not layer.built for layer in self._flatten_layers(include_self=False)):
            self._trace(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output for inputs of that shape; here: found by calling the layer on zeros."""
        if type(self).call is Layer.call:
            raise NotImplementedError(
                f"Layer {type(self).__name__} does not have a `compute_output_shape` method implemented."
            )
        if not self.built:
            self.build_once(input_shape)
        return self._trace(input_shape)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:  # noqa: ARG002 - for subclasses
        """The mask of the output: True where it counts. Here: that of the input."""
        return previous_mask

    def describe(self, chain: list[LayerSpec]) -> None:
        """Say what the layer is to an engine: append to the chain, or change its end.

        A DenseSpec of 0 units stands for a dense layer that is still to come.

        Raises
        ------
        NotImplementedError
            If an engine cannot run the layer; the message says why.
        """
        raise NotImplementedError(f"layer {self.name!r} ({type(self).__name__}) has no kernel")

    # --- Calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Build at the first call, then compute, in the layer's dtype.

        ``training`` and ``mask`` are passed on if ``call`` names them; without ``training`` a layer that is called by
        another one's ``call`` gets what that one was given.
        """
        wanted = names_of(type(self).call)
        training = kwargs.pop("training", None)
        if kwargs.get("mask") is None or "mask" not in wanted:
            kwargs.pop("mask", None)
        args = tuple(map_structure(self._tensor, arrays_in(arg)) for arg in args)
        kwargs = {key: map_structure(self._converted, value) for key, value in kwargs.items()}
        first = args[0] if args else kwargs.get(wanted[0]) if wanted else None
        if not calls.path:
            self._clear_losses()
        with call_of(self.name, training):
            self._prepare(first, args, kwargs)
            if "training" in wanted and calls.training is not None:
                kwargs["training"] = calls.training
            output = self.call(*args, **kwargs)
            if not self.built:
                self.built = self._closed = True
            if self.activity_regularizer is not None:
                self._penalize(output)
        return output

    def _tensor(self, value: Any) -> Any:
        """A positional argument as a tensor; None stays."""
        if value is None:
            return None
        if isinstance(value, (bool, str, bytes)) or (callable(value) and not hasattr(value, "__array__")):
            hint = "; stack layers in a Sequential, or call them in the call() of a Model" * isinstance(value, Layer)
            raise ValueError(
                "Only input tensors may be passed as positional arguments. The following argument value should be "
                f"passed as a keyword argument: {value!r} (of type {type(value).__name__}){hint}"
            )
        return self._converted(as_tensors(value, name="inputs")[0])

    def _converted(self, value: Any) -> Any:
        """An array as a tensor, in the layer's dtype if it is floating; anything else as it is."""
        if not isinstance(value, (Differentiable, np.ndarray, np.generic)):
            return value
        (tensor,) = as_tensors(value)
        if self.autocast and tensor.dtype.kind == "f" and tensor.dtype != self.dtype:
            return cast(tensor, self.dtype)
        return tensor

    def _in_dtype(self, value: Any) -> Tensor:
        """A tensor in the layer's dtype, integers too."""
        (tensor,) = as_tensors(value)
        return tensor if tensor.dtype == self.dtype else cast(tensor, self.dtype)

    def _prepare(self, first: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Check the input, and build if that was not done yet."""
        if self.input_spec is not None:
            check_input(self.input_spec, first, self.name)
        if self.built:
            return
        self._path = calls.path
        if type(self).build is not Layer.build:
            shapes = dict(zip(names_of(type(self).call), map(shape_of, args), strict=False))
            shapes.update({key: shape_of(value) for key, value in kwargs.items() if hasattr(value, "shape")})
            self.build(**shapes_for(type(self).build, type(self).call, shapes, type(self).__name__))
            if self.input_spec is not None:
                check_input(self.input_spec, first, self.name)
        elif all(layer.built for layer in self._flatten_layers(include_self=False)):
            self._closed = True  # weights made in `call` would be made anew each time

    def build_once(self, input_shape: Any) -> None:
        """Build, or if that was done before, see whether the shape is one the layer takes.

        Raises
        ------
        ValueError
            If it does not. Nothing is built then.
        """
        if self.input_spec is not None and is_shape(input_shape):
            check_input(self.input_spec, Shaped(tuple(input_shape)), self.name)
        if not self.built:
            self._path = f"{calls.path}/{self.name}" if calls.path else self.name
            self.build(input_shape)

    def _build_at_init(self) -> None:
        """Mark a layer without weights as built, unless a subclass makes some."""
        if type(self).build is Layer.build:
            self.built = True

    def _remember(self) -> None:
        """What :meth:`unbuild` goes back to."""
        fresh = [layer for layer in self._flatten_layers(include_self=False) if not layer.built]
        self._before = (len(self._trainable_variables), len(self._non_trainable_variables), fresh)

    def unbuild(self) -> None:
        """Drop the weights that ``build`` made."""
        trainable, others, fresh = self._before
        dropped = {id(v) for v in (*self._trainable_variables[trainable:], *self._non_trainable_variables[others:])}
        for name in [name for name, value in self.__dict__.items() if id(value) in dropped]:
            delattr(self, name)
        del self._trainable_variables[trainable:], self._non_trainable_variables[others:]
        self.built = self._closed = False
        for layer in fresh:
            layer.unbuild()

    def _trace(self, input_shape: Any) -> Any:
        """The shapes of the output for inputs of a shape: the layer called on zeros, which leaves no other trace.

        Lengths that may vary are tried with 2 and with 3: what differs in the output may vary too.
        """
        generators = [g for layer in self._flatten_layers() for g in layer._held(SeedGenerator)]
        held = [(variable, variable.array.copy()) for variable in (*self.weights, *(g.state for g in generators))]
        found = []
        with unwatched(), call_of(self.name, False):
            for length in (2, 3):
                zeros = map_shapes(functools.partial(zeros_of, length=length, dtype=self.dtype), input_shape)
                arguments = {"training": False} if "training" in names_of(type(self).call) else {}
                found.append(shape_of(self.call(zeros, **arguments)))
        for variable, array in held:
            variable.array[...] = array
        self._clear_losses()
        return merged(*found)

    def stateless_call(
        self,
        trainable_variables: Sequence[Any],
        non_trainable_variables: Sequence[Any],
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The output with other values of the variables, which stay as they are.

        Parameters
        ----------
        trainable_variables, non_trainable_variables : lists of arrays
            Values for those of the layer.
        *args, **kwargs
            What the layer is called with.
        return_losses : bool
            Whether to return the losses too.

        Returns
        -------
        (output, list of arrays) or (output, list of arrays, list of Tensor)
            The values of the non-trainable variables after the call; the losses.

        Raises
        ------
        ValueError
            If the layer is not built, or values are missing or do not fit.
        """
        if not self.built:
            raise ValueError(f"To call stateless_call, {type(self).__name__} must be built: call it on some data first")
        variables = [*self.trainable_variables, *self.non_trainable_variables]
        held = [variable.array.copy() for variable in variables]
        try:
            assign_all(self.trainable_variables, trainable_variables, f"layer {self.name!r}, trainable,")
            assign_all(self.non_trainable_variables, non_trainable_variables, f"layer {self.name!r}, non-trainable,")
            output = self(*args, **kwargs)
            after = [variable.array.copy() for variable in self.non_trainable_variables]
            losses = self.losses if return_losses else []
        finally:
            for variable, array in zip(variables, held, strict=True):
                variable.array[...] = array
        return (output, after, losses) if return_losses else (output, after)

    # --- Configuration ---

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments.

        A subclass that adds arguments defines it too; without, they are what the constructor was given.
        """
        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        if type(self).get_config is Layer.get_config and type(self).__init__ is not Layer.__init__:
            return given_config(self, config, *self._init_arguments)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The layer that ``get_config`` described, without its weights."""
        return cls(**config)

    def get_build_config(self) -> dict[str, Any] | None:
        """The shape the layer was built for; None if it is not built, or without a shape."""
        return None if self._build_input_shape is None else {"input_shape": self._build_input_shape}

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Make the weights as the layer had them that ``get_build_config`` described."""
        if config:
            self.build(config["input_shape"])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"
