"""From what a tape recorded to a :class:`~dlcore.explain.graph.Graph`: the walk backward, with everything kept."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.autodiff import GradientTape, Tensor, apply
from dlcore.autodiff.calls import called_with, leaves, mapped
from dlcore.autodiff.tape import pull, recording_tape
from dlcore.autodiff.tracer import Differentiable, Record
from dlcore.backends.contract import Array
from dlcore.explain.graph import Edge, Graph, Node
from dlcore.naming import unique

#: Local derivatives of more numbers than this are left out.
JACOBIAN = 256


def explain(tensor_or_fn: Any, variables: Any = None, *, names: Mapping[str, Any] | None = None) -> Graph:
    """The computational graph of an expression: each operation with its value, local derivative and gradient.

    >>> w, b = Variable(0.0, name="w"), Variable(0.0, name="b")
    >>> graph = explain(lambda: sigmoid(w * 1.0 + b))
    >>> graph["w"].gradient
    array(0.25, dtype=float32)

    Parameters
    ----------
    tensor_or_fn : callable or Tensor
        A function, called once; or a Tensor that was computed within ``with GradientTape():``, whose tape has not
        been used up.
    variables : Variable, array or number, or a list, tuple or dict of them, optional
        What the function is called with: one argument for each, by name if it is a dict. None: it is called without
        arguments, and gradients flow to the Variables it uses.
    names : dict of str to Tensor or Variable, optional
        What values are called. Variables have names, and a function's arguments those of its parameters.

    Returns
    -------
    Graph
        Its values and gradients are those of :func:`dlcore.gradients`, bit for bit.

    Raises
    ------
    TypeError
        If it is neither, or the function gives no single Tensor.
    RuntimeError
        If no tape has seen how the Tensor was computed.
    """
    known = {id(value): name for name, value in (names or {}).items()}
    if isinstance(tensor_or_fn, Differentiable):
        return _graph(recording_tape(tensor_or_fn), tensor_or_fn, known)
    if not callable(tensor_or_fn):
        found = type(tensor_or_fn).__name__
        raise TypeError(f"explain takes a Tensor or a function that computes one; got {found}: {tensor_or_fn!r}")
    with GradientTape(persistent=True) as tape:
        if variables is None:
            output = tensor_or_fn()
        else:
            sources = mapped(variables)
            tape.watch(list(leaves(sources)))
            known = {**_named(tensor_or_fn, sources), **known}
            output = called_with(tensor_or_fn, sources)
    if not isinstance(output, Tensor):
        raise TypeError(
            f"the function must give a Tensor, computed from the values; got {type(output).__name__}. "
            "float(x), x.numpy() and np.asarray(x) leave the tape"
        )
    return _graph(tape, output, known)


def _named(fn: Callable[..., Any], sources: Any) -> dict[int, str]:
    """What the values are called that a function is given: by key, or by its parameters."""
    if isinstance(sources, dict):
        return {id(value): str(key) for key, value in sources.items() if isinstance(value, Tensor)}
    given = [sources] if isinstance(sources, Differentiable) else list(sources)
    try:
        parameters = list(inspect.signature(fn).parameters)
    except (TypeError, ValueError):  # it does not tell
        return {}
    pairs = zip(given, parameters, strict=False)
    return {id(value): name for value, name in pairs if isinstance(value, Tensor)}


def _graph(tape: GradientTape, output: Differentiable, names: Mapping[int, str]) -> Graph:
    records = _leading_to(tape.records, output)
    with tape.stop_recording(), np.errstate(all="ignore"):
        walk = _Walk(tape, records, output)
    return _Builder(walk, output, names).graph()


def _leading_to(records: Sequence[Record], output: Differentiable) -> list[Record]:
    """The records without which the output would not be."""
    wanted, found = {id(output)}, []
    for record in reversed(records):
        if id(record.output) in wanted:
            found.append(record)
            wanted.update(id(value) for value in record.inputs)
    return found[::-1]


class _Walk:
    """Backward over the records, in the order and with the rules of the tape: gradients by id, flows by edge."""

    def __init__(self, tape: GradientTape, records: Sequence[Record], output: Differentiable) -> None:
        self.records = records
        made = {id(record.output) for record in records}
        inputs = [value for record in records for value in record.inputs if id(value) not in made]
        self.sources = {id(value) for value in [*inputs, output] if tape.tracks(value) and id(value) not in made}
        self.needed = set(self.sources)
        for record in records:
            if any(id(value) in self.needed for value in record.inputs):
                self.needed.add(id(record.output))
        self.gradients: dict[int, Tensor] = {id(output): Tensor(np.ones_like(output.array))}
        self.flows: dict[tuple[int, int], Tensor] = {}
        for place in range(len(records) - 1, -1, -1):
            self._back(place, records[place])

    def _back(self, place: int, record: Record) -> None:
        g = self.gradients.get(id(record.output))
        if g is None or id(record.output) not in self.needed:
            return
        for position, value in enumerate(record.inputs):
            if id(value) in self.needed:
                flow = self.flows[place, position] = pull(record, position, g)
                known = self.gradients.get(id(value))
                self.gradients[id(value)] = flow if known is None else apply("add", known, flow)


class _Builder:
    """Nodes and edges. A variable that was read several times is one node."""

    def __init__(self, walk: _Walk, output: Differentiable, names: Mapping[int, str]) -> None:
        self._walk, self._output, self._names = walk, output, names
        self._reads = {id(r.output): r.inputs[0] for r in walk.records if r.name == "read"}
        self._ids: dict[int, int] = {}
        self._values: list[Differentiable] = []
        self._made: dict[int, Record] = {}

    def graph(self) -> Graph:
        operations = [(i, r) for i, r in enumerate(self._walk.records) if r.name != "read"]
        for _, record in operations:
            for value in record.inputs:
                self._enter(self._behind(value))
            self._enter(record.output, record)
        self._enter(self._behind(self._output))
        names, depths = self._named(), self._depths()
        edges = [
            self._edge(place, record, position)
            for place, record in operations
            for position in range(len(record.inputs))
        ]
        nodes = [self._node(i, value, names[i], depths[i]) for i, value in enumerate(self._values)]
        return Graph(nodes, edges)

    def _behind(self, value: Differentiable) -> Differentiable:
        return self._reads.get(id(value), value)

    def _enter(self, value: Differentiable, record: Record | None = None) -> None:
        if id(value) not in self._ids:
            self._ids[id(value)] = len(self._values)
            self._values.append(value)
        if record is not None:
            self._made[id(value)] = record

    def _named(self) -> list[str]:
        found, counts = [], Counter[str]()
        for value in self._values:
            name = self._names.get(id(value)) or getattr(value, "name", "")
            if not name:
                letter = "v" if id(value) in self._made else "c"
                counts[letter] += 1
                name = f"{letter}{counts[letter]}"
            found.append(name)
        return unique(found)

    def _depths(self) -> list[int]:
        depths: list[int] = []
        for value in self._values:
            record = self._made.get(id(value))
            inputs = [] if record is None else [self._ids[id(self._behind(v))] for v in record.inputs]
            depths.append(1 + max(depths[i] for i in inputs) if inputs else 0)
        return depths

    def _node(self, place: int, value: Differentiable, name: str, depth: int) -> Node:
        record = self._made.get(id(value))
        gradient = self._walk.gradients.get(id(value)) if id(value) in self._walk.needed else None
        operation, parameters = _operation(record) if record else ("", {})
        kind = "operation" if record else "variable" if id(value) in self._walk.sources else "constant"
        return Node(
            id=place,
            name=name,
            operation=operation,
            kind="output" if record and value is self._output else kind,
            inputs=tuple(self._ids[id(self._behind(v))] for v in record.inputs) if record else (),
            parameters=parameters,
            value=np.array(value.array),
            gradient=None if gradient is None else np.array(gradient.array),
            depth=depth,
        )

    def _edge(self, place: int, record: Record, position: int) -> Edge:
        source, flow = record.inputs[position], self._walk.flows.get((place, position))
        return Edge(
            source=self._ids[id(self._behind(source))],
            target=self._ids[id(record.output)],
            position=position,
            derivative=None if flow is None else _local(record, position),
            flow=None if flow is None else np.array(flow.array),
        )


def _operation(record: Record) -> tuple[str, dict[str, Any]]:
    """What was done, and with what: of a family of kernels, the kernel."""
    kept = {name: value for name, value in record.parameters.items() if name != "kind"}
    return str(record.parameters.get("kind", record.name)), kept


def _local(record: Record, position: int) -> Array | None:
    """∂output/∂input: each element's own slope where there is nothing else, else all of the Jacobian if it is small."""
    output, source = record.output, record.inputs[position]
    if output.size * source.size > JACOBIAN:
        return None
    rows = []
    with np.errstate(all="ignore"):
        for place in range(output.size):
            unit = np.zeros(output.size, output.dtype)
            unit[place] = 1
            rows.append(np.array(pull(record, position, Tensor(unit.reshape(output.shape))).array).ravel())
    jacobian = np.stack(rows) if rows else np.empty((0, source.size), source.dtype)
    if output.shape == source.shape and np.array_equal(jacobian, np.diag(np.diag(jacobian))):
        return np.array(np.diag(jacobian).reshape(source.shape))
    return np.array(jacobian.reshape(*output.shape, *source.shape))
