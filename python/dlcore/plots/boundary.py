"""What a classifier of two features says everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.checks import number, whole
from dlcore.floats import Array, numbers
from dlcore.models import Model
from dlcore.plots import style

#: How deep the colour of a class is where the model is sure of it.
_DEPTH = 0.45

#: The line between the classes lies where the one leads the others by this much.
_EVEN = (0.0,)


def decision_boundary(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    threshold: float = 0.5,
    resolution: int = 200,
    margin: float = 0.1,
    ax: style.Axes | None = None,
) -> style.Axes:
    """The class that a model gives to every point of the plane, paler where it is less sure, and the samples.

    Parameters
    ----------
    model : Model, or anything with predict_proba(x) or predict(x)
        ``predict_proba`` is asked if there is one. What ``predict`` gives may be a column (the probability of class
        1), a column for each class, or labels.
    x : (rows, 2) array or data frame
        The samples; they say what part of the plane is shown.
    y : (rows,) labels or (rows, classes) one-hot, optional
        What the samples are.
    threshold : float
        Where class 1 of two begins; 0 for a model that gives a logit.
    resolution : int
        Points along each side that the model is asked about.
    margin : float
        How much more than the samples is shown, as a share of their width.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If x has not two columns, y not a label for each row, or the model gives something else.
    TypeError
        If the model has neither method.

    Examples
    --------
    >>> x, y = dlcore.datasets.moons()
    >>> ax = dlcore.plots.decision_boundary(model, x, y)
    """
    samples = numbers("x", x)
    if samples.ndim != 2 or samples.shape[1] != 2 or not len(samples):
        raise ValueError(f"x must have shape (rows, 2), two features to draw over; got {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("x must be finite to be drawn; it contains NaN or infinity")
    labels = None if y is None else _labels(y, len(samples))
    whole("resolution", resolution, 2, 5000)
    more, limit = number("margin", margin, 0), number("threshold", threshold)
    low, high = samples.min(axis=0).astype(float), samples.max(axis=0).astype(float)
    widths = np.where(high > low, high - low, 1.0)
    low, high = low - more * widths, high + more * widths
    sides = [np.linspace(low[i], high[i], resolution) for i in (0, 1)]
    points = np.stack([side.ravel() for side in np.meshgrid(*sides)], axis=1).astype(
        samples.dtype if samples.dtype.kind == "f" else np.float32
    )
    leads, shares, classes = _opinions(model, _like(x, points), labels, limit)
    _check_known(labels, classes)

    ax = style.axes(ax, size=(5.6, 4.6))
    ax.imshow(
        _mixed(ax, shares).reshape(resolution, resolution, 3),
        extent=(low[0], high[0], low[1], high[1]),
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        zorder=0,
    )
    for lead in leads.T[:-1] if len(classes) == 2 else leads.T:
        height = lead.reshape(resolution, resolution)
        if height.min() < 0 < height.max():
            ax.contour(*sides, height, _EVEN, colors=[style.ink(ax)], linewidths=1.0, alpha=0.8, zorder=2)
    if labels is not None:
        _scatter(ax, samples, labels, classes)
        style.legend(ax, title="class", loc="upper right")
    names = [str(name) for name in getattr(x, "columns", ("$x_1$", "$x_2$"))]
    style.named(ax, "Decision boundary" if len(classes) == 2 else "Decision boundaries", *names)
    return ax


def _labels(y: Any, rows: int) -> Array:
    """A label for each row; one-hot rows become the number of the class."""
    labels = np.asarray(y)
    if labels.ndim == 2:
        labels = labels.argmax(axis=1) if labels.shape[1] > 1 else labels[:, 0]
    if labels.shape != (rows,):
        raise ValueError(f"y must hold a label for each of {rows} rows; got shape {np.shape(y)}")
    return labels


def _like(x: Any, points: Array) -> Any:
    """The points as what the samples came in, so that an estimator that knows its columns by name finds them."""
    return type(x)(points, columns=x.columns) if hasattr(x, "columns") else points


def _opinions(model: Any, points: Any, labels: Array | None, threshold: float) -> tuple[Array, Array, Array]:
    """How far each class leads at each point, its share of the colour there, and the classes."""
    if hasattr(model, "predict_proba"):
        given = np.asarray(model.predict_proba(points))
    elif hasattr(model, "predict"):
        given = np.asarray(model.predict(points, verbose=0) if isinstance(model, Model) else model.predict(points))
    else:
        raise TypeError(f"model must have predict_proba or predict; got {type(model).__name__}")
    column = given[:, 0] if given.ndim == 2 and given.shape[1] == 1 else given
    known = getattr(model, "classes_", None)
    if column.ndim == 1 and (known is not None or column.dtype.kind != "f"):
        classes = np.unique(column) if known is None else np.asarray(known)
        shares = (column[:, None] == classes).astype(float)
        return 2 * shares - 1, shares, classes
    if column.ndim == 1:
        sure = np.clip(column if threshold else 1 / (1 + np.exp(-np.clip(column, -50, 50))), 0, 1)
        lead = (column - threshold)[:, None] * [-1, 1]
        return lead, np.stack([1 - sure, sure], axis=1), _classes(known, labels, 2)
    if column.ndim != 2 or len(column) != len(np.asarray(points)):
        raise ValueError(f"model must give a class or scores for each point; for {len(points)} it gave {given.shape}")
    count = column.shape[1]
    if count == 2:
        lead = (column[:, 1] - column[:, 0] + 1 - 2 * threshold)[:, None] * [-1, 1]
    else:
        others = np.stack([np.delete(column, i, axis=1).max(axis=1) for i in range(count)], axis=1)
        lead = column - others
    positive = np.exp(column - column.max(axis=1, keepdims=True)) if column.min() < 0 or column.max() > 1 else column
    return lead, positive / positive.sum(axis=1, keepdims=True), _classes(known, labels, count)


def _classes(known: Any, labels: Array | None, count: int) -> Array:
    """What the columns stand for: what the model says, or 0, 1, …; other labels in their order if they are as many."""
    if known is not None:
        return np.asarray(known)
    numbered = np.arange(count)
    if labels is None or np.isin(labels, numbered).all():
        return numbered
    found = np.unique(labels)
    if len(found) != count:
        raise ValueError(f"y must hold labels of {count} classes, as many as the model knows; found {len(found)}")
    return found


def _check_known(labels: Array | None, classes: Array) -> None:
    strange = [] if labels is None else sorted({str(label) for label in labels[~np.isin(labels, classes)]})
    if strange:
        raise ValueError(
            f"y must hold labels that the model knows: {', '.join(map(str, classes))}; found {', '.join(strange)}"
        )


def _mixed(ax: style.Axes, shares: Array) -> Array:
    """The colour of each point: that of the likeliest class, mixed with paper where the model is in doubt."""
    to_rgb = style.matplotlib("colors").to_rgb
    colours = np.array([to_rgb(style.colour(i)) for i in range(shares.shape[1])])
    sure = (shares.max(axis=1, keepdims=True) * shares.shape[1] - 1) / (shares.shape[1] - 1)
    depth = _DEPTH * (0.25 + 0.75 * np.clip(sure, 0, 1))
    mixed: Array = depth * colours[shares.argmax(axis=1)] + (1 - depth) * np.array(to_rgb(style.paper(ax)))
    return mixed


def _scatter(ax: style.Axes, samples: Array, labels: Array, classes: Array) -> None:
    """The samples, a colour and a marker for each class."""
    for index, label in enumerate(classes):
        own = samples[labels == label]
        ax.scatter(
            own[:, 0],
            own[:, 1],
            s=22,
            color=style.colour(index),
            marker=style.MARKERS[index % len(style.MARKERS)],
            edgecolors=[style.paper(ax)],
            linewidths=0.6,
            label=str(label),
            zorder=3,
        )
