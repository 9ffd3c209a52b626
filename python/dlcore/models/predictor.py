"""A model's output without the machinery of predict: made once, called for each row that arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.backends.contract import Array, Engine
from dlcore.models import data
from dlcore.models.outline import Outline


class EnginePredictor:
    """What an engine computes, for anything that converts to its input.

    The compiled core calls this only for what it does not take as it is: see :meth:`Evaluator.predictor`.
    """

    def __init__(self, shape: Outline, engine: Engine) -> None:
        self._shape = shape
        self._engine = engine

    def __call__(self, x: Any, out: Array | None = None) -> Array:
        """The output for a row or for rows; see :meth:`Evaluator.predictor`."""
        given = data.dense("x", x)
        rows = self._shape.features(given[np.newaxis] if given.ndim == 1 else given)
        expected = (len(rows), self._shape.units)[given.ndim == 1 :]
        result = checks.output("out", out, expected, self._shape.dtype)
        checks.apart(("out", "x"), result, rows)
        self._engine.predict(rows, result.reshape(len(rows), self._shape.units))
        return result


class StepPredictor:
    """What a model computes by its own steps."""

    def __init__(self, output: Callable[[Any], Array]) -> None:
        self._output = output

    def __call__(self, x: Any, out: Array | None = None) -> Array:
        """The output for rows; a row alone must be given as a batch of one."""
        computed = self._output(x)
        if out is None:
            return computed
        result = checks.output("out", out, computed.shape, computed.dtype)
        result[...] = computed
        return result
