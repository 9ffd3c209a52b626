"""Philox-4x32-10 in NumPy: counter-based random words, a function of (seed, stream, index) alone.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
MASK = 0xFFFFFFFF


def words(seed: int, stream: int, count: int) -> NDArray[np.uint64]:
    """The first ``count`` 32-bit words of the stream, each in a uint64.

    Word i is word i % 4 of the block of counter (i // 4, stream), low halves first, under the key ``seed``.
    """
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    half, low = np.uint64(32), np.uint64(MASK)
    counter = [
        blocks & low,
        blocks >> half,
        *(np.full_like(blocks, part) for part in (stream & MASK, stream >> 32 & MASK)),
    ]
    key = [seed & MASK, seed >> 32 & MASK]
    for _ in range(ROUNDS):
        first, second = counter[0] * np.uint64(MULTIPLIERS[0]), counter[2] * np.uint64(MULTIPLIERS[1])
        counter = [
            (second >> half) ^ counter[1] ^ np.uint64(key[0]),
            second & low,
            (first >> half) ^ counter[3] ^ np.uint64(key[1]),
            first & low,
        ]
        key = [(part + step) & MASK for part, step in zip(key, WEYL, strict=True)]
    return np.stack(counter, axis=1).reshape(-1)[:count]
