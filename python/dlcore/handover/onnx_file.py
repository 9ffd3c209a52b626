"""A model as an ONNX file, which many programs and devices run."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from dlcore.files import check_target, write_atomically
from dlcore.floats import Array
from dlcore.handover.lowering import stages_of
from dlcore.handover.onnx_activations import Written, of_activation
from dlcore.handover.stages import (
    Activated,
    Affine,
    Arithmetic,
    Lookup,
    Ramp,
    Repeated,
    Reshaped,
    Slopes,
    Stages,
    Standardized,
    Step,
    Transposed,
    UnitLength,
)
from dlcore.layers.shapes import Shape

#: Of ONNX's operators; from 2020, so that old runtimes read the file too. 7 is the file format that came with it.
OPSET, IR_VERSION = 13, 7

#: Bytes that one message of Google's protocol buffers, which an ONNX file is, may have.
LARGEST = 2**31 - 1


def export_onnx(model: Any, path: str | os.PathLike[str]) -> None:
    """Write a model to an ONNX file (opset 13), from ``input`` (batch, …) to ``output`` (batch, …).

    The number of rows is open. The input holds int64 numbers if they are looked up in an Embedding, else numbers of the
    model's dtype. Programs that run the file compute in an order of their own: outputs agree with ``predict`` to
    rounding, not in all bits.

    Parameters
    ----------
    model : Sequential
        Built, of layers of this package.
    path : path
        Where to, ending in ``.onnx`` by custom. The file is replaced as a whole, or left as it was.

    Raises
    ------
    ImportError
        Without the package onnx: ``pip install 'dlcore[onnx]'``.
    TypeError, ValueError
        If the model is no Sequential, has no weights yet, or is too large for one file.
    NotImplementedError
        If a layer cannot be written; the message names it.
    OSError
        If the file cannot be written.
    """
    try:
        import onnx
    except ImportError as error:
        raise ImportError("export_onnx needs the package onnx: pip install 'dlcore[onnx]'") from error
    target = check_target(path)
    stages = stages_of(model)
    if sum(weight.array.nbytes for weight in model.weights) >= LARGEST:
        raise ValueError(f"model {model.name!r} has weights of 2 GiB or more, which one ONNX file cannot hold")
    made = _model(onnx, stages, model.name)
    onnx.checker.check_model(made, full_check=True)
    write_atomically(target, [made.SerializeToString()])


def _model(onnx: Any, stages: Stages, name: str) -> Any:
    from dlcore import __version__

    helper = onnx.helper
    kind = helper.np_dtype_to_tensor_dtype(stages.dtype)
    by_number = _looked_up(stages)
    graph = _Graph(onnx, stages.dtype)
    current = "input"
    for step in stages.steps:
        graph.layer = step.layer
        current = _WRITERS[type(step.stage)](graph, step, step.stage, current)
    graph.rename(current, "output")
    takes = onnx.TensorProto.INT64 if by_number else kind
    inputs = [helper.make_tensor_value_info("input", takes, _open("input", stages.row))]
    outputs = [helper.make_tensor_value_info("output", kind, _open("output", stages.out))]
    made = helper.make_model(
        helper.make_graph(graph.nodes, name, inputs, outputs, initializer=graph.initializers),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="dlcore",
        producer_version=__version__,
        doc_string=f"The model {name!r}, in use: layers that act in training only are left out.",
    )
    helper.set_model_props(made, {"dlcore.layers": ", ".join(dict.fromkeys(step.layer for step in stages.steps))})
    return made


def _looked_up(stages: Stages) -> bool:
    """Whether the numbers of the input go to an Embedding as they are."""
    for step in stages.steps:
        if not isinstance(step.stage, (Reshaped, Transposed, Repeated)):
            return isinstance(step.stage, Lookup)
    return False


def _open(name: str, row: Shape) -> list[int | str]:
    """A shape for ONNX: names for what may vary."""
    return ["batch", *(f"{name}_{axis}" if n is None else n for axis, n in enumerate(row, 1))]


class _Graph(Written):
    """Nodes and the arrays that they use, named after the layer that is being written."""

    def __init__(self, onnx: Any, dtype: np.dtype[Any]) -> None:
        self.layer = ""
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._onnx, self._dtype = onnx, dtype
        self._names: set[str] = {"input", "output"}

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = self._free(f"{self.layer}/{operator}")
        self.nodes.append(self._onnx.helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, value: Any, name: str = "constant") -> str:
        return self.array(np.asarray(value, self._dtype), name)

    def array(self, values: Array, name: str) -> str:
        """The name of an array of any dtype."""
        free = self._free(f"{self.layer}/{name}")
        self.initializers.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), free))
        return free

    def rename(self, before: str, name: str) -> None:
        """Give the last result its name; an input that is the result is passed on."""
        if before == "input":
            before = self.node("Identity", before)
        self.nodes[-1].output[0] = name

    def _free(self, name: str) -> str:
        free, count = name, 0
        while free in self._names:
            count += 1
            free = f"{name}_{count}"
        self._names.add(free)
        return free


def _affine(graph: _Graph, step: Step, stage: Affine, x: str) -> str:
    kernel = graph.constant(stage.kernel, "kernel")
    bias = [] if stage.bias is None else [graph.constant(stage.bias, "bias")]
    if len(step.before) == 1:
        return graph.node("Gemm", x, kernel, *bias)
    product = graph.node("MatMul", x, kernel)
    return graph.node("Add", product, *bias) if bias else product


def _activated(graph: _Graph, step: Step, stage: Activated, x: str) -> str:  # noqa: ARG001 - all writers have these
    return of_activation(graph, stage, x)


def _ramp(graph: _Graph, step: Step, stage: Ramp, x: str) -> str:  # noqa: ARG001
    edge = graph.constant(stage.threshold, "threshold")
    y = graph.node("Where", graph.node("LessOrEqual", x, edge), graph.constant(0.0), x)
    if np.isfinite(stage.top):
        y = graph.node("Min", y, graph.constant(stage.top, "max_value"))
    if not stage.slope:
        return y
    below = graph.node("Relu", graph.node("Sub", edge, x))
    return graph.node("Sub", y, graph.node("Mul", below, graph.constant(stage.slope, "negative_slope")))


def _arithmetic(graph: _Graph, step: Step, stage: Arithmetic, x: str) -> str:  # noqa: ARG001
    operators = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div"}
    return graph.node(operators[stage.operation], x, graph.constant(stage.operand, "operand"))


def _slopes(graph: _Graph, step: Step, stage: Slopes, x: str) -> str:  # noqa: ARG001
    return graph.node("PRelu", x, graph.constant(stage.slopes, "alpha"))


def _lookup(graph: _Graph, step: Step, stage: Lookup, x: str) -> str:  # noqa: ARG001
    places = graph.node("Cast", x, to=int(graph._onnx.TensorProto.INT64))
    return graph.node("Gather", graph.constant(stage.table, "embeddings"), places, axis=0)


def _reshaped(graph: _Graph, step: Step, stage: Reshaped, x: str) -> str:  # noqa: ARG001
    return graph.node("Reshape", x, graph.array(np.array([-1, *stage.row], np.int64), "shape"))


def _transposed(graph: _Graph, step: Step, stage: Transposed, x: str) -> str:  # noqa: ARG001
    return graph.node("Transpose", x, perm=[0, *(axis + 1 for axis in stage.order)])


def _repeated(graph: _Graph, step: Step, stage: Repeated, x: str) -> str:
    taller = graph.node("Unsqueeze", x, graph.array(np.array([1]), "axes"))
    times = np.array([1, stage.times, *(1 for _ in step.before)], np.int64)
    return graph.node("Tile", taller, graph.array(times, "repeats"))


def _standardized(graph: _Graph, step: Step, stage: Standardized, x: str) -> str:  # noqa: ARG001
    axes = [axis + 1 for axis in stage.axes]
    if stage.centered:
        x = graph.node("Sub", x, graph.node("ReduceMean", x, axes=axes, keepdims=1))
    mean = graph.node("ReduceMean", graph.node("Mul", x, x), axes=axes, keepdims=1)
    deviation = graph.node("Sqrt", graph.node("Add", mean, graph.constant(stage.epsilon, "epsilon")))
    return graph.node("Div", x, deviation)


def _unit_length(graph: _Graph, step: Step, stage: UnitLength, x: str) -> str:  # noqa: ARG001
    length = graph.node("ReduceL2", x, axes=[axis + 1 for axis in stage.axes], keepdims=1)
    return graph.node("Div", x, graph.node("Max", length, graph.constant(stage.least, "least")))


_WRITERS: dict[type[Any], Any] = {
    Affine: _affine,
    Activated: _activated,
    Ramp: _ramp,
    Arithmetic: _arithmetic,
    Slopes: _slopes,
    Lookup: _lookup,
    Reshaped: _reshaped,
    Transposed: _transposed,
    Repeated: _repeated,
    Standardized: _standardized,
    UnitLength: _unit_length,
}
