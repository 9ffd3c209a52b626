"""Weights of PyTorch's, from files that it wrote; what its nets gave is kept beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import dlcore
from dlcore import layers
from dlcore.saving import load_torch_weights

FIXTURES = Path(__file__).parents[1] / "fixtures"
OUTPUTS = np.load(FIXTURES / "torch-outputs.npz")
STACKED, NAMED = FIXTURES / "torch-stacked.safetensors", FIXTURES / "torch-named.safetensors"


def stacked():
    return dlcore.Sequential(
        [
            layers.Input((5,)),
            layers.Dense(8, "relu"),
            layers.Dense(8, "relu"),
            layers.Dense(8, "tanh"),
            layers.Dense(8, use_bias=False),
            layers.BatchNormalization(epsilon=1e-5),
            layers.Activation("gelu"),
            layers.Dropout(0.5),
            layers.Dense(8),
            layers.LayerNormalization(epsilon=1e-5),
            layers.Dense(3, "softmax"),
        ]
    )


def named(*names: str):
    first, second, third, fourth, fifth = names or (None,) * 5
    return dlcore.Sequential(
        [
            layers.Input((3,)),
            layers.Embedding(6, 4, name=first),
            layers.Flatten(),
            layers.Dense(7, name=second),
            layers.PReLU(shared_axes=[1], name=third),
            layers.Dense(7, "silu", name=fourth),
            layers.Dense(2, name=fifth),
        ]
    )


def close(model, name: str) -> None:
    """To float32's rounding: both sum in orders of their own."""
    found = model.predict(OUTPUTS[f"x_{name}"], verbose=0)
    np.testing.assert_allclose(found, OUTPUTS[name], rtol=2e-5, atol=2e-6)


def test_modules_named_by_numbers_go_in_their_order():
    model = stacked()
    load_torch_weights(model, STACKED)
    close(model, "stacked")


def test_modules_with_names_go_where_they_fit():
    model = named()
    load_torch_weights(model, NAMED)
    close(model, "named")


def test_a_mapping_says_which_is_which():
    model = named("a", "b", "c", "d", "e")
    load_torch_weights(model, NAMED, {"a": "table", "b": "inner.0", "c": "inner.1", "d": "inner.2", "e": "head"})
    close(model, "named")
    for mapping, message in (
        ({"a": "table", "z": "head"}, r"unknown layers \['z'\]; there are \['a', 'b', 'c', 'd', 'e'\]"),
        ({"a": "tables"}, r"unknown modules \['tables'\]; there are \['head', 'inner.0', 'inner.1'"),
        ({"a": "table"}, r"lacks the layers \['b', 'c', 'd', 'e'\]"),
    ):
        with pytest.raises(ValueError, match=message):
            load_torch_weights(model, NAMED, mapping)


def tensors(path: Path, **shapes: tuple[int, ...]) -> Path:
    rng = np.random.default_rng(0)
    save_file(
        {name.replace("__", "."): rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}, path
    )
    return path


def dense(*sizes: int, names: tuple[str, ...] = ()):
    chosen = names or (None,) * len(sizes)
    inner = [layers.Dense(n, name=name) for n, name in zip(sizes[1:], chosen, strict=False)]
    return dlcore.Sequential([layers.Input((sizes[0],)), *inner])


def test_equal_names_go_together(tmp_path):
    path = tensors(tmp_path / "w", b__weight=(4, 4), b__bias=(4,), a__weight=(4, 4), a__bias=(4,))
    model = dense(4, 4, 4, names=("b", "a"))
    load_torch_weights(model, path)
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(model.get_weights()[0], rng.standard_normal((4, 4)).astype(np.float32).T)


def test_numbers_count_as_numbers(tmp_path):
    shapes = {f"fc{i}__{kind}": (3, 3) if kind == "weight" else (3,) for i in (2, 10, 1) for kind in ("weight", "bias")}
    model = dense(3, 3, 3, 3)
    load_torch_weights(model, tensors(tmp_path / "w", **shapes))
    rng = np.random.default_rng(0)
    biases = [rng.standard_normal((3, 3)) is not None and rng.standard_normal(3).astype(np.float32) for _ in range(3)]
    for found, wanted in zip(model.get_weights()[1::2], (biases[2], biases[0], biases[1]), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_two_ways_to_fit_are_one_too_many(tmp_path):
    path = tensors(tmp_path / "w", x__weight=(4, 4), x__bias=(4,), y__weight=(4, 4), y__bias=(4,))
    model = dense(4, 4, 4)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"in more than one way; say which is which by mapping") as caught:
        load_torch_weights(model, path)
    assert "    x: bias (4,), weight (4, 4)" in str(caught.value)
    assert all((a == b).all() for a, b in zip(model.get_weights(), before, strict=True))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"0__weight": (3, 4), "0__bias": (3,)}, "holds 1 modules; the model has 2 layers"),
        ({"0__weight": (3, 4), "0__bias": (3,), "2__weight": (3, 2), "2__bias": (2,)}, "do not fit the model's layers"),
        ({"0__weight": (3, 4), "2__weight": (2, 3), "2__bias": (2,)}, "do not fit the model's layers"),
        ({"0__weight": (3, 4), "0__bias": (3,), "0__extra": (1,), "2__weight": (2, 3), "2__bias": (2,)}, "do not fit"),
    ],
)
def test_what_does_not_fit_lists_both_sides(tmp_path, shapes, message):
    with pytest.raises(ValueError, match=message) as caught:
        load_torch_weights(dense(4, 3, 2), tensors(tmp_path / "w", **shapes))
    assert "kernel (4, 3), bias (3,)" in str(caught.value)
    assert "    0: " in str(caught.value)


def test_a_mapping_to_another_shape_is_refused(tmp_path):
    path = tensors(tmp_path / "w", x__weight=(4, 4), x__bias=(4,))
    with pytest.raises(ValueError, match=r"layer 'a' has kernel \(4, 3\), bias \(3,\); found x.weight \(4, 4\)"):
        load_torch_weights(dense(4, 3, names=("a",)), path, {"a": "x"})


def test_pickles_are_refused(tmp_path):
    for start in (b"PK\x03\x04", b"\x80\x02}"):
        (tmp_path / "net.pt").write_bytes(start + bytes(100))
        with pytest.raises(ValueError, match="looks like a pickle"):
            load_torch_weights(dense(4, 3), tmp_path / "net.pt")


def test_layers_that_pytorch_has_not_are_refused():
    model = dlcore.Sequential([layers.Input((4,)), layers.Normalization(name="n")])
    with pytest.raises(TypeError, match="layer 'n' is a Normalization"):
        load_torch_weights(model, STACKED)


def test_model_load_weights_says_where_to_go():
    with pytest.raises(ValueError, match=r"not written by dlcore.*load_torch_weights"):
        stacked().load_weights(STACKED)


def test_live_pytorch_agrees(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
    from safetensors.torch import save_file as save_torch

    net = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2))
    save_torch(net.state_dict(), tmp_path / "net.safetensors")
    model = dlcore.Sequential([layers.Input((4,)), layers.Dense(6, "relu"), layers.Dense(2)])
    load_torch_weights(model, tmp_path / "net.safetensors")
    x = np.random.default_rng(0).standard_normal((9, 4)).astype(np.float32)
    with torch.no_grad():
        wanted = net(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=2e-5, atol=2e-6)
