"""What all tests of the operations ask for."""

from __future__ import annotations

import pytest

from ops.arrays import DISGUISES


@pytest.fixture(params=DISGUISES)
def disguise(request):
    """A function that gives an array another form. What has no axis or no number has none."""
    return lambda array: DISGUISES[request.param](array) if array.size and array.ndim else array
