"""Arrays as people bring them: the same numbers in forms that a kernel does not take."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def misaligned(array):
    """The same numbers at an odd address."""
    raw = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    raw[...] = array
    assert array.size == 0 or not raw.flags.aligned
    return raw


def spread(array):
    """The same numbers at every second place, backwards."""
    wide = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
    view = wide[tuple(slice(None, None, -2) for _ in array.shape)]
    view[...] = array
    return view


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


#: Ways in which an array can be unlike what a kernel takes.
DISGUISES = {
    "plain": lambda a: a,
    "strided": spread,
    "fortran": np.asfortranarray,
    "misaligned": misaligned,
    "read-only": read_only,
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "list": lambda a: a.tolist(),
}


def layer(rng, dtype, m=5, k=7, n=3):
    return [rng.standard_normal(s).astype(dtype) for s in ((m, k), (k, n), (n,))]


@st.composite
def views(draw, shape):
    """An array of the shape: either dtype, either byte order, any sign and size of strides, any alignment."""
    dtype = np.dtype(draw(st.sampled_from(["<f4", "<f8", ">f4", ">f8"])))
    steps = tuple(draw(st.sampled_from([1, 2, 3, -1, -2])) for _ in shape)
    whole = tuple(max(n * abs(step), 1) for n, step in zip(shape, steps, strict=True))
    offset = draw(st.sampled_from([0, 1, 4]))
    raw = np.empty(math.prod(whole) * dtype.itemsize + offset, np.uint8)[offset:].view(dtype)
    raw[...] = np.resize(np.linspace(-3, 3, 23), raw.size)
    view = raw.reshape(whole, order=draw(st.sampled_from("CF")))[tuple(slice(None, None, step) for step in steps)]
    view = view[tuple(slice(0, n) for n in shape)]
    view.flags.writeable = draw(st.booleans())
    return view
