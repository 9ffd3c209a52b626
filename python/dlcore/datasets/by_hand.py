"""The net of two inputs, two hidden and two output neurons whose backpropagation is worked through by hand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dlcore.floats import Array, float_dtype


class TwoTwoTwo(NamedTuple):
    """The numbers of a 2-2-2 net of sigmoids before its first step.

    Attributes
    ----------
    x, y : (1, 2) arrays
        The one sample and its target.
    weights : list of four arrays
        Kernel (2, 2) and bias (2,) of the hidden layer, then of the output layer: what ``Sequential.set_weights``
        takes. A column of a kernel belongs to a neuron: w1, w2 lead to the first hidden neuron, w3, w4 to the second,
        w5 to w8 likewise to the outputs.
    learning_rate : float
        Of the plain gradient descent that follows.
    """

    x: Array
    y: Array
    weights: list[Array]
    learning_rate: float


def two_two_two(dtype: str = "float32") -> TwoTwoTwo:
    """A sample and its target, the weights to start from, and the learning rate.

    The outputs are 0.75136507 and 0.772928465, the error E = Σ ½ (y - out)² is 0.298371109 (which for two outputs is
    the mean squared error); after a step w5 is 0.35891648 and w1 is 0.149780716.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        Of the arrays.

    Returns
    -------
    TwoTwoTwo
        ``x``, ``y``, ``weights``, ``learning_rate``.

    Raises
    ------
    ValueError
        For another dtype.

    Examples
    --------
    >>> x, y, weights, learning_rate = dlcore.datasets.two_two_two()
    >>> model = dlcore.Sequential([dlcore.layers.Input((2,)), *(dlcore.layers.Dense(2, "sigmoid") for _ in "12")])
    >>> model.set_weights(weights)
    >>> model.predict(x, verbose=0).round(4)
    array([[0.7514, 0.7729]], dtype=float32)
    """
    found = float_dtype(dtype)
    return TwoTwoTwo(
        np.array([[0.05, 0.10]], found),
        np.array([[0.01, 0.99]], found),
        [
            np.array([[0.15, 0.25], [0.20, 0.30]], found),
            np.array([0.35, 0.35], found),
            np.array([[0.40, 0.50], [0.45, 0.55]], found),
            np.array([0.60, 0.60], found),
        ],
        0.5,
    )
