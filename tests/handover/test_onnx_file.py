"""ONNX files: checked by onnx, run by ONNX Runtime, compared with predict."""

from __future__ import annotations

import sys
from functools import partial

import numpy as np
import pytest

import dlcore
from dlcore import activations, layers
from dlcore.backends.contract import ACTIVATIONS

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

#: What other orders of sums and other formulas of exp, tanh, erf may change, about the size of the outputs.
RTOL, ATOL = 2e-5, 2e-6


def stack(*parts, name=None):
    return dlcore.Sequential(parts, name=name)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def run(path, x: np.ndarray) -> np.ndarray:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {"input": x})
    return output


def check(folder, model, x: np.ndarray) -> None:
    """ONNX Runtime gives what predict gives, for any number of rows."""
    model.export_onnx(folder / "model.onnx")
    onnx.checker.check_model(str(folder / "model.onnx"), full_check=True)
    for rows in (len(x), 1):
        wanted = model.predict(x[:rows], verbose=0)
        found = run(folder / "model.onnx", x[:rows])
        assert found.dtype == wanted.dtype
        np.testing.assert_allclose(found, wanted, RTOL, ATOL)


def activation(kind: str):
    function = {"gelu_tanh": partial(activations.gelu, approximate=True)}.get(kind) or getattr(activations, kind)
    parameter = ACTIVATIONS[kind].parameter
    return partial(function, **{parameter: 0.7}) if parameter else function


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_activation(tmp_path, kind):
    model = stack(layers.Input((9,)), layers.Activation(activation(kind)), name="one")
    x = np.concatenate([numbers(40, 9) * 3, np.linspace(-30, 30, 900, dtype=np.float32).reshape(-1, 9)])
    check(tmp_path, model, np.minimum(x, np.float32(10)) if kind == "exponential" else x)


@pytest.mark.parametrize("arguments", [{"max_value": 2.0}, {"threshold": 0.5}, {"negative_slope": 0.1, "threshold": 1}])
def test_relu_with_arguments(tmp_path, arguments):
    check(tmp_path, stack(layers.Input((9,)), layers.Dense(9), layers.ReLU(**arguments)), numbers(30, 9) * 3)


def test_layers_beside_dense_ones(tmp_path):
    dlcore.utils.set_random_seed(0)
    model = stack(
        layers.Input((4, 6)),
        layers.Rescaling([0.5] * 6, 0.25),
        layers.Normalization(mean=[0.1] * 6, variance=[2.0] * 6),
        layers.Permute((2, 1)),
        layers.Dense(6, "elu"),
        layers.PReLU("random_normal"),
        layers.BatchNormalization(),
        layers.LayerNormalization([-1, -2]),
        layers.RMSNormalization(),
        layers.GroupNormalization(3),
        layers.UnitNormalization(),
        layers.Dropout(0.5),
        layers.Reshape((9, 4)),
        layers.Softmax(),
        layers.Flatten("channels_first"),
        layers.GaussianNoise(0.3),
        stack(layers.Input((36,)), layers.Dense(8, "relu"), layers.RepeatVector(3), name="within"),
        layers.Normalization(mean=0.5, variance=2.0, axis=None, invert=True),
        layers.Flatten(),
        layers.Dense(2),
        layers.LayerNormalization(center=False),
    )
    model.compile("sgd", "mse")
    model.fit(numbers(64, 4, 6), numbers(64, 2), epochs=2, verbose=0)
    check(tmp_path, model, numbers(50, 4, 6, seed=2))


def test_integers_are_looked_up(tmp_path):
    model = stack(layers.Input((3,)), layers.Embedding(7, 4), layers.Flatten(), layers.Dense(2, use_bias=False))
    check(tmp_path, model, np.random.default_rng(0).integers(0, 7, (20, 3)))


def test_rows_of_open_length(tmp_path):
    model = stack(layers.Input((None, 3)), layers.Dense(4, "tanh"), layers.LayerNormalization())
    check(tmp_path, model, numbers(5, 8, 3))
    np.testing.assert_allclose(
        run(tmp_path / "model.onnx", numbers(2, 3, 3)), model.predict(numbers(2, 3, 3), verbose=0), RTOL, ATOL
    )


def test_float64(tmp_path):
    model = stack(layers.Input((3,)), layers.Dense(4, "relu", dtype="float64"), layers.Dense(2, dtype="float64"))
    check(tmp_path, model, numbers(5, 3).astype(np.float64))


def test_a_model_of_no_steps_passes_its_input_on(tmp_path):
    check(tmp_path, stack(layers.Input((3,)), layers.Dropout(0.5)), numbers(5, 3))


def test_what_the_file_says_of_itself(tmp_path):
    model = stack(layers.Input((3,)), layers.Dense(4, "relu", name="hidden"), layers.Dense(2, name="out"), name="net")
    dlcore.handover.export_onnx(model, tmp_path / "model.onnx")
    made = onnx.load(tmp_path / "model.onnx")
    assert (made.producer_name, made.graph.name, made.opset_import[0].version) == ("dlcore", "net", 13)
    assert {entry.key: entry.value for entry in made.metadata_props} == {"dlcore.layers": "hidden, out"}
    assert [array.name for array in made.graph.initializer] == [
        "hidden/kernel",
        "hidden/bias",
        "out/kernel",
        "out/bias",
    ]
    shape = made.graph.input[0].type.tensor_type.shape
    assert [entry.dim_param or entry.dim_value for entry in shape.dim] == ["batch", 3]


class Own(layers.Dense):
    """A class of the user's own, which may compute anything."""


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (stack(layers.Input((3,)), Own(2, name="mine")), NotImplementedError, "layer 'mine' is a Own"),
        (stack(layers.Input((3, 2)), layers.Masking(name="hide")), NotImplementedError, "layer 'hide' is a Masking"),
        (stack(layers.Input((4,)), layers.Dense(2, lambda x: x, name="f")), NotImplementedError, "'f' has the activ"),
        (
            stack(layers.Input((4,)), layers.Activation(partial(activations.relu, threshold=-1.0), name="r")),
            NotImplementedError,
            "'r' has the activ",
        ),
        (stack(layers.Input((None, 2)), layers.Flatten(name="flat")), NotImplementedError, "'flat' reshapes rows"),
        (
            stack(layers.Input((3,)), layers.Embedding(2, 2, mask_zero=True, name="e"), layers.Softmax()),
            NotImplementedError,
            "'e' hides steps",
        ),
        (
            stack(layers.Input((3,)), layers.Dense(2), layers.Dense(2, dtype="float64")),
            NotImplementedError,
            r"several dtypes: \['float32', 'float64'\]",
        ),
        (stack(layers.Dense(2)), ValueError, "no weights yet"),
        (dlcore.Model(), TypeError, "only a Sequential"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, model, error, message):
    with pytest.raises(error, match=message):
        model.export_onnx(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_without_the_package_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'dlcore\[onnx\]'"):
        stack(layers.Input((3,)), layers.Dense(2)).export_onnx(tmp_path / "model.onnx")


def test_a_file_that_is_there_stays_if_the_export_fails(tmp_path):
    (tmp_path / "model.onnx").write_text("before")
    with pytest.raises(NotImplementedError):
        stack(layers.Input((3, 2)), layers.Masking()).export_onnx(tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").read_text() == "before"
