"""The circle loss of embeddings: those of one label draw near, those of different labels apart.

Source: Sun et al., "Circle loss: a unified perspective of pair similarity optimization", CVPR 2020.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, activation, exp, log, matmul, maximum, reduce_sum, reshape, transpose, where
from dlcore.checks import number
from dlcore.floats import Array, numbers
from dlcore.losses.arguments import prediction, target
from dlcore.losses.reduction import masked
from dlcore.losses.wrapper import FunctionLoss


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """ln(1 + Σ exp over pairs of one label · Σ exp over pairs of two), each pair weighed by how wrong its distance is.

    Parameters
    ----------
    y_true : (rows,) or (rows, 1)
        Integer labels.
    y_pred : (rows, columns)
        Embeddings of length 1.
    ref_labels, ref_embeddings : (others,) and (others, columns), optional
        What each embedding is compared with. Default: all of the batch.
    remove_diagonal : bool
        Whether embedding i is not compared with reference i, if they have one label.
    gamma : float
        Scale of the loss; positive.
    margin : float
        How far apart the two kinds of pairs are to be.

    Returns
    -------
    Tensor, (rows,)
        0 where there are not both kinds of pairs; the mean of a :class:`Circle` leaves out the rows that are 0.
    """
    scale, slack = _numbers(gamma, margin)
    pred = prediction(y_pred)
    others = pred if ref_embeddings is None else target(ref_embeddings, pred.dtype)
    labels = _labels("y_true", y_true, pred)
    known = labels if ref_labels is None and ref_embeddings is None else _labels("ref_labels", ref_labels, others)
    same: Array = np.equal(labels[:, None], known[None, :])
    different = ~same
    if remove_diagonal:
        same &= ~np.eye(*same.shape, dtype=np.bool_)
    distance = maximum(1 - matmul(pred, transpose(others)), 0)
    near = maximum(distance + slack, 0) * (distance - slack) * scale
    far = maximum(1 + slack - distance, 0) * (1 - slack - distance) * scale
    both = same.any(axis=1) & different.any(axis=1)
    pull = activation(_log_sum_exp(near, same) + _log_sum_exp(far, different), "softplus")
    values = where(both, pull, 0)
    return masked(values, values.array > 0)


def _numbers(gamma: Any, margin: Any) -> tuple[float, float]:
    return number("gamma", gamma, 0, open_low=True), number("margin", margin)


def _labels(name: str, value: Any, embeddings: Tensor) -> Array:
    """A label for each embedding."""
    if embeddings.ndim != 2:
        raise ValueError(f"y_pred and ref_embeddings must have two axes: (rows, columns); got {embeddings.shape}")
    labels = numbers(name, value).astype(np.int64)
    if labels.shape not in ((len(embeddings),), (len(embeddings), 1)):
        raise ValueError(f"{name} must have the shape {(len(embeddings),)}, a label an embedding; got {labels.shape}")
    return labels.reshape(-1)


def _log_sum_exp(x: Tensor, chosen: Array) -> Tensor:
    """The logarithm of the sum of the exponentials of each row's chosen elements; 0 where there are none."""
    none: Array = ~np.any(chosen, axis=1)
    most = np.max(x.array, axis=1, where=chosen, initial=-np.inf, keepdims=True)
    most = np.where(none[:, None], 0, most)
    total = reduce_sum(where(chosen, exp(where(chosen, x - most, 0)), 0), axis=1)
    return log(total + none) + reshape(most, (-1,)) * ~none


class Circle(FunctionLoss):
    """The circle loss of embeddings of length 1; see :func:`~dlcore.losses.circle`.

    Parameters
    ----------
    gamma : float
        Scale of the loss; positive.
    margin : float
        How far apart the two kinds of pairs are to be.
    remove_diagonal : bool
        Whether an embedding is not compared with itself.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    gamma: float
    margin: float
    remove_diagonal: bool

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        _numbers(gamma, margin)
        super().__init__(circle, reduction, name, dtype, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal)
