from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from dlcore.layers import InputSpec

X = np.float32([[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]])


@pytest.mark.parametrize(
    ("spec", "good", "bad"),
    [
        (InputSpec(ndim=2), [(3, 2)], [(3,), (1, 2, 3)]),
        (InputSpec(min_ndim=2, max_ndim=3), [(1, 2), (1, 2, 3)], [(1,), (1, 2, 3, 4)]),
        (InputSpec(axes={-1: 4, 1: 2}), [(3, 2, 4)], [(3, 2, 5), (3, 3, 4), (4,)]),
        (InputSpec(shape=(None, 3)), [(1, 3), (9, 3)], [(3,), (1, 4)]),
        (InputSpec(shape=(None, 3, 1), allow_last_axis_squeeze=True), [(2, 3), (2, 3, 1)], [(2, 4), (2, 3, 2)]),
    ],
)
def test_input_specs(spec, good, bad):
    layer = layers.Identity(name="gate")
    layer.input_spec = spec
    for shape in good:
        layer(np.ones(shape))
    for shape in bad:
        with pytest.raises(ValueError, match=r"layer 'gate' takes inputs of shape \(.*\); got .*incompatible"):
            layer(np.ones(shape))
    assert InputSpec.from_config(spec.get_config()).accepts(good[0])


def test_specs_of_dtypes_and_structures():
    layer = layers.Identity(name="gate")
    layer.input_spec = InputSpec(dtype="int32")
    layer(np.int32([1]))
    with pytest.raises(ValueError, match="takes inputs of dtype int32; got float32"):
        layer(X)
    layer.input_spec = [InputSpec(ndim=2, name="a"), InputSpec(ndim=1, name="b", optional=True)]
    layer([X, None])
    layer({"b": X[0], "a": X})
    with pytest.raises(ValueError, match=r"expects 2 input\(s\)"):
        layer(X)
    with pytest.raises(ValueError, match='Missing data for input "b"'):
        layer({"a": X})
    assert repr(InputSpec(ndim=2, axes={1: 3})) == "InputSpec(ndim=2, axes={1: 3})"
    with pytest.raises(ValueError, match="greater than the maximum allowed"):
        InputSpec(ndim=2, axes={2: 3})
    with pytest.raises(TypeError, match="integer keys"):
        InputSpec(axes={"a": 3})
