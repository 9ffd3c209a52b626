"""What a model computes, layer by layer, as stages: the one place that knows how layers are handed over."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from dlcore import activations, layers
from dlcore.backends.contract import ACTIVATIONS
from dlcore.floats import Array
from dlcore.handover.stages import (
    Activated,
    Affine,
    Arithmetic,
    Lookup,
    Ramp,
    Repeated,
    Reshaped,
    Slopes,
    Stage,
    Stages,
    Standardized,
    Step,
    Transposed,
    UnitLength,
    after,
)
from dlcore.layers.layer_normalization import LEAST_NORM
from dlcore.layers.shapes import Shape
from dlcore.variable import Variable


def stages_of(model: Any) -> Stages:
    """What a Sequential computes in use, after its training.

    Raises
    ------
    TypeError
        If the model is no stack of layers.
    ValueError
        If it has no weights yet.
    NotImplementedError
        If it holds a layer that cannot be handed over; the message names it.
    """
    if not _is_stack(model):
        raise TypeError(
            f"only a Sequential can be handed over, whose layers follow one another; got a {type(model).__name__}"
        )
    if not model.built:
        raise ValueError(f"model {model.name!r} has no weights yet: build it, or call it on data, before an export")
    row = tuple(model.input_shape[1:])
    if not row:
        raise NotImplementedError(f"model {model.name!r} takes single numbers; rows need one axis or more")
    found = list(_flat(model))
    dtypes = {layer.dtype for layer in found if not isinstance(layer, layers.InputLayer)}
    if len(dtypes) > 1:
        raise NotImplementedError(f"the layers of model {model.name!r} have several dtypes: {sorted(dtypes)}")
    dtype = np.dtype(dtypes.pop() if dtypes else "float32")
    steps: list[Step] = []
    _check_masks(found)
    shape = row
    for layer in found:
        for stage in _stages(layer, shape, dtype):
            following = after(stage, shape)
            steps.append(Step(layer.name, stage, shape, following))
            shape = following
    return Stages(row, dtype, steps)


def _is_stack(model: Any) -> bool:
    """Whether it is a Sequential, and no class made of it that may compute something else."""
    return (
        hasattr(model, "_layers") and type(model).__name__ == "Sequential" and type(model).__module__[:7] == "dlcore."
    )


def _flat(model: Any) -> Iterator[Any]:
    """The layers, those of models within in their place."""
    for layer in model.layers:
        if _is_stack(layer):
            yield from _flat(layer)
        else:
            yield layer


def _check_masks(found: list[Any]) -> None:
    """What reads a mask cannot be handed over after what makes one."""
    masking = next((layer for layer in found if isinstance(layer, layers.Embedding) and layer.mask_zero), None)
    if masking is not None and any(isinstance(layer, layers.Softmax) for layer in found):
        raise NotImplementedError(f"layer {masking.name!r} hides steps (mask_zero) from a Softmax layer")


def _activated(layer: Any, function: Any) -> Iterator[Stage]:
    kernel = activations.kernel_of(activations.linear if function is None else function)
    if kernel is None and (ramp := _ramp(function)) is not None:
        yield ramp
        return
    if kernel is None:
        name = getattr(function, "__name__", None) or getattr(getattr(function, "func", None), "__name__", "activation")
        raise NotImplementedError(
            f"layer {layer.name!r} has the activation {name} with arguments or of a kind that cannot be handed over; "
            f"known are {', '.join(sorted(ACTIVATIONS))}"
        )
    if kernel[0] != "linear":
        yield Activated(*kernel)


def _ramp(function: Any) -> Ramp | None:
    """What relu is with arguments that no kernel takes."""
    if not isinstance(function, functools.partial) or function.func is not activations.relu or function.args:
        return None
    given: dict[str, Any] = {"negative_slope": 0.0, "max_value": None, "threshold": 0.0, **function.keywords}
    threshold, top = given["threshold"], given["max_value"]
    if len(given) > 3 or threshold < 0:  # a threshold below 0 would keep the sign of a zero
        return None
    return Ramp(float(threshold), math.inf if top is None else float(top), float(given["negative_slope"]))


def _dense(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001 - all have these
    yield Affine(layer.kernel.array, None if layer.bias is None else layer.bias.array)
    yield from _activated(layer, layer.activation)


def _activation(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    yield from _activated(layer, layer.activation)


def _nothing(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    """Layers that act in training only."""
    return iter(())


def _prelu(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    yield Slopes(layer.alpha.array)


def _batch_normalization(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:
    factor, offset = layer.factor_and_offset(dtype)
    along = [1] * len(row)
    along[layer.axis % (len(row) + 1) - 1] = -1
    yield Arithmetic("multiply", factor.array.reshape(along))
    yield Arithmetic("add", offset.array.reshape(along))


def _scale_and_shift(layer: Any, along: list[int]) -> Iterator[Stage]:
    for operation, weight in (("multiply", layer.gamma), ("add", layer.beta)):
        if weight is not None:
            yield Arithmetic(operation, weight.array.reshape(along))


def _row_axes(layer: Any, row: Shape) -> tuple[int, ...]:
    """The axes that belong to a row, counted within it."""
    listed = [layer.axis] if isinstance(layer.axis, int) else layer.axis
    axes = tuple(sorted(axis % (len(row) + 1) for axis in listed))
    if 0 in axes:
        raise NotImplementedError(f"layer {layer.name!r} goes over axis 0, the rows of a batch")
    return tuple(axis - 1 for axis in axes)


def _along(weight: Variable | None, axes: tuple[int, ...], row: Shape) -> list[int]:
    lengths = iter(() if weight is None else weight.shape)
    return [next(lengths, 1) if axis in axes else 1 for axis in range(len(row))]


def _layer_normalization(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    if layer.rms_scaling:
        raise NotImplementedError(f"layer {layer.name!r} is a LayerNormalization with rms_scaling=True")
    axes = _row_axes(layer, row)
    yield Standardized(axes, layer.epsilon, True)
    yield from _scale_and_shift(layer, _along(layer.gamma if layer.beta is None else layer.beta, axes, row))


def _rms_normalization(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    axes = _row_axes(layer, row)
    yield Standardized(axes, layer.epsilon, False)
    yield Arithmetic("multiply", layer.scale.array.reshape(_along(layer.scale, axes, row)))


def _group_normalization(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    axis = layer.axis % (len(row) + 1) - 1
    length = row[axis]
    assert length is not None  # it was built for one
    cut = (*row[:axis], layer.groups, length // layer.groups, *row[axis + 1 :])
    yield Reshaped(cut)
    yield Standardized(tuple(i for i in range(len(cut)) if i != axis), layer.epsilon, True)
    yield Reshaped(row)
    yield from _scale_and_shift(layer, [length if i == axis else 1 for i in range(len(row))])


def _unit_normalization(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    yield UnitLength(_row_axes(layer, row), LEAST_NORM)


def _flatten(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    if layer.data_format == "channels_first" and len(row) > 1:
        yield Transposed((*range(1, len(row)), 0))
    if len(row) != 1:
        yield Reshaped((_size(layer, row),))


def _reshape(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    _size(layer, row)
    yield Reshaped(tuple(layer.compute_output_shape((None, *row))[1:]))


def _size(layer: Any, row: Shape) -> int:
    if None in row:
        raise NotImplementedError(f"layer {layer.name!r} reshapes rows whose shape {row} is not wholly known")
    return math.prod(n for n in row if n is not None)


def _permute(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    yield Transposed(tuple(axis - 1 for axis in layer.dims))


def _repeat(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    yield Repeated(layer.n)


def _embedding(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    yield Lookup(layer.embeddings.array)


def _fitting(layer: Any, operand: Array, row: Shape) -> Array:
    """An operand without the axis of the rows, if it is stretched within a row only."""
    operand = operand.reshape(operand.shape[1:]) if operand.ndim == len(row) + 1 and len(operand) == 1 else operand
    lengths = zip(operand.shape[::-1], row[::-1], strict=False)
    if operand.ndim > len(row) or any(n not in (1, length) for n, length in lengths):
        raise NotImplementedError(f"layer {layer.name!r} stretches rows of shape {row} to its own {operand.shape}")
    return operand


def _rescaling(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:
    yield Arithmetic("multiply", _fitting(layer, np.asarray(layer.scale, dtype), row))
    yield Arithmetic("add", _fitting(layer, np.asarray(layer.offset, dtype), row))


def _normalization(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:  # noqa: ARG001
    mean, deviation = (_fitting(layer, value, row) for value in layer.mean_and_deviation())
    order = (("multiply", deviation), ("add", mean)) if layer.invert else (("subtract", mean), ("divide", deviation))
    for operation, operand in order:
        yield Arithmetic(operation, operand)


#: By exact class: a class made of one may compute something else.
_KNOWN = {
    layers.Dense: _dense,
    layers.Activation: _activation,
    layers.ReLU: _activation,
    layers.LeakyReLU: _activation,
    layers.ELU: _activation,
    layers.Softmax: _activation,
    layers.PReLU: _prelu,
    layers.BatchNormalization: _batch_normalization,
    layers.LayerNormalization: _layer_normalization,
    layers.RMSNormalization: _rms_normalization,
    layers.GroupNormalization: _group_normalization,
    layers.UnitNormalization: _unit_normalization,
    layers.Normalization: _normalization,
    layers.Rescaling: _rescaling,
    layers.Embedding: _embedding,
    layers.Flatten: _flatten,
    layers.Reshape: _reshape,
    layers.Permute: _permute,
    layers.RepeatVector: _repeat,
    layers.InputLayer: _nothing,
    layers.Identity: _nothing,
    layers.Dropout: _nothing,
    layers.AlphaDropout: _nothing,
    layers.GaussianDropout: _nothing,
    layers.GaussianNoise: _nothing,
    layers.ActivityRegularization: _nothing,
}


def _stages(layer: Any, row: Shape, dtype: np.dtype[Any]) -> Iterator[Stage]:
    known = _KNOWN.get(type(layer))
    if known is None:
        raise NotImplementedError(
            f"layer {layer.name!r} is a {type(layer).__name__}, which cannot be handed over; known are "
            f"{', '.join(sorted(one.__name__ for one in _KNOWN))}"
        )
    return known(layer, row, dtype)
