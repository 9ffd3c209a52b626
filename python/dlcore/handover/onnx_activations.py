"""Every activation in ONNX's operators."""

from __future__ import annotations

from typing import Any, Protocol

from dlcore.handover.stages import Activated


class Written(Protocol):
    """A graph that is being written: nodes and numbers, each known by a name."""

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """The name of what an operator makes of its inputs."""

    def constant(self, value: Any, name: str = "constant") -> str:
        """The name of a number or array, in the model's dtype."""


def of_activation(graph: Written, stage: Activated, x: str) -> str:
    """The name of the activation of x.

    Operators that ONNX has for exactly this are taken; what later opsets added is made of older ones.
    """
    node, constant, p = graph.node, graph.constant, float(stage.alpha)

    def clipped(value: str, low: float, high: float) -> str:
        return node("Clip", value, constant(low), constant(high))

    def halved(value: str) -> str:
        return node("Mul", value, constant(0.5))

    def normal(value: str) -> str:
        """Its distribution function: (1 + erf(x / √2)) / 2."""
        return halved(node("Add", node("Erf", node("Mul", value, constant(0.5**0.5))), constant(1)))

    def hard_sigmoid() -> str:
        return clipped(node("Add", node("Mul", x, constant(1 / 6)), constant(0.5)), 0, 1)

    def gelu_tanh() -> str:
        cube = node("Mul", node("Mul", x, x), x)
        inner = node("Add", x, node("Mul", cube, constant(0.044715)))
        bent = node("Tanh", node("Mul", inner, constant(0.7978845608028654)))
        return node("Mul", halved(x), node("Add", bent, constant(1)))

    def squareplus() -> str:
        root = node("Sqrt", node("Add", node("Mul", x, x), constant(p)))
        return halved(node("Add", x, root))

    def sparse_plus() -> str:
        ramp = node("Relu", halved(node("Add", x, constant(1))))
        return node("Where", node("Less", x, constant(1)), node("Mul", ramp, ramp), x)

    def softplus(value: str) -> str:
        """The sum max(x, 0) + log(1 + e^-|x|), which cannot overflow; some runtimes' own Softplus does in float64."""
        small = node("Exp", node("Neg", node("Abs", value)))
        return node("Add", node("Relu", value), node("Log", node("Add", small, constant(1))))

    ways: dict[str, Any] = {
        "linear": lambda: x,
        "relu": lambda: node("Relu", x),
        "relu6": lambda: clipped(x, 0, 6),
        "sigmoid": lambda: node("Sigmoid", x),
        "tanh": lambda: node("Tanh", x),
        "selu": lambda: node("Selu", x),
        "softsign": lambda: node("Softsign", x),
        "exponential": lambda: node("Exp", x),
        "sparse_sigmoid": lambda: clipped(halved(node("Add", x, constant(1))), 0, 1),
        "soft_shrink": lambda: node("Shrink", x, lambd=p, bias=p),
        "hard_shrink": lambda: node("Shrink", x, lambd=p, bias=0.0),
        "hard_tanh": lambda: clipped(x, -1, 1),
        "hard_sigmoid": hard_sigmoid,
        "leaky_relu": lambda: node("LeakyRelu", x, alpha=p),
        "softplus": lambda: softplus(x),
        "elu": lambda: node("Elu", x, alpha=p),
        "celu": lambda: node("Celu", x, alpha=p),
        "gelu": lambda: node("Mul", x, normal(x)),
        "gelu_tanh": gelu_tanh,
        "silu": lambda: node("Mul", x, node("Sigmoid", x)),
        "mish": lambda: node("Mul", x, node("Tanh", softplus(x))),
        "squareplus": squareplus,
        "sparse_plus": sparse_plus,
        "tanh_shrink": lambda: node("Sub", x, node("Tanh", x)),
        "hard_silu": lambda: node("Mul", x, hard_sigmoid()),
        "log_sigmoid": lambda: node("Neg", softplus(node("Neg", x))),
        "softmax": lambda: node("Softmax", x, axis=-1),
        "log_softmax": lambda: node("LogSoftmax", x, axis=-1),
    }
    result: str = ways[stage.kind]()
    return result
