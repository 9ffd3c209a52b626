"""The table as the matrix that the net takes: as it is, or through a FeatureEncoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.models.data import is_sparse
from dlcore.tables import FeatureEncoder

#: scikit-learn's words for a training that was led astray.
NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need to be preprocessed."
)


class Columns:
    """From checked rows to rows of the net's dtype.

    Parameters
    ----------
    preprocessing : "auto", FeatureEncoder or None
        What to do to columns; None: nothing.
    dtype : dtype
        The net's.
    """

    def __init__(self, preprocessing: Any, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.encoder: FeatureEncoder | None = None
        if preprocessing is not None:
            given = {} if isinstance(preprocessing, str) else preprocessing.get_params()
            self.encoder = FeatureEncoder(**{**given, "dtype": dtype.name})

    def fit(self, x: Any, weight: Array | None) -> Columns:
        """Learn what the columns hold."""
        if self.encoder is not None:
            self.encoder.fit(x, sample_weight=weight)
        return self

    def transform(self, x: Any) -> Any:
        """Rows for the net; sparse ones may stay sparse."""
        if self.encoder is not None:
            return self.encoder.transform(x)
        if is_sparse(x):
            return x.astype(self.dtype)
        with np.errstate(over="ignore"):
            found = np.ascontiguousarray(x, self.dtype)
        if not np.isfinite(found).all():
            raise ValueError(NOT_FINITE)
        return found

    def get_config(self) -> dict[str, Any]:
        """What was learned, for JSON."""
        return {"dtype": self.dtype.name, "encoder": self.encoder and self.encoder.get_config()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Columns:
        """The columns that :meth:`get_config` described."""
        found = cls(None, np.dtype(config["dtype"]))
        if config["encoder"] is not None:
            found.encoder = FeatureEncoder.from_config(config["encoder"])
        return found
