"""Names for the replaceable parts, objects of the user's own among them, and their description in JSON."""

from __future__ import annotations

from dlcore.registry.custom import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    remembered,
)
from dlcore.registry.family import Registry
from dlcore.registry.names import unknown_name
from dlcore.registry.objects import deserialize_keras_object, serialize_keras_object

__all__ = [
    "CustomObjectScope",
    "Registry",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "remembered",
    "serialize_keras_object",
    "unknown_name",
]
