from __future__ import annotations

import json

import numpy as np
import pytest

from dlcore.registry import CustomObjectScope, Registry, families, register_keras_serializable, unknown_name


class Thing:
    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def shape():
    return "shape"


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(families, "FAMILIES", [])
    r = Registry("thing")
    r.add(Thing, "thing")
    r.add(shape)
    return r


def test_get(registry):
    assert registry.get(None) is None
    assert isinstance(registry.get("thing"), Thing)
    assert isinstance(registry.get(Thing), Thing)
    assert registry.get("shape") is shape
    assert registry.get(shape) is shape
    assert registry.get({"class_name": "Thing", "config": {"size": 5}}).size == 5
    thing = Thing(3)
    assert registry.get(thing) is thing


def test_serialize_and_back(registry):
    assert registry.serialize(Thing(4)) == {"class_name": "Thing", "config": {"size": 4}}
    assert registry.deserialize(registry.serialize(Thing(4))).size == 4
    assert registry.serialize(shape) == "shape"
    assert registry.deserialize("shape") is shape
    assert registry.serialize(None) is None
    assert registry.deserialize(None) is None

    class Mine(Thing):
        pass

    found = registry.deserialize({"class_name": "Mine", "config": {"size": 2}}, {"Mine": Mine})
    assert isinstance(found, Mine)
    assert registry.deserialize("mine", {"mine": shape}) is shape


def test_unknown_names_suggest(registry):
    with pytest.raises(ValueError, match=r"Unknown thing 'thng'\. Did you mean 'thing'"):
        registry.get("thng")
    with pytest.raises(ValueError, match=r"Known: Thing, shape, thing$"):
        registry.get("zzz")
    with pytest.raises(ValueError, match="Did you mean 'Thing'"):
        registry.deserialize({"class_name": "Thin"})
    assert "Did you mean 'Adam'" in unknown_name("optimizer", "ADAN", ["Adam", "SGD"])


def test_case():
    r = Registry("thing", ignore_case=True)
    r.add(Thing)
    assert isinstance(r.get("THING"), Thing)
    assert "thing" in r.names()


def test_wrong_kinds(registry):
    with pytest.raises(TypeError, match="thing must be a name"):
        registry.get(3)
    with pytest.raises(ValueError, match="class_name"):
        registry.deserialize({"name": "Thing"})
    with pytest.raises(TypeError, match="Cannot serialize"):
        registry.serialize(3)


@pytest.mark.parametrize("module", [None, "keras.things", "dlcore.things", "builtins"])
def test_the_fuller_form_of_keras_is_taken(registry, module):
    config = {"module": module, "class_name": "Thing", "config": {"size": 7}, "registered_name": None}
    assert registry.deserialize(config).size == 7
    assert registry.get({**config, "registered_name": "Thing"}).size == 7
    function = {"module": module, "class_name": "function", "config": "shape", "registered_name": "function"}
    assert registry.deserialize(function) is shape


def test_a_config_for_something_else_is_not_taken(registry):
    with pytest.raises(ValueError, match=r"Unknown thing 'Thing'.*custom_objects=\{'Thing'"):
        registry.deserialize({"module": "elsewhere", "class_name": "Thing", "config": {}})
    with pytest.raises(ValueError, match=r"registered_name='mine>Other' is not known.*built-in"):
        registry.deserialize({"class_name": "Thing", "config": {}, "registered_name": "mine>Other"})
    with pytest.raises(ValueError, match="'shape' is a function; its name alone"):
        registry.deserialize({"class_name": "shape", "config": {}})
    with pytest.raises(TypeError, match="'config' to be a dict for Thing"):
        registry.deserialize({"class_name": "Thing", "config": [1]})
    with pytest.raises(TypeError, match="'config' to be a non-null str"):
        registry.deserialize({"class_name": "function", "config": [1]})
    with pytest.raises(TypeError, match=r"Thing could not be deserialized from the config \{'length': 1\}"):
        registry.deserialize({"class_name": "Thing", "config": {"length": 1}})


def test_objects_of_ones_own_come_before_the_built_in_ones(registry):
    class Mine(Thing):
        pass

    with CustomObjectScope({"Thing": Mine, "form": shape}):
        assert isinstance(registry.get("Thing"), Mine)
        assert isinstance(registry.get({"class_name": "Thing", "config": {"size": 2}}), Mine)
        assert registry.get("form") is shape
    assert type(registry.get("Thing")) is Thing
    assert isinstance(registry.deserialize("Mine", {"Mine": Mine}), Mine)


def test_custom_objects_reach_what_lies_inside(registry):
    class Outer(Thing):
        @classmethod
        def from_config(cls, config):
            return cls(registry.deserialize(config["size"]))

    class Inner(Thing):
        pass

    described = {"class_name": "Outer", "config": {"size": {"class_name": "Inner", "config": {"size": 3}}}}
    found = registry.deserialize(described, {"Outer": Outer, "Inner": Inner})
    assert isinstance(found.size, Inner)
    assert found.size.size == 3


def test_registered_classes_say_so(registry):
    @register_keras_serializable("family_test", "Renamed")
    class Registered(Thing):
        pass

    @register_keras_serializable("family_test")
    def doubled(x):
        return 2 * x

    described = registry.serialize(Registered(5))
    assert described == {
        "class_name": "Registered",
        "config": {"size": 5},
        "registered_name": "family_test>Renamed",
    }
    assert registry.deserialize(described).size == 5
    assert registry.serialize(doubled) == "family_test>doubled"
    assert registry.get("family_test>doubled") is doubled


def test_configs_are_fit_for_json(registry):
    described = registry.serialize(Thing(np.float32(0.5)))
    assert json.loads(json.dumps(described)) == {"class_name": "Thing", "config": {"size": 0.5}}
    assert json.dumps(registry.serialize(Thing(np.int64(3))))
    with pytest.raises(ValueError, match="a lambda could only be restored from its code"):
        registry.serialize(lambda: 1)
    with pytest.raises(TypeError, match=r"get_config\(\) of .* should return a dict"):
        registry.serialize(type("Odd", (), {"get_config": lambda self: 3})())
