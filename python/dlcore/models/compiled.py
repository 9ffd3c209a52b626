"""What ``compile`` keeps: loss and metrics, checked at once, made into objects when the first data shows its shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from dlcore import losses, metrics
from dlcore.layers.shapes import Shape
from dlcore.losses import Loss
from dlcore.metrics import Metric
from dlcore.metrics.lookup import CHOSEN_BY_SHAPE
from dlcore.naming import unique
from dlcore.registry import get_registered_object


class Goal(NamedTuple):
    """What a model is trained for. ``weighted`` metrics count sample weights; names are those in the logs."""

    loss: Loss | None
    metrics: tuple[Metric, ...]
    weighted: tuple[Metric, ...]
    names: tuple[str, ...]

    @property
    def all_metrics(self) -> tuple[Metric, ...]:
        """The metrics in the order of their names."""
        return (*self.metrics, *self.weighted)


class Compiled(NamedTuple):
    """The arguments of ``compile``, checked."""

    loss: Any
    metrics: tuple[Any, ...]
    weighted_metrics: tuple[Any, ...]

    def goal(self, y: Shape, prediction: Shape) -> Goal:
        """Loss and metrics for targets and predictions of these shapes."""
        plain = [metrics.resolve(metric, y, prediction) for metric in self.metrics]
        weighted = [metrics.resolve(metric, y, prediction) for metric in self.weighted_metrics]
        names = [metric.name for metric in plain]
        for metric in weighted:
            names.append(f"weighted_{metric.name}" if metric.name in names else metric.name)
        return Goal(_loss(self.loss, y, prediction), tuple(plain), tuple(weighted), tuple(unique(names)))


def compiled(loss: Any, chosen: Any, weighted: Any) -> Compiled:
    """The arguments of ``compile``, checked.

    Raises
    ------
    ValueError
        For an unknown name, or metrics in something else than a list.
    TypeError
        For what is no loss or no metric.
    """
    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        (loss,) = loss
    by_shape = isinstance(loss, str) and CHOSEN_BY_SHAPE.get(loss.lower()) == "crossentropy"
    found = loss if by_shape or loss is None else losses.as_object(loss)
    return Compiled(found, _checked("metrics", chosen), _checked("weighted_metrics", weighted))


def _checked(argument: str, chosen: Any) -> tuple[Any, ...]:
    if chosen is None:
        return ()
    if isinstance(chosen, str) or not isinstance(chosen, Sequence):
        raise ValueError(f"{argument} must be a list of names, functions or Metric objects; got {chosen!r}")
    found = [_own(metric) for metric in chosen]
    for metric in found:
        if not metrics.chosen_by_shape(metric):
            metrics.as_metric(metric)
    return tuple(found)


def _own(metric: Any) -> Any:
    """What a name means that the user gave to something; scopes of such names may end before the first data."""
    found = get_registered_object(metric) if isinstance(metric, str) else None
    return metric if found is None else found


def _loss(loss: Any, y: Shape, prediction: Shape) -> Loss | None:
    if not isinstance(loss, str):
        found: Loss | None = loss
        return found
    return losses.as_object(metrics.target_kind(y, prediction) + "_crossentropy")
