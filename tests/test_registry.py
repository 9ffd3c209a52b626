from __future__ import annotations

import pytest

from dlcore.registry import Registry, unknown_name


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
def registry():
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
