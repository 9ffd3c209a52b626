"""Copies of a model with weights of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore.layers import InputLayer, Layer
from dlcore.models.sequential import Sequential


def clone_model(
    model: Sequential,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Any = None,
    recursive: bool = False,
) -> Sequential:
    """A model of the same layers with fresh weights, not compiled.

    Parameters
    ----------
    model : Sequential
        What to copy.
    input_tensors, call_function
        Keras's arguments for functional models; a Sequential takes None.
    clone_function : callable, optional
        Layer -> layer, asked for each layer but the input. Default: a layer of the same configuration.
    recursive : bool
        Whether models among the layers are copied layer by layer, through ``clone_function``, too.

    Raises
    ------
    TypeError
        If it is no Sequential, or ``clone_function`` gives no layer.
    ValueError
        If an argument for functional models is given.
    """
    if not isinstance(model, Sequential):
        raise TypeError(f"model must be a Sequential; got {type(model).__name__}: {model!r}")
    if input_tensors is not None or call_function is not None:
        raise ValueError("input_tensors and call_function are for functional models; a Sequential takes neither")

    def copied(layer: Any) -> Layer:
        if isinstance(layer, InputLayer) or (clone_function is None and not isinstance(layer, Sequential)):
            return type(layer).from_config(layer.get_config())
        if isinstance(layer, Sequential) and (recursive or clone_function is None):
            return clone_model(layer, clone_function=clone_function, recursive=recursive)  # type: ignore[return-value]
        assert clone_function is not None
        return clone_function(layer)

    clone = type(model)([copied(layer) for layer in model._layers], name=model.name)
    shape = getattr(model, "input_shape", None)
    if shape is not None:
        clone.build(shape)
    return clone
