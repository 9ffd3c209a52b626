"""Some elements kept, the others 0: what dropout and masks do to an array."""

# ruff: noqa: ARG001 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.tracer import Tensor, apply, register
from dlcore.floats import Array, masked


def _gradient(g: Tensor, y: Tensor, x: Tensor, where: Array, scale: float) -> Tensor:
    return kept(g, where, scale)


register("kept", masked, _gradient)


def kept(x: Any, where: Any, scale: float = 1.0) -> Tensor:
    """The elements of x where the mask is true, times ``scale``; 0 elsewhere, whatever x is there.

    Parameters
    ----------
    x : floating array or Tensor
    where : array of bool
        Stretched to the shape of x by NumPy's rules.
    """
    return apply("kept", x, where=np.asarray(where, bool), scale=float(scale))
