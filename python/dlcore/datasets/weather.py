"""Daily temperatures: the seasons, and weather that lasts for days."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore.checks import number, whole
from dlcore.datasets.draws import Draws, spread
from dlcore.portable import cos_pi

#: Days of a year, on average, and the day of the year that is the coldest (20 January).
YEAR, COLDEST = 365.25, 19


class Temperatures(NamedTuple):
    """A series of temperatures.

    Attributes
    ----------
    dates : (days,) array of datetime64[D]
    celsius : (days,) array of float32
    """

    dates: NDArray[np.datetime64]
    celsius: NDArray[np.float32]


def temperatures(
    days: int = 365,
    start: str = "2023-01-01",
    mean: float = 10.0,
    amplitude: float = 10.0,
    noise: float = 3.0,
    correlation: float = 0.6,
    seed: Any = 0,
) -> Temperatures:
    """The temperature of each day, as of a place in the north with a mild climate.

    On day d of the year it is mean - amplitude · cos(2π (d - 19) / 365.25) + n, coldest on 20 January. The weather n is
    an autoregressive process: n_t = correlation · n_{t-1} + √(1 - correlation²) · noise · ε_t with ε_t standard normal.

    Parameters
    ----------
    days : int
        How many.
    start : str or date
        The first day, as NumPy's ``datetime64`` reads it.
    mean, amplitude : float
        °C. The average of a year, and how far the seasons go from it.
    noise : float
        °C. Standard deviation of the weather.
    correlation : float in (-1, 1)
        Between the weather of a day and of the next.
    seed : int, SeedGenerator or None
        An int gives the same weather at every call; None follows from :func:`dlcore.utils.set_random_seed`.

    Returns
    -------
    Temperatures
        ``dates`` and ``celsius``, which can be unpacked.

    Examples
    --------
    >>> dates, celsius = dlcore.datasets.temperatures()
    >>> str(dates[0]), len(celsius)
    ('2023-01-01', 365)
    """
    count = whole("days", days, 1, 2**31 - 1)
    average, swing, deviation = number("mean", mean), number("amplitude", amplitude), spread(noise)
    lasting = number("correlation", correlation, -1, 1, open_low=True)
    try:
        first = np.datetime64(start, "D")
    except (TypeError, ValueError) as error:
        raise ValueError(f"start must be a date as in '2023-01-01'; got {start!r}") from error
    if np.isnat(first):
        raise ValueError(f"start must be a date as in '2023-01-01'; got {start!r}")
    dates = first + np.arange(count).astype("timedelta64[D]")
    day = (dates - dates.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    seasons = average - swing * cos_pi(2 * (day - COLDEST) / YEAR)
    weather = deviation * _lasting(Draws(seed).normal(count), lasting)
    return Temperatures(dates, (seasons + weather).astype(np.float32))


def _lasting(shocks: NDArray[np.float64], correlation: float) -> NDArray[np.float64]:
    """A first-order autoregressive process of variance 1 from shocks of variance 1."""
    share = math.sqrt(1 - correlation * correlation)
    values = [float(shocks[0])]
    for shock in shocks[1:].tolist():
        values.append(correlation * values[-1] + share * shock)
    return np.array(values)
