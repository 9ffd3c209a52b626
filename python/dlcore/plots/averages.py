"""Exponentially weighted averages of a series."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import datasets, ops
from dlcore.checks import number
from dlcore.floats import numbers
from dlcore.plots import style

#: The dashes of averages without the correction.
_PLAIN = ":"


def weighted_averages(
    series: Any = None,
    betas: Any = (0.5, 0.9, 0.98),
    *,
    dates: Any = None,
    bias_correction: bool | str = False,
    ax: style.Axes | None = None,
) -> style.Axes:
    """A series and its exponentially weighted averages s_t = β · s_{t-1} + (1 - β) · y_t, for several β.

    Parameters
    ----------
    series : (n,) array, optional
        Default: :func:`dlcore.datasets.temperatures`, a year of them.
    betas : float in [0, 1), or a list of them
        The larger, the longer is what counts: about 1 / (1 - β) terms.
    dates : (n,) array, optional
        Where the values stand: dates or numbers. Default: 0, 1, 2, …
    bias_correction : False, True or "both"
        Whether averages are divided by 1 - β^t, which makes up for the start at 0; "both" draws them without it as
        dotted lines as well.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    See Also
    --------
    dlcore.ops.exponentially_weighted_average : the numbers.

    Examples
    --------
    >>> ax = dlcore.plots.weighted_averages(betas=[0.9, 0.98], bias_correction="both")
    """
    year = series is None
    if year:
        dates, series = datasets.temperatures()
    values = numbers("series", series)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"series must be a series of numbers, shape (n,); got shape {values.shape}")
    places = np.arange(len(values)) if dates is None else np.asarray(dates)
    if places.shape != values.shape:
        raise ValueError(f"dates must have shape {values.shape}, one for each value; got {places.shape}")
    if not any(bias_correction is choice or bias_correction == choice for choice in (False, True, "both")):
        raise ValueError(f"bias_correction must be False, True or 'both'; got {bias_correction!r}")
    shares = [number("betas", beta, 0, 1) for beta in (betas if isinstance(betas, (list, tuple)) else [betas])]

    ax = style.axes(ax, size=(7.2, 4.2))
    style.ruled(ax)
    ax.plot(places, values, ".", color=style.QUIET, alpha=0.6, markersize=4, label="values")
    for index, beta in enumerate(shares):
        look, label = style.look(index, lines="-"), f"β = {beta:g}, about {1 / (1 - beta):.3g} values"
        if bias_correction == "both":
            ax.plot(places, ops.exponentially_weighted_average(values, beta), **{**look, "linestyle": _PLAIN})
        corrected = ops.exponentially_weighted_average(values, beta, bias_correction=bool(bias_correction))
        ax.plot(places, corrected, label=label, **look)
    if bias_correction == "both":
        ax.plot([], [], _PLAIN, color=style.ink(ax), label="without bias correction")
    if places.dtype.kind == "M":
        module = style.matplotlib("dates")
        ax.xaxis.set_major_locator(locator := module.AutoDateLocator(minticks=3, maxticks=8))
        ax.xaxis.set_major_formatter(module.ConciseDateFormatter(locator))
    ax.margins(x=0)
    title = "Exponentially weighted averages" + (", bias corrected" if bias_correction is True else "")
    style.named(ax, title, "date" if places.dtype.kind == "M" else "t", "temperature, °C" if year else "value")
    style.legend(ax)
    return ax
