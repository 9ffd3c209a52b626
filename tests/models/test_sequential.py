from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import dlcore
from dlcore import Model, Sequential, layers, utils
from dlcore.autodiff import GradientTape

X = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)


def net(**more):
    return Sequential([layers.Input((4,)), layers.Dense(5, "relu"), layers.Dense(3, "softmax")], **more)


def test_weights_are_made_when_the_shape_is_known():
    assert net().built
    assert [w.shape for w in net().weights] == [(4, 5), (5,), (5, 3), (3,)]
    assert Sequential([layers.Dense(2, input_shape=(4,))]).built
    late = Sequential([layers.Dense(5), layers.Dense(3)])
    assert not late.built
    assert late.weights == []
    assert not hasattr(late, "input_shape")
    assert not hasattr(late, "output_shape")
    late(X)
    assert late.built
    assert late.input_shape == (None, 4)
    assert late.output_shape == (None, 3)
    explicit = Sequential([layers.Dense(5)])
    explicit.build((None, 7))
    assert explicit.weights[0].shape == (7, 5)


def test_add_and_pop():
    model = Sequential()
    model.add(layers.Input((4,)))
    model.add(layers.Dense(5))
    model.add(layers.Dense(3))
    assert model.output_shape == (None, 3)
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Dense"]
    taken = model.pop()
    assert taken.units == 3
    assert model.output_shape == (None, 5)
    model.pop()
    with pytest.raises(ValueError, match="no layer to take off"):
        model.pop()


def test_a_changed_model_runs_as_changed():
    model = net()
    assert model.predict(X).shape == (6, 3)
    model.compile("sgd", "mse")
    model.add(layers.Dense(2))
    model.compile("sgd", "mse")
    assert model.predict(X).shape == (6, 2)
    model.fit(X, np.zeros((6, 2)), verbose=0)


def test_calling_is_predicting(backend):
    model = net()
    np.testing.assert_allclose(model(X), model.predict(X), rtol=1e-5)
    assert backend.name != "native" or np.array_equal(model(X), model.predict(X))
    with GradientTape() as tape:
        total = dlcore.autodiff.reduce_sum(model(X)[:, 0])
    assert len(tape.gradient(total, model.trainable_weights)) == 4


def test_get_layer():
    model = Sequential([layers.Dense(5, name="hidden"), layers.Dense(3, name="output")])
    assert model.get_layer("output").units == 3
    assert model.get_layer(index=0).units == 5
    with pytest.raises(ValueError, match="no layer is called"):
        model.get_layer("input")
    with pytest.raises(ValueError, match="either name or index"):
        model.get_layer()


@pytest.mark.parametrize(
    ("layer", "error", "match"),
    [
        (3, ValueError, "Only instances of Layer"),
        (layers.Input((3,)), ValueError, "already been configured"),
        (layers.Dense(3, name="twin"), ValueError, "'twin' already"),
    ],
)
def test_what_cannot_be_added(layer, error, match):
    model = Sequential([layers.Dense(3, name="twin", input_shape=(4,))])
    with pytest.raises(error, match=match):
        model.add(layer)
    with pytest.raises(ValueError, match="in the model already"):
        model.add(model.layers[0])
    assert len(model.layers) == 1
    assert model.predict(X).shape == (6, 3)


def test_weights():
    model = net()
    weights = model.get_weights()
    assert model.count_params() == sum(w.size for w in weights) == 43
    model.set_weights([2 * w for w in weights])
    assert np.array_equal(model.get_weights()[0], 2 * weights[0])
    with pytest.raises(ValueError, match="has 4 weights"):
        model.set_weights(weights[:3])
    with pytest.raises(ValueError, match=r"weights\[2\]"):
        model.set_weights([*weights[:2], weights[0], weights[3]])
    assert np.array_equal(model.get_weights()[0], 2 * weights[0])
    weights[0][:] = 0  # a copy
    assert np.any(model.get_weights()[0])


def test_summary(capsys):
    utils.clear_session()
    net().summary()
    text = capsys.readouterr().out
    for part in ['Model: "sequential"', "dense (Dense)", "(None, 5)", "dense_1 (Dense)", "18", "Total params: 43"]:
        assert part in text
    lines: list[str] = []
    Sequential([layers.Dense(5)], name="late").summary(print_fn=lines.append)
    assert 'Model: "late"' in lines[0]
    assert "0 (unbuilt)" in lines[0]
    model = net()
    model.layers[0].trainable = False
    model.summary(print_fn=lines.append)
    assert "Trainable params: 18" in lines[1]
    assert "Non-trainable params: 25" in lines[1]


def test_summary_of_a_part_and_of_what_is_within():
    inner = Sequential([layers.Input((4,)), layers.Dense(3, name="deep"), layers.Dropout(0.5)], name="inner")
    model = Sequential([inner, layers.Dense(2, name="top")])
    assert model.built  # the inner model knows its input
    assert model.output_shape == (None, 2)
    lines: list[str] = []
    model.summary(print_fn=lines.append, expand_nested=True, show_trainable=True)
    assert "   └ deep (Dense)" in lines[0]
    assert [line.split()[-1] for line in lines[0].splitlines()[4:8]] == ["Y", "Y", "-", "Y"]
    model.summary(print_fn=lines.append, line_length=70, layer_range=("to", "top"))
    assert "inner (Sequential)" not in lines[1]
    assert lines[1].splitlines()[1] == "-" * 70
    model.summary(positions=[0.5, 0.8, 1.0], print_fn=lines.append)
    assert lines[2].splitlines()[1] == "-" * 88
    with pytest.raises(ValueError, match=r"layer_range .*there are \['inner', 'top'\]"):
        model.summary(layer_range=("none", "top"))
    with pytest.raises(ValueError, match="positions must hold a number for each of 3"):
        model.summary(positions=[0.5, 1.0])


def test_a_subclassed_model_shows_its_layers(capsys):
    class Own(Model):
        def __init__(self):
            super().__init__(name="own")
            self.a, self.b = layers.Dense(4, name="a"), layers.Dense(2, name="b")

        def call(self, inputs):
            return self.b(self.a(inputs))

    model = Own()
    model(np.ones((5, 3)))
    model.summary()
    text = capsys.readouterr().out
    assert "(5, 4)" in text
    assert "Total params: 26" in text
    assert "Own defines call itself" in text
    assert model.layers == [model.a, model.b]
    assert model.get_layer("b") is model.get_layer(index=-1) is model.b
    with pytest.raises(ValueError, match="no layer is called 'c'"):
        model.get_layer("c")


def test_configs():
    model = net(name="mine")
    twin = Sequential.from_config(model.get_config())
    assert twin.name == "mine"
    assert twin.get_config() == model.get_config()
    twin.set_weights(model.get_weights())
    assert np.array_equal(twin.predict(X), model.predict(X))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_go_on_by_themselves(duplicate):
    model = net()
    model.compile("adam", "sparse_categorical_crossentropy")
    y = np.arange(6) % 3
    model.fit(X, y, verbose=0)
    twin = duplicate(model)
    assert np.array_equal(twin.predict(X), model.predict(X))
    for m in (model, twin):
        m.fit(X, y, verbose=0, epochs=2)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), twin.get_weights(), strict=True))
    twin.fit(X, y, verbose=0)
    assert not np.array_equal(model.get_weights()[0], twin.get_weights()[0])


def test_names():
    utils.clear_session()
    assert [Sequential().name for _ in range(2)] == ["sequential", "sequential_1"]
    assert "sequential_2" in repr(Sequential())


def test_a_layer_that_cannot_be_built_is_not_added():
    def broken(shape, dtype):
        raise ZeroDivisionError

    model = net()
    with pytest.raises(ZeroDivisionError):
        model.add(layers.Dense(2, kernel_initializer=broken))
    with pytest.raises(MemoryError):
        model.add(layers.Dense(2**50))
    assert len(model.layers) == 2
    assert model.predict(X).shape == (6, 3)


def test_a_shared_layer_must_fit_where_it_is_put():
    shared = layers.Dense(3, name="shared")
    Sequential([layers.Input((4,)), shared])
    fits = Sequential([layers.Input((4,)), shared, layers.Dense(2)])
    assert fits.weights[0] is shared.kernel
    with pytest.raises(ValueError, match=r"'shared' takes inputs of shape \(rows, 4\); got \(rows, 7\)"):
        Sequential([layers.Input((5,)), layers.Dense(7), shared])


@pytest.mark.parametrize(
    ("shape", "error", "match"),
    [
        ((None, 0), ValueError, "whole numbers above 0"),
        ((None, -3), ValueError, "whole numbers above 0"),
        ((None, 2.5), ValueError, "whole numbers above 0"),
        ((None,), ValueError, "takes inputs of shape"),
        (5, TypeError, "input_shape must be a tuple"),
    ],
)
def test_shapes_that_cannot_be_built(shape, error, match):
    model = Sequential([layers.Dense(3)])
    with pytest.raises(error, match=match):
        model.build(shape)
    assert not model.built
    assert not hasattr(model, "input_shape")
    model.build((None, 4))
    with pytest.raises(ValueError, match=r"already been configured for inputs of shape \(None, 4\)"):
        model.build((None, 5))


@pytest.mark.parametrize("wrong", [layers.Dense(2), 5, "ab"])
def test_layers_come_in_a_list(wrong):
    with pytest.raises(TypeError, match=r"^layers must be a list of layers"):
        Sequential(wrong)
    with pytest.raises(TypeError, match=r"^weights must be a list of arrays"):
        net().set_weights(wrong)


def test_models_of_a_graph_are_refused_with_a_hint():
    x = layers.Input((3,))
    for arguments, named in [((x, x), {}), ((), {"inputs": x, "outputs": x})]:
        with pytest.raises(TypeError, match=r"not supported\. Stack layers in a Sequential"):
            Model(*arguments, **named)
    with pytest.raises(ValueError, match=r"Unrecognized keyword arguments passed to Model: \{'units': 3\}"):
        Model(units=3)
