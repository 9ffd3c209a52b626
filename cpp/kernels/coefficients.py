"""Writes math_coefficients.hpp: the constants and minimax polynomials of the kernels' elementary functions.

Run it as ``python coefficients.py > math_coefficients.hpp``; it needs mpmath and nothing else.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import mpmath as mp

mp.mp.dps = 60

Real = mp.mpf
Function = Callable[[Real], Real]


class Format(NamedTuple):
    """A binary floating-point format and where its functions change their form or end."""

    name: str
    suffix: str
    bits: int  # of the significand
    reduction_bits: int  # of ln2_high: its product with any exponent is exact
    exp_low: Real  # e^x is below half the smallest denormal here
    exp_high: Real  # e^x overflows here
    tanh_end: Real  # tanh x rounds to 1 from here on
    tail_end: Real  # the standard normal's upper tail is below half the smallest denormal from here on
    tail_begin: Real  # the normal's centre ends and its tail begins here
    tail_shift: Real
    tail_middle: Real  # half-way between the ends of 1 / (t + tail_shift), so that the tail's polynomial is about 0


class Fit(NamedTuple):
    """What one polynomial approximates, where, and by which weight its error is measured."""

    name: str
    meaning: str
    function: Function
    weight: Function
    low: Real
    high: Real


def minimax(fit: Fit, degree: int) -> tuple[list[Real], Real]:
    """Coefficients (constant first) of the polynomial of least weighted maximal error, by Remez exchange, and that error."""
    count = degree + 2
    size = 30 * count
    points = chebyshev_points(fit, size)
    values, weights = [fit.function(x) for x in points], [fit.weight(x) for x in points]
    chosen = [int((i + 0.5) * size / count) for i in range(count)]
    while True:
        rows = [[points[k] ** j for j in range(degree + 1)] + [(-1) ** i / weights[k]] for i, k in enumerate(chosen)]
        *coefficients, level = mp.lu_solve(mp.matrix(rows), mp.matrix([values[k] for k in chosen]))
        errors = [w * (v - mp.polyval(coefficients[::-1], x)) for x, v, w in zip(points, values, weights)]
        worst = max(map(abs, errors))
        if worst < abs(level) * Real(1.001):
            return coefficients, worst
        chosen = alternation(errors, count)


def alternation(errors: list[Real], count: int) -> list[int]:
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


def chebyshev_points(fit: Fit, count: int) -> list[Real]:
    """Where a polynomial's error is likely to be extremal."""
    middle, radius = (fit.low + fit.high) / 2, (fit.high - fit.low) / 2
    return [middle - radius * mp.cos(mp.pi * (i + Real(0.5)) / count) for i in range(count)]


def quantized(fit: Fit, coefficients: list[Real], bits: int) -> list[Real]:
    """The coefficients rounded one after another; what a rounding spoils, the ones still to be rounded make good."""
    exact = list(coefficients)
    points = chebyshev_points(fit, 4 * len(exact))
    weights = [fit.weight(x) for x in points]
    for i in range(len(exact) - 1):
        spoilt = exact[i] - rounded(exact[i], bits)
        rows = [[w * x**j for j in range(i + 1, len(exact))] for x, w in zip(points, weights)]
        change = mp.lu_solve(mp.matrix(rows), mp.matrix([w * spoilt * x**i for x, w in zip(points, weights)]))
        exact[i + 1 :] = [c + d for c, d in zip(exact[i + 1 :], change)]
    return [rounded(c, bits) for c in exact]


def rounded(value: Real, bits: int) -> Real:
    """The nearest number of `bits` significant bits."""
    with mp.workprec(bits):
        return +Real(value)


def literal(value: Real, form: Format) -> str:
    """A C++ literal that reads back as exactly `value`, a number of the format."""
    return (float(value).hex() if form.suffix == "" else f"{float(value).hex()}{form.suffix}").replace("0000000p", "p")


def fits(form: Format) -> list[tuple[Fit, int]]:
    """The polynomials of a format with their degrees."""
    single = form.bits == 24
    half_ln2 = mp.log(2) / 2 * Real(1.001)
    third = Real(1.0001) / 3

    def erf_excess(s: Real) -> Real:
        return mp.erf(mp.sqrt(s)) / mp.sqrt(s) - 1

    def normal_centre(s: Real) -> Real:
        return mp.erf(mp.sqrt(s / 2)) / mp.sqrt(s) / 2

    def normal_tail(v: Real) -> Real:
        t = 1 / (v + form.tail_middle) - form.tail_shift
        return t * mp.exp(t * t / 2) * mp.erfc(t / mp.sqrt(2)) / 2

    return [
        (
            Fit("expm1", "(exp(r) - 1 - r) / r^2", lambda r: (mp.expm1(r) - r) / r**2, abs, -half_ln2, half_ln2),
            4 if single else 9,
        ),
        (
            Fit(
                "log1p",
                "(log(1 + f) - f) / f^2",
                lambda f: (mp.log1p(f) - f) / f**2,
                lambda f: f**2 / abs(mp.log1p(f)),
                -third,
                third,
            ),
            8 if single else 19,
        ),
        (
            Fit("erf", "erf(x) / x - 1, in x^2", erf_excess, lambda s: 1 / (1 + erf_excess(s)), Real(0), Real(1)),
            6 if single else 12,
        ),
        (
            Fit(
                "normal_centre",
                "(Phi(x) - 1/2) / x, in x^2",
                normal_centre,
                lambda s: 1 / normal_centre(s),
                Real(0),
                form.tail_begin**2,
            ),
            4 if single else 9,
        ),
        (
            Fit(
                "normal_tail",
                "t exp(t^2 / 2) Phi(-t), in v = 1 / (t + tail_shift) - tail_middle",
                normal_tail,
                lambda v: 1 / normal_tail(v),
                1 / (form.tail_end + form.tail_shift) - form.tail_middle,
                1 / (form.tail_begin + form.tail_shift) - form.tail_middle,
            ),
            9 if single else 20,
        ),
    ]


def main() -> None:
    """Print the header."""
    print("// Written by coefficients.py; change that, not this.")
    print("#pragma once\n\nnamespace dlcore {\nnamespace {\nnamespace math {\n")
    print("template <class T>\nstruct Coefficients;")
    for form in (
        Format("float", "f", 24, 15, Real(-104), Real(89), Real(10), Real(14.5), Real(0.875), Real(3.5), Real(215) / 1024),
        Format("double", "", 53, 41, Real(-746), Real(710), Real(20), Real(38.75), Real(0.75), Real(4), Real(11) / 64),
    ):
        ln2_high = rounded(mp.log(2), form.reduction_bits)
        print(f"\ntemplate <>\nstruct Coefficients<{form.name}> {{")
        for name, value in (
            ("log2_e", 1 / mp.log(2)),
            ("ln2_high", ln2_high),
            ("ln2_low", mp.log(2) - ln2_high),
            ("exp_low", form.exp_low),
            ("exp_high", form.exp_high),
            ("tanh_end", form.tanh_end),
            ("epsilon", Real(2) ** (1 - form.bits)),
            ("sqrt_2", mp.sqrt(2)),
            ("inverse_sqrt_2pi", 1 / mp.sqrt(2 * mp.pi)),
            ("tail_begin", form.tail_begin),
            ("tail_end", form.tail_end),
            ("tail_shift", form.tail_shift),
            ("tail_middle", form.tail_middle),
        ):
            print(f"  static constexpr {form.name} {name} = {literal(rounded(value, form.bits), form)};")
        for fit, degree in fits(form):
            coefficients, error = minimax(fit, degree)
            span = f"[{mp.nstr(fit.low, 5)}, {mp.nstr(fit.high, 5)}]"
            print(f"  // {fit.meaning}, on {span}, degree {degree}, relative error 2^{mp.nstr(mp.log(error, 2), 4)}")
            print(f"  static constexpr {form.name} {fit.name}[] = {{")
            for c in quantized(fit, coefficients, form.bits):
                print(f"      {literal(c, form)},")
            print("  };")
        print("};")
    print("\n}  // namespace math\n}  // namespace\n}  // namespace dlcore")


if __name__ == "__main__":
    main()
