"""Estimators in files: what a fit has learned, the net and its optimizer, in one safetensors file without code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore import files, layers, random
from dlcore.estimators.classes import Classes
from dlcore.estimators.columns import Columns
from dlcore.estimators.fitted import Fitted
from dlcore.estimators.numbers import Numbers
from dlcore.estimators.outputs import Output
from dlcore.estimators.watching import Progress
from dlcore.files import Contents
from dlcore.floats import Array
from dlcore.models import Sequential
from dlcore.models.persistence import SPARE, Path
from dlcore.registry import CustomObjectScope, deserialize_keras_object, serialize_keras_object
from dlcore.variable import weights_limited_to

if TYPE_CHECKING:
    from dlcore.estimators.base import Multilayer

#: What files of estimators say they hold; :func:`dlcore.load_model` finds :func:`load` by it.
KIND = "estimator"

#: Arguments that are not saved: they hold objects at work, not how to train.
_LEFT_OUT = ("callbacks", "random_state")

_LISTS = ("losses", "validation_losses", "scores")
_NUMBERS = ("seen", "iterations", "loss", "best_loss", "best_score", "stale")


def save(estimator: Multilayer, filepath: Path, overwrite: bool) -> None:
    """Write a fitted estimator to a file; see :meth:`Multilayer.save`."""
    files.check_target(filepath, overwrite)
    files.write(filepath, *contents_of(estimator), overwrite)


def contents_of(estimator: Multilayer) -> Contents:
    """What a file of a fitted estimator holds."""
    fitted = estimator._known
    net, progress, output = fitted.net, fitted.progress, fitted.output
    if fitted.settled:
        tensors, kept_layers = net._weights_state()
        document: dict[str, Any] = {"layers": kept_layers}
    else:
        tensors, document = net._state()
    tensors |= {
        f"progress/{name}": np.asarray(found, np.float64)
        for name in _LISTS
        if (found := getattr(progress, name)) is not None
    }
    tensors["progress/numbers"] = np.array([_number(getattr(progress, name)) for name in _NUMBERS])
    described: dict[str, Any] = {
        "class_name": type(estimator).__name__,
        "arguments": _arguments(estimator),
        "columns": fitted.columns.get_config(),
        "feature_names": list(map(str, getattr(estimator, "feature_names_in_", ()))),
        "features": estimator.n_features_in_,
        "seed": fitted.seed,
        "dtype": fitted.dtype.name,
        "settled": fitted.settled,
        "output": {**output._asdict(), "loss": serialize_keras_object(output.loss)},
        "by_name": fitted.by_name,
        "net": {"layers": [layers.serialize(layer) for layer in net._layers], "epochs": net.epochs_trained},
    }
    if isinstance(fitted.targets, Classes):
        described["labels"], described["kind"] = _labels(fitted.targets.labels), fitted.targets.kind
    else:
        tensors |= {"targets/center": fitted.targets.center, "targets/scale": fitted.targets.scale}
        described["flat"] = fitted.targets.flat
    return Contents(tensors, {"kind": KIND, "estimator": described, **document})


def load(source: str, contents: Contents, custom_objects: Mapping[str, Any] | None, compile: bool) -> Multilayer:
    """The estimator that :func:`save` wrote.

    Raises
    ------
    ValueError
        If the file holds none, or one with parts that nobody made known.
    """
    before = random.get_state()
    try:
        size = sum(tensor.size for tensor in contents.tensors.values())
        with CustomObjectScope(custom_objects), weights_limited_to(size + SPARE):
            return _estimator(source, contents, compile)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{source} holds an estimator that cannot be rebuilt: {error}") from error
    finally:
        random.set_state(before)


def _estimator(source: str, contents: Contents, compile: bool) -> Multilayer:
    from dlcore import estimators

    described, tensors = contents.document["estimator"], contents.tensors
    classes = {name: getattr(estimators, name) for name in estimators.__all__}
    if described["class_name"] not in classes:
        raise ValueError(f"it is a {described['class_name']!r}; known are {', '.join(classes)}")
    estimator: Multilayer = classes[described["class_name"]](**_read_arguments(described["arguments"]))
    columns = Columns.from_config(described["columns"])
    parts = described["output"]
    output = Output(**{**parts, "loss": deserialize_keras_object(parts["loss"])})
    targets: Classes | Numbers
    if "labels" in described:
        targets, loss = Classes(_read_labels(described["labels"]), str(described["kind"])), output.loss
    else:
        targets = Numbers(tensors["targets/center"], tensors["targets/scale"], bool(described["flat"]))
        loss = targets.trained_loss(output.loss, described["by_name"])
    net = Sequential([layers.deserialize(layer) for layer in described["net"]["layers"]], name="net")
    dtype = np.dtype(described["dtype"])
    fitted = Fitted(int(described["seed"]), dtype, columns, targets, output, loss, bool(described["by_name"]), net)
    fitted.settled = bool(described["settled"]) or not compile
    fitted.progress = _progress(tensors)
    estimator._resume(fitted)
    net._restore(source, contents, training=not fitted.settled)
    if fitted.progress.scores is not None:  # a training gives back the weights of its best score
        fitted.progress.best_weights = net.get_weights()
    net.epochs_trained = int(described["net"]["epochs"])
    estimator.n_features_in_ = int(described["features"])
    if described["feature_names"]:
        estimator.feature_names_in_ = np.array(described["feature_names"], dtype=object)
    estimator._show(fitted)
    return estimator


def _progress(tensors: Mapping[str, Array]) -> Progress:
    numbers = dict(zip(_NUMBERS, tensors["progress/numbers"].tolist(), strict=True))
    progress = Progress(validated="progress/scores" in tensors)
    for name in _LISTS:
        if f"progress/{name}" in tensors:
            setattr(progress, name, tensors[f"progress/{name}"].tolist())
    progress.seen, progress.iterations, progress.stale = (int(numbers[n]) for n in ("seen", "iterations", "stale"))
    progress.loss = numbers["loss"]
    if progress.scores is None:
        progress.best_loss = numbers["best_loss"]
    else:
        progress.best_score = numbers["best_score"]
    return progress


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _arguments(estimator: Multilayer) -> dict[str, Any]:
    """The constructor's arguments, fit for JSON; those that cannot be are as by default."""
    found = {name: value for name, value in estimator.get_params(deep=False).items() if name not in _LEFT_OUT}
    described = {name: serialize_keras_object(value) for name, value in found.items()}
    if found["n_iter_no_change"] == math.inf:
        described["n_iter_no_change"] = "inf"
    if isinstance(weights := found.get("class_weight"), Mapping):
        described["class_weight"] = {"labels": _labels(_array(list(weights))), "weights": list(weights.values())}
    return described


def _read_arguments(described: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: deserialize_keras_object(value) for name, value in described.items() if name != "class_weight"}
    if found["n_iter_no_change"] == "inf":
        found["n_iter_no_change"] = math.inf
    if isinstance(found["hidden_layer_sizes"], list):
        found["hidden_layer_sizes"] = tuple(found["hidden_layer_sizes"])
    if "class_weight" in described:
        weights = described["class_weight"]
        found["class_weight"] = (
            dict(zip(_read_labels(weights["labels"]).tolist(), weights["weights"], strict=True))
            if isinstance(weights, dict)
            else weights
        )
    return found


def _array(values: list[Any]) -> Array:
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _labels(labels: Array) -> dict[str, Any]:
    """Labels for JSON.

    Raises
    ------
    TypeError
        If they are neither text, numbers nor booleans.
    """
    values = [value.item() if isinstance(value, np.generic) else value for value in labels.tolist()]
    for value in values:
        if not isinstance(value, (str, int, float, bool)):
            raise TypeError(f"labels must be text, numbers or booleans to be saved; got {value!r}")
    return {"dtype": labels.dtype.str, "values": values}


def _read_labels(described: Mapping[str, Any]) -> Array:
    if described["dtype"] == "|O":
        return _array(described["values"])
    return np.array(described["values"], np.dtype(described["dtype"]))
