"""How numbers and formulas are written: as many digits as they have, names with subscripts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.backends.contract import Array

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

#: A formula lists so many terms of a sum; longer sums are said in words.
TERMS = 4


class Formula(NamedTuple):
    """``name = symbols = numbers = value``; symbols or numbers may be empty.

    >>> str(Formula("net₁", "w1·x₁", "0.5 · 2", "1"))
    'net₁ = w1·x₁ = 0.5 · 2 = 1'
    """

    name: str
    symbols: str
    numbers: str
    value: str

    def __str__(self) -> str:
        return " = ".join(part for part in self if part)


def shown(value: Any) -> str:
    """A number as text: nine decimals of a float64 (nine digits where it is small or large), what a float32 knows.

    >>> shown(np.float64(0.0821670406)), shown(np.float32(0.1)), shown(2)
    ('0.082167041', '0.1', '2')
    """
    number = float(value)
    if not math.isfinite(number):
        return {math.inf: "∞", -math.inf: "−∞"}.get(number, "NaN")
    if number.is_integer() and abs(number) < 1e15:
        return f"{number:.0f}".replace("-0", "0" if number == 0 else "-0").replace("-", "−")
    single = isinstance(value, np.float32)
    if single:
        text = f"{number:.7g}"
    else:
        text = f"{number:.9f}".rstrip("0").rstrip(".") if 1e-4 <= abs(number) < 1e6 else f"{number:.9g}"
    mantissa, _, exponent = text.partition("e")
    return mantissa.replace("-", "−") + (f"e{int(exponent)}".replace("-", "−") if exponent else "")


def factor(value: Any) -> str:
    """A number behind an operator: a negative one stands in parentheses."""
    text = shown(value)
    return f"({text})" if text.startswith("−") else text


def lowered(number: int) -> str:
    """A number as a subscript."""
    return str(number).translate(_LOWERED)


def product(*values: Any) -> str:
    """``a · b · c``."""
    return " · ".join(shown(value) if i == 0 else factor(value) for i, value in enumerate(values))


def total(terms: Iterable[str]) -> str:
    """``a + b + c``."""
    return " + ".join(terms)


def minus(left: Any, right: Any) -> str:
    """``a − b``."""
    return f"{shown(left)} − {factor(right)}"


class Summary(NamedTuple):
    """A large array in a few numbers. ``largest`` holds (place, value) of the largest by size."""

    shape: tuple[int, ...]
    mean: float
    low: float
    high: float
    norm: float
    zeros: int
    histogram: tuple[int, ...]
    largest: tuple[tuple[tuple[int, ...], Any], ...]

    def __str__(self) -> str:
        size = " × ".join(map(str, self.shape))
        parts = [f"mean {self.mean:.4g}", f"min {self.low:.4g}", f"max {self.high:.4g}", f"norm {self.norm:.4g}"]
        return f"{size}: " + ", ".join(parts).replace("-", "−") + f"  {bars(self.histogram)}"


def summary(array: Array, largest: int = 3, bins: int = 12) -> Summary:
    """The summary of an array of numbers."""
    flat = np.asarray(array, np.float64).ravel()
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return Summary(array.shape, math.nan, math.nan, math.nan, math.nan, 0, (0,) * bins, ())
    size = float(np.abs(finite).max()) or 1.0
    order = np.argsort(-np.abs(np.nan_to_num(flat)), kind="stable")[:largest]
    places = [tuple(int(i) for i in np.unravel_index(int(at), array.shape)) for at in order]
    return Summary(
        shape=array.shape,
        mean=size * float((finite / size).mean()),
        low=float(finite.min()),
        high=float(finite.max()),
        norm=size * float(np.sqrt(np.square(finite / size).sum())),
        zeros=int((flat == 0).sum()),
        histogram=tuple(int(n) for n in np.histogram(finite / size, bins)[0]),
        largest=tuple((place, array[place]) for place in places),
    )


def bars(counts: Sequence[int]) -> str:
    """A histogram as a line of blocks."""
    highest = max(counts, default=0) or 1
    return "".join("▁▂▃▄▅▆▇█"[min(7, 8 * count // highest)] if count else "·" for count in counts)
