from __future__ import annotations

import numpy as np
import pytest

from dlcore import Variable, initializers


def test_zeros_and_ones():
    assert np.array_equal(initializers.Zeros()((2, 3)), np.zeros((2, 3)))
    assert np.array_equal(initializers.Ones()((2,), dtype="float64"), np.ones(2))
    assert initializers.Zeros()([1]).dtype == np.float32
    assert Variable("ones", (3,), dtype="int32").dtype == np.int32
    with pytest.raises(ValueError, match="dtype must be numeric or boolean"):
        initializers.Zeros()((2,), dtype="U3")


def test_constant():
    assert np.array_equal(initializers.Constant(3)((2, 2)), np.full((2, 2), 3))
    assert np.array_equal(initializers.Constant([1, 2])((2, 2)), [[1, 2], [1, 2]])
    assert initializers.Constant(np.float64([0.1]))((4,)).dtype == np.float32
    with pytest.raises(ValueError, match="does not fill the shape"):
        initializers.Constant([1, 2, 3])((2, 2))
    with pytest.raises(TypeError, match="value must hold real numbers"):
        initializers.Constant("a")((2,))


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_identity(shape):
    values = initializers.Identity(gain=2)(shape)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, 2 * np.eye(*shape))


def test_identities_are_matrices():
    with pytest.raises(ValueError, match="only be used for 2D matrices"):
        initializers.Identity()((2, 2, 2))
