"""Every loss with targets, a prediction and what plain NumPy makes of them: what most tests of the losses run over."""

from __future__ import annotations

import numpy as np

from dlcore import losses

#: Shares, one-hot targets, scores and signs of two samples in three columns; no number is a corner of a loss.
P = np.array([[0.2, 0.5, 0.3], [0.6, 0.15, 0.25]])
T = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
S = np.array([[0.3, -1.2, 2.0], [0.7, 1.1, -0.4]])
D = np.array([[-1.0, 1.0, 1.0], [1.0, -1.0, 1.0]])
COUNTS = np.array([[2.0, 0.0, 1.0], [4.0, 1.0, 3.0]])
LABELS = np.array([1, 2])
LABELLED = ([0, 1], LABELS)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def smoothed(t, s, target):
    return t * (1 - s) + s * target


def huber(d, delta):
    return np.where(np.abs(d) <= delta, 0.5 * d * d, delta * np.abs(d) - 0.5 * delta**2)


def binary(t, p):
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def focal(t, p, gamma):
    return (1 - (t * p + (1 - t) * (1 - p))) ** gamma * binary(t, p)


def pinball(e, q):
    return np.maximum(q * e, (q - 1) * e)


def cosine(t, p):
    return (t * p).sum(axis=1) / np.linalg.norm(t, axis=1) / np.linalg.norm(p, axis=1)


def normal(t, mean, variance):
    return -np.log(np.exp(-((t - mean) ** 2) / 2 / variance) / np.sqrt(variance))


def tversky(t, p, alpha, beta):
    both, false, missed = (t * p).sum(axis=1), ((1 - t) * p).sum(axis=1), (t * (1 - p)).sum(axis=1)
    return 1 - both / (both + alpha * false + beta * missed + 1e-7)


SOFT = smoothed(T, 0.1, 0.5)
FULL = np.log(2 * np.pi) / 2
LEVELS = np.array([0.1, 0.5, 0.8])

#: (loss, y_true, y_pred, the value of each sample).
CASES = [
    (losses.MeanSquaredError(), T, P, np.square(P - T).mean(axis=1)),
    (losses.MeanAbsoluteError(), T, P, np.abs(P - T).mean(axis=1)),
    (losses.MeanAbsolutePercentageError(), S, P, 100 * np.abs((P - S) / S).mean(axis=1)),
    (losses.MeanSquaredLogarithmicError(), P + 1, P, (np.log((1 + P) / (2 + P)) ** 2).mean(axis=1)),
    (losses.Huber(), 3 * T, P, huber(P - 3 * T, 1.0).mean(axis=1)),
    (losses.Huber(delta=0.45), T, P, huber(P - T, 0.45).mean(axis=1)),
    (losses.SmoothL1(), 3 * T, P, huber(P - 3 * T, 1.0).mean(axis=1)),
    (losses.SmoothL1(beta=0.45), T, P, huber(P - T, 0.45).mean(axis=1) / 0.45),
    (losses.SmoothL1(beta=0), T, P, np.abs(P - T).mean(axis=1)),
    (losses.LogCosh(), S, P, np.log(np.cosh(P - S)).mean(axis=1)),
    (losses.Poisson(), COUNTS, P, (P - COUNTS * np.log(P)).mean(axis=1)),
    (losses.KLDivergence(), P[::-1], P, (P[::-1] * np.log(P[::-1] / P)).sum(axis=1)),
    (losses.Quantile(), S, P, pinball(S - P, 0.5).mean(axis=1)),
    (losses.Quantile(0.9), S, P, pinball(S - P, 0.9).mean(axis=1)),
    (losses.Quantile([0.1, 0.5, 0.8]), S[:, 0], P, pinball(S[:, :1] - P, LEVELS).mean(axis=1)),
    (losses.Quantile((0.1, 0.5, 0.8)), S, P, pinball(S - P, LEVELS).mean(axis=1)),
    (losses.GaussianNLL(), S[:, :1], S[:, 1:], normal(S[:, 0], S[:, 1], np.exp(S[:, 2]))),
    (losses.GaussianNLL(log_variance=False), S[:, 0], P[:, 1:], normal(S[:, 0], P[:, 1], P[:, 2])),
    (losses.GaussianNLL(full=True), S[:, 0], S[:, 1:], normal(S[:, 0], S[:, 1], np.exp(S[:, 2])) + FULL),
    (losses.CategoricalCrossentropy(), T, P, -np.log(P[LABELLED])),
    (losses.CategoricalCrossentropy(), T, 4 * P, -np.log(P[LABELLED])),
    (losses.CategoricalCrossentropy(from_logits=True), T, S, -np.log(softmax(S)[LABELLED])),
    (losses.CategoricalCrossentropy(label_smoothing=0.3), T, P, -(smoothed(T, 0.3, 1 / 3) * np.log(P)).sum(axis=1)),
    (losses.CategoricalCrossentropy(axis=0), T.T, P.T, -np.log(P[LABELLED])),
    (losses.SparseCategoricalCrossentropy(), LABELS, P, -np.log(P[LABELLED])),
    (losses.SparseCategoricalCrossentropy(), LABELS[:, None], P, -np.log(P[LABELLED])),
    (losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, S, -np.log(softmax(S)[LABELLED])),
    (losses.SparseCategoricalCrossentropy(axis=0), LABELS, P.T, -np.log(P[LABELLED])),
    (losses.CategoricalGeneralizedCrossEntropy(), LABELS, P, (1 - P[LABELLED] ** 0.5) / 0.5),
    (losses.CategoricalGeneralizedCrossEntropy(q=0.8), LABELS[:, None], P, (1 - P[LABELLED] ** 0.8) / 0.8),
    (losses.BinaryCrossentropy(), T, P, binary(T, P).mean(axis=1)),
    (losses.BinaryCrossentropy(from_logits=True), T, S, binary(T, sigmoid(S)).mean(axis=1)),
    (losses.BinaryCrossentropy(label_smoothing=0.2), T, P, binary(smoothed(T, 0.2, 0.5), P).mean(axis=1)),
    (losses.BinaryCrossentropy(axis=0), T.T, P.T, binary(T, P).mean(axis=1)),
    (losses.BinaryFocalCrossentropy(), T, P, focal(T, P, 2).mean(axis=1)),
    (losses.BinaryFocalCrossentropy(gamma=1.5, from_logits=True), T, S, focal(T, sigmoid(S), 1.5).mean(axis=1)),
    (
        losses.BinaryFocalCrossentropy(True, 0.3, 3, label_smoothing=0.1),
        T,
        P,
        (focal(SOFT, P, 3) * (SOFT * 0.3 + (1 - SOFT) * 0.7)).mean(axis=1),
    ),
    (losses.BinaryFocalCrossentropy(gamma=0), T, P, binary(T, P).mean(axis=1)),
    (losses.CategoricalFocalCrossentropy(), T, P, -0.25 * ((1 - P) ** 2 * T * np.log(P)).sum(axis=1)),
    (
        losses.CategoricalFocalCrossentropy(0.5, 3, from_logits=True, label_smoothing=0.1),
        T,
        S,
        -0.5 * ((1 - softmax(S)) ** 3 * smoothed(T, 0.1, 1 / 3) * np.log(softmax(S))).sum(axis=1),
    ),
    (losses.CategoricalFocalCrossentropy(axis=0), T.T, P.T, -0.25 * ((1 - P) ** 2 * T * np.log(P)).sum(axis=1)),
    (losses.Hinge(), D, S, np.maximum(1 - D * S, 0).mean(axis=1)),
    (losses.Hinge(), T, S, np.maximum(1 - (2 * T - 1) * S, 0).mean(axis=1)),
    (losses.Hinge(), D - T, S, np.maximum(1 - (D - T) * S, 0).mean(axis=1)),
    (losses.SquaredHinge(), D, S, (np.maximum(1 - D * S, 0) ** 2).mean(axis=1)),
    (losses.SquaredHinge(), T, S, (np.maximum(1 - (2 * T - 1) * S, 0) ** 2).mean(axis=1)),
    (losses.SquaredHinge(), D - T, S, (np.maximum(1 - (D - T) * S, 0) ** 2).mean(axis=1)),
    (losses.CategoricalHinge(), T, S, np.maximum(1 + ((1 - T) * S).max(axis=1) - S[LABELLED], 0)),
    (losses.CosineSimilarity(), T, S, -cosine(T, S)),
    (losses.CosineSimilarity(axis=0), D.T, S.T, -cosine(D, S)),
    (losses.Dice(axis=1), T, P, 1 - 2 * P[LABELLED] / (1 + P.sum(axis=1))),
    (losses.Tversky(axis=1), T, P, tversky(T, P, 0.5, 0.5)),
    (losses.Tversky(0.2, 0.7, axis=-1), T, P, tversky(T, P, 0.2, 0.7)),
]  # fmt: skip
IDS = [f"{type(loss).__name__}-{i}" for i, (loss, *_) in enumerate(CASES)]
