"""The optimizers' mathematics once more, in float64 and independently of the package.

Each is ``f(w, g, state, t, lr, **arguments) -> w`` after step t, with a dict for what it remembers.
"""

from __future__ import annotations

import math

import numpy as np


def sgd(w, g, state, t, lr, momentum=0.0, nesterov=False):
    m = state["m"] = momentum * state.get("m", 0) - lr * g
    return w + (momentum * m - lr * g if nesterov else m)


def adagrad(w, g, state, t, lr, initial_accumulator_value=0.1, epsilon=1e-7):
    a = state["a"] = state.get("a", initial_accumulator_value) + g * g
    return w - lr * g / np.sqrt(a + epsilon)


def rmsprop(w, g, state, t, lr, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    v = state["v"] = rho * state.get("v", 0) + (1 - rho) * g * g
    a = state["a"] = rho * state.get("a", 0) + (1 - rho) * g
    m = state["m"] = momentum * state.get("m", 0) + lr * g / np.sqrt(v - a * a * centered + epsilon)
    return w - m


def _moments(g, state, beta_1, beta_2):
    m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    v = state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g * g
    return m, v


def adam(w, g, state, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    m, v = _moments(g, state, beta_1, beta_2)
    top = state["top"] = np.maximum(state.get("top", 0), v)
    alpha = lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - alpha * m / (np.sqrt(top if amsgrad else v) + epsilon)


def adamax(w, g, state, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    u = state["u"] = np.maximum(beta_2 * state.get("u", 0), np.abs(g))
    return w - lr * m / ((1 - beta_1**t) * (u + epsilon))


def nadam(w, g, state, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = _moments(g, state, beta_1, beta_2)
    now, after = (beta_1 * (1 - 0.5 * 0.96**i) for i in (t, t + 1))
    product = state["product"] = state.get("product", 1) * now
    ahead = after * m / (1 - product * after) + (1 - now) * g / (1 - product)
    return w - lr * ahead / (np.sqrt(v / (1 - beta_2**t)) + epsilon)


def adadelta(w, g, state, t, lr, rho=0.95, epsilon=1e-7):
    a = state["a"] = rho * state.get("a", 0) + (1 - rho) * g * g
    d = state.get("d", 0)
    delta = -np.sqrt(d + epsilon) / np.sqrt(a + epsilon) * g
    state["d"] = rho * d + (1 - rho) * delta**2
    return w + lr * delta


def ftrl(
    w,
    g,
    state,
    t,
    lr,
    learning_rate_power=-0.5,
    initial_accumulator_value=0.1,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    l2_shrinkage_regularization_strength=0.0,
    beta=0.0,
):
    p, l1 = -learning_rate_power, l1_regularization_strength
    before = state.get("n", np.full_like(w, initial_accumulator_value))
    n = state["n"] = before + g * g
    shrunk = g + 2 * l2_shrinkage_regularization_strength * w
    z = state["z"] = state.get("z", 0) + shrunk - (n**p - before**p) / lr * w
    found = (np.sign(z) * l1 - z) / ((beta + n**p) / lr + 2 * l2_regularization_strength)
    return np.where(np.abs(z) > l1, found, 0)


def lion(w, g, state, t, lr, beta_1=0.9, beta_2=0.99):
    m = state.get("m", 0)
    state["m"] = beta_2 * m + (1 - beta_2) * g
    return w - lr * np.sign(beta_1 * m + (1 - beta_1) * g)


def lamb(w, g, state, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = _moments(g, state, beta_1, beta_2)
    u = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    sizes = np.linalg.norm(w), np.linalg.norm(u)
    return w - lr * (sizes[0] / sizes[1] if all(sizes) else 1.0) * u


def adafactor(w, g, state, t, lr, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1.0):
    def rms(x):
        return math.sqrt((x**2).mean())

    keep, squares = 1 - t**beta_2_decay, g**2 + epsilon_1
    if w.ndim < 2:
        v = state["v"] = keep * state.get("v", 0) + (1 - keep) * squares
    else:
        r = state["r"] = keep * state.get("r", 0) + (1 - keep) * squares.mean(-1)
        c = state["c"] = keep * state.get("c", 0) + (1 - keep) * squares.mean(-2)
        v = np.einsum("...i,...j->...ij", r, c) / r.mean(-1)[..., None, None]
    u = g / np.sqrt(v)
    return w - max(epsilon_2, rms(w)) * min(lr, t**-0.5) * u / max(1, rms(u) / clip_threshold)


def schedule_free_adamw(w, g, state, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0):
    z = state.get("z", state.get("start", w))  # where it was before weights decayed
    x = (w - (1 - beta_1) * z) / beta_1
    lr *= min(t / warmup_steps, 1) if warmup_steps else 1
    v = state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g * g
    z = state["z"] = z - lr * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return (1 - beta_1) * z + beta_1 * ((1 - 1 / t) * x + z / t)
