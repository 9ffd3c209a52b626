"""What callbacks share that watch one number and want it to become better."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from dlcore import metrics
from dlcore.callbacks.callback import Callback, Logs
from dlcore.checks import number

#: Names that stand for whichever accuracy suits the loss.
_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")


class MonitorCallback(Callback):
    """Base class of callbacks that watch one number.

    Parameters
    ----------
    monitor : str
        Its name in the logs.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" lets the metric of that name decide.
    baseline : float, optional
        What the first value is compared with.
    min_delta : float
        An improvement is more than this.

    Attributes
    ----------
    best : float or None
        The best value so far.
    monitor_op : callable or None
        ``operator.lt`` or ``operator.gt``, once it is known which.
    """

    def __init__(
        self, monitor: str = "val_loss", mode: str = "auto", baseline: float | None = None, min_delta: float = 0
    ) -> None:
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"{type(self).__name__} mode {mode!r} is unknown, 'auto' is used; known are 'auto', 'min' and 'max'",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best: Any = baseline
        self.min_delta = abs(number("min_delta", min_delta))
        self.monitor_op: Callable[[Any, Any], Any] | None = None

    def _set_monitor_op(self) -> None:
        """Find out which way is better.

        Raises
        ------
        ValueError
            If mode is "auto" and nothing says it.
        """
        mode = self.mode if self.mode != "auto" else self._direction(self.monitor.removeprefix("val_"))
        if mode is None:
            raise ValueError(
                f"{type(self).__name__}: whether a larger or a smaller {self.monitor!r} is better is not known; "
                "pass mode='max' or mode='min'"
            )
        self.monitor_op = operator.gt if mode == "max" else operator.lt

    def _direction(self, name: str) -> str | None:
        """What the metric of that name wants, "max" or "min"; None if there is none that says."""
        if name == "loss" or name in _CROSSENTROPY:
            return "min"
        if name in _ACCURACY:
            return "max"
        known = {"up": "max", "down": "min"}
        for metric in self._metrics():
            if getattr(metric, "name", None) == name and getattr(metric, "_direction", None) in known:
                return known[metric._direction]
        try:
            return known.get(getattr(metrics.get(name), "_direction", None) or "")
        except (TypeError, ValueError):
            return None

    def _metrics(self) -> Iterator[Any]:
        """The model's metrics, those inside of containers too."""
        waiting = list(getattr(self.model, "metrics", None) or ())
        while waiting:
            metric = waiting.pop(0)
            yield metric
            waiting.extend(getattr(metric, "metrics", ()))

    def _is_improvement(self, monitor_value: Any, reference_value: Any) -> bool:
        """Whether a value is better than another one by more than ``min_delta``; better than None it always is."""
        if reference_value is None:
            return True
        assert self.monitor_op is not None
        slack = self.min_delta if self.monitor_op is operator.gt else -self.min_delta
        return bool(self.monitor_op(monitor_value - slack, reference_value))

    def _monitored(self, logs: Logs, purpose: str) -> Any:
        """The number watched, or None with a warning that says what there is instead."""
        value = logs.get(self.monitor)
        if value is None:
            warnings.warn(
                f"{purpose} is conditioned on the metric {self.monitor!r}, which is not available. "
                f"Available are: {', '.join(logs) or 'none'}",
                stacklevel=4,
            )
        return value
