from __future__ import annotations

import threading

import pytest

from dlcore import activations
from dlcore.registry import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from dlcore.registry.custom import only_registered


@register_keras_serializable()
class Plain:
    def get_config(self):
        return {}


@register_keras_serializable(package="custom_test", name="renamed")
def function(x):
    return x


def test_names():
    assert get_registered_name(Plain) == "Custom>Plain"
    assert get_registered_name(function) == "custom_test>renamed"
    assert get_registered_name(len) == "len"
    assert get_registered_object("Custom>Plain") is Plain
    assert get_registered_object("Plain") is None
    assert only_registered("renamed") is function
    assert only_registered("nobody") is None


def test_a_name_in_two_packages_is_no_name():
    for package in ("a_test", "b_test"):
        register_keras_serializable(package, "twice")(lambda x: x)
    assert only_registered("twice") is None


def test_a_class_without_config_is_refused():
    with pytest.raises(ValueError, match=r"Cannot register a class that does not have a get_config"):

        @register_keras_serializable()
        class Bare:
            pass


def test_where_an_object_is_looked_for():
    module = {"name": "module", "Custom>Plain": "module"}
    assert get_registered_object("name", None, module) == "module"
    assert get_registered_object("Custom>Plain", None, module) is Plain
    with CustomObjectScope({"name": "scope"}):
        assert get_registered_object("name", None, module) == "scope"
        assert get_registered_object("name", {"name": "argument"}, module) == "argument"


def test_scopes_nest_and_end():
    with custom_object_scope({"a": 1, "b": 1}) as outer:
        with CustomObjectScope({"a": 2}), outer:
            assert get_registered_object("a") == 1
        with CustomObjectScope({"a": 2}):
            assert (get_registered_object("a"), get_registered_object("b")) == (2, 1)
        assert get_registered_object("a") == 1
    assert get_registered_object("a") is None
    with pytest.raises(RuntimeError), CustomObjectScope({"a": 1}):
        raise RuntimeError
    assert get_registered_object("a") is None


def test_a_scope_is_its_threads_own():
    found = []
    with CustomObjectScope({"a": 1}):
        thread = threading.Thread(target=lambda: found.append(get_registered_object("a")))
        thread.start()
        thread.join()
    assert found == [None]


def test_families_find_what_is_in_scope():
    with custom_object_scope({"own_activation": function}):
        assert activations.get("own_activation") is function
    with pytest.raises(ValueError, match="own_activation"):
        activations.get("own_activation")


def test_the_dict_of_registered_objects_can_be_written():
    get_custom_objects()["custom_test>by hand"] = function
    assert get_registered_object("custom_test>by hand") is function
