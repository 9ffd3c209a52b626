"""The nets of the grid."""

from __future__ import annotations

from typing import NamedTuple

from dlcore.cli.bench import CASES, Case


class Net(NamedTuple):
    """A net, the rows of a step, and how it is trained.

    ``activation`` is that of the hidden layers: "relu", "tanh", "sigmoid" or "gelu" (by erf). ``loss`` is
    "crossentropy" (softmax, integer labels) or "mse" (linear output, float targets); ``optimizer`` is "adam", with
    Keras's defaults, or "momentum", of 0.9.
    """

    sizes: tuple[int, ...]
    batch_size: int
    activation: str = "relu"
    loss: str = "crossentropy"
    optimizer: str = "adam"

    @property
    def flops(self) -> int:
        """See :class:`dlcore.cli.bench.Case`."""
        return Case(self.sizes, self.batch_size).flops

    @property
    def label(self) -> str:
        """Such as ``64-128-10 b32 tanh``, with what is not the default."""
        usual = Net._field_defaults
        chosen = [getattr(self, name) for name in usual if getattr(self, name) != usual[name]]
        return " ".join([Case(self.sizes, self.batch_size).label, *chosen])


#: Name -> a training step. The last four are bound by arithmetic.
TRAINING = {
    **{name: Net(*case) for name, case in CASES.items()},
    "odd": Net((100, 300, 50, 7), 48),
    "mnist wide": Net((784, 512, 512, 10), 128),
    "field": Net((32, 64, 64, 64, 64, 16), 4096),
    "wide": Net((256, 1024, 1024, 1024, 10), 256),
    "big": Net((1024, 4096, 4096, 1024), 256),
}

#: The same for other sizes, activations, losses and optimizers: the table above is a sample, not the aim.
OTHERS = {
    "nine rows": Net((7, 33, 5), 9),
    "one row": Net((64, 128, 10), 1),
    "one output": Net((64, 128, 1), 32, loss="mse"),
    "17 outputs": Net((64, 128, 17), 32),
    "1000 outputs": Net((128, 256, 1000), 64),
    "tanh": Net((784, 128, 10), 32, "tanh"),
    "sigmoid": Net((784, 128, 10), 32, "sigmoid"),
    "gelu": Net((784, 128, 10), 32, "gelu"),
    "momentum": Net((784, 128, 10), 32, optimizer="momentum"),
    "odd regression": Net((100, 300, 50, 7), 48, "tanh", "mse", "momentum"),
}

#: Name -> layers of a net that predicts one row, or many.
INFERENCE = {
    "digits": (64, 128, 10),
    "mnist": (784, 128, 10),
    "field": (32, 64, 64, 64, 64, 16),
    "mnist wide": (784, 512, 512, 10),
}
