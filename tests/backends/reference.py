"""The kernels' mathematics once more, in float64 and independently of the package: what the contract is held to."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

EPSILON = 1e-7
erfc = np.vectorize(math.erfc, otypes=[float])


def log_sum_exp(z: Array) -> Array:
    return np.logaddexp.reduce(z, axis=1, keepdims=True)


def normal(z: Array) -> Array:
    """erfc(-z / sqrt(2)) / 2, corrected for the rounding of the quotient, which the lower tail magnifies."""
    exact = -z.astype(np.longdouble) / np.sqrt(np.longdouble(2))
    a = exact.astype(np.float64)
    return 0.5 * erfc(a) - np.exp(-a * a) / math.sqrt(math.pi) * (exact - a).astype(np.float64)


def sigmoid(z: Array) -> Array:
    return np.exp(-np.logaddexp(0, -z))


def tanh_of_softplus(z: Array) -> Array:
    return np.tanh(np.logaddexp(0, z))


def gelu_gate(z: Array, sign: int = 1) -> Array:
    """(1 ± tanh(u)) / 2 of gelu's approximation."""
    return sigmoid(sign * 2 * math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))


SELU = 1.0507009873554805, 1.6732632423543772

ACTIVATIONS: dict[str, Callable[[Array, float], Array]] = {
    "linear": lambda z, alpha: z,
    "relu": lambda z, alpha: z * (z > 0),
    "relu6": lambda z, alpha: z * (z > 0) * (z < 6) + 6 * (z >= 6),
    "sigmoid": lambda z, alpha: sigmoid(z),
    "tanh": lambda z, alpha: np.tanh(z),
    "selu": lambda z, alpha: SELU[0] * (np.maximum(z, 0) + SELU[1] * np.expm1(np.minimum(z, 0))),
    "softsign": lambda z, alpha: z / (1 + abs(z)),
    "exponential": lambda z, alpha: np.exp(z),
    "sparse_sigmoid": lambda z, alpha: (z + 1) / 2 * (abs(z) < 1) + (z >= 1),
    "soft_shrink": lambda z, alpha: np.sign(z) * np.maximum(abs(z) - alpha, 0),
    "hard_shrink": lambda z, alpha: z * (abs(z) > alpha),
    "hard_tanh": lambda z, alpha: np.sign(z) * np.minimum(abs(z), 1),
    "hard_sigmoid": lambda z, alpha: (z + 3) / 6 * (abs(z) < 3) + (z >= 3),
    "leaky_relu": lambda z, alpha: np.maximum(z, 0) + alpha * np.minimum(z, 0),
    "softplus": lambda z, alpha: np.logaddexp(0, z),
    "elu": lambda z, alpha: np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0)),
    "celu": lambda z, alpha: np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0) / alpha),
    "gelu": lambda z, alpha: z * normal(z),
    "gelu_tanh": lambda z, alpha: z * gelu_gate(z),
    "silu": lambda z, alpha: z * sigmoid(z),
    "mish": lambda z, alpha: z * tanh_of_softplus(z),
    "squareplus": lambda z, alpha: np.maximum(z, 0) + alpha / 2 / (abs(z) + np.sqrt(z * z + alpha)),
    "sparse_plus": lambda z, alpha: (z + 1) ** 2 / 4 * (abs(z) < 1) + z * (z >= 1),
    "tanh_shrink": lambda z, alpha: z - np.tanh(z),
    "hard_silu": lambda z, alpha: z * ((z + 3) / 6 * (abs(z) < 3) + (z >= 3)),
    "log_sigmoid": lambda z, alpha: -np.logaddexp(0, -z),
    "softmax": lambda z, alpha: np.exp(z - log_sum_exp(z)),
    "log_softmax": lambda z, alpha: z - log_sum_exp(z),
}

# The derivative by z, for those that are applied element by element.
DERIVATIVES: dict[str, Callable[[Array, float], Array]] = {
    "linear": lambda z, alpha: np.ones_like(z),
    "relu": lambda z, alpha: 1.0 * (z > 0),
    "relu6": lambda z, alpha: 1.0 * (z > 0) * (z < 6),
    "sigmoid": lambda z, alpha: sigmoid(z) * sigmoid(-z),
    "tanh": lambda z, alpha: 1 / np.cosh(z) ** 2,
    "selu": lambda z, alpha: SELU[0] * np.where(z > 0, 1, SELU[1] * np.exp(np.minimum(z, 0))),
    "softsign": lambda z, alpha: 1 / (1 + abs(z)) ** 2,
    "exponential": lambda z, alpha: np.exp(z),
    "sparse_sigmoid": lambda z, alpha: 0.5 * (abs(z) < 1),
    "soft_shrink": lambda z, alpha: 1.0 * (abs(z) > alpha),
    "hard_shrink": lambda z, alpha: 1.0 * (abs(z) > alpha),
    "hard_tanh": lambda z, alpha: 1.0 * (abs(z) < 1),
    "hard_sigmoid": lambda z, alpha: (abs(z) < 3) / 6,
    "leaky_relu": lambda z, alpha: np.where(z > 0, 1, alpha),
    "softplus": lambda z, alpha: sigmoid(z),
    "elu": lambda z, alpha: np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))),
    "celu": lambda z, alpha: np.exp(np.minimum(z, 0) / alpha),
    "gelu": lambda z, alpha: normal(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    "gelu_tanh": lambda z, alpha: (
        gelu_gate(z) * (1 + gelu_gate(z, -1) * math.sqrt(8 / math.pi) * (z + 3 * 0.044715 * z**3))
    ),
    "silu": lambda z, alpha: sigmoid(z) + z * sigmoid(z) * sigmoid(-z),
    "mish": lambda z, alpha: tanh_of_softplus(z) + z * sigmoid(z) / np.cosh(np.logaddexp(0, z)) ** 2,
    "squareplus": lambda z, alpha: (1 + z / np.sqrt(z * z + alpha)) / 2,
    "sparse_plus": lambda z, alpha: (z + 1) / 2 * (abs(z) < 1) + (z >= 1),
    "tanh_shrink": lambda z, alpha: np.tanh(z) ** 2,
    "hard_silu": lambda z, alpha: (2 * z + 3) / 6 * (abs(z) < 3) + (z >= 3),
    "log_sigmoid": lambda z, alpha: sigmoid(-z),
}


def activation_gradient(name: str, alpha: float, dy: Array, z: Array) -> Array:
    """dy times the Jacobian, built whole for the rowwise activations."""
    if name in DERIVATIVES:
        return dy * DERIVATIVES[name](z, alpha)
    p = np.exp(z - log_sum_exp(z))
    eye = np.eye(z.shape[1])
    jacobian = eye - p[:, None, :]
    if name == "softmax":
        jacobian = p[:, :, None] * jacobian
    return np.einsum("ij,ijk->ik", dy, jacobian)


def _mean(x: Array) -> Array:
    return x.sum(axis=1) / max(x.shape[1], 1)


def categorical(name: str, y_true: Array, y_pred: Array, smoothing: float) -> Array:
    columns = y_pred.shape[1]
    t = np.eye(columns)[y_true] if name.startswith("sparse") else y_true
    t = t * (1 - smoothing) + smoothing / max(columns, 1)
    if name.endswith("logits"):
        return -(t * (y_pred - log_sum_exp(y_pred))).sum(axis=1)
    p = np.clip(y_pred / y_pred.sum(axis=1, keepdims=True), EPSILON, 1 - EPSILON)
    return -(t * np.log(p)).sum(axis=1)


def binary(name: str, y_true: Array, y_pred: Array, smoothing: float) -> Array:
    t = y_true * (1 - smoothing) + smoothing / 2
    if name.endswith("logits"):
        return _mean(t * np.logaddexp(0, -y_pred) + (1 - t) * np.logaddexp(0, y_pred))
    p = np.clip(y_pred, EPSILON, 1 - EPSILON)
    return _mean(-t * np.log(p) - (1 - t) * np.log1p(-p))


def generalized(labels: Array, y_pred: Array, q: float) -> Array:
    p = y_pred[np.arange(len(labels)), labels]
    return (1 - p**q) / q


def divergence(y_true: Array, y_pred: Array) -> Array:
    t, p = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
    return (t * (np.log(t) - np.log(p))).sum(axis=1)


def categorical_hinge(t: Array, p: Array) -> Array:
    wrong = np.array(
        [max(((1 - a) * b for a, b in zip(*row, strict=True)), default=0) for row in zip(t, p, strict=True)]
    )
    return np.maximum(wrong - (t * p).sum(axis=1) + 1, 0)


def cosine_similarity(t: Array, p: Array) -> Array:
    lengths = [np.maximum(np.linalg.norm(x, axis=1), EPSILON) for x in (t, p)]
    return -(t * p).sum(axis=1) / lengths[0] / lengths[1]


def hinge(t: Array, p: Array) -> Array:
    return np.maximum(1 - np.where(t == 0, -1, t) * p, 0)


#: Mean over the columns of a function of target, prediction and parameter.
COLUMNS: dict[str, Callable[[Array, Array, float], Array]] = {
    "mean_absolute_error": lambda t, p, parameter: abs(p - t),
    "mean_squared_error": lambda t, p, parameter: (p - t) ** 2,
    "mean_absolute_percentage_error": lambda t, p, parameter: 100 * abs((p - t) / np.maximum(abs(t), EPSILON)),
    "mean_squared_logarithmic_error": lambda t, p, parameter: (
        (np.log(np.maximum(p, EPSILON) + 1) - np.log(np.maximum(t, EPSILON) + 1)) ** 2
    ),
    "huber": lambda t, p, delta: np.where(abs(p - t) <= delta, (p - t) ** 2 / 2, delta * (abs(p - t) - delta / 2)),
    "smooth_l1": lambda t, p, beta: np.where(abs(p - t) < beta, (p - t) ** 2 / 2 / (beta or 1), abs(p - t) - beta / 2),
    "log_cosh": lambda t, p, parameter: np.logaddexp(p - t, t - p) - math.log(2),
    "poisson": lambda t, p, parameter: p - t * np.log(p + EPSILON),
    "quantile": lambda t, p, level: np.maximum(level * (t - p), (level - 1) * (t - p)),
    "hinge": lambda t, p, parameter: hinge(t, p),
    "squared_hinge": lambda t, p, parameter: hinge(t, p) ** 2,
}
ROWS: dict[str, Callable[[Array, Array], Array]] = {
    "kl_divergence": divergence,
    "categorical_hinge": categorical_hinge,
    "cosine_similarity": cosine_similarity,
}


def loss(name: str, y_true: Array, y_pred: Array, parameter: float) -> Array:
    """The loss of each row."""
    if name in COLUMNS:
        return _mean(COLUMNS[name](y_true, y_pred, parameter))
    if name in ROWS:
        return ROWS[name](y_true, y_pred)
    if name == "categorical_generalized_cross_entropy":
        return generalized(y_true, y_pred, parameter)
    return (binary if name.startswith("binary") else categorical)(name, y_true, y_pred, parameter)


def metric(name: str, y_true: Array, y_pred: Array, parameter: float) -> Array:
    """The metric of each row."""
    if name == "categorical_accuracy":
        return 1.0 * np.array(
            [list(t).index(max(t)) == list(p).index(max(p)) for t, p in zip(y_true, y_pred, strict=True)]
        )
    if name == "sparse_categorical_accuracy":
        return 1.0 * np.array([t == list(p).index(max(p)) for t, p in zip(y_true, y_pred, strict=True)])
    if name == "binary_accuracy":
        return _mean((y_true == 1) & (y_pred > parameter) | (y_true == 0) & (y_pred <= parameter))
    return loss(name, y_true, y_pred, parameter)


def adamax(p: Array, g: Array, slots: list[Array], h: Any) -> tuple[Array, list[Array]]:
    m, u = h.beta_1 * slots[0] + (1 - h.beta_1) * g, np.maximum(h.beta_2 * slots[1], np.abs(g))
    return p - h.learning_rate / (1 - h.beta_1**h.step) * m / (u + h.epsilon), [m, u]


def nadam(p: Array, g: Array, slots: list[Array], h: Any) -> tuple[Array, list[Array]]:
    t = h.step
    momentum = [h.beta_1 * (1 - 0.5 * 0.96**i) for i in range(1, t + 2)]
    m, v = h.beta_1 * slots[0] + (1 - h.beta_1) * g, h.beta_2 * slots[1] + (1 - h.beta_2) * g**2
    ahead = momentum[t] * m / (1 - math.prod(momentum)) + (1 - momentum[t - 1]) * g / (1 - math.prod(momentum[:t]))
    return p - h.learning_rate * ahead / (np.sqrt(v / (1 - h.beta_2**t)) + h.epsilon), [m, v]


def adadelta(p: Array, g: Array, slots: list[Array], h: Any) -> tuple[Array, list[Array]]:
    v = h.rho * slots[0] + (1 - h.rho) * g**2
    change = -np.sqrt((slots[1] + h.epsilon) / (v + h.epsilon)) * g
    return p + h.learning_rate * change, [v, h.rho * slots[1] + (1 - h.rho) * change**2]


def ftrl(p: Array, g: Array, slots: list[Array], h: Any) -> tuple[Array, list[Array]]:
    n = slots[0] + g**2
    z = slots[1] + g + 2 * h.shrinkage * p - (n**0.5 - slots[0] ** 0.5) / h.learning_rate * p
    return (np.clip(z, -h.l1, h.l1) - z) / ((h.beta + n**0.5) / h.learning_rate + 2 * h.l2), [n, z]


def lion(p: Array, g: Array, slots: list[Array], h: Any) -> tuple[Array, list[Array]]:
    way = np.sign(h.beta_1 * slots[0] + (1 - h.beta_1) * g)
    return p - h.learning_rate * way, [h.beta_2 * slots[0] + (1 - h.beta_2) * g]


OTHER_UPDATES = {"adamax": adamax, "nadam": nadam, "adadelta": adadelta, "ftrl": ftrl, "lion": lion}


def update(name: str, p: Array, g: Array, slots: list[Array], h: Any) -> tuple[Array, list[Array]]:
    """The parameter and its slots after one step."""
    lr, t = h.learning_rate, h.step
    p = p * (1 - h.weight_decay * lr)
    if name in OTHER_UPDATES:
        return OTHER_UPDATES[name](p, g, slots, h)
    if name == "sgd":
        return p - lr * g, []
    if name in ("momentum", "nesterov"):
        m = h.momentum * slots[0] - lr * g
        return p + (m if name == "momentum" else h.momentum * m - lr * g), [m]
    if name == "adagrad":
        a = slots[0] + g**2
        return p - lr * g / (a + h.epsilon) ** 0.5, [a]
    if name in ("adam", "adam_amsgrad"):
        m = h.beta_1 * slots[0] + (1 - h.beta_1) * g
        v = h.beta_2 * slots[1] + (1 - h.beta_2) * g**2
        after, top = [m, v], v
        if name == "adam_amsgrad":
            top = np.maximum(slots[2], v)
            after.append(top)
        alpha = lr * math.sqrt(1 - h.beta_2**t) / (1 - h.beta_1**t)
        return p - alpha * m / (np.sqrt(top) + h.epsilon), after
    if name.startswith("rmsprop"):
        v = h.rho * slots[0] + (1 - h.rho) * g**2
        after, denominator = [v], v + h.epsilon
        if "centered" in name:
            average = h.rho * slots[1] + (1 - h.rho) * g
            after.append(average)
            denominator = denominator - average**2
        step = lr * g / np.sqrt(denominator)
        if "momentum" in name:
            step = h.momentum * slots[-1] + step
            after.append(step)
        return p - step, after
    raise KeyError(name)


def philox_word(seed: int, stream: int, index: int) -> int:
    """One word of the stream, in Python's integers."""
    mask, block = 2**32 - 1, index // 4
    c = [block & mask, block >> 32, stream & mask, stream >> 32]
    k = [seed & mask, seed >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & mask, a >> 32 ^ c[3] ^ k[1], a & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c[index % 4]


def permutation(seed: int, stream: int, n: int) -> list[int]:
    order = list(range(n))
    for i in reversed(range(1, n)):
        j = philox_word(seed, stream, i) * (i + 1) >> 32
        order[i], order[j] = order[j], order[i]
    return order
