"""Copies of a model with weights of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore.layers import InputLayer, Layer
from dlcore.models.model import Model
from dlcore.models.sequential import Sequential
from dlcore.registry import CustomObjectScope, deserialize_keras_object, remembered, serialize_keras_object


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Any = None,
    recursive: bool = False,
) -> Any:
    """A model of the same layers with fresh weights; compiled alike, with a fresh optimizer, if the model is compiled.

    Parameters
    ----------
    model : Sequential, or another Model with a ``get_config``
        What to copy.
    input_tensors, call_function
        Keras's arguments for functional models; here they must be None.
    clone_function : callable, optional
        Layer -> layer, asked for each layer of a Sequential but its input. Default: a layer of the same configuration.
    recursive : bool
        Whether models among the layers are copied layer by layer, through ``clone_function``, too.

    Raises
    ------
    TypeError
        If it is no model.
    ValueError
        If an argument is given that is for other models, or ``clone_function`` gives no layer.
    """
    if not isinstance(model, Model):
        raise TypeError(f"model must be a Sequential or another Model; got {type(model).__name__}: {model!r}")
    if input_tensors is not None or call_function is not None:
        raise ValueError(f"input_tensors and call_function are for functional models; {model!r} takes neither")
    if not isinstance(model, Sequential):
        if clone_function is not None:
            raise ValueError(f"clone_function is for a Sequential; {model!r} is of a class of its own")
        with remembered() as known:
            description = serialize_keras_object(model)
        return deserialize_keras_object(description, {type(model).__name__: type(model), **known})

    def copied(layer: Layer) -> Layer:
        if isinstance(layer, Sequential) and (recursive or clone_function is None):
            clone: Layer = clone_model(layer, clone_function=clone_function, recursive=recursive)
            return clone
        if clone_function is None or isinstance(layer, InputLayer):
            with remembered() as known:
                config = layer.get_config()
            with CustomObjectScope(known):
                fresh: Layer = type(layer).from_config(config)
            return fresh
        return clone_function(layer)

    clone = type(model)([copied(layer) for layer in model._layers], name=model.name)
    if model.built:
        clone.build(model.input_shape)
    with remembered() as known:
        config = model.get_compile_config()
    if config is not None:
        with CustomObjectScope(known):
            clone.compile_from_config(config)
    return clone
