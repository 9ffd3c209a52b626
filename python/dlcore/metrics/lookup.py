"""Metrics by name, config or function; and those whose name leaves the choice to the shapes of the data."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.metrics import callables
from dlcore.metrics.base import Metric
from dlcore.metrics.reduction import MeanMetricWrapper
from dlcore.naming import snake_case
from dlcore.registry import Registry

METRIC_NAMES = Registry("metric")

#: Names that stand for one of three metrics; see :func:`target_kind`.
CHOSEN_BY_SHAPE = {"accuracy": "accuracy", "acc": "accuracy", "crossentropy": "crossentropy", "ce": "crossentropy"}


def get(identifier: Any) -> Any:
    """A metric from a name, a config, a class or an object; a function, a Loss and None are given back as they are.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    return METRIC_NAMES.get(identifier)


def names() -> list[str]:
    """The names :func:`get` knows."""
    return METRIC_NAMES.names()


def serialize(metric: Any) -> Any:
    """The class name and config of a metric, or the name of a function."""
    return METRIC_NAMES.serialize(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The metric that :func:`serialize` described.

    Parameters
    ----------
    config : dict or str
    custom_objects : dict, optional
        Metric classes, and functions that a :class:`MeanMetricWrapper` averages, by name.
    """
    if custom_objects and isinstance(config, Mapping) and "fn" in (inner := config.get("config") or {}):
        config = {**config, "config": {**inner, "fn": callables.deserialize(inner["fn"], custom_objects)}}
    return METRIC_NAMES.deserialize(config, custom_objects)


def target_kind(y_true_shape: Sequence[int | None], y_pred_shape: Sequence[int | None]) -> str:
    """What targets are to predictions, by their shapes: "binary", "sparse_categorical" or "categorical".

    Keras's rule: binary if predictions have one column; sparse if targets have fewer axes than predictions, or one
    column; else categorical.

    Parameters
    ----------
    y_true_shape, y_pred_shape : tuple of int
        With the axis of the rows, whose length does not matter.
    """
    if y_pred_shape[-1:] == (1,):
        return "binary"
    sparse = len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1:] == (1,)
    return "sparse_categorical" if sparse else "categorical"


def chosen_by_shape(identifier: Any) -> bool:
    """Whether it takes the shapes of the data to know what a name ("accuracy", "acc", "crossentropy", "ce") means."""
    return isinstance(identifier, str) and identifier.lower() in CHOSEN_BY_SHAPE


def as_metric(identifier: Any) -> Metric:
    """A Metric that can be fed targets and predictions, from whatever ``compile`` takes.

    Parameters
    ----------
    identifier : str, dict, Metric, class, function or Loss
        See :func:`get`. A function or a Loss becomes a :class:`MeanMetricWrapper`. A name becomes the metric's name,
        so that logs show it as it was asked for.

    Raises
    ------
    ValueError
        If a name is unknown, or stands for a metric only once shapes are known.
    TypeError
        If it is none of these, or a metric that does not take (y_true, y_pred, sample_weight), as Mean.
    """
    if chosen_by_shape(identifier):
        raise ValueError(f"metric {identifier!r} depends on the shapes of targets and predictions")
    found = get(identifier)
    if found is None:
        raise TypeError("a metric must be a name, a Metric, a function (y_true, y_pred) or a Loss; got None")
    if not isinstance(found, Metric):
        name = getattr(found, "name", None) or snake_case(getattr(found, "__name__", type(found).__name__))
        return MeanMetricWrapper(found, name)
    if isinstance(identifier, str):
        found.name = identifier
    _check_update_state(found)
    return found


def resolve(identifier: Any, y_true_shape: Sequence[int | None], y_pred_shape: Sequence[int | None]) -> Metric:
    """:func:`as_metric`, and for the names of :data:`CHOSEN_BY_SHAPE` the metric that suits the shapes.

    Parameters
    ----------
    identifier
        See :func:`as_metric`.
    y_true_shape, y_pred_shape : tuple of int
        See :func:`target_kind`.
    """
    if not chosen_by_shape(identifier):
        return as_metric(identifier)
    kind = target_kind(tuple(y_true_shape), tuple(y_pred_shape))
    metric = as_metric(f"{kind}_{CHOSEN_BY_SHAPE[identifier.lower()]}")
    metric.name = identifier
    return metric


def _check_update_state(metric: Metric) -> None:
    """Whether ``update_state(y_true, y_pred, sample_weight=…)`` is a call that a metric takes."""
    signature = inspect.signature(metric.update_state)
    try:
        signature.bind("y_true", "y_pred", sample_weight=None)
    except TypeError as error:
        raise TypeError(
            f"metric {metric!r} cannot be fed targets and predictions: its update_state takes {signature}, "
            "where (y_true, y_pred, sample_weight=None) is needed; MeanMetricWrapper averages a function of them"
        ) from error
