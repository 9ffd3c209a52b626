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


def test_numbers_are_taken_as_they_are():
    for x in (np.ones(3), np.ones((3, 2), ">f4").T, np.arange(3), np.array(True), np.ones(2, np.float16)):
        assert floats.numbers("x", x) is x
    for x in ([1, 2], (0.5,), 3, True, np.float32(2), np.ma.array([1.0]), memoryview(b"ab")):
        assert floats.numbers("x", x).tolist() == np.asarray(x).tolist()


@pytest.mark.parametrize(
    ("x", "error", "match"),
    [
        (None, TypeError, "^x must hold real numbers; got NoneType"),
        ("1.5", TypeError, "^x must hold real numbers; got str"),
        (["1", "2"], TypeError, "^x must hold real numbers; got list"),
        (np.ones(2, complex), TypeError, "^x must hold real numbers; got dtype complex128"),
        (np.array([1, 2], object), TypeError, "got dtype object"),
        (np.zeros(2, "M8[s]"), TypeError, "got dtype datetime64"),
        ([[1, 2], [3]], ValueError, "^x must be an array of numbers"),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), ValueError, "^x has masked entries"),
    ],
)
def test_what_holds_no_numbers(x, error, match):
    with pytest.raises(error, match=match):
        floats.numbers("x", x)
