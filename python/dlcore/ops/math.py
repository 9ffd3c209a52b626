"""``keras.ops``'s mathematics beyond NumPy's."""

from __future__ import annotations

from dlcore import autodiff
from dlcore.ops.polymorphism import polymorphic

__all__ = [
    "erf", "erfc", "in_top_k", "logsumexp", "norm", "rsqrt", "segment_sum", "top_k",
]  # fmt: skip

logsumexp = polymorphic(autodiff.logsumexp)
rsqrt = polymorphic(autodiff.rsqrt)
erf = polymorphic(autodiff.erf)
erfc = polymorphic(autodiff.erfc)
norm = polymorphic(autodiff.norm)
segment_sum = polymorphic(autodiff.segment_sum)
top_k = polymorphic(autodiff.top_k)
in_top_k = polymorphic(autodiff.in_top_k)
