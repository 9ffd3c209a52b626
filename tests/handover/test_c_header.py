"""C headers: compiled, run, and compared with predict bit for bit."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.handover.programs import COMPILERS, STRICT, Program, same_bits

import dlcore
from dlcore import activations, layers
from dlcore.backends.contract import ACTIVATIONS
from dlcore.handover import export_c

pytestmark = pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")
pytest.importorskip("dlcore._core")


def activation(kind: str):
    """The activation of a kernel, as a function of Keras's name."""
    special = {"gelu_tanh": partial(activations.gelu, approximate=True)}
    return special.get(kind) or getattr(activations, kind)


def stack(*parts, name=None):
    return dlcore.Sequential(parts, name=name)


def every_float(step: int) -> np.ndarray:
    """Floats of all sizes, with the rare ones: denormals, infinities, NaN, zeros, and their neighbours."""
    spread = np.arange(0, 2**32, step, dtype=np.uint64).astype(np.uint32).view(np.float32)
    usual = np.linspace(-20, 20, 20_000, dtype=np.float32)
    rare = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1.1754944e-38, 3.4028235e38, 0.875, 104, 89],
                    np.float32)  # fmt: skip
    near = np.concatenate([np.nextafter(rare, np.float32(1)), np.nextafter(rare, np.float32(-1)), -rare])
    return np.concatenate([spread, usual, rare, near])


FLAGS = [("-O0",), ("-O2",), ("-O3", "-march=native")]


@pytest.fixture(scope="module")
def parameters():
    """Parameters of activations, other than the defaults."""
    rng = np.random.default_rng(1)
    return {kind: float(rng.uniform(0.1, 2)) for kind, spec in ACTIVATIONS.items() if spec.parameter}


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_every_activation_has_the_bits_of_its_kernel(tmp_path, compiler, flags, parameters):
    models = {}
    for kind, spec in ACTIVATIONS.items():
        given_one = {spec.parameter: parameters[kind]} if spec.parameter else {}
        function = partial(activation(kind), **given_one) if given_one else activation(kind)
        models[kind] = stack(layers.Input((19,)), layers.Activation(function), name=kind)
    models["capped"] = stack(layers.Input((19,)), layers.ReLU(max_value=2.0))
    models["above"] = stack(layers.Input((19,)), layers.ReLU(threshold=0.3))
    models["bent"] = stack(layers.Input((19,)), layers.ReLU(max_value=3.0, threshold=0.3, negative_slope=0.7))
    program = Program(tmp_path, models, compiler, *STRICT, *flags)
    x = every_float(100_003)
    x = x[: len(x) // 19 * 19].reshape(-1, 19)
    for kind, model in models.items():
        with np.errstate(all="ignore"):
            wanted = model.predict(x, verbose=0, batch_size=10**6)
        assert same_bits(program(kind, x, (19,)), wanted), kind


def check(folder: Path, model, x: np.ndarray, *flags: str, compiler: str = COMPILERS[0] if COMPILERS else "") -> None:
    """The header gives what predict gives."""
    wanted = model.predict(x, verbose=0, batch_size=10**6)
    found = Program(folder, {"model": model}, compiler, *STRICT, *(flags or ("-O2",)))("model", x, wanted.shape[1:])
    assert same_bits(found, wanted)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.slow
def test_a_finer_sample_of_every_activation(tmp_path):
    models = {kind: stack(layers.Input((16,)), layers.Activation(activation(kind))) for kind in ACTIVATIONS}
    program = Program(tmp_path, models, COMPILERS[0], "-O3", "-march=native")
    x = every_float(1009)
    x = x[: len(x) // 16 * 16].reshape(-1, 16)
    for kind, model in models.items():
        with np.errstate(all="ignore"):
            assert same_bits(program(kind, x, (16,)), model.predict(x, verbose=0, batch_size=10**7)), kind


@settings(max_examples=8)
@given(
    sizes=st.lists(st.integers(1, 70), min_size=2, max_size=5),
    kinds=st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=4, max_size=4),
    bias=st.booleans(),
    rows=st.integers(0, 40),
    flags=st.sampled_from(FLAGS[1:]),
    seed=st.integers(0, 2**32 - 1),
)
def test_stacks_of_dense_layers_of_any_shape(tmp_path_factory, sizes, kinds, bias, rows, flags, seed):
    dlcore.utils.set_random_seed(seed)
    model = stack(
        layers.Input((sizes[0],)),
        *(
            layers.Dense(units, activation(kind), use_bias=bias, bias_initializer="random_normal")
            for units, kind in zip(sizes[1:], kinds, strict=False)
        ),
    )
    check(tmp_path_factory.mktemp("stack"), model, numbers(rows, sizes[0], seed=seed) * 3, *flags)


@pytest.mark.parametrize("flags", [("-O0",), ("-O3", "-march=native")], ids=" ".join)
def test_a_net_of_numbers_of_all_sizes(tmp_path, flags):
    """Denormals, overflow, infinities and NaN take the same way through a net."""
    model = stack(
        layers.Input((6,)),
        layers.Reshape((6,)),  # keeps an engine away, which takes finite numbers only
        layers.Dense(33, "gelu"),
        layers.Dense(17, "tanh"),
        layers.Dense(5, "softmax"),
    )
    x = every_float(1_000_003)
    x = x[: len(x) // 6 * 6].reshape(-1, 6)
    with np.errstate(all="ignore"):
        check(tmp_path, model, x, *flags)
        check(tmp_path, model, np.random.default_rng(0).permuted(x, axis=0) * np.float32(1e-30), *flags)


def test_layers_beside_dense_ones(tmp_path):
    dlcore.utils.set_random_seed(0)
    model = stack(
        layers.Input((4, 6)),
        layers.Rescaling([[0.5] * 6] * 4, 0.25),
        layers.Normalization(mean=[0.1] * 6, variance=[2.0] * 6),
        layers.Permute((2, 1)),
        layers.Dense(5, "elu"),
        layers.PReLU("random_normal"),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
        layers.Reshape((5, 6)),
        layers.Activation("softmax"),
        layers.Flatten("channels_first"),
        layers.GaussianNoise(0.3),
        stack(layers.Input((30,)), layers.Dense(8, "relu"), layers.RepeatVector(3), name="within"),
        layers.LeakyReLU(0.1),
        layers.Flatten(),
        layers.Dense(2),
    )
    model.compile("sgd", "mse")
    model.fit(numbers(64, 4, 6), numbers(64, 2), epochs=2, verbose=0)
    check(tmp_path, model, numbers(50, 4, 6, seed=2))


def test_integers_are_looked_up(tmp_path):
    model = stack(layers.Input((3,)), layers.Embedding(7, 4), layers.Flatten(), layers.Dense(2))
    x = np.random.default_rng(0).integers(0, 7, (20, 3))
    check(tmp_path, model, x)
    program = Program(tmp_path, {"model": model}, COMPILERS[0])
    assert np.isnan(program("model", np.array([[0, 7, 0], [-1, 0, 0], [np.nan, 1, 2]]), (2,))).all()


def test_it_is_c_plus_plus_too(tmp_path):
    model = stack(layers.Input((3,)), layers.Dense(4, "squareplus"), layers.Dense(2, "log_softmax", use_bias=False))
    check(tmp_path, model, numbers(9, 3), "-O2", "-std=c++17", compiler="g++")


def test_only_what_is_needed_is_written(tmp_path):
    model = stack(layers.Input((3,)), layers.Dense(4, "relu"), layers.Dense(2))
    export_c(model, tmp_path / "small.h")
    text = (tmp_path / "small.h").read_text()
    assert "small_relu" in text
    assert "exp" not in text.replace("exponent", "").replace("-fexp", "")
    assert "dl_" not in text


def test_names(tmp_path):
    model = stack(layers.Input((3,)), layers.Dense(4), name="of *?\n mine")
    export_c(model, tmp_path / "my-net.v2.h")
    assert "void my_net_v2_predict(const float *x, float *y, size_t rows)" in (tmp_path / "my-net.v2.h").read_text()
    model.export_c(tmp_path / "a.h", name="chosen")
    text = (tmp_path / "a.h").read_text()
    assert "#define CHOSEN_INPUTS 3" in text
    assert "of ??? mine" in text
    for name in ("1st", "two words", "int", "", "ä"):
        with pytest.raises(ValueError, match="name must begin with a letter"):
            export_c(model, tmp_path / "b.h", name=name)
    with pytest.raises(ValueError, match="the file's name"):
        export_c(model, tmp_path / "1.h")
    assert not (tmp_path / "b.h").exists()


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (stack(layers.Input((3,)), layers.LayerNormalization(name="norm")), NotImplementedError, "'norm' sums over"),
        (stack(layers.Input((3,)), layers.Lambda(lambda x: x, name="f")), NotImplementedError, "'f' is a Lambda"),
        (stack(layers.Input((None, 3)), layers.Dense(2)), NotImplementedError, "rows of one length"),
        (stack(layers.Input((3,)), layers.Dense(2, dtype="float64")), NotImplementedError, "float32"),
        (stack(layers.Input((4,)), layers.Dense(2, "glu", name="gate")), NotImplementedError, "'gate' has the activat"),
        (stack(layers.Dense(2)), ValueError, "no weights yet"),
        (dlcore.Model(), TypeError, "only a Sequential"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(tmp_path, model, error, message):
    with pytest.raises(error, match=message):
        export_c(model, tmp_path / "model.h")
    assert not list(tmp_path.iterdir())


def test_weights_that_are_not_finite_are_refused(tmp_path):
    model = stack(layers.Input((3,)), layers.Dense(2, name="wild"))
    model.set_weights([np.full((3, 2), np.nan), np.zeros(2)])
    with pytest.raises(ValueError, match="'wild' holds numbers that are not finite"):
        export_c(model, tmp_path / "model.h")


def test_fast_math_is_refused_by_the_header(tmp_path):
    export_c(stack(layers.Input((3,)), layers.Dense(2)), tmp_path / "model.h")
    command = [COMPILERS[0], "-x", "c", "-ffast-math", "-c", tmp_path / "model.h", "-o", tmp_path / "out"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert "must be compiled without -ffast-math" in done.stderr


def test_the_formulas_have_the_coefficients_of_the_kernels():
    """The numbers of the polynomials stand in the core's source and in the C pieces; both are the same."""
    root = Path(__file__).parents[2]
    kernels = (root / "cpp/kernels/math_coefficients.hpp").read_text("utf-8").split("struct Coefficients<double>")[0]
    pieces = "".join(path.read_text("utf-8") for path in (root / "python/dlcore/handover/c").glob("*.h"))
    for name in ("expm1", "log1p", "normal_centre", "normal_tail"):
        block = kernels.split(f"float {name}[] = {{")[1].split("}")[0]
        terms = [term.strip() for term in block.split(",") if term.strip()]
        written = pieces.split(f"dl_{name}_terms[{len(terms)}] = {{")[1].split("}")[0]
        assert [term.strip() for term in written.split(",")] == terms
