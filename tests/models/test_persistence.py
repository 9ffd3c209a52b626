from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import dlcore
from dlcore import Sequential, files, layers, load_model, losses, metrics, models, optimizers, random, saving, utils

X = np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32)
Y = X[:, :1] * 2 - X[:, 1:2]

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01),
    "amsgrad": lambda: optimizers.Adam(0.01, amsgrad=True),
    "rmsprop": lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": lambda: optimizers.Adagrad(0.1),
    "clipped": lambda: optimizers.AdamW(0.01, global_clipnorm=1.0),
    "schedule": lambda: optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)),
}


def net(optimizer="adam", dtype=None):
    utils.set_random_seed(3)
    model = Sequential([layers.Dense(5, "relu", dtype=dtype), layers.Dense(1, dtype=dtype)])
    model.compile(OPTIMIZERS[optimizer](), "mse", metrics=["mae"])
    return model


def train(model, epochs):
    model.fit(X, Y, batch_size=8, epochs=epochs, verbose=0)
    return model


def same_weights(a, b):
    return all(np.array_equal(p, q) for p, q in zip(a.get_weights(), b.get_weights(), strict=True))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


# --- Whole models ---


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_training_goes_on_as_if_it_had_never_stopped(path, optimizer, dtype):
    whole = train(net(optimizer, dtype), 4)
    train(net(optimizer, dtype), 2).save(path)
    utils.set_random_seed(99)
    found = load_model(path)
    assert found.epochs_trained == 2
    assert int(found.optimizer.iterations) == 8
    train(found, 2)
    assert same_weights(found, whole)
    assert found.evaluate(X, Y, verbose=0) == whole.evaluate(X, Y, verbose=0)


def test_training_goes_on_in_another_process(path, tmp_path):
    whole = train(net(), 4)
    train(net(), 2).save(path)
    np.savez(tmp_path / "data.npz", X=X, Y=Y)
    program = (
        "import sys, numpy as np, dlcore; folder = sys.argv[1]; data = np.load(folder + '/data.npz');"
        "model = dlcore.load_model(folder + '/model.safetensors');"
        "model.fit(data['X'], data['Y'], batch_size=8, epochs=2, verbose=0); model.save_weights(folder + '/w')"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60)
    found = net()
    found.build((None, 4))
    found.load_weights(tmp_path / "w")
    assert same_weights(found, whole)


def test_the_names_in_a_file_are_readable(path):
    model = Sequential([layers.Dense(2, name="first"), layers.Dense(1, name="optimizer")])
    model.compile("adam", "mse")
    train(model, 1).save(path)
    assert sorted(files.read(path).tensors) == sorted(
        [
            *(f"{layer}/{weight}" for layer in ("first", "layer optimizer") for weight in ("kernel", "bias")),
            *(
                f"optimizer/{layer}/{weight}/{slot}"
                for layer in ("first", "layer optimizer")
                for weight in ("kernel", "bias")
                for slot in ("momentum", "velocity")
            ),
            "optimizer/iteration",
            "optimizer/learning_rate",
        ]
    )
    assert same_weights(load_model(path), model)


def test_everything_compiled_comes_back(path):
    model = net("clipped")
    model.compile(
        optimizers.SGD(0.5, momentum=0.25, name="mine"),
        losses.Huber(delta=2.0),
        metrics=["mae", metrics.MeanSquaredError(name="squares")],
    )
    train(model, 1)
    model.optimizer.learning_rate = 0.125
    model.save(path)
    found = load_model(path)
    assert found.get_compile_config() == model.get_compile_config()
    assert found.get_config() == model.get_config()
    assert float(found.optimizer.learning_rate) == 0.125
    assert found.evaluate(X, Y, verbose=0, return_dict=True) == model.evaluate(X, Y, verbose=0, return_dict=True)


def test_without_compiling(path):
    model = train(net(), 1)
    model.save(path)
    utils.set_random_seed(5)
    state = random.get_state()
    found = load_model(path, compile=False)
    assert not found.compiled
    assert random.get_state() == state
    assert np.array_equal(found.predict(X), model.predict(X))


def test_models_that_are_not_compiled_or_not_built(path):
    model = Sequential([layers.Dense(2, input_shape=(3,))])
    model.save(path)
    found = load_model(path)
    assert not found.compiled
    assert same_weights(found, model)
    Sequential([layers.Dense(2)]).save(path)
    assert not load_model(path).built
    Sequential([layers.Input((3,)), layers.Dense(2)], name="named").save(path)
    assert (load_model(path).name, load_model(path).input_shape) == ("named", (None, 3))


def test_a_compiled_model_that_was_not_trained(path):
    model = net()
    model.build((None, 4))
    model.save(path)
    assert same_weights(train(load_model(path), 1), train(model, 1))


@pytest.mark.parametrize("name", ["a.safetensors", "no suffix", "odd.model"])
def test_any_name_will_do(tmp_path, name):
    net().save(str(tmp_path / name))
    load_model(str(tmp_path / name))


def test_the_functions_are_where_keras_has_them(path):
    assert dlcore.load_model is models.load_model is saving.load_model
    model = net()
    saving.save_model(model, path)
    with pytest.raises(FileExistsError):
        saving.save_model(model, path, overwrite=False)
    with pytest.raises(ValueError, match=r"not in Keras's \.keras"):
        model.save(path.with_suffix(".keras"))


def test_a_lambda_is_left_out_with_a_warning(path):
    model = Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile(optimizers.SGD(lambda: 0.1), "mse")
    with pytest.warns(UserWarning, match="described without what it was compiled with.*lambda"):
        model.save(path)
    assert not load_model(path).compiled


class Scaled(layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


def test_layers_of_ones_own(path):
    model = Sequential([layers.Input((3,)), Scaled(2.0), layers.Dense(1)])
    model.layers[0].scale.assign([1, 2, 3])
    model.save(path)
    with pytest.raises(ValueError, match=rf"{path} holds .*Unknown layer 'Scaled'.*custom_objects=\{{'Scaled'"):
        load_model(path)
    found = load_model(path, custom_objects={"Scaled": Scaled})
    assert found.layers[0].factor == 2.0
    assert same_weights(found, model)
    with saving.custom_object_scope({"Scaled": Scaled}):
        assert same_weights(load_model(path), model)


def test_models_within_models(path):
    inner = Sequential([layers.Dense(3, name="a"), layers.Dense(2, name="b")], name="inner")
    model = Sequential([layers.Input((4,)), inner, layers.Dense(1, name="last")])
    model.compile("adam", "mse")
    train(model, 1).save(path)
    names = set(files.read(path).tensors)
    assert {"inner/a/kernel", "inner/b/kernel", "last/bias", "optimizer/inner/b/kernel/velocity"} <= names
    found = load_model(path)
    assert isinstance(found.layers[0], Sequential)
    assert same_weights(train(found, 1), train(model, 1))


class Residual(models.Model):
    """A model of a class of its own."""

    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner, self.outer = layers.Dense(units, "tanh"), layers.Dense(1)

    def build(self, input_shape):
        self.inner.build_once(input_shape)
        self.outer.build_once((None, self.units))

    def call(self, inputs):
        return self.outer(self.inner(inputs))

    def get_config(self):
        return {"units": self.units, "name": self.name}


def test_models_of_a_class_of_their_own(path):
    def own():
        utils.set_random_seed(3)
        model = Residual(5, name="own")
        model.compile("adam", "mse")
        return model

    whole = train(own(), 4)
    train(own(), 2).save(path)
    found = load_model(path, {"Residual": Residual})
    assert found.units == 5
    assert same_weights(train(found, 2), whole)


def test_random_layers_go_on_drawing_what_they_would_have_drawn(path):
    def dropping():
        utils.set_random_seed(3)
        model = Sequential([layers.Input((4,)), layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    whole = train(dropping(), 4)
    train(dropping(), 2).save(path)
    utils.set_random_seed(99)
    assert same_weights(train(load_model(path), 2), whole)


def test_normalization_keeps_its_statistics(path):
    model = Sequential([layers.Input((4,)), layers.BatchNormalization(name="norm"), layers.Dense(1)])
    model.compile("sgd", "mse")
    train(model, 1).save(path)
    names = {f"norm/{name}" for name in ("gamma", "beta", "moving_mean", "moving_variance")}
    assert names <= set(files.read(path).tensors)
    assert np.array_equal(load_model(path).predict(X, verbose=0), model.predict(X, verbose=0))


# --- Weights ---


def test_weights_alone(tmp_path):
    model, other = train(net(), 1), net()
    path = tmp_path / "m.weights.safetensors"
    model.save_weights(path)
    assert all(not name.startswith("optimizer") for name in files.read(path).tensors)
    other.build((None, 4))
    other.load_weights(path)
    assert same_weights(model, other)
    model.save(path)
    other.set_weights([w * 0 for w in other.get_weights()])
    other.load_weights(path)
    assert same_weights(model, other)
    model.save_weights(path)
    with pytest.raises(ValueError, match=r"holds no whole model but weights.*load_weights"):
        load_model(path)


def test_layers_are_matched_by_name_where_names_agree(tmp_path):
    a = Sequential([layers.Dense(3, name="p", input_shape=(3,)), layers.Dense(3, name="q")])
    b = Sequential([layers.Dense(3, name="q", input_shape=(3,)), layers.Dense(3, name="p")])
    c = Sequential([layers.Dense(3, name="r", input_shape=(3,)), layers.Dense(3, name="s")])
    a.save_weights(tmp_path / "w")
    b.load_weights(tmp_path / "w")
    c.load_weights(tmp_path / "w")
    assert np.array_equal(b.get_layer("p").get_weights()[0], a.get_layer("p").get_weights()[0])
    assert same_weights(a, c)


# --- States ---


def test_a_state_goes_into_the_model_it_is_of(path):
    whole = train(net(), 3)
    model = train(net(), 1)
    model.save_state(path, epoch=1, batch=0)
    other = net()
    other.build((None, 4))
    utils.set_random_seed(77)
    assert other.load_state(path) == {"epoch": 1, "batch": 0}
    assert same_weights(train(other, 2), whole)
    different = Sequential([layers.Dense(1, input_shape=(4,))])
    different.compile("sgd", "mse")
    sgd = net("sgd")
    sgd.build((None, 4))
    utils.set_random_seed(77)
    state = random.get_state()
    for model, message in ((different, "the model has 1 layers"), (sgd, "holds the optimizer state .* SGD has")):
        before = model.get_weights()
        with pytest.raises(ValueError, match=message):
            model.load_state(path)
        assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))
        assert model.epochs_trained == 0
    assert random.get_state() == state


# --- JSON ---


def test_json():
    model = net()
    model.build((None, 4))
    found = models.model_from_json(model.to_json(indent=1))
    assert found.get_config() == model.get_config()
    assert found.built
    assert found.compiled
    custom = Sequential([layers.Input((3,)), Scaled(2.0)])
    with pytest.raises(ValueError, match="Unknown layer 'Scaled'"):
        models.model_from_json(custom.to_json())
    assert models.model_from_json(custom.to_json(), {"Scaled": Scaled}).layers[0].factor == 2.0
    with pytest.raises(TypeError, match="must describe a model; it describes a dict"):
        models.model_from_json("{}")
    with pytest.raises(json.JSONDecodeError):
        models.model_from_json("{")
