"""Layers without weights: Identity, Lambda, Masking, ActivityRegularization."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore import regularizers
from dlcore.autodiff import Tensor
from dlcore.autodiff.kept import kept
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.network import LayerSpec
from dlcore.floats import Array, numbers
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape, is_shape, map_shapes
from dlcore.registry import Registry, deserialize_keras_object, serialize_keras_object
from dlcore.registry.families import built_in


class Identity(Layer):
    """The input as it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        """The input."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return map_shapes(lambda shape: shape, input_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """Nothing to compute."""

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return super().get_config()


class ActivityRegularization(Layer):
    """The input as it is, and a penalty on it: l1 · Σ |x| + l2 · Σ x², divided by the number of rows.

    Parameters
    ----------
    l1, l2 : float
        Factors of the penalty.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        kwargs.pop("activity_regularizer", None)  # in a config it says the same again
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        """The input."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        config = super().get_config()
        config.pop("activity_regularizer")
        return {**config, "l1": self.l1, "l2": self.l2}


class Masking(Layer):
    """Steps of a sequence in which all features have one value are set to 0 and left out of the mask.

    Parameters
    ----------
    mask_value : float
        The value that stands for nothing.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True
        self._build_at_init()

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Array:  # noqa: ARG002 - a new mask begins here
        """Where a step holds anything else."""
        mask: Array = np.any(numbers("inputs", inputs) != self.mask_value, axis=-1)
        return mask

    def call(self, inputs: Any) -> Tensor:
        """The input, 0 where the mask is not true."""
        x = self._in_dtype(inputs)
        return kept(x, self.compute_mask(x)[..., None])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "mask_value": self.mask_value}


_functions = Registry("function")


class Lambda(Layer):
    """A function as a layer.

    Parameters
    ----------
    function : callable (inputs, ``**arguments``) -> output
        Made of differentiable operations. It may have arguments ``training`` and ``mask``. To be saved, it must be
        defined with ``def`` and made known to who loads it.
    output_shape : tuple or callable, optional
        The shape of a row of the output, or a function from the shape of the input. Default: found by a call.
    mask : array or callable (inputs, mask), optional
        The mask of the output.
    arguments : dict, optional
        More arguments of the function, by name.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"function must be callable; got {function!r}")
        self.function, self.arguments = function, dict(arguments or {})
        self.mask, self._output_shape = mask, output_shape
        self.supports_masking = mask is not None
        named = inspect.signature(function).parameters
        self._takes = {name: name in named for name in ("mask", "training")}

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """What the function gives."""
        known = {"mask": mask, "training": training}
        output = self.function(inputs, **self.arguments, **{k: v for k, v in known.items() if self._takes[k]})
        return as_tensors(output)[0] if isinstance(output, (np.ndarray, np.generic)) else output

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask that was given, or what it makes of the input and its mask."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape that was given, or that of the function's output."""
        if self._output_shape is None:
            try:
                return super().compute_output_shape(input_shape)
            except Exception as error:
                raise NotImplementedError(
                    "We could not automatically infer the shape of the Lambda's output. Please specify the "
                    f"`output_shape` argument of layer {self.name!r}"
                ) from error
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        rows = input_shape[0] if is_shape(input_shape) else None
        return map_shapes(lambda shape: (rows, *shape), self._output_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; functions by their names, which a lambda has none of: it stands for itself.

        So a layer of a lambda can be copied, but not be written to a file.
        """
        config = {**super().get_config(), "function": _name(self.function), "arguments": self.arguments}
        if self._output_shape is not None:
            config["output_shape"] = _name(self._output_shape)
        if self.mask is not None:
            config["mask"] = _name(self.mask) if callable(self.mask) else np.asarray(self.mask).tolist()
        return config

    @classmethod
    def from_config(
        cls,
        config: dict[str, Any],
        custom_objects: Mapping[str, Any] | None = None,
        safe_mode: bool | None = None,  # noqa: ARG003 - there is no other mode
    ) -> Any:
        """The layer that ``get_config`` described; ``custom_objects`` holds its functions by name.

        Raises
        ------
        ValueError
            If a function is not known, or described by its code.
        """
        found = dict(config)
        for key in ("function", "output_shape", "mask"):
            if isinstance(found.get(key), (str, Mapping)):
                found[key] = _function(found[key], custom_objects)
        return cls(**found)


def _name(function: Any) -> Any:
    """The name of a function, with its home if it is one of this package; other values, and lambdas, as they are."""
    if not callable(function) or getattr(function, "__name__", "<lambda>") == "<lambda>":
        return function
    return serialize_keras_object(function) if built_in(function) else _functions.serialize(function)


def _function(config: Any, custom_objects: Mapping[str, Any] | None) -> Any:
    if isinstance(config, Mapping) and config.get("class_name") == "__lambda__":
        raise ValueError("the config of a Lambda holds code, which is never run: arbitrary code is disallowed")
    if isinstance(config, Mapping) and config.get("class_name") == "function":
        return deserialize_keras_object(config, custom_objects)
    return _functions.deserialize(config, custom_objects)
