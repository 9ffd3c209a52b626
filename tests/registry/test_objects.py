from __future__ import annotations

import inspect
import json

import numpy as np
import pytest

from dlcore import Tensor, initializers, layers, losses, metrics, models, optimizers
from dlcore.registry import deserialize_keras_object, register_keras_serializable, serialize_keras_object
from dlcore.registry.families import all_families, built_in, find_built_in


def roundtrip(obj, custom_objects=None):
    return deserialize_keras_object(json.loads(json.dumps(serialize_keras_object(obj))), custom_objects)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 1.5, "text", b"\xff\x00bytes", ..., [1, [2, "x"]], {"a": {"b": [1.0]}},
        slice(None, 20, 1), slice(1, None),
    ],
)  # fmt: skip
def test_plain_values(value):
    assert roundtrip(value) == value


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "bool", "uint16"])
def test_arrays(dtype):
    array = np.array([[0, 1], [2, 3]]).astype(dtype)
    for given in (array, array[:0]):
        found = roundtrip({"x": given})["x"]
        assert found.dtype == array.dtype
        assert np.array_equal(found.ravel(), given.ravel())
    assert np.array_equal(roundtrip(Tensor(np.float32([1, 2]))), np.float32([1, 2]))


def test_numpy_scalars_and_dtypes():
    assert type(roundtrip(np.float32(0.5))) is float
    assert type(roundtrip(np.int64(2))) is int
    assert roundtrip(np.bool_(True)) is True
    assert roundtrip([np.dtype("float32"), np.float64]) == ["float32", "float64"]
    assert roundtrip((1, (2,))) == [1, [2]]


def all_built_in():
    return [
        pytest.param(family, entry, id=f"{family.plural}-{name}")
        for family in all_families()
        for name in family.names()
        if (entry := family.own(name)) is not None
    ]


@pytest.mark.parametrize(("family", "entry"), all_built_in())
def test_every_built_in_part_is_found_again(family, entry):
    """With Keras's module names and ours; functions as well as classes."""
    module = family.module_of(entry)
    assert module.startswith("dlcore.")
    assert built_in(entry) is not None
    is_class = inspect.isclass(entry)
    for place in (module, module.replace("dlcore", "keras")):
        assert find_built_in(entry.__name__, place, is_class) is entry
    if not is_class:
        assert roundtrip(entry) is entry


def test_built_in_objects():
    for thing in (
        losses.Huber(delta=np.float32(0.5)),
        metrics.BinaryAccuracy(threshold=np.float64(0.25)),
        optimizers.Adam(np.float32(0.125)),
        optimizers.SGD(optimizers.schedules.ExponentialDecay(np.float64(0.1), np.int64(10), 0.5)),
        initializers.RandomUniform(np.float32(-1), 1),
        layers.Dense(np.int64(3), activation="relu", name="d"),
    ):
        described = serialize_keras_object(thing)
        assert described["registered_name"] is None
        found = roundtrip(thing)
        assert type(found) is type(thing)
        assert serialize_keras_object(found) == described
        family = built_in(type(thing))
        assert json.loads(json.dumps(family.serialize(thing)))["class_name"] == type(thing).__name__


def test_configs_of_keras_are_read():
    config = {
        "module": "keras.optimizers",
        "class_name": "SGD",
        "config": {
            "learning_rate": {
                "module": "keras.optimizers.schedules",
                "class_name": "ExponentialDecay",
                "config": {"initial_learning_rate": 0.5, "decay_steps": 10, "decay_rate": 0.5},
                "registered_name": None,
            },
            "momentum": 0.5,
        },
        "registered_name": None,
    }
    found = deserialize_keras_object(config)
    assert isinstance(found, optimizers.SGD)
    assert float(found.learning_rate) == 0.5
    sequential = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [{"module": "keras.layers", "class_name": "Dense", "config": {"units": 4}}],
        },
    }
    assert deserialize_keras_object(sequential).layers[0].units == 4


def test_a_name_in_two_families_needs_its_module():
    config = {"class_name": "MeanSquaredError", "config": {}}
    with pytest.raises(TypeError, match=r"dlcore\.losses and in dlcore\.metrics: the config must name its 'module'"):
        deserialize_keras_object(config)
    assert isinstance(deserialize_keras_object({"module": "keras.metrics", **config}), metrics.MeanSquaredError)
    assert isinstance(deserialize_keras_object({"class_name": "Dense", "config": {"units": 1}}), layers.Dense)


class Own:
    def __init__(self, inner=None):
        self.inner = inner

    def get_config(self):
        return {"inner": self.inner}

    @classmethod
    def from_config(cls, config):
        return cls(deserialize_keras_object(config["inner"]))


def own_function(x):
    return x


def test_objects_of_ones_own():
    described = serialize_keras_object(Own(Own(own_function)))
    assert described["registered_name"] == "Own"
    known = {"Own": Own, "own_function": own_function}
    assert roundtrip(Own(Own(own_function)), known).inner.inner is own_function
    with pytest.raises(TypeError, match=r"Could not locate class 'Own'.*custom_objects=\{'Own'"):
        roundtrip(Own())
    with pytest.raises(TypeError, match=r"Could not locate function 'own_function'"):
        roundtrip(own_function)


def test_registered_objects_need_no_custom_objects():
    @register_keras_serializable("objects_test")
    class Registered(Own):
        pass

    assert isinstance(roundtrip(Registered()), Registered)
    register_keras_serializable("objects_test")(own_function)
    assert roundtrip(own_function) is own_function
    old = {"module": "builtins", "class_name": "function", "config": "own_function", "registered_name": "function"}
    assert deserialize_keras_object(old) is own_function


def test_code_is_refused():
    with pytest.raises(ValueError, match="arbitrary code execution"):
        serialize_keras_object({"activation": lambda x: x})
    with pytest.raises(ValueError, match="arbitrary code execution"):
        deserialize_keras_object({"class_name": "__lambda__", "config": {"value": "…"}}, safe_mode=False)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"module": "os", "class_name": "function", "config": "system"}, "Could not locate function 'system'"),
        ({"module": "builtins", "class_name": "function", "config": "eval"}, "Could not locate function 'eval'"),
        ({"module": "subprocess", "class_name": "Popen", "config": {}}, "Could not locate class 'Popen'"),
        ({"module": "dlcore.models", "class_name": "load_model", "config": {}}, "Could not locate class"),
        ({"module": "keras.layers", "class_name": "__init__", "config": {}}, "Could not locate class"),
        ({"class_name": "Dense", "config": [1]}, "Expected 'config' to be a dict"),
        ({"class_name": "function", "config": 1}, "Expected 'config' to be a non-null str"),
        ({"class_name": 1, "config": {}}, "Expected 'class_name' to be a non-null str"),
        ({"class_name": "Adam", "config": {"rate": 1}}, "Adam could not be deserialized"),
        (object(), "Could not parse config"),
    ],
)
def test_nothing_is_reached_by_its_path(config, message):
    with pytest.raises(TypeError, match=message):
        deserialize_keras_object(config)


@pytest.mark.parametrize("registered", ["builtins.eval", "subprocess.Popen", "my_pkg>Mine"])
def test_a_registered_name_does_not_lead_to_a_built_in(registered):
    config = {"class_name": "Dense", "module": "keras.layers", "registered_name": registered, "config": {"units": 1}}
    with pytest.raises(ValueError, match="resolved to a Keras built-in"):
        deserialize_keras_object(config)
    assert deserialize_keras_object({**config, "registered_name": "Dense"}).units == 1
    assert deserialize_keras_object({**config, "registered_name": ""}).units == 1


def test_an_array_holds_numbers():
    with pytest.raises(ValueError, match="an array holds numbers"):
        deserialize_keras_object({"class_name": "__numpy__", "config": {"value": ["a"], "dtype": "object"}})


@pytest.mark.parametrize("thing", [object(), {1, 2}, Own, layers.Dense])
def test_what_cannot_be_described(thing):
    with pytest.raises(TypeError, match=r"needs a get_config"):
        serialize_keras_object(thing)


def test_models_are_built_and_compiled():
    model = models.Sequential([layers.Dense(2)])
    model.build((None, 3))
    model.compile("adam", "mse", metrics=["mae"])
    described = serialize_keras_object(model)
    assert described["module"] == "dlcore.models"
    found = deserialize_keras_object(json.loads(json.dumps(described)))
    assert found.built
    assert found.compiled
    assert found.input_shape == (None, 3)
    assert isinstance(found.optimizer, optimizers.Adam)


def test_a_part_of_another_family_says_where_it_is_from():
    model = layers.Dense(2, activation=layers.LeakyReLU(negative_slope=0.5, name="leaky"))
    found = roundtrip(model)
    assert isinstance(found.activation, layers.LeakyReLU)
    assert found.activation.name == "leaky"
    assert serialize_keras_object(found) == serialize_keras_object(model)
