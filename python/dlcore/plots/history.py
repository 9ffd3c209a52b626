"""The curves of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.plots import style
from dlcore.registry.names import unknown_name

_VALIDATION = "val_"


def history_curves(
    history: Any, metrics: Any = "loss", *, log: bool = False, ax: style.Axes | None = None
) -> style.Axes:
    """Loss or metrics over the epochs, of the training data (solid) and the validation data (dashed).

    Parameters
    ----------
    history : History, or a dict of name to a number an epoch
        What ``fit`` returns.
    metrics : str or list of str
        Names without ``val_``; what the validation data gave goes with each.
    log : bool
        Whether the values have a logarithmic axis.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For a name that the history has not, which lists those that it has.

    Examples
    --------
    >>> history = model.fit(x, y, validation_split=0.2, epochs=20, verbose=0)
    >>> ax = dlcore.plots.history_curves(history)
    """
    values, when = _values_and_epochs(history)
    wanted = [metrics] if isinstance(metrics, str) else list(metrics)
    _check(wanted, values)
    ax = style.axes(ax)
    style.ruled(ax)
    several = len(wanted) > 1
    for index, name in enumerate(wanted):
        parts = {name: ("-", "training"), _VALIDATION + name: ("--", "validation")}
        for key, (line, part) in parts.items():
            if key in values:
                ax.plot(
                    when[key],
                    values[key],
                    line,
                    color=style.colour(index if several else int(line == "--")),
                    marker="o" if len(values[key]) == 1 else None,
                    linewidth=1.8,
                    label=f"{_words(name)}, {part}" if several else part,
                )
    if log:
        ax.set_yscale("log")
    ax.margins(x=0 if max(map(len, when.values())) > 1 else None)
    ax.xaxis.set_major_locator(style.matplotlib("ticker").MaxNLocator(integer=True))
    what = "value" if several else _words(wanted[0])
    style.named(ax, "Training" if several else _words(wanted[0]).capitalize() + " over the epochs", "epoch", what)
    style.legend(ax)
    return ax


def history_panels(history: Any, metrics: Any = None) -> style.Figure:
    """A panel for the loss and for each metric; see :func:`history_curves`.

    Parameters
    ----------
    history : History, or a dict of name to a number an epoch
        What ``fit`` returns.
    metrics : list of str, optional
        Default: everything in the history.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = dlcore.plots.history_panels(model.fit(x, y, validation_split=0.2, epochs=20, verbose=0))
    """
    values, _ = _values_and_epochs(history)
    known = list(dict.fromkeys(name.removeprefix(_VALIDATION) for name in values))
    wanted = known if metrics is None else [metrics] if isinstance(metrics, str) else list(metrics)
    _check(wanted, values)
    figure, places = style.panels(len(wanted))
    for name, place in zip(wanted, places, strict=True):
        history_curves(history, name, ax=place)
    return figure


def _values_and_epochs(history: Any) -> tuple[dict[str, Any], dict[str, Array]]:
    """The numbers by name, and the epoch of each, counted from 1.

    Raises
    ------
    TypeError, ValueError
        If it is no history, or an empty one.
    """
    values = getattr(history, "history", history)
    if not isinstance(values, Mapping):
        raise TypeError(f"history must be what fit returns, or its dict; got {type(history).__name__}")
    if not values or not all(len(numbers) for numbers in values.values()):
        raise ValueError("history holds no epochs: train first")
    count = max(len(numbers) for numbers in values.values())
    known = getattr(history, "when", {})
    return dict(values), {
        name: np.add(known[name], 1) if len(known.get(name, ())) == len(numbers) else _guessed(count, len(numbers))
        for name, numbers in values.items()
    }


def _guessed(epochs: int, count: int) -> Array:
    """The epochs that so many numbers of a dict are from: all, or every n-th."""
    every = epochs // count
    return np.arange(every, epochs + 1, every)[:count]


def _check(wanted: list[str], values: dict[str, Any]) -> None:
    known = {name.removeprefix(_VALIDATION) for name in values}
    if not wanted:
        raise ValueError(f"metrics must name at least one of: {', '.join(sorted(known))}")
    for name in wanted:
        if name not in known:
            raise ValueError(unknown_name("metric of the history", name, known))


def _words(name: str) -> str:
    return name.replace("_", " ")
