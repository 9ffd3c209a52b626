"""Writes math_coefficients.hpp: the constants and minimax polynomials of the kernels' elementary functions.

Run it as ``python coefficients.py > math_coefficients.hpp``; it needs mpmath and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mpmath import mp, mpf

mp.dps = 60

Function = Callable[[mpf], mpf]


class Format(NamedTuple):
    """A binary floating-point format, and where its functions change their form or end."""

    name: str
    suffix: str  # of its literals in C++
    bits: int  # of the significand
    ln2_bits: int  # of ln2_high: its product with any exponent is exact
    exp_low: mpf  # e^x is below half the smallest denormal here
    exp_high: mpf  # e^x overflows here
    tanh_end: mpf  # tanh x rounds to 1 from here on
    tail_begin: mpf  # the normal distribution's centre ends and its tail begins here
    tail_end: mpf  # the tail is below half the smallest denormal from here on
    tail_shift: mpf  # where the tail's fraction 1 / (t + tail_shift) is best approximated
    tail_middle: mpf  # the fraction where the tail's polynomial is expanded


class Fit(NamedTuple):
    """What one polynomial approximates, and where; times its weight, its error is the relative error it causes."""

    name: str
    meaning: str
    function: Function
    weight: Function
    low: mpf
    high: mpf
    degree: int


FORMATS = (
    Format(
        name="float",
        suffix="f",
        bits=24,
        ln2_bits=15,
        exp_low=mpf(-104),
        exp_high=mpf(89),
        tanh_end=mpf(10),
        tail_begin=mpf(7) / 8,
        tail_end=mpf(14.5),
        tail_shift=mpf(3),
        tail_middle=mpf(115) / 512,
    ),
    Format(
        name="double",
        suffix="",
        bits=53,
        ln2_bits=41,
        exp_low=mpf(-746),
        exp_high=mpf(710),
        tanh_end=mpf(20),
        tail_begin=mpf(7) / 8,
        tail_end=mpf(38.75),
        tail_shift=mpf(4),
        tail_middle=mpf(1) / 8,
    ),
)


def constants(form: Format) -> dict[str, mpf]:
    """The single numbers of a format."""
    ln2_high = rounded(mp.log(2), form.ln2_bits)
    return {
        "log2_e": 1 / mp.log(2),
        "ln2_high": ln2_high,
        "ln2_low": mp.log(2) - ln2_high,
        "sqrt_2": mp.sqrt(2),
        "inverse_sqrt_2pi": 1 / mp.sqrt(2 * mp.pi),
        "exp_low": form.exp_low,
        "exp_high": form.exp_high,
        "expm1_low": -2 * form.tanh_end,
        "tanh_end": form.tanh_end,
        "tail_begin": form.tail_begin,
        "tail_end": form.tail_end,
        "tail_shift": form.tail_shift,
        "tail_middle": form.tail_middle,
    }


def fits(form: Format) -> list[Fit]:
    """The polynomials of a format."""
    single = form.bits == 24
    ln2_half, third = mp.log(2) / 2 * mpf(1.001), mpf(1.0001) / 3  # a little more, for what rounding adds

    def expm1(r: mpf) -> mpf:
        return (mp.expm1(r) - r) / r**2

    def log1p(f: mpf) -> mpf:
        return (mp.log1p(f) - f) / f**2

    def erf(s: mpf) -> mpf:
        return mp.erf(mp.sqrt(s)) / mp.sqrt(s) - 1

    def centre(s: mpf) -> mpf:
        return mp.erf(mp.sqrt(s / 2)) / mp.sqrt(s) / 2

    def tail_v(t: mpf) -> mpf:
        return 1 / (t + form.tail_shift) - form.tail_middle

    def tail(v: mpf) -> mpf:
        t = 1 / (v + form.tail_middle) - form.tail_shift
        return t * mp.exp(t * t / 2) * mp.erfc(t / mp.sqrt(2)) / 2

    return [
        Fit(
            name="expm1",
            meaning="(exp(r) - 1 - r) / r^2",
            function=expm1,
            weight=lambda r: r**2 / abs(mp.expm1(r)),
            low=-ln2_half,
            high=ln2_half,
            degree=4 if single else 9,
        ),
        Fit(
            name="log1p",
            meaning="(log(1 + f) - f) / f^2",
            function=log1p,
            weight=lambda f: f**2 / abs(mp.log1p(f)),
            low=-third,
            high=third,
            degree=8 if single else 19,
        ),
        Fit(
            name="erf",
            meaning="erf(x) / x - 1, in s = x^2",
            function=erf,
            weight=lambda s: 1 / (1 + erf(s)),
            low=mpf(0),
            high=mpf(1),
            degree=6 if single else 12,
        ),
        Fit(
            name="normal_centre",
            meaning="(Phi(x) - 1/2) / x, in s = x^2",
            function=centre,
            weight=lambda s: 1 / centre(s),
            low=mpf(0),
            high=form.tail_begin**2,
            degree=4 if single else 9,
        ),
        Fit(
            name="normal_tail",
            meaning="t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle",
            function=tail,
            weight=lambda v: 1 / tail(v),
            low=tail_v(form.tail_end),
            high=tail_v(form.tail_begin),
            degree=8 if single else 20,
        ),
    ]


def minimax(fit: Fit) -> list[mpf]:
    """Coefficients, constant first, of the polynomial with the least largest weighted error, by Remez exchange."""
    count = fit.degree + 2
    points = chebyshev_points(fit, 30 * count)
    chosen = [points[30 * i + 15] for i in range(count)]
    while True:
        rows = [[x**j for j in range(fit.degree + 1)] + [(-1) ** i / fit.weight(x)] for i, x in enumerate(chosen)]
        solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix([fit.function(x) for x in chosen])))
        coefficients, level = solution[:-1], solution[-1]
        errors = errors_at(points, fit, coefficients)
        if max(map(abs, errors)) < abs(level) * mpf(1.001):
            return coefficients
        chosen = [points[k] for k in alternation(errors, count)]


def errors_at(points: list[mpf], fit: Fit, coefficients: list[mpf]) -> list[mpf]:
    """The weighted errors of a polynomial."""
    return [fit.weight(x) * (fit.function(x) - mp.polyval(coefficients[::-1], x)) for x in points]


def alternation(errors: list[mpf], count: int) -> list[int]:
    """Where the error is extremal with alternating sign: the `count` such places that keep the largest errors."""
    peaks: list[int] = []
    for k, error in enumerate(errors):
        if not peaks or (error > 0) != (errors[peaks[-1]] > 0):
            peaks.append(k)
        elif abs(error) > abs(errors[peaks[-1]]):
            peaks[-1] = k
    while len(peaks) > count:
        peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
    return peaks


def chebyshev_points(fit: Fit, count: int) -> list[mpf]:
    """Where a polynomial's error is likely to be extremal."""
    middle, radius = (fit.low + fit.high) / 2, (fit.high - fit.low) / 2
    return [middle - radius * mp.cos(mp.pi * (i + mpf(0.5)) / count) for i in range(count)]


def quantized(fit: Fit, coefficients: list[mpf], bits: int) -> list[mpf]:
    """The coefficients rounded one after another; what a rounding spoils, the ones still to be rounded make good."""
    exact = list(coefficients)
    points = chebyshev_points(fit, 4 * len(exact))
    weights = [fit.weight(x) for x in points]
    for i in range(len(exact) - 1):
        spoilt = exact[i] - rounded(exact[i], bits)
        rows = [[w * x**j for j in range(i + 1, len(exact))] for x, w in zip(points, weights, strict=True)]
        change = mp.lu_solve(
            mp.matrix(rows), mp.matrix([w * spoilt * x**i for x, w in zip(points, weights, strict=True)])
        )
        exact[i + 1 :] = [c + d for c, d in zip(exact[i + 1 :], change, strict=True)]
    return [rounded(c, bits) for c in exact]


def rounded(value: mpf, bits: int) -> mpf:
    """The nearest number of `bits` significant bits."""
    with mp.workprec(bits):
        return +mpf(value)


def literal(value: mpf, form: Format) -> str:
    """A C++ literal that reads back as exactly `value`, a number of the format."""
    return float(value).hex().replace("0000000p" if form.suffix else "p", "p") + form.suffix


def print_format(form: Format) -> None:
    """Print the constants and polynomials of a format."""
    print(f"\ntemplate <>\nstruct Coefficients<{form.name}> {{")
    for name, value in constants(form).items():
        print(f"  static constexpr {form.name} {name} = {literal(rounded(value, form.bits), form)};")
    for fit in fits(form):
        coefficients = quantized(fit, minimax(fit), form.bits)
        error = max(map(abs, errors_at(chebyshev_points(fit, 1000), fit, coefficients)))
        print(f"  // {fit.meaning},")
        print(f"  // on [{mp.nstr(fit.low, 5)}, {mp.nstr(fit.high, 5)}], degree {fit.degree}, ", end="")
        print(f"relative error 2^{mp.nstr(mp.log(error, 2), 4)}")
        print(f"  static constexpr {form.name} {fit.name}[] = {{")
        for c in coefficients:
            print(f"      {literal(c, form)},")
        print("  };")
    print("};")


def main() -> None:
    """Print the header."""
    print("// Written by coefficients.py; change that, not this.")
    print("// clang-format off: one coefficient a line")
    print("#pragma once\n\nnamespace dlcore {\nnamespace {\nnamespace math {\n")
    print("template <class T>\nstruct Coefficients;")
    for form in FORMATS:
        print_format(form)
    print("\n}  // namespace math\n}  // namespace\n}  // namespace dlcore")


if __name__ == "__main__":
    main()
