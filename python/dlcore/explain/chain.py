"""The formulas of a network: forward from the inputs to the loss, and backward by the chain rule, numbers put in.

Weights are numbered as in the course: layer by layer, within a layer unit by unit, within a unit input by input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.backends.contract import ACTIVATIONS
from dlcore.explain.notation import TERMS, Formula, factor, lowered, product, shown, total
from dlcore.explain.parts import LayerStep, LossStep

#: Networks of so many weights have them numbered through; in larger ones a weight is named by its place.
NUMBERED = 99

#: What activations are called in formulas.
_SIGNS = {"sigmoid": "σ", "linear": ""}

#: Derivatives that are simple in the output, of number o.
_SLOPES = {"sigmoid": "{o}·(1 − {o})", "tanh": "1 − {o}²", "exponential": "{o}"}


class Names:
    """What units, weights and biases are called.

    Parameters
    ----------
    layers : sequence of LayerStep
        Those of a network; only dense ones have weights and unit names of their own.
    """

    def __init__(self, layers: Sequence[LayerStep]) -> None:
        self._below = {layer.name: below for layer, below in zip(layers, [None, *layers], strict=False)}
        self._dense = [layer for layer in layers if layer.dense]
        self._places = {layer.name: i for i, layer in enumerate(self._dense)}
        sizes = [layer.kernel.before.size for layer in self._dense if layer.kernel is not None]
        self._starts = [sum(sizes[:i]) for i in range(len(sizes))]
        self._numbered = sum(sizes) <= NUMBERED

    def unit(self, layer: LayerStep, unit: int) -> str:
        """The subscript of a unit: ₁ in the last layer, ₕ₁ in the only hidden one, ₕ₂,₁ in one of several."""
        place, last = self._places[layer.name], len(self._dense) - 1
        if place == last:
            return lowered(unit + 1)
        return f"ₕ{lowered(unit + 1)}" if last == 1 else f"ₕ{lowered(place + 1)}﹐{lowered(unit + 1)}"

    def title(self, layer: LayerStep, unit: int) -> str:
        """The name of a unit by itself: o₁, h₁, h₂﹐₁."""
        place, last = self._places[layer.name], len(self._dense) - 1
        number = lowered(unit + 1)
        if place == last:
            return f"o{number}"
        return f"h{number}" if last == 1 else f"h{lowered(place + 1)}﹐{number}"

    def weight(self, layer: LayerStep, source: int, unit: int) -> str:
        """The name of a weight."""
        if not self._numbered:
            return f"w{lowered(self._places[layer.name] + 1)}[{source},{unit}]"
        return f"w{self._starts[self._places[layer.name]] + unit * layer.input.shape[1] + source + 1}"

    def bias(self, layer: LayerStep, unit: int) -> str:
        """The name of a bias: b1₂ is that of the second unit of the first layer."""
        return f"b{self._places[layer.name] + 1}{lowered(unit + 1)}"

    def source(self, layer: LayerStep, unit: int) -> str:
        """What comes into a layer: x₁, the output of a unit below, or dropout₁ of a layer without units."""
        below = self._below[layer.name]
        if below is None:
            return f"x{lowered(unit + 1)}"
        return f"out{self.unit(below, unit)}" if below.dense else f"{below.name}{lowered(unit + 1)}"

    def above(self, layer: LayerStep) -> LayerStep | None:
        """The dense layer that takes what this one gives."""
        return next((other for other in self._dense if self._below[other.name] is layer), None)


# --- Forward ---


def net(names: Names, layer: LayerStep, row: int, unit: int) -> Formula:
    """net₁ = w1·x₁ + w2·x₂ + b."""
    assert layer.kernel is not None
    assert layer.net is not None
    x, w = layer.input[row], layer.kernel.before[:, unit]
    terms = [(f"{names.weight(layer, i, unit)}·{names.source(layer, i)}", product(w[i], x[i])) for i in range(len(x))]
    symbols, numbers = _sum([s for s, _ in terms], f"Σᵢ wᵢ·{names.source(layer, 0)[:-1]}ᵢ over {len(x)} inputs", terms)
    if layer.bias is not None:
        symbols += f" + {names.bias(layer, unit)}"
        numbers += f" + {factor(layer.bias.before[unit])}" if numbers else ""
    return Formula(f"net{names.unit(layer, unit)}", symbols, numbers, shown(layer.net[row, unit]))


def _sum(symbols: list[str], words: str, terms: list[tuple[str, str]]) -> tuple[str, str]:
    """A sum written out, or said in words if it is long."""
    if len(terms) > TERMS:
        return words, ""
    return total(symbols), total(f"({n})" if n.startswith("−") and i else n for i, (_, n) in enumerate(terms))


def out(names: Names, layer: LayerStep, row: int, unit: int) -> Formula:
    """out₁ = σ(net₁)."""
    assert layer.net is not None
    sub, kind = names.unit(layer, unit), layer.activation
    sign = _SIGNS.get(kind, kind)
    value, found = layer.net[row, unit], shown(layer.out[row, unit])
    if kind == "linear":
        return Formula(f"out{sub}", f"net{sub}", "", found)
    if kind in ACTIVATIONS and ACTIVATIONS[kind].rowwise:
        others = ", ".join(shown(v) for v in layer.net[row]) if layer.net.shape[1] <= TERMS else "…"
        return Formula(f"out{sub}", f"{sign}(net){sub}", f"{sign}({others}){sub}", found)
    return Formula(f"out{sub}", f"{sign}(net{sub})", f"{sign}({shown(value)})", found)


# --- Backward ---


def de_dout(names: Names, layer: LayerStep, row: int, unit: int) -> Formula | None:
    """∂E/∂outₕ₁ = ∂E/∂net₁·w5 + ∂E/∂net₂·w7: what the units above send down."""
    above = names.above(layer)
    if layer.dE_dout is None:
        return None
    if above is None or above.dE_dnet is None or above.kernel is None:
        return Formula(f"∂E/∂out{names.unit(layer, unit)}", "", "", shown(layer.dE_dout[row, unit]))
    deltas, w = above.dE_dnet[row], above.kernel.before[unit]
    terms = [
        (f"∂E/∂net{names.unit(above, k)}·{names.weight(above, unit, k)}", product(deltas[k], w[k]))
        for k in range(len(deltas))
    ]
    symbols, numbers = _sum([s for s, _ in terms], f"Σₖ ∂E/∂netₖ·wₖ over {len(deltas)} units", terms)
    return Formula(f"∂E/∂out{names.unit(layer, unit)}", symbols, numbers, shown(layer.dE_dout[row, unit]))


def dout_dnet(names: Names, layer: LayerStep, row: int, unit: int) -> Formula | None:
    """∂out₁/∂net₁ = out₁·(1 − out₁)."""
    if layer.dout_dnet is None or layer.dout_dnet.ndim != 2:
        return None
    sub, o = names.unit(layer, unit), factor(layer.out[row, unit])
    form = _SLOPES.get(layer.activation)
    symbols = form.format(o=f"out{sub}") if form else f"{layer.activation}′(net{sub})"
    assert layer.net is not None
    numbers = form.format(o=o) if form else f"{layer.activation}′({shown(layer.net[row, unit])})"
    if layer.activation == "linear":
        symbols = numbers = ""
    return Formula(f"∂out{sub}/∂net{sub}", symbols, numbers, shown(layer.dout_dnet[row, unit]))


def de_dnet(names: Names, layer: LayerStep, row: int, unit: int, loss: LossStep) -> Formula | None:
    """∂E/∂net₁ = ∂E/∂out₁ · ∂out₁/∂net₁; or of what is fused with the loss, p₁ − t₁."""
    if layer.dE_dnet is None:
        return None
    sub, value = names.unit(layer, unit), shown(layer.dE_dnet[row, unit])
    if layer.fused:
        return Formula(f"∂E/∂net{sub}", *_fused(layer, loss, sub, row, unit), value)
    if layer.dE_dout is None or layer.dout_dnet is None:
        return Formula(f"∂E/∂net{sub}", "", "", value)
    if layer.dout_dnet.ndim == 3:
        terms = [
            (
                f"∂E/∂out{names.unit(layer, k)}·∂out{names.unit(layer, k)}/∂net{sub}",
                product(layer.dE_dout[row, k], layer.dout_dnet[row, k, unit]),
            )
            for k in range(layer.out.shape[1])
        ]
        symbols, numbers = _sum([s for s, _ in terms], f"Σₖ ∂E/∂outₖ·∂outₖ/∂net{sub}", terms)
        return Formula(f"∂E/∂net{sub}", symbols, numbers, value)
    numbers = product(layer.dE_dout[row, unit], layer.dout_dnet[row, unit])
    return Formula(f"∂E/∂net{sub}", f"∂E/∂out{sub} · ∂out{sub}/∂net{sub}", numbers, value)


def _fused(layer: LayerStep, loss: LossStep, sub: str, row: int, unit: int) -> tuple[str, str]:
    """What a probability and its cross-entropy have for a gradient together: their difference."""
    if loss.target is None:
        return "", ""
    p, t = layer.out[row, unit], loss.target[row, unit]
    scale = loss.scale[row] / (layer.out.shape[1] if layer.activation == "sigmoid" else 1)
    assert layer.dE_dnet is not None
    if not np.isclose((float(p) - float(t)) * float(scale), layer.dE_dnet[row, unit], rtol=1e-3, atol=1e-6):
        return "", ""
    symbols, numbers = f"out{sub} − t{sub}", f"{shown(p)} − {factor(t)}"
    return (symbols, numbers) if scale == 1 else (f"({symbols})·c", f"({numbers}) · {factor(scale)}")


def gradient(names: Names, layer: LayerStep, source: int | None, unit: int) -> Formula | None:
    """∂E/∂w5 = ∂E/∂out₁ · ∂out₁/∂net₁ · ∂net₁/∂w5, summed over the rows; ``source`` None: of the bias."""
    parameter = layer.bias if source is None else layer.kernel
    if parameter is None or parameter.gradient is None or layer.dE_dnet is None:
        return None
    pure = parameter.gradient if parameter.loss_gradient is None else parameter.loss_gradient
    at = (unit,) if source is None else (source, unit)
    sub = names.unit(layer, unit)
    name = names.bias(layer, unit) if source is None else names.weight(layer, source, unit)
    long = layer.dE_dout is not None and layer.dout_dnet is not None and layer.dout_dnet.ndim == 2
    symbols = f"∂E/∂out{sub} · ∂out{sub}/∂net{sub}" if long else f"∂E/∂net{sub}"
    symbols += f" · ∂net{sub}/∂{name}"
    rows = len(layer.dE_dnet)
    if rows > TERMS:
        return Formula(f"∂E/∂{name}", f"Σ {symbols} over {rows} rows", "", shown(pure[at]))
    inputs = np.ones(rows, layer.input.dtype) if source is None else layer.input[:, source]
    terms = []
    for row in range(rows):
        if long:
            assert layer.dE_dout is not None
            assert layer.dout_dnet is not None
            terms.append(product(layer.dE_dout[row, unit], layer.dout_dnet[row, unit], inputs[row]))
        else:
            terms.append(product(layer.dE_dnet[row, unit], inputs[row]))
    symbols = symbols if rows == 1 else f"Σ {symbols}"
    return Formula(f"∂E/∂{name}", symbols, total(terms), shown(pure[at]))


# --- Loss ---


def loss_part(names: Names, layer: LayerStep, row: int, unit: int, loss: LossStep) -> Formula | None:
    """E₁ = ½·(t₁ − out₁)²: the share of one output."""
    target = loss.target
    if loss.parts is None or target is None:
        return None
    sub, units = names.unit(layer, unit), loss.parts.shape[1]
    t, o, value = target[row, unit], layer.out[row, unit], shown(loss.parts[row, unit])
    share = "" if units == 1 else "½·" if units == 2 else f"1/{units}·"
    written = {
        "mean_squared_error": (f"(t{sub} − out{sub})²", f"({shown(t)} − {factor(o)})²"),
        "mean_absolute_error": (f"|t{sub} − out{sub}|", f"|{shown(t)} − {factor(o)}|"),
    }.get(loss.name, (f"{loss.name}(t{sub}, out{sub})", f"{loss.name}({shown(t)}, {shown(o)})"))
    symbols, numbers = share + written[0], share + written[1]
    if loss.weights is not None and loss.weights[row] != 1:
        symbols, numbers = f"weight·{symbols}", f"{shown(loss.weights[row])}·{numbers}"
    return Formula(f"E{sub}", symbols, numbers, value)


def slope_of_loss(names: Names, layer: LayerStep, row: int, unit: int, loss: LossStep) -> Formula | None:
    """∂E/∂out₁ of the last layer."""
    target = loss.target
    if layer.dE_dout is None:
        return None
    sub, value = names.unit(layer, unit), shown(layer.dE_dout[row, unit])
    symbols = numbers = ""
    if loss.name == "mean_squared_error" and target is not None:
        share = 2 / layer.out.shape[1] * float(loss.scale[row])
        symbols, numbers = f"out{sub} − t{sub}", f"{shown(layer.out[row, unit])} − {factor(target[row, unit])}"
        if share != 1:
            symbols, numbers = f"c·({symbols})", f"{shown(share)} · ({numbers})"
    return Formula(f"∂E/∂out{sub}", symbols, numbers, value)
