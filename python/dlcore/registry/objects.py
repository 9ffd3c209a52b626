"""Any object as JSON and back: Keras's ``serialize_keras_object`` and its inverse.

A description names classes and functions, and never holds code. Names are looked up among the built-in families and
what the user registered or passed; nothing is imported because a description says so.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.registry.custom import CustomObjectScope, get_registered_name, get_registered_object, only_registered
from dlcore.registry.families import all_families, built_in, find_built_in
from dlcore.registry.names import advice, unknown_name

_PLAIN = (str, int, float, bool, type(None))


def serialize_keras_object(obj: Any) -> Any:
    """Describe an object so that ``json.dumps`` takes it.

    Parameters
    ----------
    obj
        Numbers, text, lists, tuples, dicts, bytes, slices, arrays, dtypes; functions with a name; objects with
        ``get_config``.

    Returns
    -------
    plain values, lists and dicts
        An object is {"module", "class_name", "config", "registered_name"}, and "build_config", "compile_config" where
        it has any.

    Raises
    ------
    TypeError
        If something has neither a config nor a name.
    ValueError
        If it is a lambda, which only its code could describe.
    """
    return next(describe(obj) for applies, describe in _KINDS if applies(obj))


def config_of(obj: Any) -> dict[str, Any]:
    """What ``get_config`` gives, fit for JSON.

    Raises
    ------
    TypeError
        If there is no ``get_config``, or it gives no dict.
    """
    if inspect.isclass(obj) or not hasattr(obj, "get_config"):
        raise TypeError(
            f"Cannot serialize {obj!r} of type {type(obj).__name__}: to be saved, an object needs a get_config() method"
        )
    config = obj.get_config()
    if not isinstance(config, Mapping):
        raise TypeError(f"get_config() of {obj!r} should return a dict; it returned {config!r}")
    return {str(key): serialize_keras_object(value) for key, value in config.items()}


def function_name(function: Any) -> str:
    """The name a function is found by again.

    Raises
    ------
    ValueError
        If it is a lambda.
    """
    name = get_registered_name(function)
    if name == "<lambda>":
        raise ValueError(
            f"Cannot serialize {function!r}: a lambda could only be restored from its code, "
            "by arbitrary code execution; define it with def"
        )
    return name


def _module(entry: Any, written: str | None) -> str | None:
    family = built_in(entry)
    if family is not None:
        return family.module_of(entry)
    return None if written == "__main__" else written


def _function(function: Any) -> dict[str, Any]:
    name = function_name(function)
    module = _module(function, function.__module__)
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def _object(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    described = {
        "module": _module(cls, cls.__module__),
        "class_name": cls.__name__,
        "config": config_of(obj),
        "registered_name": None if built_in(cls) else get_registered_name(cls),
    }
    for key in ("build_config", "compile_config"):
        config = getattr(obj, f"get_{key}", lambda: None)()
        if config is not None:
            described[key] = serialize_keras_object(config)
    return described


def _values(obj: Any) -> dict[str, Any]:
    array = np.asarray(obj)
    kind = "__numpy__" if isinstance(obj, np.ndarray) else "__tensor__"
    return {"class_name": kind, "config": {"value": array.tolist(), "dtype": array.dtype.name}}


def _slice(ends: slice) -> dict[str, Any]:
    config = {"start": ends.start, "stop": ends.stop, "step": ends.step}
    return {"class_name": "__slice__", "config": serialize_keras_object(config)}


def _is(*types: type) -> Callable[[Any], bool]:
    return lambda obj: isinstance(obj, types)


def _is_array(obj: Any) -> bool:
    return hasattr(obj, "__array__") and not hasattr(obj, "get_config") and not inspect.isclass(obj)


#: What something may be, and how that is described; the first that applies does.
_KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (_is(np.generic), lambda obj: obj.item()),
    (_is(*_PLAIN), lambda obj: obj),
    (_is(list), lambda obj: [serialize_keras_object(entry) for entry in obj]),
    (_is(tuple), lambda obj: tuple(serialize_keras_object(entry) for entry in obj)),
    (_is(Mapping), lambda obj: {key: serialize_keras_object(value) for key, value in obj.items()}),
    (_is(np.dtype), lambda obj: obj.name),
    (lambda obj: inspect.isclass(obj) and issubclass(obj, np.generic), lambda obj: np.dtype(obj).name),
    (_is(bytes), lambda obj: {"class_name": "__bytes__", "config": {"value": obj.decode("latin-1")}}),
    (_is(slice), _slice),
    (_is(type(Ellipsis)), lambda obj: {"class_name": "__ellipsis__", "config": {}}),  # noqa: ARG005 - there is but one
    (_is_array, _values),
    (inspect.isroutine, _function),
    (lambda obj: True, _object),  # noqa: ARG005 - whatever is left
)


def _array(config: Mapping[str, Any]) -> Any:
    dtype = np.dtype(config["dtype"])
    if dtype.kind not in "fiub":
        raise ValueError(f"an array holds numbers; got dtype {dtype}")
    return np.array(config["value"], dtype)


_SPECIAL = {
    "__bytes__": lambda config: config["value"].encode("latin-1"),
    "__slice__": lambda config: slice(*(deserialize_keras_object(config[end]) for end in ("start", "stop", "step"))),
    "__ellipsis__": lambda config: Ellipsis,  # noqa: ARG005 - all take a config
    "__numpy__": _array,
    "__tensor__": _array,
}


def deserialize_keras_object(
    config: Any,
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,  # noqa: ARG001 - there is no other mode
) -> Any:
    """The object that :func:`serialize_keras_object` described.

    Parameters
    ----------
    config
        The description.
    custom_objects : dict of str to class or function, optional
        Objects of the caller's own, by name.
    safe_mode : bool
        Keras's argument. Code in a description is refused either way.

    Raises
    ------
    TypeError
        If a class or function is unknown, or a config is not one.
    ValueError
        If the description holds code, or a value that its class refuses.
    """
    with CustomObjectScope(custom_objects):
        return _deserialize(config)


def _deserialize(config: Any) -> Any:
    if isinstance(config, str):
        found = get_registered_object(config)
        return config if found is None else found
    if isinstance(config, _PLAIN):
        return config
    if isinstance(config, (list, tuple)):
        return [_deserialize(entry) for entry in config]
    if not isinstance(config, Mapping):
        raise TypeError(f"Could not parse config: {config!r}")
    if "class_name" not in config or "config" not in config:
        return {key: _deserialize(value) for key, value in config.items()}
    name, inner = config["class_name"], config["config"]
    if name == "__lambda__":
        raise ValueError("a lambda can only be restored from its code: arbitrary code execution, which is refused")
    if name in _SPECIAL:
        return _SPECIAL[name](inner)
    return instantiate(config, _locate(config))


def _locate(config: Mapping[str, Any]) -> Any:
    """The class or function that a description names."""
    name, is_class = named(config), config["class_name"] != "function"
    found = custom_object(config, name)
    if found is None and may_be_built_in(config):
        found = find_built_in(name, config.get("module"), is_class)
        if found is not None:
            check_built_in(config, name)
    if found is None:
        kind = "class" if is_class else "function"
        known = {n for family in all_families() for n in family.names() if inspect.isclass(family.own(n)) == is_class}
        raise TypeError(f"Could not locate {kind} {name!r}. {advice(name)}. {unknown_name(kind, name, known)}")
    return found


def named(config: Mapping[str, Any]) -> str:
    """The name of the class or function that a description is about.

    Raises
    ------
    TypeError
        If it is no text.
    """
    is_function = config["class_name"] == "function"
    name = config.get("config") if is_function else config["class_name"]
    if not isinstance(name, str):
        key = "config" if is_function else "class_name"
        raise TypeError(f"Expected {key!r} to be a non-null str, the name of a class or function; got {name!r}")
    return name


def custom_object(config: Mapping[str, Any], name: str) -> Any:
    """The user's own class or function that a description names, or None."""
    registered = config.get("registered_name")
    found = get_registered_object(registered) if isinstance(registered, str) else None
    found = get_registered_object(name) if found is None else found
    return only_registered(name) if found is None and config.get("module") == "builtins" else found


def may_be_built_in(config: Mapping[str, Any]) -> bool:
    """Whether the module in a description, if it names one, is that of Keras or this package."""
    return str(config.get("module") or "keras").partition(".")[0] in ("keras", "dlcore", "builtins")


def check_built_in(config: Mapping[str, Any], name: str) -> None:
    """A description of a built-in part has no name that somebody registered.

    Raises
    ------
    ValueError
        If it has one: it was written for another class, which is not known here.
    """
    registered = config.get("registered_name")
    if registered and registered not in (name, config["class_name"]):
        raise ValueError(
            f"registered_name={registered!r} is not known, and {name!r} alone resolved to a Keras built-in. "
            f"{advice(registered)}"
        )


def instantiate(config: Mapping[str, Any], entry: Any) -> Any:
    """The object of a class with a description's config, built and compiled if it says how; a function as it is.

    Raises
    ------
    TypeError
        If the config is no dict, or the class does not take it.
    """
    if not inspect.isclass(entry):
        if config["class_name"] == "function" or callable(entry):
            return entry
        raise TypeError(f"{config['class_name']!r} names {entry!r}, which is neither a class nor a function")
    inner = config.get("config")
    inner = {} if inner is None else inner
    if not isinstance(inner, Mapping):
        raise TypeError(f"Expected 'config' to be a dict for {config['class_name']}; got {inner!r}")
    make = getattr(entry, "from_config", None)
    if make is None:
        raise TypeError(f"Cannot make a {entry.__name__}: the class has no from_config() method")
    try:
        instance: Any = make(dict(inner))
    except TypeError as error:
        name = entry.__name__
        raise TypeError(f"{name} could not be deserialized from the config {dict(inner)!r}: {error}") from error
    if config.get("build_config") and not getattr(instance, "built", False):
        instance.build_from_config(config["build_config"])
    if config.get("compile_config"):
        instance.compile_from_config(config["compile_config"])
    return instance
