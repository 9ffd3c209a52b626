"""The formulas of the update kernels with the numbers of one element put in.

The state after a step and the parameter are what the kernel wrote; what lies between (corrections, the step itself) is
worked out here to be shown. The formulas are those of the kernels, see :mod:`dlcore.optimizers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper
from dlcore.backends.stepping import power_of, prepared
from dlcore.explain.notation import Formula, factor, lowered, minus, product, shown


class Element(NamedTuple):
    """One number of a parameter in one step; ``w`` is it after weight decay, ``state`` (before, after) by name."""

    w: Any
    g: Any
    after: Any
    state: Mapping[str, tuple[Any, Any]]
    hyper: Hyper
    kind: str
    symbol: str
    gradient: str

    @property
    def ready(self) -> Hyper:
        """The numbers that the kernel computes with."""
        return prepared(self.kind, self.hyper, np.asarray(self.w).dtype)

    def power(self, beta: float) -> Any:
        """Beta to the number of the step."""
        return power_of(beta, self.hyper.step, np.asarray(self.w).dtype)

    def taken(self, symbols: str, numbers: str) -> Formula:
        """The last line: the parameter after the step."""
        return Formula(f"{self.symbol}⁺", symbols, numbers, shown(self.after))


def quantities(kind: str, hyper: Hyper, before: Array, after: Mapping[str, Array]) -> dict[str, Array | np.float64]:
    """What a kernel works out on the way: the moments without their bias, the rate of the step."""
    dtype, found = before.dtype, {"rate": np.float64(prepared(kind, hyper, before.dtype).learning_rate)}
    with np.errstate(all="ignore"):
        if kind in ("adam", "adam_amsgrad", "adamax", "nadam"):
            found["momentum_correction"] = 1 - np.float64(power_of(hyper.beta_1, hyper.step, dtype))
            found["momentum_corrected"] = after["momentum"] / found["momentum_correction"]
        if kind in ("adam", "adam_amsgrad", "nadam"):
            found["velocity_correction"] = 1 - np.float64(power_of(hyper.beta_2, hyper.step, dtype))
            found["velocity_corrected"] = after["velocity"] / found["velocity_correction"]
    return found


def element_formulas(
    kind: str | None,
    hyper: Hyper | None,
    rate: float,
    values: Mapping[str, Any],
    state: Mapping[str, tuple[Any, Any]],
    symbol: str,
) -> list[Formula]:
    """The formulas of one element.

    Parameters
    ----------
    kind, hyper
        The kernel and its numbers; None where the optimizer is written in Python: then state and step are shown.
    rate : float
        The learning rate.
    values : mapping
        "before", "after", "gradient", "applied", "change" of the element.
    state : mapping of str to (before, after)
    symbol : str
        What the parameter is called.
    """
    gradient = "g" if symbol == "w" else f"∂E/∂{symbol}"
    found: list[Formula] = []
    if "applied" not in values:
        return [_remembered(name, pair) for name, pair in state.items()]
    g = values["applied"]
    if g != values["gradient"]:
        found.append(Formula("ĝ", f"{gradient} scaled or clipped: {shown(values['gradient'])} →", "", shown(g)))
        gradient = "ĝ"
    if kind not in _KINDS or hyper is None:
        found.append(Formula(gradient, "", "", shown(g)))
        found += [_remembered(name, pair) for name, pair in state.items()]
        numbers = f"{shown(values['before'])} + {factor(values['change'])}"
        return [*found, Formula(f"{symbol}⁺", f"{symbol} + change", numbers, shown(values["after"]))]
    w = values["before"]
    if hyper.weight_decay:
        share = hyper.weight_decay * rate
        decayed = w - w * np.asarray(w).dtype.type(share)
        numbers = f"{shown(w)} − {product(hyper.weight_decay, rate, w)}"
        found.append(Formula(f"{symbol}ᵈ", f"{symbol} − λ·lr·{symbol}", numbers, shown(decayed)))
        w, symbol_now = decayed, f"{symbol}ᵈ"
    else:
        symbol_now = symbol
    with np.errstate(all="ignore"):
        element = Element(w, g, values["after"], state, hyper, kind, symbol, gradient)
        lines = _KINDS[kind](element, symbol_now)
    found += lines
    averaged = {name: pair for name, pair in state.items() if name in ("average", "gradient_accumulator")}
    return found + [_remembered(name, pair) for name, pair in averaged.items()]


def _remembered(name: str, pair: tuple[Any, Any]) -> Formula:
    return Formula(f"{name}⁺", "", f"(before: {shown(pair[0])})", shown(pair[1]))


def _average(symbol: str, what: str, beta: float, name: str, pair: tuple[Any, Any], value: Any) -> Formula:
    """A running mean: s⁺ = β·s + (1 − β)·x."""
    numbers = f"{product(beta, pair[0])} + {product(1 - beta, value)}"
    return Formula(f"{symbol}⁺", f"{name}·{symbol} + (1 − {name})·{what}", numbers, shown(pair[1]))


def _corrected(symbol: str, name: str, value: Any, power: Any, step: int) -> Formula:
    """A running mean without its bias: s⁺ / (1 − βᵗ)."""
    corrected = float(value) / (1 - float(power))
    return Formula(
        f"{symbol}̂", f"{symbol}⁺ / (1 − {name}^{step})", f"{shown(value)} / (1 − {shown(power)})", shown(corrected)
    )


def _sgd(e: Element, w: str) -> list[Formula]:
    rate = e.hyper.learning_rate
    return [e.taken(f"{w} − lr·{e.gradient}", f"{shown(e.w)} − {product(rate, e.g)}")]


def _momentum(e: Element, w: str) -> list[Formula]:
    before, after = e.state["momentum"]
    mu, rate = e.hyper.momentum, e.hyper.learning_rate
    numbers = f"{product(mu, before)} − {product(rate, e.g)}"
    speed = Formula("m⁺", f"μ·m − lr·{e.gradient}", numbers, shown(after))
    if e.kind == "nesterov":
        numbers = f"{shown(e.w)} + {product(mu, after)} − {product(rate, e.g)}"
        return [speed, e.taken(f"{w} + μ·m⁺ − lr·{e.gradient}", numbers)]
    return [speed, e.taken(f"{w} + m⁺", f"{shown(e.w)} + {factor(after)}")]


def _adagrad(e: Element, w: str) -> list[Formula]:
    before, after = e.state["accumulator"]
    rate, epsilon = e.hyper.learning_rate, e.hyper.epsilon
    scale = rate / math.sqrt(float(after) + epsilon) if float(after) + epsilon > 0 else math.inf
    return [
        Formula("a⁺", f"a + {e.gradient}²", f"{shown(before)} + {factor(e.g)}²", shown(after)),
        Formula("α", "lr / √(a⁺ + ε)", f"{shown(rate)} / √({shown(after)} + {shown(epsilon)})", shown(scale)),
        e.taken(f"{w} − α·{e.gradient}", f"{shown(e.w)} − {product(scale, e.g)}"),
    ]


def _rmsprop(e: Element, w: str) -> list[Formula]:
    hyper, g = e.hyper, e.g
    found = [_average("v", f"{e.gradient}²", hyper.rho, "ρ", e.state["velocity"], g * g)]
    spread = e.state["velocity"][1] + np.asarray(e.w).dtype.type(hyper.epsilon)
    symbols, numbers = "v⁺ + ε", f"{shown(e.state['velocity'][1])} + {shown(hyper.epsilon)}"
    if "centered" in e.kind:
        average = e.state["average_gradient"]
        found.append(_average("a", e.gradient, hyper.rho, "ρ", average, g))
        spread = spread - average[1] * average[1]
        symbols, numbers = f"{symbols} − a⁺²", f"{numbers} − {factor(average[1])}²"
    step = hyper.learning_rate * float(g) / math.sqrt(spread) if spread > 0 else math.nan
    numbers = f"{product(hyper.learning_rate, g)} / √({numbers})"
    found.append(Formula("s", f"lr·{e.gradient} / √({symbols})", numbers, shown(step)))
    if "momentum" in e.kind:
        before, after = e.state["momentum"]
        numbers = f"{product(hyper.momentum, before)} + {factor(step)}"
        found.append(Formula("m⁺", "μ·m + s", numbers, shown(after)))
        return [*found, e.taken(f"{w} − m⁺", minus(e.w, after))]
    return [*found, e.taken(f"{w} − s", minus(e.w, step))]


def _adam(e: Element, w: str) -> list[Formula]:
    hyper, t = e.hyper, e.hyper.step
    m, v = e.state["momentum"], e.state["velocity"]
    found = [
        _average("m", e.gradient, hyper.beta_1, "β₁", m, e.g),
        _average("v", f"{e.gradient}²", hyper.beta_2, "β₂", v, e.g * e.g),
        _corrected("m", "β₁", m[1], e.power(hyper.beta_1), t),
        _corrected("v", "β₂", v[1], e.power(hyper.beta_2), t),
    ]
    second, name = v[1], "v⁺"
    if e.kind == "adam_amsgrad":
        second, name = e.state["velocity_hat"][1], "u⁺"
        numbers = f"max({shown(e.state['velocity_hat'][0])}, {shown(v[1])})"
        found.append(Formula("u⁺", "max(u, v⁺)", numbers, shown(second)))
    rate, epsilon = e.ready.learning_rate, hyper.epsilon
    powers = (shown(e.power(hyper.beta_2)), shown(e.power(hyper.beta_1)))
    step = rate * float(m[1]) / (math.sqrt(float(second)) + epsilon)
    return [
        *found,
        Formula(
            "α",
            f"lr·√(1 − β₂^{t}) / (1 − β₁^{t})",
            f"{shown(hyper.learning_rate)} · √(1 − {powers[0]}) / (1 − {powers[1]})",
            shown(rate),
        ),
        Formula(
            "s",
            f"α·m⁺ / (√{name} + ε)",
            f"{product(rate, m[1])} / (√{shown(second)} + {shown(epsilon)})",
            shown(step),
        ),
        e.taken(f"{w} − s", minus(e.w, step)),
    ]


def _adamax(e: Element, w: str) -> list[Formula]:
    hyper, t = e.hyper, e.hyper.step
    m, u = e.state["momentum"], e.state["norm"]
    rate = e.ready.learning_rate
    step = rate * float(m[1]) / (float(u[1]) + hyper.epsilon)
    return [
        _average("m", e.gradient, hyper.beta_1, "β₁", m, e.g),
        Formula(
            "u⁺",
            f"max(β₂·u, |{e.gradient}|)",
            f"max({product(hyper.beta_2, u[0])}, {shown(abs(e.g))})",
            shown(u[1]),
        ),
        _corrected("m", "β₁", m[1], e.power(hyper.beta_1), t),
        Formula(
            "α",
            f"lr / (1 − β₁^{t})",
            f"{shown(hyper.learning_rate)} / (1 − {shown(e.power(hyper.beta_1))})",
            shown(rate),
        ),
        Formula(
            "s", "α·m⁺ / (u⁺ + ε)", f"{product(rate, m[1])} / ({shown(u[1])} + {shown(hyper.epsilon)})", shown(step)
        ),
        e.taken(f"{w} − s", minus(e.w, step)),
    ]


def _nadam(e: Element, w: str) -> list[Formula]:
    hyper, t, ready = e.hyper, e.hyper.step, e.ready
    m, v = e.state["momentum"], e.state["velocity"]
    top = f"{product(ready.learning_rate, m[1])} + {product(ready.momentum, e.g)}"
    step = ready.learning_rate * float(m[1]) + ready.momentum * float(e.g)
    step /= math.sqrt(float(v[1])) + ready.epsilon
    return [
        _average("m", e.gradient, hyper.beta_1, "β₁", m, e.g),
        _average("v", f"{e.gradient}²", hyper.beta_2, "β₂", v, e.g * e.g),
        _corrected("v", "β₂", v[1], e.power(hyper.beta_2), t),
        Formula(
            "α", f"lr·μ{lowered(t + 1)}·√(1 − β₂^{t}) / (1 − Πμ·μ{lowered(t + 1)})", "", shown(ready.learning_rate)
        ),
        Formula("γ", f"lr·(1 − μ{lowered(t)})·√(1 − β₂^{t}) / (1 − Πμ)", "", shown(ready.momentum)),
        Formula(
            "s",
            f"(α·m⁺ + γ·{e.gradient}) / (√v⁺ + ε)",
            f"({top}) / (√{shown(v[1])} + {shown(ready.epsilon)})",
            shown(step),
        ),
        e.taken(f"{w} − s", minus(e.w, step)),
    ]


def _adadelta(e: Element, w: str) -> list[Formula]:
    hyper, g = e.hyper, e.g
    v, d = e.state["accumulated_grad"], e.state["accumulated_delta_var"]
    epsilon = hyper.epsilon
    change = math.sqrt(float(d[0]) + epsilon) * float(g) / math.sqrt(float(v[1]) + epsilon)
    return [
        _average("v", f"{e.gradient}²", hyper.rho, "ρ", v, g * g),
        Formula(
            "Δ",
            f"√(d + ε) · {e.gradient} / √(v⁺ + ε)",
            f"√({shown(d[0])} + {shown(epsilon)}) · {factor(g)} / √({shown(v[1])} + {shown(epsilon)})",
            shown(change),
        ),
        _average("d", "Δ²", hyper.rho, "ρ", d, change * change),
        e.taken(f"{w} − lr·Δ", f"{shown(e.w)} − {product(hyper.learning_rate, change)}"),
    ]


def _lion(e: Element, w: str) -> list[Formula]:
    hyper, (before, after) = e.hyper, e.state["momentum"]
    mixed = hyper.beta_1 * float(before) + (1 - hyper.beta_1) * float(e.g)
    numbers = f"{product(hyper.beta_1, before)} + {product(1 - hyper.beta_1, e.g)}"
    return [
        Formula("c", f"β₁·m + (1 − β₁)·{e.gradient}", numbers, shown(mixed)),
        e.taken(f"{w} − lr·sign(c)", f"{shown(e.w)} − {product(hyper.learning_rate, np.sign(mixed))}"),
        _average("m", e.gradient, hyper.beta_2, "β₂", (before, after), e.g),
    ]


def _ftrl(e: Element, w: str) -> list[Formula]:
    hyper, ready = e.hyper, e.ready
    n, z = e.state["accumulator"], e.state["linear"]
    inverse = ready.learning_rate
    roots = f"(√{shown(n[1])} − √{shown(n[0])})"
    shrink = f" + {product(ready.shrinkage, e.w)}" if ready.shrinkage else ""
    top = float(np.clip(z[1], -hyper.l1, hyper.l1)) - float(z[1])
    return [
        Formula("n⁺", f"n + {e.gradient}²", f"{shown(n[0])} + {factor(e.g)}²", shown(n[1])),
        Formula(
            "z⁺",
            f"z + {e.gradient}{f' + 2s·{w}' if ready.shrinkage else ''} − (√n⁺ − √n)/lr·{w}",
            f"{shown(z[0])} + {factor(e.g)}{shrink} − {roots} · {factor(inverse)} · {factor(e.w)}",
            shown(z[1]),
        ),
        e.taken(
            "(clip(z⁺, ±λ₁) − z⁺) / ((β + √n⁺)/lr + 2λ₂)",
            f"{shown(top)} / (√{shown(n[1])} · {factor(inverse)} + {shown(ready.l2)})",
        ),
    ]


_KINDS: dict[str, Callable[[Element, str], list[Formula]]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _momentum,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "rmsprop_momentum": _rmsprop,
    "rmsprop_centered": _rmsprop,
    "rmsprop_centered_momentum": _rmsprop,
    "adam": _adam,
    "adam_amsgrad": _adam,
    "adamax": _adamax,
    "nadam": _nadam,
    "adadelta": _adadelta,
    "lion": _lion,
    "ftrl": _ftrl,
}
