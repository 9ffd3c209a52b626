"""Who trains: dense nets as :class:`bench.grid.rows.Net` says, in float32.

A contestant is made from a net, weights and data, ``(net, weights, x, y) -> epoch``, and ``epoch()`` trains on all
batches of x as they lie and returns their mean loss. dlcore alone shuffles what is timed, since its users do.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bench.grid.handwritten_nets import NetTrainer
from bench.grid.rows import Net

import dlcore
from dlcore.backends import use_backend
from dlcore.cli.handwritten import BETA_1, BETA_2, EPSILON, HandwrittenTrainer

Epoch = Callable[[], float]
Weights = Sequence[np.ndarray]

#: Of Adam and of SGD, whose momentum is Adam's first.
RATE = 1e-3

#: Steps that JAX takes in one call.
SCANNED = 20


def network(net: Net) -> dlcore.Sequential:
    """The net in dlcore, compiled."""
    layers, classes = dlcore.layers, net.loss == "crossentropy"
    model = dlcore.Sequential(
        [
            layers.Input((net.sizes[0],)),
            *(layers.Dense(units, net.activation) for units in net.sizes[1:-1]),
            layers.Dense(net.sizes[-1], "softmax" if classes else None),
        ]
    )
    adam = net.optimizer == "adam"
    optimizer = dlcore.optimizers.Adam(RATE) if adam else dlcore.optimizers.SGD(RATE, momentum=BETA_1)
    model.compile(optimizer, "sparse_categorical_crossentropy" if classes else "mse")
    return model


def native(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray, name: str = "native", **fit: Any) -> Epoch:
    model = network(net)
    model.set_weights(weights)

    def epoch() -> float:
        with use_backend(name):
            return model.fit(x, y, batch_size=net.batch_size, verbose=0, **fit).history["loss"][0]

    return epoch


def numba(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray, **fit: Any) -> Epoch:
    return native(net, weights, x, y, "numba", **fit)


def numpy(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray) -> Epoch:
    usual = net == Net(*net[:2])
    twin = HandwrittenTrainer(weights, net.batch_size, RATE) if usual else NetTrainer(net, weights, RATE)
    return lambda: twin.fit(x, y, epochs=1, rng=None)[0]


def torch_twin(weights: Weights, activation: str = "relu") -> Any:
    """The same net in PyTorch, without the activation of its output."""
    import torch

    torch.set_num_threads(dlcore.get_num_threads())
    kinds = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "gelu": torch.nn.GELU}
    layers: list[Any] = []
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        layer = torch.nn.Linear(*kernel.shape)
        layer.weight.data, layer.bias.data = torch.from_numpy(kernel.T.copy()), torch.from_numpy(bias.copy())
        layers += [layer, kinds[activation]()]
    return torch.nn.Sequential(*layers[:-1])


def torch(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray) -> Epoch:
    """Eager, with the fused optimizer."""
    import torch

    twin = torch_twin(weights, net.activation)
    loss_of = torch.nn.CrossEntropyLoss() if net.loss == "crossentropy" else torch.nn.MSELoss()
    if net.optimizer == "adam":
        optimizer: Any = torch.optim.Adam(twin.parameters(), lr=RATE, betas=(BETA_1, BETA_2), eps=EPSILON, fused=True)
    else:
        optimizer = torch.optim.SGD(twin.parameters(), lr=RATE, momentum=BETA_1, fused=True)
    size = net.batch_size
    batches = list(zip(torch.from_numpy(x).split(size), torch.from_numpy(y).split(size), strict=True))

    def epoch() -> float:
        total = torch.zeros(())
        for bx, by in batches:
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(twin(bx), by)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return float(total) / len(batches)

    return epoch


def jax(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray, scanned: int = 1) -> Epoch:
    """A jitted step, or a jitted scan of several."""
    import jax
    import jax.numpy as jnp
    import optax

    adam, classes = net.optimizer == "adam", net.loss == "crossentropy"
    optimizer = optax.adam(RATE, BETA_1, BETA_2, EPSILON) if adam else optax.sgd(RATE, BETA_1)
    exact = {"approximate": False} if net.activation == "gelu" else {}
    activation = getattr(jax.nn, net.activation)

    def loss_of(parameters: Any, bx: Any, by: Any) -> Any:
        for kernel, bias in parameters[:-1]:
            bx = activation(bx @ kernel + bias, **exact)
        output = bx @ parameters[-1][0] + parameters[-1][1]
        if classes:
            return optax.softmax_cross_entropy_with_integer_labels(output, by).mean()
        return ((output - by) ** 2).mean()

    def step(state: Any, data: Any) -> tuple[Any, Any]:
        parameters, moments = state
        loss, gradients = jax.value_and_grad(loss_of)(parameters, *data)
        changes, moments = optimizer.update(gradients, moments, parameters)
        return (optax.apply_updates(parameters, changes), moments), loss

    steps = len(x) // net.batch_size
    together = scanned if steps % scanned == 0 else 1
    shape = (steps // together, together, net.batch_size)
    ys = jnp.asarray(y.astype(np.int32) if classes else y).reshape(*shape, *y.shape[1:])
    chunks = list(zip(jnp.asarray(x).reshape(*shape, -1), ys, strict=True))
    run = jax.jit(lambda state, chunk: jax.lax.scan(step, state, chunk), donate_argnums=0)
    if together == 1:
        one = jax.jit(step, donate_argnums=0)
        chunks = [(bx[0], by[0]) for bx, by in chunks]
        run = one
    start = [(jnp.asarray(k), jnp.asarray(b)) for k, b in zip(weights[::2], weights[1::2], strict=True)]
    held = [(start, optimizer.init(start))]

    def epoch() -> float:
        losses = []
        for chunk in chunks:
            held[0], loss = run(held[0], chunk)
            losses.append(loss)
        return float(np.mean([np.mean(loss) for loss in jax.block_until_ready(losses)]))

    return epoch


def jax_scan(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray) -> Epoch:
    return jax(net, weights, x, y, SCANNED)


def sklearn(net: Net, weights: Weights, x: np.ndarray, y: np.ndarray) -> Epoch | None:
    """An epoch with ``max_iter=1``: a new fit each time, from weights of its own. None for what it does not have."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if net.loss == "crossentropy" else MLPRegressor
    activation = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic"}.get(net.activation)
    if activation is None:
        return None
    twin = kind(
        hidden_layer_sizes=tuple(len(bias) for bias in weights[1:-1:2]),
        activation=activation,
        solver="adam" if net.optimizer == "adam" else "sgd",
        learning_rate_init=RATE,
        momentum=BETA_1,
        nesterovs_momentum=False,
        batch_size=net.batch_size,
        max_iter=1,
        alpha=0.0,
        shuffle=False,
        random_state=0,
    )
    targets = y.ravel() if y.shape[1:] == (1,) else y

    def epoch() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one epoch does not converge
            return float(twin.fit(x, targets).loss_)

    return epoch


#: Name -> the contestant, and what must be installed.
CONTESTANTS: dict[str, tuple[Callable[..., Epoch | None], tuple[str, ...]]] = {
    "native": (native, ()),
    "numba": (numba, ("numba",)),
    "NumPy": (numpy, ()),
    "torch": (torch, ("torch",)),
    "JAX": (jax, ("jax", "optax")),
    "JAX scan": (jax_scan, ("jax", "optax")),
    "scikit-learn": (sklearn, ("sklearn",)),
}

#: Those that start from weights of their own, so that only the kind of work is the same.
OWN_WEIGHTS = ("scikit-learn",)
