from __future__ import annotations

import numpy as np
import pytest

from dlcore import checks


def test_numbers():
    for value in (0.5, 1, np.float32(0.5), np.array(0.25)):
        assert checks.number("rate", value, 0, 1, open_high=False) == float(value)
    for value in (-0.1, 1.0, np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match=r"^rate must lie in \[0, 1\); got"):
            checks.number("rate", value, 0, 1)


@pytest.mark.parametrize("value", ["0.5", b"0.5", True, np.True_, None, 1j, [0.5], np.ones(2)])
def test_what_is_no_number(value):
    with pytest.raises(TypeError, match=r"^rate must be a number; got"):
        checks.number("rate", value)


def test_whole_numbers():
    assert checks.whole("step", np.int32(3), 1, 5) == 3
    for value in (0, 6):
        with pytest.raises(ValueError, match=r"^step must lie between 1 and 5"):
            checks.whole("step", value, 1, 5)
    for wrong in (1.0, "1", True, np.False_, None):
        with pytest.raises(TypeError, match=r"^step must be an integer"):
            checks.whole("step", wrong, 0, 5)


def test_several():
    assert checks.several("layers", (1, 2), "a list of layers") == [1, 2]
    assert checks.several("layers", iter([1]), "a list of layers") == [1]
    for wrong in (None, 3, "ab", {"a": 1}):
        with pytest.raises(TypeError, match=r"^layers must be a list of layers; got"):
            checks.several("layers", wrong, "a list of layers")
