"""Who trains: ReLU hidden layers, softmax cross-entropy on integer labels, Adam with Keras's defaults, float32.

A contestant is made from weights and data, ``(weights, x, y, batch) -> epoch``, and ``epoch()`` trains on all batches
of x as they lie and returns their mean loss. dlcore alone shuffles what is timed, since its users do.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import dlcore
from dlcore.backends import use_backend
from dlcore.cli.contest import classifier
from dlcore.cli.handwritten import BETA_1, BETA_2, EPSILON, HandwrittenTrainer

Epoch = Callable[[], float]
Weights = Sequence[np.ndarray]

RATE = 1e-3

#: Steps that JAX takes in one call.
SCANNED = 20


def native(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int, name: str = "native", **fit: Any) -> Epoch:
    sizes = [len(weights[0]), *(len(bias) for bias in weights[1::2])]
    net = classifier(sizes)
    net.set_weights(weights)

    def epoch() -> float:
        with use_backend(name):
            return net.fit(x, y, batch_size=batch, verbose=0, **fit).history["loss"][0]

    return epoch


def numba(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int, **fit: Any) -> Epoch:
    return native(weights, x, y, batch, "numba", **fit)


def numpy(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int) -> Epoch:
    twin = HandwrittenTrainer(weights, batch, RATE)
    return lambda: twin.fit(x, y, epochs=1, rng=None)[0]


def torch_twin(weights: Weights) -> Any:
    """The same net in PyTorch, without the activation of its output."""
    import torch

    torch.set_num_threads(dlcore.get_num_threads())
    layers: list[Any] = []
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        layer = torch.nn.Linear(*kernel.shape)
        layer.weight.data, layer.bias.data = torch.from_numpy(kernel.T.copy()), torch.from_numpy(bias.copy())
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def torch(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int) -> Epoch:
    """Eager, with the fused Adam."""
    import torch

    net, cross_entropy = torch_twin(weights), torch.nn.CrossEntropyLoss()
    adam = torch.optim.Adam(net.parameters(), lr=RATE, betas=(BETA_1, BETA_2), eps=EPSILON, fused=True)
    batches = list(zip(torch.from_numpy(x).split(batch), torch.from_numpy(y).split(batch), strict=True))

    def epoch() -> float:
        total = torch.zeros(())
        for bx, by in batches:
            adam.zero_grad(set_to_none=True)
            loss = cross_entropy(net(bx), by)
            loss.backward()
            adam.step()
            total += loss.detach()
        return float(total) / len(batches)

    return epoch


def jax(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int, scanned: int = 1) -> Epoch:
    """A jitted step, or a jitted scan of several."""
    import jax
    import jax.numpy as jnp
    import optax

    adam = optax.adam(RATE, BETA_1, BETA_2, EPSILON)

    def loss_of(parameters: Any, bx: Any, by: Any) -> Any:
        for kernel, bias in parameters[:-1]:
            bx = jax.nn.relu(bx @ kernel + bias)
        logits = bx @ parameters[-1][0] + parameters[-1][1]
        return optax.softmax_cross_entropy_with_integer_labels(logits, by).mean()

    def step(state: Any, data: Any) -> tuple[Any, Any]:
        parameters, moments = state
        loss, gradients = jax.value_and_grad(loss_of)(parameters, *data)
        changes, moments = adam.update(gradients, moments, parameters)
        return (optax.apply_updates(parameters, changes), moments), loss

    steps = len(x) // batch
    together = scanned if steps % scanned == 0 else 1
    shape = (steps // together, together, batch)
    xs, ys = jnp.asarray(x).reshape(*shape, -1), jnp.asarray(y.astype(np.int32)).reshape(shape)
    chunks = list(zip(xs, ys, strict=True))
    run = jax.jit(lambda state, chunk: jax.lax.scan(step, state, chunk), donate_argnums=0)
    if together == 1:
        one = jax.jit(step, donate_argnums=0)
        chunks = [(bx[0], by[0]) for bx, by in chunks]
        run = one
    start = [(jnp.asarray(k), jnp.asarray(b)) for k, b in zip(weights[::2], weights[1::2], strict=True)]
    held = [(start, adam.init(start))]

    def epoch() -> float:
        losses = []
        for chunk in chunks:
            held[0], loss = run(held[0], chunk)
            losses.append(loss)
        return float(np.mean([np.mean(loss) for loss in jax.block_until_ready(losses)]))

    return epoch


def jax_scan(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int) -> Epoch:
    return jax(weights, x, y, batch, SCANNED)


def sklearn(weights: Weights, x: np.ndarray, y: np.ndarray, batch: int) -> Epoch:
    """MLPClassifier, an epoch with ``max_iter=1``: a new fit each time, from weights of its own."""
    from sklearn.neural_network import MLPClassifier

    hidden = tuple(len(bias) for bias in weights[1:-1:2])
    net = MLPClassifier(hidden, batch_size=batch, max_iter=1, alpha=0.0, shuffle=False, random_state=0)

    def epoch() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one epoch does not converge
            return float(net.fit(x, y).loss_)

    return epoch


#: Name -> the contestant, and what must be installed.
CONTESTANTS: dict[str, tuple[Callable[..., Epoch], tuple[str, ...]]] = {
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
