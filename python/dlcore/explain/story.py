"""A training step as a sequence of frames: forward layer by layer, the loss, backward layer by layer, the update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dlcore.explain import chain
from dlcore.explain.chain import Names
from dlcore.explain.notation import Formula, factor, lowered, shown, summary
from dlcore.explain.parts import LayerStep, ParameterStep

if TYPE_CHECKING:
    from dlcore.explain.explanation import Explanation

#: Layers of so many units are shown unit by unit; larger ones in summary.
UNITS = 8

#: Batches of so many rows are shown row by row; larger ones as means over their rows.
ROWS = 8

#: Parameters of so many numbers are shown number by number.
WEIGHTS = 24

#: So many of the largest are shown where not all can be.
LARGEST = 3


class Frame(NamedTuple):
    """One moment of a step.

    Attributes
    ----------
    phase : str
        "forward", "loss", "backward" or "update".
    title, note : str
    formulas : tuple of Formula or str
    layer : int
        Which layer it is about: -1 is the input, the number of layers the loss.
    quantity : str
        What the drawing shows from here on: "out", "loss", "dE_dnet", "gradient" or "after".
    """

    phase: str
    title: str
    note: str
    formulas: tuple[Formula | str, ...]
    layer: int
    quantity: str


def story(explanation: Explanation, row: int | None = 0) -> list[Frame]:
    """The frames of one row of the batch; of the means over all rows, if ``row`` is None."""
    return list(_Teller(explanation, row).frames())


class _Teller:
    def __init__(self, explanation: Explanation, row: int | None) -> None:
        self._e, self._row = explanation, row
        self._names = Names(explanation.layers)
        rows = explanation.rows
        self._of = "" if rows == 1 else f" (means over {rows} rows)" if row is None else f" (row {row} of {rows})"

    def frames(self) -> Iterator[Frame]:
        e = self._e
        yield Frame("forward", f"The input{self._of}", "", tuple(self._input()), -1, "out")
        for place, layer in enumerate(e.layers):
            title = f"Forward: {layer.name}{self._of}"
            yield Frame("forward", title, _described(layer), tuple(self._forward(layer)), place, "out")
        yield Frame("loss", f"The loss: {e.loss.name}", self._about_loss(), tuple(self._loss()), len(e.layers), "loss")
        for place in range(len(e.layers) - 1, -1, -1):
            layer = e.layers[place]
            deltas = tuple(self._deltas(layer))
            if deltas:
                note = _fusion(layer)
                yield Frame("backward", f"Backward: {layer.name}{self._of}", note, deltas, place, "dE_dnet")
            gradients = tuple(self._gradients(layer))
            if gradients:
                title = f"Backward: the gradients of {layer.name}"
                note = "Every gradient uses the weights from before the step." if place == len(e.layers) - 1 else ""
                note = note if e.rows == 1 else f"{note} A gradient is the sum over the {e.rows} rows.".strip()
                yield Frame("backward", title, note, gradients, place, "gradient")
        for place, layer in enumerate(e.layers):
            steps = tuple(self._updates(layer))
            if steps:
                title = f"Update: {layer.name}"
                note = f"{e.optimizer}, step {e.step}, learning rate {shown(e.learning_rate)}"
                yield Frame("update", title, note, steps, place, "after")

    # --- The parts ---

    def _input(self) -> Iterator[Formula | str]:
        x = self._e.x
        if x.ndim != 2 or x.shape[1] > UNITS or self._row is None:
            yield f"x: {summary(x)}"
            return
        for unit, value in enumerate(x[self._row]):
            yield Formula(f"x{lowered(unit + 1)}", "", "", shown(value))

    def _forward(self, layer: LayerStep) -> Iterator[Formula | str]:
        if layer.dense and self._row is not None:
            assert layer.net is not None
            units = self._units(layer, layer.out)
            for unit in units:
                yield chain.net(self._names, layer, self._row, unit)
            for unit in units:
                yield chain.out(self._names, layer, self._row, unit)
        elif self._row is not None and layer.out.ndim == 2 and layer.out.shape[1] <= UNITS:
            for unit, value in enumerate(layer.out[self._row]):
                yield Formula(f"{layer.name}{lowered(unit + 1)}", "", "", shown(value))
            return
        if not layer.dense or self._row is None or layer.out.shape[-1] > UNITS:
            if layer.net is not None:
                yield f"net: {summary(layer.net)}"
            yield f"out: {summary(layer.out)}"

    def _units(self, layer: LayerStep, by: Any) -> list[int]:
        """All units of a small layer, those with the largest values of a large one."""
        if layer.out.shape[1] <= UNITS:
            return list(range(layer.out.shape[1]))
        return [int(i) for i in np.argsort(-np.abs(by[self._row]), kind="stable")[:LARGEST]]

    def _about_loss(self) -> str:
        loss, rows = self._e.loss, self._e.rows
        how = {"sum": "the sum", "mean_with_sample_weight": "the sum by the sum of the weights"}.get(
            loss.reduction, "the mean"
        )
        return "" if rows == 1 else f"The loss of the batch is {how} over its {rows} rows."

    def _loss(self) -> Iterator[Formula | str]:
        e, loss, last = self._e, self._e.loss, self._e.layers[-1]
        names: list[str] = []
        if self._row is not None and last.dense and last.out.shape[1] <= UNITS:
            for unit in range(last.out.shape[1]):
                part = chain.loss_part(self._names, last, self._row, unit, loss)
                if part is not None:
                    names.append(part.name)
                    yield part
        if self._row is not None and loss.rows is not None and np.ndim(loss.rows) == 1:
            name = "E" if e.rows == 1 and not loss.penalty else f"E(row {self._row})"
            numbers = ""
            if names and loss.parts is not None:
                numbers = " + ".join(factor(v) for v in loss.parts[self._row])
            symbols = " + ".join(names) or self._entropy()
            yield Formula(name, symbols, numbers, shown(loss.rows[self._row]))
        if e.rows > 1 and loss.rows is not None:
            yield f"of the rows: {summary(np.asarray(loss.rows))}"
        if loss.penalty:
            yield Formula("penalty", "", "", shown(loss.penalty))
        if e.rows > 1 or loss.penalty or loss.rows is None:
            yield Formula("E", "", "", shown(loss.total))

    def _entropy(self) -> str:
        """−ln p of the class, where the loss of a row is that."""
        loss, last = self._e.loss, self._e.layers[-1]
        if "categorical_crossentropy" not in loss.name or loss.target is None or last.activation != "softmax":
            return ""
        target, weight = loss.target[self._row], None if loss.weights is None else loss.weights[self._row]
        if sorted(set(target.tolist())) not in ([0.0, 1.0], [1.0]) or target.sum() != 1 or weight not in (None, 1):
            return ""
        unit = int(target.argmax())
        p = shown(last.out[self._row, unit])
        return f"−ln out{self._names.unit(last, unit)} = −ln {p}" if last.dense else f"−ln {p}"

    def _deltas(self, layer: LayerStep) -> Iterator[Formula | str]:
        last = layer is self._e.layers[-1]
        if layer.dense and self._row is not None and layer.dE_dnet is not None:
            units = self._units(layer, layer.dE_dnet)
            first = [
                chain.slope_of_loss(self._names, layer, self._row, unit, self._e.loss)
                if last
                else chain.de_dout(self._names, layer, self._row, unit)
                for unit in units
            ]
            slopes = [chain.dout_dnet(self._names, layer, self._row, unit) for unit in units]
            deltas = [chain.de_dnet(self._names, layer, self._row, unit, self._e.loss) for unit in units]
            slopes = [] if layer.fused or layer.activation == "linear" else slopes
            yield from (formula for formula in [*first, *slopes, *deltas] if formula is not None)
        if not layer.dense or self._row is None or layer.out.shape[-1] > UNITS:
            for name, array in (("∂E/∂out", layer.dE_dout), ("∂E/∂net", layer.dE_dnet)):
                if array is not None:
                    yield f"{name}: {summary(array)}"

    def _gradients(self, layer: LayerStep) -> Iterator[Formula | str]:
        for parameter in layer.parameters.values():
            if parameter.gradient is None:
                moved = not np.array_equal(parameter.before, parameter.after)
                how = "is moved by its layer, not by gradients" if moved else "stays: it is not trained"
                yield f"{parameter.name} {how}."
                continue
            chosen = places(parameter)
            if parameter.before.size > len(chosen):
                yield f"∂E/∂{parameter.name}: {summary(parameter.gradient)}"
            for at in chosen:
                found = self._gradient(layer, parameter, at)
                if found is not None:
                    yield found
                    yield from _penalized(parameter, at, found.name)

    def _gradient(self, layer: LayerStep, parameter: ParameterStep, at: tuple[int, ...]) -> Formula | None:
        gradient = parameter.gradient
        assert gradient is not None
        if not layer.dense or parameter not in (layer.kernel, layer.bias):
            return Formula(f"∂E/∂{parameter.name}{list(at)}", "", "", shown(gradient[at]))
        return chain.gradient(self._names, layer, at[0] if len(at) == 2 else None, at[-1])

    def _updates(self, layer: LayerStep) -> Iterator[Formula | str]:
        for parameter in layer.parameters.values():
            if parameter.update is None:
                continue
            chosen = places(parameter)
            if parameter.before.size > len(chosen):
                yield f"{parameter.name} after: {summary(parameter.after)}"
            if parameter.update.applied is None:
                yield f"{parameter.name} stays for now: its gradient was gathered."
            for number, at in enumerate(chosen):
                lines = parameter.update.formulas(at, self._symbol(layer, parameter, at))
                yield from lines if number == 0 else lines[-1:]

    def _symbol(self, layer: LayerStep, parameter: ParameterStep, at: tuple[int, ...]) -> str:
        if not layer.dense or parameter not in (layer.kernel, layer.bias):
            return f"{parameter.name}{list(at)}"
        if len(at) == 2:
            return self._names.weight(layer, at[0], at[1])
        return self._names.bias(layer, at[0])


def _described(layer: LayerStep) -> str:
    """What a layer does, in a few words."""
    if layer.dense:
        return (
            f"{layer.kind}, {layer.input.shape[1]} inputs, {layer.out.shape[1]} units, {layer.activation or 'linear'}"
        )
    return layer.kind


def _fusion(layer: LayerStep) -> str:
    if not layer.fused:
        return ""
    return (
        f"{layer.activation} and the loss are differentiated as one, which is exact and never divides by a small out."
    )


def places(parameter: ParameterStep) -> list[tuple[int, ...]]:
    """The elements of a small parameter, unit by unit; those of a large one with the largest gradients."""
    shape = parameter.before.shape
    if parameter.gradient is not None and parameter.before.size > WEIGHTS:
        return [place for place, _ in summary(parameter.gradient, LARGEST).largest]
    return [tuple(reversed(at)) for at in np.ndindex(*reversed(shape))]


def _penalized(parameter: ParameterStep, at: tuple[int, ...], name: str) -> Iterator[Formula]:
    """The share of a regularizer in a gradient."""
    if parameter.loss_gradient is not None and parameter.gradient is not None:
        pure, whole = parameter.loss_gradient[at], parameter.gradient[at]
        yield Formula(f"{name} + penalty′", "", f"{shown(pure)} + {factor(whole - pure)}", shown(whole))
