"""placeholder until tables"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.floats import Array


class Columns:
    def __init__(self, preprocessing: Any, dtype: Any) -> None:
        self.preprocessing, self.dtype = preprocessing, dtype

    def fit(self, x: Any, weight: Array | None) -> "Columns":
        if hasattr(x, "toarray"):
            x = x.toarray()
        self.mean = np.average(x, axis=0, weights=weight)
        sd = np.sqrt(np.average((x - self.mean) ** 2, axis=0, weights=weight))
        self.sd = np.where(sd > 0, sd, 1)
        return self

    def transform(self, x: Any) -> Array:
        if hasattr(x, "toarray"):
            x = x.toarray()
        if self.preprocessing is None:
            return np.ascontiguousarray(x, self.dtype)
        return np.ascontiguousarray(np.clip((x - self.mean) / self.sd, -5, 5), self.dtype)

    def get_config(self):
        return {"preprocessing": self.preprocessing, "dtype": self.dtype.name, "mean": self.mean.tolist(), "sd": self.sd.tolist()}
    @classmethod
    def from_config(cls, c):
        o = cls(c["preprocessing"], np.dtype(c["dtype"])); o.mean=np.array(c["mean"]); o.sd=np.array(c["sd"]); return o
