from __future__ import annotations

import numpy as np
import pytest

from dlcore import config, floats


@pytest.fixture(autouse=True)
def _restore():
    yield
    floats.set_floatx("float32")


def test_floatx():
    assert config.floatx() == "float32"
    assert floats.float_dtype(None) == np.float32
    config.set_floatx("float64")
    assert floats.floatx() == "float64"
    assert floats.float_dtype(None) == np.float64


@pytest.mark.parametrize("dtype", ["float16", "int32", np.complex64, "floaty"])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(ValueError, match="dtype must be one of float32, float64"):
        floats.set_floatx(dtype)
    assert floats.floatx() == "float32"


def test_as_float():
    x = np.ones((3, 4), np.float32)
    assert floats.as_float(x) is x
    assert floats.as_float(x, np.float64).dtype == np.float64
    assert floats.as_float(np.ones(3, ">f8")).dtype == np.dtype("=f8")
    assert floats.as_float(np.ones(3, ">f8")).dtype.isnative
    assert floats.as_float(np.arange(3)).dtype == np.float32
    assert floats.as_float(x.T).flags.c_contiguous
    odd = np.zeros(13, np.uint8)[1:].view(np.float32)
    assert floats.as_float(odd).flags.aligned
