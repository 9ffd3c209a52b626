"""Which classes a classifier takes for which."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.plots import style

#: What counts may be divided by, and the axis that the sum runs along.
NORMALIZE: dict[Any, Any] = {None: None, "true": 1, "pred": 0, "all": (0, 1)}

#: With more classes than this the cells hold no numbers, and not every class is named.
_READABLE = 25


def confusion_matrix(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Any = None,
    names: Any = None,
    normalize: str | None = None,
    ax: style.Axes | None = None,
) -> style.Axes:
    """How many samples of each class (rows) were taken for each class (columns).

    Parameters
    ----------
    y_true : (rows,) labels, or (rows, classes) one-hot
    y_pred : (rows,) labels, or (rows, classes) scores, of which the largest counts
        What ``predict`` gives; single probabilities say class 1 above ½.
    labels : list, optional
        All classes, in the order to show. Default: those that occur, sorted.
    names : list of str, optional
        What to call them. Default: the labels.
    normalize : {None, "true", "pred", "all"}
        Show counts, or shares of each true class, of each predicted class, of all samples.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the two are not as long, numbers are neither labels nor probabilities, a label is not among ``labels``, or
        normalize is none of the above.

    Examples
    --------
    >>> ax = dlcore.plots.confusion_matrix(y, model.predict(x, verbose=0), normalize="true")
    """
    if normalize not in NORMALIZE:
        raise ValueError(f"normalize must be None, 'true', 'pred' or 'all'; got {normalize!r}")
    truth, guess = _classes("y_true", y_true), _classes("y_pred", y_pred)
    if len(truth) != len(guess) or not len(truth):
        raise ValueError(f"y_true and y_pred must have a row for each other; got {len(truth)} and {len(guess)}")
    shown = np.unique(np.concatenate([truth, guess])) if labels is None else np.asarray(labels)
    called = [str(label) for label in (shown if names is None else names)]
    if len(called) != len(shown):
        raise ValueError(f"names must be one a class: {len(shown)}; got {len(called)}")
    counts = _counts(truth, guess, shown)
    shares = counts if normalize is None else _divided(counts, NORMALIZE[normalize])

    side = min(max(3.6, 1.6 + 0.45 * len(shown)), 12.0)
    ax = style.axes(ax, size=(side + 0.6, side))
    image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=max(shares.max(), 1e-12) if normalize is None else 1)
    if len(shown) <= _READABLE:
        _write(ax, image, shares, normalize is not None)
    else:
        ax.figure.colorbar(image, ax=ax, label="samples" if normalize is None else "share")
    every = -(-len(shown) // _READABLE)
    ticks = list(range(0, len(shown), every))
    turned = sum(len(called[tick]) for tick in ticks) > 40 and max(map(len, called)) > 2
    ax.set_xticks(
        ticks, [called[tick] for tick in ticks], rotation=45 if turned else 0, ha="right" if turned else "center"
    )
    ax.set_yticks(ticks, [called[tick] for tick in ticks])
    ax.tick_params(length=0, labelsize="small" if len(ticks) > 12 else None)
    what = {None: "", "true": ", shares of each true class", "pred": ", shares of each prediction", "all": ", shares"}
    style.named(ax, f"Confusion matrix{what[normalize]}", "predicted", "true")
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


def _classes(name: str, value: Any) -> Array:
    """The label of each row."""
    array = np.asarray(value)
    if array.ndim == 2 and array.shape[1] > 1:
        return np.asarray(array.argmax(axis=1))
    column = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if column.ndim != 1:
        raise ValueError(f"{name} must have shape (rows,) or (rows, classes); got {array.shape}")
    if column.dtype.kind != "f":
        return column
    if np.array_equal(column, column.round()) and np.isfinite(column).all():
        return column.astype(np.int64)
    if name == "y_true" or not ((column >= 0) & (column <= 1)).all():
        raise ValueError(f"{name} must hold labels{'' if name == 'y_true' else ' or probabilities'}; got other numbers")
    return (column > 0.5).astype(np.int64)


def _counts(truth: Array, guess: Array, shown: Array) -> Array:
    """Samples for each pair of true and predicted class."""
    order = np.argsort(shown, kind="stable")
    places = []
    for name, values in (("y_true", truth), ("y_pred", guess)):
        strange = values[~np.isin(values, shown)]
        if len(strange):
            raise ValueError(f"{name} must hold labels among {', '.join(map(str, shown))}; found {strange[0]!s}")
        places.append(order[np.searchsorted(shown, values, sorter=order)])
    counts = np.zeros((len(shown), len(shown)), np.int64)
    np.add.at(counts, tuple(places), 1)
    return counts


def _divided(counts: Array, axis: Any) -> Array:
    """Shares of the sums along an axis; 0 where there is nothing to share."""
    sums = counts.sum(axis=axis, keepdims=True)
    return np.asarray(counts / np.maximum(sums, 1))


def _write(ax: style.Axes, image: Any, shares: Array, fractions: bool) -> None:
    """The number in each cell, in the ink that its colour lets one read."""
    size = "medium" if len(shares) <= 12 else 6
    for (row, column), share in np.ndenumerate(shares):
        red, green, blue, _ = image.cmap(image.norm(share))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
        ax.text(
            column, row, f"{share:.2f}" if fractions else f"{share}", ha="center", va="center", fontsize=size,
            color="white" if dark else "black",
        )  # fmt: skip
