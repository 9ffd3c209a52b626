"""Going in and out of the tape: conversions."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.broadcasting import cast
from dlcore.autodiff.tracer import Differentiable, Tensor, as_tensors


def convert_to_tensor(x: Any, dtype: Any = None) -> Tensor:
    """X as a Tensor: an array keeps its dtype, Python's floats take ``floatx()``."""
    (tensor,) = as_tensors(x)
    return tensor if dtype is None or tensor.dtype == dtype else cast(tensor, dtype)


def convert_to_numpy(x: Any) -> Any:
    """X as a NumPy array of its own."""
    return np.array(x.array if isinstance(x, Differentiable) else x)


def shape(x: Any) -> tuple[int, ...]:
    """The length of each axis."""
    return tuple(np.shape(x.array if isinstance(x, Differentiable) else x))
