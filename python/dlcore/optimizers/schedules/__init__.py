"""Learning-rate schedules with Keras's names, arguments and numbers, and the one-cycle policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts, OneCycle
from dlcore.optimizers.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from dlcore.optimizers.schedules.schedule import LearningRateSchedule
from dlcore.registry import Registry

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_registry = Registry("learning-rate schedule")
for _class in (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    OneCycle,
    PiecewiseConstantDecay,
    PolynomialDecay,
):
    _registry.add(_class)


def serialize(learning_rate_schedule: Any) -> Any:
    """The class name and config of a schedule."""
    return _registry.serialize(learning_rate_schedule)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The schedule that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
